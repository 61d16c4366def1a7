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

static struct unseen_item *unseen_of(struct planner *p, uint64_t key)
{
	const struct entitlement *e = universe_entitlement_at(p->u, grant_entitlement(key));
	const struct principal *who = universe_principal_at(p->u, grant_principal(key));
	const char *source = provider_source_of(p->in->reader, p->in->session, who,
						planner_holder(p, grant_principal(key)), e);
	return unseen_item_of(&p->plan->unseen, p->arena, e, source);
}

void planner_tell_unseen(struct planner *p, uint64_t key, bool ended)
{
	struct unseen_item *item = unseen_of(p, key);
	*(ended ? &item->ended : &item->wanted) += 1;
}

/* ---- what nobody could see ---- */

static bool is_wanted(const struct planner *p, uint64_t key)
{
	const struct wanted_pair like = {key, NULL};
	return vec_find(&p->grants, &like, planner_by_key) ||
	       vec_find(&p->expired, &like, planner_by_key);
}

/* Roles of one object are claimed by name; those of the whole organisation are looked for. */
static bool is_everywhere(const struct entitlement *e)
{
	for (size_t i = 0; i < sizeof(everywhere) / sizeof(*everywhere); i++) {
		if (e->role == everywhere[i])
			return true;
	}
	return false;
}

static void count_hidden(struct planner *p, uint64_t key)
{
	const struct entitlement *e = universe_entitlement_at(p->u, grant_entitlement(key));
	enum unlisted level = planner_claim(p, key).level;
	if (level == UNLISTED_KEEP || (level == UNLISTED_UNSET && !is_everywhere(e)))
		return;
	if (keys_have(&p->live, key) || is_wanted(p, key) || planner_is_seen(p, key))
		return;
	struct unseen_item *item = unseen_of(p, key);
	*(level == UNLISTED_UNSET ? &item->unclaimed : &item->claimed) += 1;
}

static size_t wanted_of_users(const struct planner *p, uint32_t entitlement)
{
	size_t count = 0;
	for (size_t i = 0; i < p->grants.len; i++) {
		uint64_t key = p->grants.at[i].key;
		count += grant_entitlement(key) == entitlement && !keys_have(&p->live, key) &&
			 universe_principal_at(p->u, grant_principal(key))->kind == PRINCIPAL_USER;
	}
	return count;
}

/* Users whom no list of the set has a word about, beside those that the plan grants it to. */
static void count_users(struct planner *p, const struct blind_spot *blind)
{
	uint32_t rank = universe_entitlement_rank(
		p->u, universe_entitlement(p->u, blind->role, NULL, NULL, NULL));
	enum unlisted level = p->entitlement_claims[rank].level;
	size_t wanted = wanted_of_users(p, rank);
	if (p->in->exact && !live_lists_role(&p->organization->unseen, blind->role))
		level = UNLISTED_REMOVE;
	if (level == UNLISTED_KEEP || (blind->count && blind->count <= wanted))
		return;
	struct unseen_item *item = unseen_item_of(
		&p->plan->unseen, p->arena, universe_entitlement_at(p->u, rank), blind->source);
	*(level == UNLISTED_UNSET ? &item->unclaimed : &item->claimed) +=
		blind->count ? blind->count - wanted : 1;
	item->anybody |= !blind->count;
}

void planner_find_unseen(struct planner *p, size_t principals)
{
	uint32_t entitlements = (uint32_t)universe_entitlements(p->u);
	const struct blind_vec *blind = &p->in->live->blind;
	for (uint32_t who = 0; !p->in->live->all_seen && who < principals; who++) {
		if (!p->held[who] || p->deleted[who])
			continue;
		for (uint32_t what = 0; what < entitlements; what++) {
			if (universe_entitlement_at(p->u, what)->role)
				count_hidden(p, grant_key(who, what));
		}
	}
	for (size_t i = 0; i < blind->len; i++) {
		if (blind->at[i].kind == PRINCIPAL_USER)
			count_users(p, &blind->at[i]);
	}
}
