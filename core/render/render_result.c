/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/render_result.h"

#include <string.h>

#include "core/model/version.h"
#include "core/render/render.h"
#include "core/util/json.h"

#define FATES_SHOWN 20 /* of each kind; JSON has all */
#define SHORT_ID 12

/* ---- text ---- */

static const char *fate_symbol(enum fate fate)
{
	static const char *const symbols[FATE_COUNT] = {".", "+", "!", "?", "h", "-", "~"};
	return symbols[fate];
}

static const char *address_of(struct arena *a, const struct change *c)
{
	return change_address(a, c->principal, c->entitlement);
}

static void add_fate(struct str *out, const struct plan *plan, const struct result *r, size_t i)
{
	const struct change *c = &plan->changes.at[i];
	enum fate fate = r->fates[i];
	const char *why = r->messages[i];
	str_printf(out, "  %s %s: %s  %s", fate_symbol(fate), fate_name(fate),
		   address_of(out->arena, c), action_name(c->action));
	if (why)
		str_printf(out, ": %s", render_shown(out->arena, why));
	str_addc(out, '\n');
}

static void add_fates(struct str *out, const struct plan *plan, const struct result *r)
{
	static const enum fate order[] = {FATE_FAILED, FATE_UNKNOWN, FATE_NOT_TRIED,
					  FATE_LATE,   FATE_MANUAL,  FATE_WITHHELD};
	for (size_t k = 0; k < sizeof(order) / sizeof(*order); k++) {
		size_t shown = 0;
		for (size_t i = 0; i < plan->changes.len && r->count[order[k]]; i++) {
			if (r->fates[i] == order[k] && ++shown <= FATES_SHOWN)
				add_fate(out, plan, r, i);
		}
		if (shown > FATES_SHOWN)
			str_printf(out, "  and %zu more %s\n", shown - FATES_SHOWN,
				   fate_name(order[k]));
	}
}

/* Adds what is left for a person, with the steps as they are now. */
static void add_steps(struct str *out, const struct plan *plan, const struct result *r)
{
	bool first = true;
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		if (!r->steps[i])
			continue;
		if (first)
			str_add(out, "\nBY HAND\n");
		first = false;
		str_printf(out, "  %s: %s\n", address_of(out->arena, c), action_name(c->action));
		render_steps(out, r->steps[i]);
	}
	if (!first)
		str_add(out, "The next plan shows what is done.\n\n");
}

void render_fates_left(struct str *out, const size_t count[static FATE_COUNT])
{
	if (count[FATE_LATE])
		str_printf(out, ", %zu not seen yet", count[FATE_LATE]);
	if (count[FATE_MANUAL])
		str_printf(out, ", %zu by hand", count[FATE_MANUAL]);
	if (count[FATE_WITHHELD])
		str_printf(out, ", %zu withheld", count[FATE_WITHHELD]);
}

/* Adds "Apply: 3 done, ...". */
static void add_summary(struct str *out, const struct result *r, size_t blocked)
{
	str_printf(out, "Apply: %zu done, %zu failed, %zu unknown, %zu not tried",
		   r->count[FATE_DONE], r->count[FATE_FAILED], r->count[FATE_UNKNOWN],
		   r->count[FATE_NOT_TRIED]);
	render_fates_left(out, r->count);
	if (blocked)
		str_printf(out, ", %zu not possible yet", blocked);
	str_addc(out, '.');
}

static void add_counts(struct str *out, const struct result *r, size_t blocked)
{
	add_summary(out, r, blocked);
	str_addc(out, '\n');
	if (r->run)
		str_printf(out, "Run: %s\nLedger: record %llu of %s\nChain: %s\n", r->run,
			   (unsigned long long)r->number, r->ledger, r->head);
}

static size_t count_withheld(const struct plan *plan, const struct result *r, enum withheld why)
{
	size_t count = 0;
	for (size_t i = 0; i < plan->changes.len; i++)
		count += r->fates[i] == FATE_WITHHELD && r->withheld[i] == why;
	return count;
}

/* Adds how to carry out what was withheld. A saved plan that began is carried out only once, so it
 * takes a new one; removals that were done need no consent any more. */
static void add_consent(struct str *out, const struct run_report *report)
{
	const struct plan *plan = report->planned->plan;
	const struct result *r = report->result;
	size_t left = 0;
	for (size_t i = 0; i < plan->changes.len; i++)
		left += plan->changes.at[i].action == ACTION_DELETE && r->fates[i] != FATE_DONE;
	str_printf(out, "Removals were withheld; carry them out with %s--allow-remove %zu.\n",
		   report->saved && r->run ? "a new plan and " : "", left);
}

static void add_withheld(struct str *out, const struct run_report *report)
{
	const struct plan *plan = report->planned->plan;
	const struct result *r = report->result;
	size_t own = count_withheld(plan, r, WITHHELD_OWN);
	if (count_withheld(plan, r, WITHHELD_CONSENT))
		add_consent(out, report);
	if (own)
		str_printf(out,
			   "%zu withheld for good: writ itself would lose what it needs for this "
			   "organisation.\n",
			   own);
	for (size_t i = 0; i < r->guards.len; i++) {
		const struct guard *g = &r->guards.at[i];
		if (g->verdict != VERDICT_WITHHELD || g->flag || !strcmp(g->name, "ownRights"))
			continue;
		str_printf(out, "Guard %s%s%s withholds: %lld would be left, limit %lld (%s).\n",
			   g->name, g->subject ? " of " : "",
			   render_shown(out->arena, g->subject ? g->subject : ""),
			   (long long)g->value, (long long)g->limit, guard_key(g));
	}
}

static void add_unasked(struct str *out, const struct result *r)
{
	for (size_t i = 0; i < r->unasked.len; i++)
		str_printf(out,
			   "%s came meanwhile, and not from this plan: the service gave it by "
			   "itself, or somebody else did. It is drift.\n",
			   r->unasked.at[i]);
}

void render_result_text(struct str *out, const struct run_report *report)
{
	const struct plan *plan = report->planned->plan;
	const struct result *r = report->result;
	if (report->unresumed)
		str_printf(out, "Nothing to resume. %s\n",
			   render_result_unresumed(out->arena, report));
	if (!r)
		return;
	add_fates(out, plan, r);
	add_steps(out, plan, r);
	add_counts(out, r, plan->blocked.len);
	add_unasked(out, r);
	if (r->count[FATE_WITHHELD] && !report->error)
		add_withheld(out, report);
	if (r->expired)
		str_add(out,
			"The plan had expired: what was sent is settled, nothing new was sent, "
			"and the run has ended. Make a new plan.\n");
	if (report->resume && r && r->unsure)
		str_printf(
			out,
			"Stopped part-way; `%s` goes on from here, and looks for what is unknown "
			"without asking for it again: `%s` ends the run where the service does "
			"not have it.\n",
			report->resume, render_result_close(out->arena, report));
	else if (report->resume)
		str_printf(out, "Stopped part-way; `%s` goes on from here.\n", report->resume);
}

const char *render_result_close(struct arena *a, const struct run_report *report)
{
	return arena_printf(a, "writ ledger close %s --why TEXT", report->result->run);
}

const char *render_result_summary(struct arena *a, const struct run_report *report)
{
	struct str out = STR(a);
	add_summary(&out, report->result, report->planned->plan->blocked.len);
	return str_text(&out);
}

const char *render_result_unresumed(struct arena *a, const struct run_report *report)
{
	return arena_printf(a, "No run of organisation %s is known to have stopped part-way.",
			    report->planned->plan->organization);
}

void render_record_text(struct str *out, const struct result_record *r)
{
	if (!r->folder)
		return;
	str_printf(out, "Snapshot %d of %s: %s%s.\n", (int)r->serial, r->organization,
		   r->changed ? "changed, " : "nothing new, ", r->folder);
	for (size_t i = 0; i < r->commit_count; i++)
		str_printf(out, "Commit %.*s: %s\n", SHORT_ID, r->commits[i], r->subjects[i]);
	if (r->pushed)
		str_printf(out, "Pushed to %s.\n", r->pushed);
}

/* ---- JSON ---- */

static void add_json_steps(struct str *out, const char *steps)
{
	json_put_key(out, "steps");
	if (!steps) {
		str_add(out, "null");
		return;
	}
	render_steps_json(out, steps);
}

static void add_json_change(struct str *out, const struct plan *plan, const struct result *r,
			    size_t i)
{
	const struct change *c = &plan->changes.at[i];
	char id[32];
	snprintf(id, sizeof(id), "c%zu", i + 1);
	str_addc(out, '{');
	json_put_text(out, "id", id);
	json_put_text(out, "address", address_of(out->arena, c));
	json_put_text(out, "action", action_name(c->action));
	json_put_text(out, "fate", fate_name(r->fates[i]));
	json_put_text(out, "message", r->messages[i]);
	if (r->fates[i] == FATE_WITHHELD)
		json_put_text(out, "withheld", withheld_name(r->withheld[i]));
	if (r->fates[i] == FATE_MANUAL) {
		json_put_text(out, "email", r->emails[i]);
		add_json_steps(out, r->steps[i]);
		render_attested_json(out, r->attested[i]);
	}
	str_addc(out, '}');
}

static void add_json_counts(struct str *out, const struct result *r, size_t blocked)
{
	static const char *const names[FATE_COUNT] = {"not_tried", "done",     "failed",  "unknown",
						      "manual",	   "withheld", "not_seen"};
	json_put_key(out, "summary");
	str_addc(out, '{');
	for (int fate = 0; fate < FATE_COUNT; fate++)
		json_put_number(out, names[fate], r ? (int64_t)r->count[fate] : 0);
	json_put_number(out, "blocked", (int64_t)blocked);
	str_addc(out, '}');
}

static void add_json_record(struct str *out, const struct result_record *r)
{
	json_put_key(out, "record");
	if (!r || (!r->folder && !r->error)) {
		str_add(out, "null");
		return;
	}
	str_addc(out, '{');
	json_put_text(out, "snapshot", r->folder);
	json_put_number(out, "serial", r->serial);
	json_put_key(out, "changed");
	str_add(out, r->changed ? "true" : "false");
	json_put_key(out, "commits");
	str_addc(out, '[');
	for (size_t i = 0; i < r->commit_count; i++) {
		str_add(out, i ? ", " : "");
		json_add_text(out, r->commits[i]);
	}
	str_addc(out, ']');
	json_put_text(out, "pushed", r->pushed);
	json_put_text(out, "error", r->error);
	str_addc(out, '}');
}

static void add_json_ledger(struct str *out, const struct result *r)
{
	json_put_text(out, "run", r ? r->run : NULL);
	json_put_key(out, "ledger");
	if (!r || !r->run) {
		str_add(out, "null");
		return;
	}
	str_addc(out, '{');
	json_put_text(out, "place", r->ledger);
	json_put_number(out, "record", (int64_t)r->number);
	json_put_text(out, "digest", r->head);
	str_addc(out, '}');
}

static void add_json_unasked(struct str *out, const struct result *r)
{
	json_put_key(out, "unasked");
	str_addc(out, '[');
	for (size_t i = 0; r && i < r->unasked.len; i++) {
		str_add(out, i ? ", " : "");
		json_add_text(out, r->unasked.at[i]);
	}
	str_addc(out, ']');
}

void render_result_json(struct str *out, const struct run_report *report)
{
	const struct plan *plan = report->planned->plan;
	const struct result *r = report->result;
	size_t count = r ? plan->changes.len : 0;
	str_addc(out, '{');
	json_put_text(out, "format_version", FORMAT_VERSION);
	json_put_text(out, "writ_version", WRIT_VERSION);
	json_put_text(out, "organization", plan->organization);
	json_put_text(out, "plan", report->unresumed ? NULL : report->planned->plan_digest);
	json_put_text(out, "plan_file", report->unresumed ? NULL : report->planned->digest);
	json_put_number(out, "status", report->status);
	json_put_text(out, "error", report->error);
	json_put_text(out, "resume", report->resume);
	if (report->resume && r && r->unsure)
		json_put_text(out, "close", render_result_close(out->arena, report));
	add_json_counts(out, r, plan->blocked.len);
	render_guards_json(out, r ? &r->guards : &plan->guards);
	json_put_key(out, "changes");
	str_addc(out, '[');
	for (size_t i = 0; i < count; i++) {
		str_add(out, i ? ",\n  " : "\n  ");
		add_json_change(out, plan, r, i);
	}
	str_add(out, count ? "\n]" : "]");
	add_json_unasked(out, r);
	add_json_ledger(out, r);
	add_json_record(out, report->record);
	str_add(out, "}\n");
}
