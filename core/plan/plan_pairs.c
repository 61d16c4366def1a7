/* SPDX-License-Identifier: Apache-2.0 */
/* The grants of a plan as sorted arrays of keys: what is declared, what has ended, what is live,
 * and what the last snapshot had. A key has ranks of names, under the names that manifests use; so
 * a set is compared with another one in a single walk. */
#include "core/plan/planner.h"

static int by_key_then_place(const void *a, const void *b)
{
	const struct wanted_pair *x = a, *y = b;
	int order = planner_by_key(a, b);
	return order ? order : location_compare(*x->declared->at, *y->declared->at);
}

/* Keeps of each pair the declaration whose place comes first in byte order. `longer` (unless it
 * is NULL) gets the others that hold longer than that one. */
static void sort_once(struct arena *a, struct wanted_vec *pairs, struct wanted_vec *longer)
{
	size_t kept = 0;
	vec_sort(pairs, by_key_then_place);
	for (size_t i = 0; i < pairs->len; i++) {
		if (!kept || pairs->at[kept - 1].key != pairs->at[i].key)
			pairs->at[kept++] = pairs->at[i];
		else if (longer &&
			 planner_last_day(&pairs->at[i]) > planner_last_day(&pairs->at[kept - 1]))
			vec_push(a, longer, pairs->at[i]);
	}
	pairs->len = kept;
}

void planner_sort_declared(struct planner *p)
{
	vec_reserve(&p->scratch, &p->grants, p->wanted.grants.len);
	for (size_t i = 0; i < p->wanted.grants.len; i++) {
		const struct declared *d = &p->wanted.grants.at[i];
		vec_push(&p->scratch, &p->grants,
			 (struct wanted_pair){make_key(p->u, d->principal, d->entitlement), d});
	}
	for (size_t i = 0; i < p->wanted.expired.len; i++) {
		const struct declared *d = &p->wanted.expired.at[i];
		vec_push(&p->scratch, &p->expired,
			 (struct wanted_pair){make_key(p->u, d->principal, d->entitlement), d});
	}
	sort_once(&p->scratch, &p->grants, &p->longer);
	sort_once(&p->scratch, &p->expired, NULL);
}

/* Grants of an account that is being renamed count as those of its new name. */
static uint32_t *renames(struct planner *p, size_t principals)
{
	uint32_t *to = arena_alloc(&p->scratch, principals * sizeof(*to));
	for (size_t i = 0; i < principals; i++)
		to[i] = (uint32_t)i;
	for (size_t i = 0; i < p->phases[PHASE_ACCOUNTS].len; i++) {
		const struct change *c = &p->phases[PHASE_ACCOUNTS].at[i];
		if (c->reason != REASON_RENAMED)
			continue;
		to[planner_account_rank(p, c->before->meta.name, true)] = c->principal_rank;
	}
	return to;
}

/* The snapshot has live names: `to` gives for the rank of each the rank of the name that manifests
 * know. */
static void sort_base(struct planner *p, const uint32_t *to)
{
	const struct pair_vec *pairs = &p->in->base->grants;
	const uint32_t *live = drift_names(&p->three_way, &p->scratch);
	vec_reserve(&p->scratch, &p->base, pairs->len);
	for (size_t i = 0; i < pairs->len; i++) {
		uint64_t key = make_key(p->u, pairs->at[i].principal, pairs->at[i].entitlement);
		vec_push(&p->scratch, &p->base,
			 grant_key(to[live[grant_principal(key)]], grant_entitlement(key)));
	}
	keys_sort(&p->base);
}

void planner_sort_live(struct planner *p, size_t principals)
{
	const struct pair_vec *pairs = &p->in->live->grants;
	const uint32_t *to = p->names = renames(p, principals);
	vec_reserve(&p->scratch, &p->live, pairs->len);
	for (size_t i = 0; i < pairs->len; i++) {
		uint64_t key = make_key(p->u, pairs->at[i].principal, pairs->at[i].entitlement);
		vec_push(&p->scratch, &p->live,
			 grant_key(to[grant_principal(key)], grant_entitlement(key)));
	}
	keys_sort_once(&p->live);
	if (p->in->base)
		sort_base(p, to);
}
