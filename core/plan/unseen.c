/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/unseen.h"

#include <string.h>

#include "core/model/live.h"
#include "core/plan/planner.h"

/* ---- the list ---- */

struct unseen_item *unseen_item_of(struct unseen_vec *all, struct arena *a,
				   const struct entitlement *e, const char *source)
{
	for (size_t i = 0; i < all->len; i++) {
		if (all->at[i].source == source &&
		    entitlement_compare(all->at[i].entitlement, e) == 0)
			return &all->at[i];
	}
	vec_push(a, all, (struct unseen_item){.entitlement = e, .source = source});
	return &all->at[all->len - 1];
}

static int by_entitlement(const void *a, const void *b)
{
	const struct unseen_item *x = a, *y = b;
	if (!x->ended != !y->ended)
		return x->ended ? -1 : 1;
	int order = entitlement_compare(x->entitlement, y->entitlement);
	return order ? order : strcmp(x->source ? x->source : "", y->source ? y->source : "");
}

void unseen_sort(struct unseen_vec *all)
{
	vec_sort(all, by_entitlement);
}

size_t unseen_pairs(const struct unseen_vec *all)
{
	size_t count = 0;
	for (size_t i = 0; i < all->len; i++)
		count += all->at[i].claimed + all->at[i].wanted + all->at[i].ended;
	return count;
}

/* ---- of a plan ---- */

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
	const struct principal who = planner_principal_now(p, grant_principal(key));
	const char *source = provider_source_of(p->in->reader, p->in->session, &who,
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
	/* Where nothing would be told of a role that is seen, nothing is of one that is not. */
	bool untold = !is_everywhere(e) || planner_is_kept(p, key);
	if (level == UNLISTED_KEEP || (level == UNLISTED_UNSET && untold))
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

/* Counts the users of whom no list in the set says anything, besides those whom the plan grants
 * it to. */
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
				count_hidden(p, grant_key(p->names[who], what));
		}
	}
	for (size_t i = 0; i < blind->len; i++) {
		if (blind->at[i].kind == PRINCIPAL_USER)
			count_users(p, &blind->at[i]);
	}
}

/* ---- since a snapshot ---- */

static const struct account *holder_of(const struct drift_input *in, const struct principal *who)
{
	return who->kind == PRINCIPAL_ACCOUNT ? live_find(in->live, who->name) : NULL;
}

/* Roles of the whole organisation are counted by the read itself. */
static bool is_counted(const struct drift_input *in, const struct principal *who,
		       const struct entitlement *e)
{
	for (size_t i = 0; i < in->live->blind.len; i++) {
		if (in->live->blind.at[i].role == e->role &&
		    in->live->blind.at[i].kind == who->kind)
			return true;
	}
	return false;
}

static void count_pair(const struct drift_input *in, struct arena *a, uint32_t principal,
		       const struct entitlement *e, struct unseen_vec *out)
{
	const struct principal *who = universe_principal_at(in->universe, principal);
	const struct account *account = holder_of(in, who);
	bool gone = who->kind == PRINCIPAL_ACCOUNT && !account;
	if (gone || is_counted(in, who, e) ||
	    provider_sees(in->reader, in->session, who, account, e))
		return;
	const char *source = provider_source_of(in->reader, in->session, who, account, e);
	unseen_item_of(out, a, e, source)->claimed++;
}

void unseen_since(const struct drift_input *in, struct arena *a, struct unseen_vec *out)
{
	ARENA scratch = {0};
	if (in->live->all_seen)
		return;
	const uint32_t *names = drift_names(in, &scratch);
	for (size_t i = 0; i < in->base->grants.len; i++) {
		const struct pair *pair = &in->base->grants.at[i];
		uint32_t who = universe_principal_rank(in->universe, pair->principal);
		uint32_t what = universe_entitlement_rank(in->universe, pair->entitlement);
		count_pair(in, a, names[who], universe_entitlement_at(in->universe, what), out);
	}
	for (size_t i = 0; i < in->live->blind.len; i++) {
		const struct blind_spot *b = &in->live->blind.at[i];
		struct entitlement *e = arena_zalloc(a, sizeof(*e));
		e->role = b->role;
		struct unseen_item *item = unseen_item_of(out, a, e, b->source);
		item->claimed += b->count ? b->count : 1;
		item->anybody |= !b->count;
	}
	unseen_sort(out);
}
