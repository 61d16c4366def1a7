/* SPDX-License-Identifier: Apache-2.0 */
/* Until when manifests grant something. */
#include "core/plan/planner.h"
#include "core/util/clock.h"

#define DAY (24 * 60 * 60) /* seconds */

int32_t planner_last_day(const struct wanted_pair *w)
{
	const struct words *words = w->declared->words;
	return words && words->expires != DATE_NONE ? words->expires : INT32_MAX;
}

/* The declaration that holds longest, where that is not the first one; NULL. */
const struct wanted_pair *planner_find_longest(const struct planner *p, uint64_t key)
{
	const struct wanted_pair like = {key, NULL};
	const struct wanted_pair *longest = vec_find(&p->longer, &like, planner_by_key);
	for (const struct wanted_pair *next = longest; next && next->key == key;
	     next = vec_next(&p->longer, next)) {
		if (planner_last_day(next) > planner_last_day(longest))
			longest = next;
	}
	return longest;
}

/* The next plans compare their ends with these. */
void planner_find_ends(struct planner *p)
{
	for (size_t i = 0; !p->in->target && !p->in->exact && i < p->grants.len; i++) {
		const struct wanted_pair *w = &p->grants.at[i];
		const struct wanted_pair *longest = planner_find_longest(p, w->key);
		int32_t day = planner_last_day(longest ? longest : w);
		if (day == INT32_MAX)
			continue;
		const char *address = change_address(
			p->arena, universe_principal_at(p->u, grant_principal(w->key)),
			universe_entitlement_at(p->u, grant_entitlement(w->key)));
		vec_push(p->arena, &p->plan->ends, (struct grant_end){address, day});
	}
	grant_ends_sort(&p->plan->ends);
}

/* Grants are told under the names that this plan gives before all its changes are in order, and
 * under those that it leaves to another --target. */
const struct grant_end_vec *planner_ends_before(struct planner *p)
{
	const struct grant_end_vec none = {0};
	const struct grant_end_vec *before = p->in->ends_before;
	if (p->ends)
		return p->ends;
	struct grant_end_vec *ends = grant_ends_join(before ? before : &none, NULL, &p->scratch);
	grant_ends_move(ends, &p->phases[PHASE_ACCOUNTS], NULL, &p->scratch);
	return p->ends = ends;
}

static bool is_held(const struct planner *p, uint64_t key)
{
	size_t i = keys_from(&p->live, key);
	return i < p->live.len && p->live.at[i] == key;
}

static void extend(struct planner *p, const struct wanted_pair *w, const struct grant_end_vec *ends,
		   struct arena *scratch)
{
	const struct wanted_pair *longest = planner_find_longest(p, w->key);
	const struct wanted_pair *last = longest ? longest : w;
	const struct principal *who = universe_principal_at(p->u, grant_principal(w->key));
	const struct entitlement *e = universe_entitlement_at(p->u, grant_entitlement(w->key));
	const struct grant_end *before = grant_ends_find(ends, change_address(scratch, who, e));
	int32_t day = planner_last_day(last);
	if (before && before->day < day)
		vec_push(p->arena, &p->plan->extended,
			 (struct extended_item){who, e, before->day,
						day == INT32_MAX ? DATE_NONE : day,
						*last->declared->at});
}

/* No service knows ends, so that none of this is a change of live. */
void planner_find_extended(struct planner *p)
{
	ARENA scratch = {0};
	const struct grant_end_vec *ends = planner_ends_before(p);
	for (size_t i = 0; !p->in->exact && ends->len && i < p->grants.len; i++) {
		const struct wanted_pair *w = &p->grants.at[i];
		if (!is_held(p, w->key) ||
		    !planner_is_targeted(p, universe_principal_at(p->u, grant_principal(w->key))))
			continue;
		extend(p, w, ends, &scratch);
		arena_reset(&scratch);
	}
}

static int32_t last_day_of(const struct planner *p, const struct change *c)
{
	if (!c->words || c->words->expires == DATE_NONE)
		return INT32_MAX;
	const struct wanted_pair *longest =
		planner_find_longest(p, grant_key(c->principal_rank, c->entitlement_rank));
	return longest ? planner_last_day(longest) : c->words->expires;
}

/* A saved plan that is applied later would otherwise grant what has ended by then. */
void planner_shorten_life(struct planner *p)
{
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		const struct change *c = &p->plan->changes.at[i];
		if (c->type != CHANGE_GRANT || c->action != ACTION_CREATE)
			continue;
		int64_t end = ((int64_t)last_day_of(p, c) + 1) * DAY - 1;
		if (end < p->plan->expires)
			p->plan->expires = end;
	}
}
