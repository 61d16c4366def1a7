/* SPDX-License-Identifier: Apache-2.0 */
/* What a run writes into the ledger: its plan and beginning, intents, fates, and its end. */
#include <string.h>

#include "core/apply/applier.h"
#include "core/ledger/kept_policy.h"
#include "core/util/clock.h"
#include "core/util/json.h"

#define RESERVE_BEGIN 65536 /* bytes of ledger for a run's hold, state and release */
/* For a change: its id in an intent, its result with a project, its reconciliation. */
#define RESERVE_CHANGE 448
#define ENTRY_MOST ((size_t)256 << 10) /* bytes of one entry, which names many changes */

static void add_begin(struct applier *p, const struct open_run *r)
{
	const struct plan *plan = p->plan;
	struct str body = STR(p->arena);
	char moment[TIME_TEXT];
	time_format(r->begun, moment);
	str_addc(&body, '{');
	json_put_text(&body, "plan", r->plan);
	json_put_text(&body, "organization", plan->organization);
	json_put_text(&body, "by", r->by);
	json_put_text(&body, "begun", moment);
	json_put_number(&body, "changes", (int64_t)plan->changes.len);
	json_put_text(&body, "manifests", applier_manifests(p));
	json_put_text(&body, "commit", r->commit);
	if (p->in->whole)
		kept_policy_put(&body, applier_policy(p), applier_set_by_manifests(p));
	str_printf(&body, ", \"saved\": %s, \"whole\": %s, \"vouched\": %s}",
		   p->in->saved ? "true" : "false", p->in->whole ? "true" : "false",
		   p->vouched ? "true" : "false");
	ledger_add(p->in->ledger, ENTRY_BEGIN, r->name, body.at);
}

/* The plan and the beginning go with the first intent: a run that never meant to send anything
 * leaves nothing behind. */
struct error *applier_begin(struct applier *p)
{
	struct ledger *l = p->in->ledger;
	const struct store *store = ledger_store(l);
	const struct planned *planned = p->in->planned;
	const struct run_plan plan = {planned->bytes, planned->len, planned->signature};
	const struct open_run r = {
		.name = run_records_name(&p->view, p->arena, p->in->now, planned->digest),
		.plan = planned->digest,
		.by = p->in->hold->holder.actor,
		.commit = p->plan->manifest_commit,
		.first = ledger_number(l) + 1,
		.begun = p->in->now};
	if (store->kind->reserve)
		TRY(store->kind->reserve(ledger_store(l),
					 RESERVE_BEGIN + 2 * planned->len +
						 p->plan->changes.len * RESERVE_CHANGE));
	applier_supersede(p);
	run_records_add_plan(l, r.name, &plan);
	add_begin(p, &r);
	vec_push(p->arena, &p->view.open, r);
	if (p->in->saved)
		vec_push(p->arena, &p->view.used, (struct used_plan){r.plan, r.name, r.begun});
	p->out->run = r.name;
	p->out->actor = r.by;
	applier_add_withheld(p);
	p->begun = true;
	return NULL;
}

/* "c3", or "c3-c9" for numbers that follow each other; returns how many of them. */
static size_t add_range(struct str *out, const size_t *numbers, size_t len)
{
	size_t count = 1;
	while (count < len && numbers[count] == numbers[0] + count)
		count++;
	if (count > 1)
		str_printf(out, "\"c%zu-c%zu\"", numbers[0] + 1, numbers[count - 1] + 1);
	else
		str_printf(out, "\"c%zu\"", numbers[0] + 1);
	return count;
}

/* KEY: [...], of as many as one entry takes; returns how many. */
static size_t add_changes(struct str *out, const char *key, const size_t *numbers, size_t len)
{
	size_t at = 0;
	json_put_key(out, key);
	str_addc(out, '[');
	while (at < len && out->len < ENTRY_MOST) {
		str_add(out, at ? ", " : "");
		at += add_range(out, numbers + at, len - at);
	}
	str_addc(out, ']');
	return at;
}

/* Accounts to be made are named, for their secrets are owed from then on. */
static void add_made(const struct applier *p, const size_t *numbers, size_t len, struct str *out)
{
	size_t made = 0;
	for (size_t i = 0; i < len; i++) {
		const struct change *c = &p->plan->changes.at[numbers[i]];
		if (c->type != CHANGE_ACCOUNT || c->action != ACTION_CREATE)
			continue;
		str_printf(out, "%s{\"change\": \"c%zu\", \"account\": ",
			   made++ ? ", " : ", \"made\": [", numbers[i] + 1);
		json_add_text(out, c->principal->name);
		str_addc(out, '}');
	}
	if (made)
		str_addc(out, ']');
}

struct error *applier_record_intent(struct applier *p, const size_t *numbers, size_t len)
{
	applier_begin_intent(p);
	for (size_t at = 0; at < len;) {
		struct str body = STR(p->arena);
		str_addc(&body, '{');
		size_t count = add_changes(&body, "changes", numbers + at, len - at);
		add_made(p, numbers + at, count, &body);
		applier_put_within(p, &body);
		str_addc(&body, '}');
		applier_add_intent(p, body.at);
		at += count;
	}
	for (size_t i = 0; i < len; i++)
		p->recalled[numbers[i]].sent = true;
	return applier_write(p);
}

static bool is_alike(const struct applier *p, size_t i, size_t k)
{
	const char *x = p->out->messages[i], *y = p->out->messages[k];
	return p->out->fates[i] == p->out->fates[k] && p->recalled[i].once == p->recalled[k].once &&
	       (x && y ? !strcmp(x, y) : x == y);
}

/* Adds which projects these changes made and deleted, and notes it for the run's end. */
static void add_projects(struct applier *p, const size_t *numbers, size_t len, struct str *out)
{
	struct made_project_vec made = {0};
	struct line_vec deleted = {0};
	for (size_t i = 0; i < len; i++) {
		const struct change *c = &p->plan->changes.at[numbers[i]];
		if (p->recalled[numbers[i]].made)
			vec_push(p->arena, &made, *p->recalled[numbers[i]].made);
		p->recalled[numbers[i]].made = NULL;
		if (c->type == CHANGE_PROJECT && p->out->fates[numbers[i]] == FATE_DONE)
			vec_push(p->arena, &deleted, c->project->id);
	}
	size_t from = out->len;
	ledger_view_put_projects(out, &made);
	ledger_view_put_deleted(out, &deleted);
	if (out->len == from)
		return;
	const char *body = arena_printf(p->arena, "{%s}", out->at + from + strlen(", "));
	ledger_view_take_projects(&p->view, p->arena, p->out->run,
				  (struct json_span){body, strlen(body)});
}

void applier_record_fates(struct applier *p, enum entry_type type, const size_t *numbers,
			  size_t len)
{
	for (size_t at = 0, count; at < len; at += count) {
		struct str body = STR(p->arena);
		size_t alike = 1;
		while (at + alike < len && is_alike(p, numbers[at], numbers[at + alike]))
			alike++;
		str_addc(&body, '{');
		count = add_changes(&body, "changes", numbers + at, alike);
		json_put_text(&body, "outcome", fate_name(p->out->fates[numbers[at]]));
		json_put_text(&body, "message", p->out->messages[numbers[at]]);
		if (p->recalled[numbers[at]].once)
			str_add(&body, ", \"once\": true");
		add_projects(p, numbers + at, count, &body);
		str_addc(&body, '}');
		ledger_add(p->in->ledger, type, p->out->run, body.at);
		if (type == ENTRY_RESULT)
			applier_keep_result(p, body.at);
	}
}

/* Lists the changes of this fate in the entry of the end: what was not to be sent has no entry
 * of its own. */
static void add_unsent(const struct applier *p, const char *key, enum fate fate, struct str *out)
{
	size_t *numbers = arena_alloc(p->arena, (p->plan->changes.len + 1) * sizeof(*numbers));
	size_t count = 0;
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		if (p->out->fates[i] == fate)
			numbers[count++] = i;
	}
	if (count)
		add_changes(out, key, numbers, count);
}

void applier_end(struct applier *p, const struct apply_closing *closing)
{
	struct str body = STR(p->arena);
	str_printf(&body, "{\"end\": \"%s\"", p->out->expired ? "expired" : "done");
	json_put_number(&body, "done", (int64_t)p->out->count[FATE_DONE]);
	add_unsent(p, "manual", FATE_MANUAL, &body);
	add_unsent(p, "withheld", FATE_WITHHELD, &body);
	json_put_text(&body, "commit", closing->commit);
	if (closing->tree)
		json_put_text(&body, "tree", closing->tree);
	str_addc(&body, '}');
	ledger_add(p->in->ledger, ENTRY_END, p->out->run, body.at);
	for (size_t i = 0; i < p->view.open.len; i++) {
		if (!strcmp(p->view.open.at[i].name, p->out->run))
			p->view.open.at[i] = p->view.open.at[--p->view.open.len];
	}
}
