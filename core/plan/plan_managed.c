/* SPDX-License-Identifier: Apache-2.0 */
/* What a snapshot remembers of the manifests: of which product grants of users and groups they
 * say anything. That is not needed for accounts, admin roles and APIs, whose drift stays open
 * anyway. */
#include "core/plan/planner.h"

static void add(struct planner *p, const char *address)
{
	vec_push(p->arena, &p->plan->managed, (struct text_item){.text = address});
}

static bool is_claimed(const struct planner *p, uint32_t entitlement)
{
	return p->entitlement_claims[entitlement].level > UNLISTED_KEEP;
}

/* Adds a grant of a user or group that a line says, by that line alone. */
static void add_said(struct planner *p, uint64_t key)
{
	const struct principal *holder = universe_principal_at(p->u, grant_principal(key));
	const struct entitlement *e = universe_entitlement_at(p->u, grant_entitlement(key));
	if (entitlement_is_product(e) && holder->kind != PRINCIPAL_ACCOUNT &&
	    !is_claimed(p, grant_entitlement(key)))
		add(p, change_address(p->arena, holder, e));
}

void planner_find_managed(struct planner *p)
{
	if (p->in->exact)
		return;
	for (uint32_t i = 0; i < universe_entitlements(p->u); i++) {
		const struct entitlement *e = universe_entitlement_at(p->u, i);
		if (entitlement_is_product(e) && is_claimed(p, i))
			add(p, entitlement_address(p->arena, e));
	}
	for (size_t i = 0; i < p->grants.len; i++)
		add_said(p, p->grants.at[i].key);
	for (size_t i = 0; i < p->expired.len; i++)
		add_said(p, p->expired.at[i].key);
}
