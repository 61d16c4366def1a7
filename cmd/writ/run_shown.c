/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/run_shown.h"

#include <string.h>

#include "cmd/writ/ledger_access.h"
#include "core/render/planfile.h"
#include "core/render/render.h"
#include "core/util/json.h"

#define DAY_DIGITS 8

struct shown_run {
	const struct known_run *run;
	struct plan plan;
};

bool run_shown_is_name(const char *text)
{
	size_t digits = strspn(text, "0123456789");
	return digits == DAY_DIGITS && (!text[digits] || text[digits] == 'T') &&
	       !strpbrk(text, "/.:");
}

static enum fate fate_of(const struct shown_run *s, size_t i)
{
	return i < s->run->changes ? s->run->fates[i] : FATE_NOT_TRIED;
}

static void add_text(struct str *out, const struct shown_run *s)
{
	struct arena *a = out->arena;
	const struct known_run *r = s->run;
	str_printf(out, "Run %s of %s: %s\n", render_words(a, r->name),
		   render_words(a, r->organization), run_state_name(r->state));
	str_printf(out, "  begun  %s%s%s\n", render_time(a, r->begun), r->by ? " by " : "",
		   r->by ? render_words(a, r->by) : "");
	str_printf(out, "  plan   %s\n", render_shown(a, r->plan));
	for (size_t i = 0; i < s->plan.changes.len; i++) {
		const struct change *c = &s->plan.changes.at[i];
		str_printf(out, "  c%-4zu %-12s %s  %s\n", i + 1, fate_name(fate_of(s, i)),
			   render_principal(a, c->principal), render_change(a, c));
	}
	str_printf(out, "`writ ledger show %s` has the record itself.\n", render_words(a, r->name));
}

static void add_json_change(struct str *out, const struct shown_run *s, size_t i)
{
	struct arena *a = out->arena;
	const struct change *c = &s->plan.changes.at[i];
	str_addc(out, '{');
	json_put_text(out, "id", arena_printf(a, "c%zu", i + 1));
	json_put_text(out, "address", change_address(a, c->principal, c->entitlement));
	render_principal_json(out, c->principal);
	render_entitlement_json(out, c->entitlement);
	json_put_text(out, "action", action_name(c->action));
	json_put_text(out, "action_reason", reason_name(c->reason));
	json_put_text(out, "fate", fate_name(fate_of(s, i)));
	str_addc(out, '}');
}

static void add_json(struct str *out, const struct shown_run *s)
{
	const struct known_run *r = s->run;
	str_addc(out, '{');
	json_put_text(out, "format_version", FORMAT_VERSION);
	json_put_text(out, "run", r->name);
	json_put_text(out, "organization", r->organization);
	json_put_text(out, "state", run_state_name(r->state));
	json_put_text(out, "time", render_time(out->arena, r->begun));
	json_put_text(out, "by", r->by);
	json_put_text(out, "plan", r->plan);
	json_put_key(out, "changes");
	str_addc(out, '[');
	for (size_t i = 0; i < s->plan.changes.len; i++) {
		str_add(out, i ? ",\n  " : "\n  ");
		add_json_change(out, s, i);
	}
	str_add(out, s->plan.changes.len ? "\n]}\n" : "]}\n");
}

static struct error *load(struct run *run, const char *name, struct shown_run *out)
{
	struct known_run_vec *runs = arena_zalloc(&run->arena, sizeof(*runs));
	struct known_ledger_vec *ledgers = arena_zalloc(&run->arena, sizeof(*ledgers));
	struct run_plan plan;
	TRY(ledger_access_all(run, ledgers));
	if (run->report.errors)
		return NULL;
	run_list_load(&run->arena, ledgers, &(struct commit_vec){0}, runs);
	TRY(run_list_find(runs, name, &out->run));
	if (out->run->damage)
		return error_new(ERROR_INPUT, "the records of run %s are damaged: %s",
				 out->run->name, out->run->damage);
	TRY(run_list_plan(&run->arena, out->run, &plan));
	return planfile_parse(out->run->name, plan.bytes, plan.len, run->strings, &run->arena,
			      &out->plan);
}

struct error *run_shown_print(struct run *run, const char *name)
{
	struct shown_run shown = {0};
	for (size_t i = 0; i < run->options.outputs.len; i++) {
		if (run->options.outputs.at[i].format > FORMAT_JSON)
			return error_new(ERROR_USAGE, "a run is shown as text or json");
	}
	TRY(load(run, name, &shown));
	for (size_t i = 0; i < run->options.outputs.len && !run->report.errors; i++) {
		const struct output *o = &run->options.outputs.at[i];
		struct str out = STR(&run->arena);
		(o->format == FORMAT_JSON ? add_json : add_text)(&out, &shown);
		TRY(output_write(o, str_text(&out), out.len));
	}
	return NULL;
}
