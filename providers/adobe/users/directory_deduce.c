/* SPDX-License-Identifier: Apache-2.0 */
/* Works out what user groups hold from what their members hold. */
#include <string.h>

#include "providers/adobe/users/directory.h"

struct deduction {
	struct directory *directory;
	struct arena scratch;
	struct key_vec having; /* one key for each member and each profile that the member has */
};

/* The index of a listed group that can be told by its name. */
static bool find_index(struct directory *d, const char *name, enum directory_kind kind,
		       uint32_t *out)
{
	const struct directory_group *g = directory_find(d, name);
	if (!g || g->kind != kind || g->ambiguous || g < d->groups.at ||
	    g >= d->groups.at + d->groups.len)
		return false;
	*out = (uint32_t)(g - d->groups.at);
	return true;
}

VEC(index_vec, uint32_t);

static void find_indexes(struct directory *d, const struct directory_user *user,
			 enum directory_kind kind, struct arena *a, struct index_vec *out)
{
	uint32_t index;
	*out = (struct index_vec){0};
	for (size_t i = 0; i < user->groups.len; i++) {
		if (find_index(d, user->groups.at[i], kind, &index))
			vec_push(a, out, index);
	}
}

static bool has_index(const struct index_vec *all, uint32_t index)
{
	for (size_t i = 0; i < all->len; i++) {
		if (all->at[i] == index)
			return true;
	}
	return false;
}

static bool is_same_user(const struct directory_user *x, const struct directory_user *y)
{
	return !strcmp(x->key, y->key) && !strcmp(x->type, y->type) &&
	       !strcmp(x->domain, y->domain);
}

/* The same user's row in the other list, which has the same order; NULL: it has none. */
static const struct directory_user *find_twin(const struct directory *d,
					      const struct directory_user *user, size_t *from)
{
	const struct directory_user_vec *all = &d->all;
	while (*from < all->len && strcmp(all->at[*from].key, user->key) < 0)
		++*from;
	for (size_t i = *from; i < all->len && !strcmp(all->at[i].key, user->key); i++) {
		if (is_same_user(&all->at[i], user))
			return &all->at[i];
	}
	return NULL;
}

/* Counts members, and members that have each profile. */
static void count_members(struct deduction *x)
{
	struct directory *d = x->directory;
	size_t from = 0;
	for (size_t i = 0; i < d->direct.len; i++) {
		struct index_vec groups, profiles = {0};
		const struct directory_user *twin = find_twin(d, &d->direct.at[i], &from);
		find_indexes(d, &d->direct.at[i], DIRECTORY_USER_GROUP, &x->scratch, &groups);
		if (twin)
			find_indexes(d, twin, DIRECTORY_PROFILE, &x->scratch, &profiles);
		for (size_t g = 0; g < groups.len; g++) {
			d->members[groups.at[g]]++;
			for (size_t k = 0; k < profiles.len; k++)
				vec_push(&x->scratch, &x->having,
					 grant_key(groups.at[g], profiles.at[k]));
		}
	}
	keys_sort(&x->having);
}

/* Finds for each profile the groups whose members all have it: only those may hold the profile. */
static void find_candidates(struct deduction *x)
{
	struct directory *d = x->directory;
	const struct key_vec *all = &x->having;
	for (size_t i = 0, end; i < all->len; i = end) {
		for (end = i; end < all->len && all->at[end] == all->at[i]; end++)
			;
		if (end - i == d->members[grant_principal(all->at[i])])
			vec_push(d->arena, &d->maybe, all->at[i]);
	}
}

/* Notes which group holds a profile that a user has only by way of a group, where just one of the
 * user's groups may hold it. */
static void find_source(struct deduction *x, const struct index_vec *groups, uint32_t profile)
{
	struct directory *d = x->directory;
	size_t count = 0;
	uint64_t found = 0;
	for (size_t i = 0; i < groups->len; i++) {
		uint64_t key = grant_key(groups->at[i], profile);
		if (!keys_have(&d->maybe, key))
			continue;
		found = key;
		count++;
	}
	if (count == 1)
		vec_push(d->arena, &d->held, found);
}

static void find_sources(struct deduction *x)
{
	struct directory *d = x->directory;
	size_t from = 0;
	for (size_t i = 0; i < d->direct.len; i++) {
		struct index_vec groups, own, all;
		const struct directory_user *user = &d->direct.at[i];
		const struct directory_user *twin = find_twin(d, user, &from);
		if (!twin)
			continue;
		find_indexes(d, user, DIRECTORY_USER_GROUP, &x->scratch, &groups);
		find_indexes(d, user, DIRECTORY_PROFILE, &x->scratch, &own);
		find_indexes(d, twin, DIRECTORY_PROFILE, &x->scratch, &all);
		for (size_t k = 0; k < all.len; k++) {
			if (!has_index(&own, all.at[k]))
				find_source(x, &groups, all.at[k]);
		}
	}
}

void directory_deduce(struct directory *d)
{
	struct deduction x = {.directory = d};
	d->held.len = d->maybe.len = 0;
	d->members = arena_zalloc(d->arena, (d->groups.len + 1) * sizeof(*d->members));
	if (d->all.len > 0) {
		count_members(&x);
		find_candidates(&x);
		find_sources(&x);
		keys_sort_once(&d->held);
	}
	arena_done(&x.scratch);
}

void directory_unseen_groups(const struct directory *d, struct arena *a, struct entry_vec *out)
{
	for (size_t i = 0; i < d->groups.len; i++) {
		const struct directory_group *g = &d->groups.at[i];
		bool named = g->kind == DIRECTORY_USER_GROUP && !g->ambiguous && !g->unnameable;
		if (named && (!d->has_all || !d->members[i]))
			vec_push(a, out, (struct entry){.name = g->name});
	}
	for (size_t i = 0; d->has_all && i < d->maybe.len; i++) {
		uint64_t key = d->maybe.at[i];
		const struct directory_group *g = &d->groups.at[grant_principal(key)];
		const struct directory_group *profile = &d->groups.at[grant_entitlement(key)];
		if (!keys_have(&d->held, key) && !g->unnameable && !profile->unnameable &&
		    !profile->twin)
			vec_push(a, out,
				 (struct entry){.name = g->name,
						.product = profile->grants.product,
						.profile = profile->grants.profile});
	}
}

enum directory_answer directory_group_holds(const struct directory *d,
					    const struct directory_group *group,
					    const struct directory_group *profile)
{
	uint32_t index = (uint32_t)(group - d->groups.at);
	uint64_t key = grant_key(index, (uint32_t)(profile - d->groups.at));
	if (keys_have(&d->held, key))
		return DIRECTORY_YES;
	return d->members[index] && !keys_have(&d->maybe, key) ? DIRECTORY_NO : DIRECTORY_UNKNOWN;
}
