/* SPDX-License-Identifier: Apache-2.0 */
/* What the next plan is to know: the steps that were withheld, wait for a person or were attested,
 * ends that have passed, and what was applied last. */
#include <string.h>

#include "core/apply/applier.h"
#include "core/util/clock.h"
#include "core/util/compare.h"

static const char *address_of(struct applier *p, size_t i)
{
	const struct change *c = &p->plan->changes.at[i];
	return change_address(p->arena, c->principal, c->entitlement);
}

/* Whether what the plan lacks is what manifests lack. A plan file that nobody vouches for may lack
 * what it likes. */
static bool is_all_there_is(const struct applier *p)
{
	return p->in->whole && (!p->in->saved || p->in->vouched);
}

static void keep_applied(struct applier *p)
{
	const struct last_applied this = {p->out->run,
					  applier_manifests(p),
					  p->plan->manifest_commit,
					  ledger_number(p->in->ledger),
					  p->in->now,
					  applier_policy(p),
					  applier_set_by_manifests(p)};
	p->view.latest = this;
	/* A file without a commit must not end that manifests are compared with the last one. */
	if (p->in->whole && (is_all_there_is(p) || this.commit || !p->view.last.commit))
		p->view.last = this;
}

static bool is_withheld_for_consent(const struct applier *p, size_t i)
{
	return p->out->fates[i] == FATE_WITHHELD && p->out->withheld[i] == WITHHELD_CONSENT;
}

/* A run that dies has withheld something all the same: what is open goes on record with its
 * beginning. Behind what else it sent, shares may be such that nothing would be withheld. */
void applier_add_withheld(struct applier *p)
{
	size_t before = p->view.withheld.len;
	const bool *known =
		change_find_all(&p->plan->changes, p->view.withheld.at, before, p->arena);
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		if (is_withheld_for_consent(p, i) && !(known && known[i]))
			vec_push(p->arena, &p->view.withheld, address_of(p, i));
	}
	if (p->view.withheld.len == before)
		return;
	vec_sort(&p->view.withheld, compare_texts);
	keep_applied(p);
	ledger_view_add(p->in->ledger, &p->view, p->in->now);
}

/* Whether the run is about that address, so that what it leaves is all there is to say of it. */
static bool is_planned(struct applier *p, const char *address)
{
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		if (!strcmp(address_of(p, i), address))
			return true;
	}
	return false;
}

/* What was withheld once needs consent until it is gone, or an apply of all manifests plans it no
 * more. */
static void keep_withheld(struct applier *p)
{
	VEC(, const char *) kept = {0};
	size_t before = p->view.withheld.len;
	bool *planned = arena_zalloc(p->arena, before + 1);
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		const char *address = address_of(p, i);
		const char **record = vec_find(&p->view.withheld, &address, compare_texts);
		bool removal = p->plan->changes.at[i].action == ACTION_DELETE;
		bool gone = removal && p->out->fates[i] == FATE_DONE;
		if (record && removal)
			planned[record - p->view.withheld.at] = true;
		if (!gone && (record ? removal : is_withheld_for_consent(p, i)))
			vec_push(p->arena, &kept, address);
	}
	for (size_t i = 0; i < before && !is_all_there_is(p); i++) {
		if (!planned[i])
			vec_push(p->arena, &kept, p->view.withheld.at[i]);
	}
	vec_sort(&kept, compare_texts);
	p->view.withheld.at = kept.at;
	p->view.withheld.len = kept.len;
	p->view.withheld.cap = kept.cap;
}

static int by_address(const void *a, const void *b)
{
	const struct waiting_change *x = a, *y = b;
	return strcmp(x->address, y->address);
}

static void keep_waiting(struct applier *p)
{
	struct waiting_change_vec kept = {0};
	for (size_t i = 0; !p->in->whole && i < p->view.waiting.len; i++) {
		if (!is_planned(p, p->view.waiting.at[i].address))
			vec_push(p->arena, &kept, p->view.waiting.at[i]);
	}
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		if (p->out->fates[i] != FATE_MANUAL || p->out->attested[i])
			continue;
		const char *address = address_of(p, i);
		int64_t since = ledger_view_waits_since(&p->view, address);
		vec_push(p->arena, &kept,
			 (struct waiting_change){address, since ? since : p->in->now});
	}
	vec_sort(&kept, by_address);
	p->view.waiting = kept;
}

/* Whether a step of the plan is still the one that somebody spoke of. */
static bool is_still_due(struct applier *p, const struct attestation *t)
{
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		if (p->out->attested && p->out->attested[i] &&
		    attestation_is_same(p->out->attested[i], t))
			return true;
	}
	return false;
}

/* A word counts for as long as the step is due and no read can show it: what is asked for anew, or
 * was seen in between, needs another one. */
static void keep_attested(struct applier *p)
{
	struct attestation_vec kept = {0};
	for (size_t i = 0; i < p->view.attested.len; i++) {
		const struct attestation *t = &p->view.attested.at[i],
					 *told = &p->told.attested.at[i];
		bool due = is_still_due(p, t) || !(p->in->whole || is_planned(p, t->address));
		bool moved = !attestation_is_same(t, told);
		if (due)
			vec_push(p->arena, &kept, *t);
		if (!due || moved)
			attested_add(
				p->in->ledger, told,
				due ? "its account has another name by now"
				    : "the plan has no such step any more, or a read shows it");
		if (due && moved)
			attested_add(p->in->ledger, t, NULL);
	}
	p->view.attested = kept;
}

/* An end that has passed is remembered for as long as it is due. */
static bool is_due(struct applier *p, const char *address)
{
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		if (p->plan->changes.at[i].reason == REASON_EXPIRED &&
		    p->out->fates[i] != FATE_DONE && !strcmp(address_of(p, i), address))
			return true;
	}
	return false;
}

/* A run that was closed before it is resumed has given them the names of then. */
const bool *applier_new_renames(const struct applier *p, bool done)
{
	bool *out = arena_zalloc(p->arena, p->plan->changes.len + 1);
	bool closed = p->resumed && !hold_is_takeover(p->hold);
	for (size_t i = 0; i < p->plan->changes.len; i++)
		out[i] = p->plan->changes.at[i].reason == REASON_RENAMED &&
			 !(closed && p->recalled[i].fate == FATE_DONE && p->recalled[i].sent) &&
			 (!done || p->out->fates[i] == FATE_DONE);
	return out;
}

static void keep_ends(struct applier *p)
{
	struct grant_end_vec kept = {0};
	int32_t today = time_day(p->in->now);
	for (size_t i = 0; i < p->view.ends.len; i++) {
		const struct grant_end *e = &p->view.ends.at[i];
		if (e->day < today && is_due(p, e->address))
			vec_push(p->arena, &kept, *e);
	}
	for (size_t i = 0; i < p->plan->ends.len; i++) {
		if (p->plan->ends.at[i].day >= today)
			vec_push(p->arena, &kept, p->plan->ends.at[i]);
	}
	grant_ends_sort(&kept);
	p->view.ends = kept;
}

void applier_follow_names(struct applier *p)
{
	p->told = p->view;
	ledger_view_follow(&p->view, p->plan, p->arena);
}

void applier_restore_names(struct applier *p)
{
	p->view.waiting = p->told.waiting;
	p->view.attested = p->told.attested;
}

/* What this run renamed keeps what is on record of it, and a credential that no manifest says. */
static void keep_names(struct applier *p)
{
	bool *done = arena_zalloc(p->arena, p->plan->changes.len + 1);
	struct former_name_vec now = {0};
	for (size_t i = 0; i < p->plan->changes.len; i++)
		done[i] = p->out->fates[i] == FATE_DONE;
	former_names_move_on(p->plan, done, &p->view.former, p->arena, &now);
	p->view.former = now;
}

void applier_keep_open(struct applier *p)
{
	/* A resume that an error ended before it looked at live leaves them as they are. */
	if (p->compared || !p->resumed) {
		keep_names(p);
		keep_withheld(p);
		keep_waiting(p);
		keep_attested(p);
	} else {
		applier_restore_names(p);
	}
	if (p->ends && p->in->expected && !p->in->saved)
		vec_push(p->arena, &p->view.used,
			 (struct used_plan){applier_used_as(p), p->out->run, p->in->now});
	grant_ends_move(&p->view.ends, &p->plan->changes, applier_new_renames(p, true), p->arena);
	keep_applied(p);
	if (p->in->whole)
		keep_ends(p);
}
