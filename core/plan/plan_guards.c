/* SPDX-License-Identifier: Apache-2.0 */
/* A plan before the guards: what they are asked, and what they withhold of it. */
#include "core/plan/planner.h"
#include "core/util/clock.h"

/* Notes removals that a reviewer may take for the course of things although somebody has just
 * asked for them. */
static void note_new_ends(struct change_vec *changes, const bool *passed)
{
	for (size_t i = 0; i < changes->len; i++) {
		struct change *c = &changes->at[i];
		if (c->reason == REASON_EXPIRED && !c->unseen && !(passed && passed[i]) && !c->note)
			c->note = "no record has this end from before it passed: it needs "
				  "--allow-remove like any other removal";
	}
}

/* By change: whether it is on record as withheld, under a name that its account has or had. */
static const bool *find_owed(struct planner *p, const struct change_vec *changes)
{
	const char *const *addresses = p->in->withheld_before;
	size_t count = p->in->withheld_count;
	const bool *owed = change_find_all(changes, addresses, count, &p->scratch);
	bool *all = count ? arena_zalloc(&p->scratch, changes->len + 1) : NULL;
	for (size_t i = 0; all && i < changes->len; i++)
		all[i] = owed[i] || planner_had_name(p, &changes->at[i], addresses, count);
	return all;
}

static const struct change_rank *find_ranks(struct planner *p)
{
	const struct change_vec *all = &p->plan->changes;
	struct change_rank *ranks = arena_alloc(&p->scratch, (all->len + 1) * sizeof(*ranks));
	for (size_t i = 0; i < all->len; i++)
		ranks[i] = (struct change_rank){all->at[i].principal_rank,
						all->at[i].entitlement_rank};
	return ranks;
}

static const struct entitlement **find_blocked(struct planner *p)
{
	const struct blocked_vec *all = &p->plan->blocked;
	const struct entitlement **out = arena_alloc(&p->scratch, (all->len + 1) * sizeof(*out));
	for (size_t i = 0; i < all->len; i++)
		out[i] = all->at[i].entitlement;
	return out;
}

void planner_judge(struct planner *p)
{
	struct plan *plan = p->plan;
	struct change_vec *changes = &plan->changes;
	struct judgement judgement;
	const struct guard_input input = {
		.changes = changes,
		.blocked = find_blocked(p),
		.blocked_count = plan->blocked.len,
		.ranks = find_ranks(p),
		.universe = p->u,
		.live = p->in->live,
		.pairs = p->live.at,
		.count = p->live.len,
		.reader = p->in->reader,
		.session = p->in->session,
		.policy = plan->policy,
		.consent = plan->consent,
		.operator_policy = p->in->operator_policy,
		.empty_manifests = plan->empty_manifests,
		.live_shrink = plan->live_shrink,
		.owed = find_owed(p, changes),
		.passed = grant_ends_passed(changes, planner_ends_before(p), time_day(p->in->now),
					    &p->scratch)};
	guard_judge(&input, p->arena, &judgement);
	note_new_ends(changes, input.passed);
	for (size_t i = 0; i < changes->len; i++)
		changes->at[i].withheld = judgement.withheld[i];
	plan->guards = judgement.guards;
}
