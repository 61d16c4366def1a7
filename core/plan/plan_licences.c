/* SPDX-License-Identifier: Apache-2.0 */
/* Licences that a plan takes and gives back. A principal needs one of a product however many of its
 * profiles it holds; what a group's members take is the service's to know. */
#include "core/plan/planner.h"

struct touched {
	uint64_t key; /* the principal's rank and the product's: that of its first entitlement */
	int delta;    /* grants of the product that it gets or loses */
};
VEC(touched_vec, struct touched);

/* The rank of the first entitlement of the same product; products' entitlements stand side
 * by side. */
static uint32_t product_rank(const struct universe *u, uint32_t rank)
{
	const char *product = universe_entitlement_at(u, rank)->product;
	while (rank > 0 && entitlement_is_product(universe_entitlement_at(u, rank - 1)) &&
	       universe_entitlement_at(u, rank - 1)->product == product)
		rank--;
	return rank;
}

static void touch(struct planner *p, struct touched_vec *out, uint32_t principal,
		  uint32_t entitlement, int delta)
{
	if (entitlement_is_product(universe_entitlement_at(p->u, entitlement)))
		vec_push(&p->scratch, out,
			 (struct touched){grant_key(principal, product_rank(p->u, entitlement)),
					  delta});
}

/* All that a deleted account holds. */
static void touch_all(struct planner *p, struct touched_vec *out, uint32_t principal)
{
	for (size_t i = keys_from(&p->live, grant_key(principal, 0));
	     i < p->live.len && grant_principal(p->live.at[i]) == principal; i++)
		touch(p, out, principal, grant_entitlement(p->live.at[i]), -1);
}

/* How many grants of the product the principal holds live. */
static int count_live(const struct planner *p, uint64_t key)
{
	int count = 0;
	for (size_t i = keys_from(&p->live, key); i < p->live.len; i++, count++) {
		uint64_t live = p->live.at[i];
		if (grant_principal(live) != grant_principal(key) ||
		    product_rank(p->u, grant_entitlement(live)) != grant_entitlement(key))
			break;
	}
	return count;
}

static int by_touched_key(const void *a, const void *b)
{
	const struct touched *x = a, *y = b;
	return x->key < y->key ? -1 : x->key > y->key;
}

void planner_count_licences(struct planner *p)
{
	struct touched_vec all = {0};
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		const struct change *c = &p->plan->changes.at[i];
		if (c->withheld || c->principal->kind == PRINCIPAL_GROUP)
			continue;
		if (c->entitlement)
			touch(p, &all, c->principal_rank, c->entitlement_rank,
			      c->action == ACTION_CREATE ? 1 : -1);
		else if (c->action == ACTION_DELETE)
			touch_all(p, &all, c->principal_rank);
	}
	vec_sort(&all, by_touched_key);
	for (size_t i = 0, next; i < all.len; i = next) {
		int before = count_live(p, all.at[i].key), after = before;
		for (next = i; next < all.len && all.at[next].key == all.at[i].key; next++)
			after += all.at[next].delta;
		p->plan->licences_used += before == 0 && after > 0;
		p->plan->licences_freed += before > 0 && after <= 0;
	}
}
