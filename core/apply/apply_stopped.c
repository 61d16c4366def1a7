/* SPDX-License-Identifier: Apache-2.0 */
/* What runs that stopped had sent last: looked for before anything is decided, and put on record.
 * What came of requests while the ledger could not be told is kept on this machine until then. */
#include <assert.h>
#include <string.h>

#include "core/apply/applier.h"
#include "core/ledger/late_results.h"
#include "core/render/planfile.h"

/* ---- results that are not on record ---- */

void applier_keep_late(struct applier *p)
{
	struct error *error = NULL;
	if (!p->untold.len)
		return;
	if (!p->in->late_folder)
		error = error_new(ERROR_SYSTEM, "this machine has no place for state");
	else
		error = late_results_keep(p->in->ledger, p->in->late_folder, p->out->run,
					  &p->untold);
	if (p->in->note)
		p->in->note(error ? arena_printf(p->arena,
						 "what came of the last requests is not on record: "
						 "%s",
						 error_text(p->arena, error))
				  : "what came of the last requests is kept on this machine until "
				    "the next apply here");
	error_free(error);
}

struct error *applier_append_late(struct applier *p)
{
	size_t count = 0, left = 0;
	if (!p->in->late_folder)
		return NULL;
	TRY(late_results_append(p->in->ledger, p->in->late_folder, &count, &left));
	if (count && p->in->note)
		p->in->note("what an earlier run here could not put on record is on record now");
	if (left && p->in->note)
		p->in->note(arena_printf(p->arena,
					 "what an earlier run here could not put on record stays "
					 "in %s: this ledger does not have that run's records",
					 p->in->late_folder));
	return NULL;
}

/* ---- looking ---- */

static bool is_in_doubt(const struct applier *p, const struct reread *v, size_t i)
{
	assert(v->unseen); /* of a read that succeeded */
	return p->recalled[i].cut && !change_is_manual(&p->plan->changes.at[i]) &&
	       (v->unseen[i] || reread_standing(v, i) != STANDING_AFTER);
}

static bool any_to_wait_for(const struct applier *p, const struct reread *v)
{
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		if (is_in_doubt(p, v, i) && !v->unseen[i])
			return true;
	}
	return false;
}

struct error *applier_read_start(struct applier *p, struct reread *v)
{
	ARENA look = {0};
	struct patience t = applier_patience(p);
	bool waits = p->resumed && hold_is_takeover(p->hold);
	t.what = "sent by the run that was taken over, looking for it";
	for (bool first = true; (first || waits) && patience_next(&t); first = false) {
		TRY(applier_read_again(p, &look, v));
		waits = waits && !applier_is_stopped(p) && any_to_wait_for(p, v);
	}
	arena_join(p->arena, &look);
	applier_has_waited(p, &t);
	return NULL;
}

/* What is not seen may have been sent, and is on record as unknown until this run sends it once
 * more. */
void applier_record_doubts(struct applier *p, const struct reread *v)
{
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		if (!hold_is_takeover(p->hold) || !is_in_doubt(p, v, i) ||
		    p->out->fates[i] != FATE_NOT_TRIED)
			continue;
		applier_set_fate(p, i, FATE_UNKNOWN,
				 "sent by a run that was taken over, and no read shows it");
		applier_record_fates(p, ENTRY_RECONCILED, &i, 1);
		applier_set_fate(p, i, FATE_NOT_TRIED, NULL);
	}
}

/* ---- runs that this one takes the place of ---- */

static bool any_cut(const struct applier *p)
{
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		if (p->recalled[i].cut)
			return true;
	}
	return false;
}

static void record_found(struct applier *p, const struct reread *v)
{
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		if (!p->recalled[i].cut || change_is_manual(&p->plan->changes.at[i]))
			continue;
		bool doubt = is_in_doubt(p, v, i);
		applier_set_fate(p, i, doubt ? FATE_UNKNOWN : FATE_DONE,
				 doubt ? "the run stopped, and no read shows it" : "seen in live");
		applier_record_fates(p, ENTRY_RECONCILED, &i, 1);
	}
}

/* The plan as the run began with it; a newer version of writ may be unable to read it, and says
 * so. */
static struct error *load_plan(struct applier *p, const struct open_run *r,
			       const struct ledger_entry_vec *entries, struct plan *out)
{
	struct run_plan kept = {0};
	TRY(run_records_plan(entries, r->name, p->arena, &kept));
	return planfile_parse(r->name, kept.bytes, kept.len, p->in->strings, p->arena, out);
}

static struct error *settle_cut(struct applier *p, struct applier *other)
{
	struct reread v = {0};
	TRY(applier_read_start(other, &v));
	record_found(other, &v);
	reread_done(&v);
	p->waited_ms = other->waited_ms;
	return applier_write(other);
}

/* By change: a rename that the run made, and that ends on record do not have yet. */
static const bool *done_renames(const struct applier *other)
{
	const bool *renames = applier_new_renames(other, false);
	bool *done = arena_zalloc(other->arena, other->plan->changes.len + 1);
	for (size_t i = 0; i < other->plan->changes.len; i++)
		done[i] = renames[i] && (other->out->fates[i] == FATE_DONE ||
					 other->recalled[i].fate == FATE_DONE);
	return done;
}

static struct error *settle(struct applier *p, const struct open_run *r)
{
	struct ledger_entry_vec entries = {0};
	struct plan *plan = arena_zalloc(p->arena, sizeof(*plan));
	struct result *result = arena_zalloc(p->arena, sizeof(*result));
	TRY(run_records_read(p->in->ledger, p->arena, r, &entries));
	struct error *unread = load_plan(p, r, &entries, plan);
	if (unread) {
		if (p->in->note)
			p->in->note(arena_printf(p->arena, "what run %s sent last is not known: %s",
						 r->name, unread->message));
		error_free(unread);
		return NULL;
	}
	struct applier other = {.in = p->in,
				.plan = plan,
				.arena = p->arena,
				.out = result,
				.hold = p->hold,
				.begun = true,
				.resumed = true,
				.waited_ms = p->waited_ms};
	applier_init(&other);
	result->run = r->name;
	applier_recall(&other, &entries);
	struct error *error = any_cut(&other) ? settle_cut(p, &other) : NULL;
	if (!error)
		grant_ends_move(&p->view.ends, &plan->changes, done_renames(&other), p->arena);
	return error;
}

/* ---- snapshots that are missing ---- */

static struct error *record_one(struct applier *p, const char *run, bool *done)
{
	*done = false;
	if (!p->in->record_earlier)
		return NULL;
	struct error *error = p->in->record_earlier(p->in->record_context, run, done);
	if (!error)
		return NULL;
	error = error_wrap(error,
			   "nothing was sent, for the earlier run %s has no snapshot and could "
			   "not be recorded",
			   run);
	error->code = ERROR_INPUT;
	return error;
}

struct error *applier_record_earlier(struct applier *p)
{
	size_t kept = 0;
	bool done;
	for (size_t i = 0; i < p->view.unrecorded.len; i++) {
		TRY(record_one(p, p->view.unrecorded.at[i], &done));
		if (!done)
			p->view.unrecorded.at[kept++] = p->view.unrecorded.at[i];
	}
	p->view.unrecorded.len = kept;
	for (size_t i = 0; i < p->view.open.len; i++) {
		const struct open_run *r = &p->view.open.at[i];
		if (strcmp(r->plan, p->in->planned->digest) != 0)
			TRY(record_one(p, r->name, &done));
	}
	return NULL;
}

/* ---- all of them ---- */

struct error *applier_settle_others(struct applier *p)
{
	for (size_t i = 0; i < p->view.open.len; i++) {
		const struct open_run *r = &p->view.open.at[i];
		if (strcmp(r->plan, p->in->planned->digest) != 0)
			TRY(settle(p, r));
	}
	return NULL;
}
