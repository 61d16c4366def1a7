/* SPDX-License-Identifier: Apache-2.0 */
/* APIs that carry product profiles: the removal of an API takes the profiles along that it alone
 * carries, so it is withheld while one of them stays. */
#include "core/plan/planner.h"
#include "core/util/str.h"

static uint64_t key_of(const struct change *c)
{
	return grant_key(c->principal_rank, c->entitlement_rank);
}

/* Whether the plan takes this grant. Changes are in the order of phases, and in each phase of
 * grants by their keys. */
static bool is_going(const struct planner *p, uint64_t key)
{
	const struct change_vec *all = &p->plan->changes;
	size_t from = 0, to = all->len;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const struct change *c = &all->at[middle];
		enum phase phase = change_phase(c);
		if (phase < PHASE_REMOVE || (phase == PHASE_REMOVE && key_of(c) < key))
			from = middle + 1;
		else
			to = middle;
	}
	return from < all->len && change_phase(&all->at[from]) == PHASE_REMOVE &&
	       key_of(&all->at[from]) == key && !all->at[from].withheld;
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

/* Whether the account will have another profile that the API carries: one that stays or comes. */
static bool keeps_another(const struct planner *p, const struct change *gone,
			  const struct entitlement *api)
{
	uint32_t holder = gone->principal_rank;
	const struct account *live = planner_live(p, holder);
	if (live && provider_has_unnamed(p->in->reader, p->in->session, live->meta.name, api->api))
		return true;
	for (size_t i = keys_from(&p->live, grant_key(holder, 0));
	     i < p->live.len && grant_principal(p->live.at[i]) == holder; i++) {
		const struct entitlement *e =
			universe_entitlement_at(p->u, grant_entitlement(p->live.at[i]));
		if (entitlement_is_product(e) && e != gone->entitlement && carries(p, api, e) &&
		    !is_going(p, p->live.at[i]))
			return true;
	}
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		const struct change *c = &p->plan->changes.at[i];
		if (c->type == CHANGE_GRANT && c->action == ACTION_CREATE &&
		    c->principal_rank == holder && entitlement_is_product(c->entitlement) &&
		    carries(p, api, c->entitlement))
			return true;
	}
	return false;
}

/* An API that comes with profiles needs one of them: the service refuses to take its last
 * profile. */
static void withhold_last(struct planner *p, struct change *c)
{
	uint32_t holder = c->principal_rank;
	for (size_t i = keys_from(&p->live, grant_key(holder, 0));
	     i < p->live.len && grant_principal(p->live.at[i]) == holder; i++) {
		const struct entitlement *api =
			universe_entitlement_at(p->u, grant_entitlement(p->live.at[i]));
		if (!carries(p, api, c->entitlement) || is_going(p, p->live.at[i]) ||
		    keeps_another(p, c, api))
			continue;
		c->withheld = WITHHELD_CARRIER;
		c->note = arena_printf(p->arena,
				       "it is the last profile of API %s, which stays and needs "
				       "one: take the API away too, or add another profile of it",
				       quoted(p->arena, api->api));
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
	for (size_t i = 0; i < p->plan->changes.len && p->in->reader->carries; i++) {
		struct change *c = &p->plan->changes.at[i];
		if (c->type == CHANGE_GRANT && c->action == ACTION_DELETE && !c->withheld &&
		    c->principal->kind == PRINCIPAL_ACCOUNT &&
		    entitlement_is_product(c->entitlement))
			withhold_last(p, c);
	}
}
