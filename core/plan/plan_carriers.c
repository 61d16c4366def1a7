/* SPDX-License-Identifier: Apache-2.0 */
/* APIs that carry product profiles: one goes with what it alone carries, or not at all. */
#include "core/plan/planner.h"

static bool is_going(const struct planner *p, uint64_t key)
{
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		const struct change *c = &p->plan->changes.at[i];
		if (c->type == CHANGE_GRANT && c->action == ACTION_DELETE && !c->withheld &&
		    grant_key(c->principal_rank, c->entitlement_rank) == key)
			return true;
	}
	return false;
}

static bool carries(const struct planner *p, const struct entitlement *api,
		    const struct entitlement *product)
{
	return api->api && provider_carries(p->in->reader, p->in->session, api->api, product);
}

/* Whether another API of the account carries it: one that stays, or one that comes. */
static bool is_carried(const struct planner *p, const struct change *gone,
		       const struct entitlement *product)
{
	for (size_t i = keys_from(&p->live, grant_key(gone->principal_rank, 0));
	     i < p->live.len && grant_principal(p->live.at[i]) == gone->principal_rank; i++) {
		uint32_t e = grant_entitlement(p->live.at[i]);
		if (e != gone->entitlement_rank &&
		    carries(p, universe_entitlement_at(p->u, e), product) &&
		    !is_going(p, p->live.at[i]))
			return true;
	}
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		const struct change *c = &p->plan->changes.at[i];
		if (c->type == CHANGE_GRANT && c->action == ACTION_CREATE &&
		    c->principal_rank == gone->principal_rank &&
		    carries(p, c->entitlement, product))
			return true;
	}
	return false;
}

static void withhold_carrier(struct planner *p, struct change *c)
{
	for (size_t i = keys_from(&p->live, grant_key(c->principal_rank, 0));
	     i < p->live.len && grant_principal(p->live.at[i]) == c->principal_rank; i++) {
		const struct entitlement *e =
			universe_entitlement_at(p->u, grant_entitlement(p->live.at[i]));
		if (!entitlement_is_product(e) || !carries(p, c->entitlement, e) ||
		    is_going(p, p->live.at[i]) || is_carried(p, c, e))
			continue;
		c->withheld = WITHHELD_CARRIER;
		c->note = arena_printf(p->arena,
				       "it alone carries %s / %s, which stays: take that away too, "
				       "or add another API that carries it",
				       e->product, e->profile);
		return;
	}
}

void planner_withhold_carriers(struct planner *p)
{
	for (size_t i = 0; i < p->plan->changes.len && p->in->reader->carries; i++) {
		struct change *c = &p->plan->changes.at[i];
		if (c->type == CHANGE_GRANT && c->action == ACTION_DELETE && c->entitlement->api &&
		    !c->withheld)
			withhold_carrier(p, c);
	}
}
