/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/ledger_render.h"

#include "core/render/render.h"
#include "core/util/json.h"
#include "core/util/text_escape.h"

/* ---- what is open ---- */

static void add_open_text(struct str *out, const struct open_ledger *l)
{
	struct arena *a = out->arena;
	const struct ledger_view *v = &l->view;
	size_t emptied = known_ledger_emptied(l->known);
	str_printf(out, "%s  %s\n  %llu record%s, ", l->known->organization,
		   render_shown(a, l->known->place), (unsigned long long)v->number,
		   v->number == 1 ? "" : "s");
	if (v->moved)
		str_add(out, "and no more will follow\n");
	else if (v->held)
		str_printf(out, "held by %s since %s\n",
			   render_words(a, holder_name(a, &v->holder)),
			   render_time(a, v->holder.since));
	else
		str_add(out, "nobody is at work\n");
	if (emptied)
		str_printf(out, "  emptied  %zu record%s\n", emptied, emptied == 1 ? "" : "s");
	for (size_t i = 0; i < v->open.len; i++)
		str_printf(out, "  open   %s by %s: %s\n", v->open.at[i].name,
			   render_words(a, v->open.at[i].by),
			   v->moved  ? "`writ apply --resume` goes on with it there"
			   : v->held ? "it may be at work"
				     : "`writ apply --resume` goes on with it");
	if (v->last.begun)
		str_printf(out, "  last   %s, manifests %s\n", render_time(a, v->last.begun),
			   v->last.commit ? v->last.commit : v->last.manifests);
	if (v->used.len)
		str_printf(out, "  used   %zu plan%s\n", v->used.len, v->used.len == 1 ? "" : "s");
	for (size_t i = 0; i < v->withheld.len; i++)
		str_printf(out, "  withheld  %s\n", render_shown(a, v->withheld.at[i]));
	for (size_t i = 0; i < v->waiting.len; i++)
		str_printf(out, "  waiting   %s since %s\n",
			   render_shown(a, v->waiting.at[i].address),
			   render_time(a, v->waiting.at[i].since));
	for (size_t i = 0; i < v->attested.len; i++)
		str_printf(out, "  attested  %s: %s\n", render_shown(a, v->attested.at[i].address),
			   render_shown(a, attestation_text(a, &v->attested.at[i])));
	if (v->moved)
		str_printf(out, "  moved to  %s\n", render_shown(a, v->moved));
}

static void begin_list(struct str *out, const char *key)
{
	json_put_key(out, key);
	str_addc(out, '[');
}

static void add_open_runs(struct str *out, const struct ledger_view *v)
{
	begin_list(out, "open");
	for (size_t i = 0; i < v->open.len; i++) {
		const struct open_run *r = &v->open.at[i];
		str_add(out, i ? ", {" : "{");
		json_put_text(out, "run", r->name);
		json_put_text(out, "by", r->by);
		json_put_text(out, "plan", r->plan);
		json_put_text(out, "begun", render_time(out->arena, r->begun));
		str_addc(out, '}');
	}
	str_addc(out, ']');
}

static void add_lists(struct str *out, const struct ledger_view *v)
{
	begin_list(out, "withheld");
	for (size_t i = 0; i < v->withheld.len; i++) {
		str_add(out, i ? ", " : "");
		json_add_text(out, v->withheld.at[i]);
	}
	str_addc(out, ']');
	begin_list(out, "waiting");
	for (size_t i = 0; i < v->waiting.len; i++) {
		str_add(out, i ? ", {" : "{");
		json_put_text(out, "address", v->waiting.at[i].address);
		json_put_text(out, "since", render_time(out->arena, v->waiting.at[i].since));
		str_addc(out, '}');
	}
	str_addc(out, ']');
	begin_list(out, "attested");
	for (size_t i = 0; i < v->attested.len; i++) {
		str_add(out, i ? ", " : "");
		attested_put(out, &v->attested.at[i], NULL);
	}
	str_addc(out, ']');
}

static void add_open_json(struct str *out, const struct open_ledger *l)
{
	const struct ledger_view *v = &l->view;
	str_addc(out, '{');
	json_put_text(out, "organization", l->known->organization);
	json_put_text(out, "place", l->known->place);
	json_put_number(out, "records", (int64_t)v->number);
	json_put_number(out, "emptied", (int64_t)known_ledger_emptied(l->known));
	json_put_text(out, "held_by", v->held ? v->holder.actor : NULL);
	json_put_text(out, "moved_to", v->moved);
	add_open_runs(out, v);
	json_put_number(out, "used", (int64_t)v->used.len);
	add_lists(out, v);
	str_addc(out, '}');
}

void ledger_render_open(struct str *out, enum format format, const void *ledgers)
{
	const struct open_ledger_vec *all = ledgers;
	bool json = format == FORMAT_JSON;
	if (json) {
		str_addc(out, '{');
		json_put_text(out, "format_version", FORMAT_VERSION);
		begin_list(out, "ledgers");
	} else if (all->len == 0) {
		str_add(out, "No ledger is at hand.\n");
	}
	for (size_t i = 0; i < all->len; i++) {
		str_add(out, !i ? "" : json ? ",\n  " : "\n");
		(json ? add_open_json : add_open_text)(out, &all->at[i]);
	}
	str_add(out, json ? "]}\n" : "");
}

/* ---- one run ---- */

static void add_entry_json(struct str *out, const struct ledger_entry *e)
{
	str_addc(out, '{');
	json_put_number(out, "record", (int64_t)e->number);
	json_put_text(out, "time", render_time(out->arena, e->at));
	json_put_text(out, "type", entry_type_name(e->type));
	json_put_key(out, "body");
	str_addn(out, e->body.at, e->body.len);
	str_addc(out, '}');
}

/* A plan's bytes are shown by `writ show`. */
static void add_entry_text(struct str *out, const struct ledger_entry *e)
{
	struct str body = STR(out->arena);
	if (e->type == ENTRY_PLAN)
		str_printf(&body, "%zu byte%s", e->body.len, e->body.len == 1 ? "" : "s");
	else
		text_escape(&body, e->body.at, e->body.len, 0);
	str_printf(out, "%6llu  %s  %-10s %s\n", (unsigned long long)e->number,
		   render_time(out->arena, e->at), entry_type_name(e->type), str_text(&body));
}

void ledger_render_run(struct str *out, enum format format, const void *run)
{
	const struct known_run *r = run;
	bool json = format == FORMAT_JSON;
	if (json) {
		str_addc(out, '{');
		json_put_text(out, "format_version", FORMAT_VERSION);
		json_put_text(out, "run", r->name);
		json_put_text(out, "state", run_state_name(r->state));
		json_put_text(out, "chain", r->head);
		begin_list(out, "entries");
	}
	for (size_t i = 0; i < r->entries.len; i++) {
		str_add(out, !json ? "" : i ? ",\n  " : "\n  ");
		(json ? add_entry_json : add_entry_text)(out, &r->entries.at[i]);
	}
	if (json)
		str_add(out, "\n]}\n");
	else
		str_printf(out, "%s: %s\n", r->name, run_state_name(r->state));
}

/* ---- a verdict ---- */

static void add_verdict_finding(struct str *out, bool json, const struct run_finding *f)
{
	const char *subject = f->run ? f->run->name : f->ledger ? f->ledger->place : f->commit->id;
	if (!json) {
		str_printf(out, "WRONG  %s: %s\n", render_words(out->arena, subject),
			   render_shown(out->arena, f->what));
		return;
	}
	str_addc(out, '{');
	json_put_text(out, "subject", subject);
	json_put_text(out, "message", f->what);
	str_addc(out, '}');
}

void ledger_render_verdict(struct str *out, enum format format, const void *verdict)
{
	const struct ledger_verdict *v = verdict;
	bool json = format == FORMAT_JSON;
	if (json) {
		str_addc(out, '{');
		json_put_text(out, "format_version", FORMAT_VERSION);
		json_put_number(out, "ledgers", (int64_t)v->ledgers);
		json_put_number(out, "records", (int64_t)v->records);
		begin_list(out, "findings");
	}
	for (size_t i = 0; i < v->findings->len; i++) {
		str_add(out, json && i ? ",\n  " : "");
		add_verdict_finding(out, json, &v->findings->at[i]);
	}
	if (json)
		str_add(out, "]}\n");
	else
		str_printf(out, "%zu record%s of %zu ledger%s: %s.\n", v->records,
			   v->records == 1 ? "" : "s", v->ledgers, v->ledgers == 1 ? "" : "s",
			   v->findings->len ? "not all hold"
			   : v->records	    ? "every chain holds"
					    : "nothing was checked");
}
