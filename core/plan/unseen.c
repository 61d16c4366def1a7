/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/unseen.h"

#include <string.h>

#include "core/model/live.h"

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
