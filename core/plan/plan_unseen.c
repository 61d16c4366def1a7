/* SPDX-License-Identifier: Apache-2.0 */
/* What no configured source shows. A pair that is not seen is not taken for one that is not held:
 * it is told, by entitlement, with the source that would show it. */
#include <string.h>

#include "core/plan/planner.h"

/* Roles that an account's list claims whether somebody names them or not. */
static const enum role everywhere[] = {
	ROLE_SYSTEM_ADMINISTRATOR,
	ROLE_STORAGE_ADMINISTRATOR,
	ROLE_DEPLOYMENT_ADMINISTRATOR,
	ROLE_SUPPORT_ADMINISTRATOR,
};

void planner_number_roles(struct planner *p)
{
	for (size_t i = 0; i < sizeof(everywhere) / sizeof(*everywhere); i++)
		universe_entitlement(p->u, everywhere[i], NULL, NULL, NULL);
}

static struct unseen_item *find_item(struct planner *p, const struct entitlement *e,
				     const char *source)
{
	struct unseen_vec *all = &p->plan->unseen;
	for (size_t i = 0; i < all->len; i++) {
		if (all->at[i].entitlement == e && all->at[i].source == source)
			return &all->at[i];
	}
	vec_push(p->arena, all, (struct unseen_item){.entitlement = e, .source = source});
	return &all->at[all->len - 1];
}

static struct unseen_item *unseen_of(struct planner *p, uint64_t key)
{
	const struct entitlement *e = universe_entitlement_at(p->u, grant_entitlement(key));
	const struct principal *who = universe_principal_at(p->u, grant_principal(key));
	const char *source = provider_source_of(p->in->reader, p->in->session, who,
						planner_holder(p, grant_principal(key)), e);
	return find_item(p, e, source);
}

void planner_tell_unseen(struct planner *p, uint64_t key, bool ended)
{
	struct unseen_item *item = unseen_of(p, key);
	*(ended ? &item->ended : &item->wanted) += 1;
}

static bool claims_roles(const struct account *a)
{
	return a && a->state != STATE_ABSENT && (a->has_roles || a->has_bundles);
}

static bool is_known(const struct planner *p, uint64_t key)
{
	const struct wanted_pair like = {key, NULL};
	return keys_have(&p->live, key) || vec_find(&p->grants, &like, planner_by_key) ||
	       vec_find(&p->expired, &like, planner_by_key);
}

/* Whether some document says that the pair is to be there or not. */
static bool is_claimed(const struct planner *p, uint64_t key)
{
	const struct claim *claim = &p->entitlement_claims[grant_entitlement(key)];
	return claim->level > UNLISTED_KEEP || claims_roles(p->declared[grant_principal(key)]);
}

void planner_find_unseen(struct planner *p, size_t principals)
{
	uint32_t entitlements = (uint32_t)universe_entitlements(p->u);
	for (uint32_t who = 0; !provider_shows_all(p->in->reader) && who < principals; who++) {
		if (!p->held[who])
			continue;
		for (uint32_t what = 0; what < entitlements; what++) {
			uint64_t key = grant_key(who, what);
			if (universe_entitlement_at(p->u, what)->role && is_claimed(p, key) &&
			    !is_known(p, key) && !planner_is_seen(p, key))
				unseen_of(p, key)->claimed++;
		}
	}
}

static int by_entitlement(const void *a, const void *b)
{
	const struct unseen_item *x = a, *y = b;
	if (!x->ended != !y->ended)
		return x->ended ? -1 : 1;
	int order = entitlement_compare(x->entitlement, y->entitlement);
	return order ? order : strcmp(x->source ? x->source : "", y->source ? y->source : "");
}

void planner_sort_unseen(struct planner *p)
{
	vec_sort(&p->plan->unseen, by_entitlement);
}
