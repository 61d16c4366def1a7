/* SPDX-License-Identifier: Apache-2.0 */
/* The grants that a directory shows. */
#include <string.h>

#include "core/util/unicode.h"
#include "providers/adobe/users/directory_parts.h"

static bool is_entitlement(const struct directory_group *g)
{
	return !g->ambiguous && (g->kind == DIRECTORY_PROFILE || g->kind == DIRECTORY_ROLE);
}

static bool has_member(const struct directory_group *g, const struct directory_user *user)
{
	for (size_t i = 0; g->members && i < g->members->len; i++) {
		const struct directory_user *row = &g->members->at[i];
		if (!strcmp(row->key, user->key) && !ascii_casecmp(row->type, user->type))
			return true;
	}
	return false;
}

/* The next profile that shares its name and has this user. */
static const struct directory_group *next_shared_of(const struct directory *d,
						    const struct directory_user *user, size_t *at)
{
	while (*at < d->groups.len) {
		const struct directory_group *g = &d->groups.at[(*at)++];
		if (g->ambiguous && has_member(g, user))
			return g;
	}
	return NULL;
}

bool directory_holds(struct directory *d, const struct directory_user *user,
		     const struct entitlement *e)
{
	const struct directory_group *shared;
	for (size_t i = 0; (shared = next_shared_of(d, user, &i));) {
		if (directory_is_about(shared, e))
			return true;
	}
	for (size_t i = 0; i < user->groups.len; i++) {
		const struct directory_group *g = directory_find(d, user->groups.at[i]);
		if (g && is_entitlement(g) && directory_is_about(g, e))
			return true;
	}
	return false;
}

static void add_user_grants(struct directory *d, const struct directory_user *user,
			    struct universe *u, struct arena *a, struct pair_vec *out)
{
	const char *name = directory_user_name(d, user);
	if (!name)
		return;
	uint32_t principal = universe_principal(u, PRINCIPAL_USER, name, true);
	if (name == user->email)
		universe_user_type(u, principal, directory_type_of(user));
	for (size_t i = 0; i < user->groups.len; i++) {
		const struct directory_group *g = directory_find(d, user->groups.at[i]);
		if (g && is_entitlement(g))
			vec_push(a, out, (struct pair){principal, universe_number(u, &g->grants)});
	}
	const struct directory_group *shared;
	for (size_t i = 0; d->has_shared && (shared = next_shared_of(d, user, &i));)
		vec_push(a, out, (struct pair){principal, universe_number(u, &shared->grants)});
}

void directory_grants(struct directory *d, struct universe *u, struct arena *a,
		      struct pair_vec *out)
{
	for (size_t i = 0; i < d->direct.len; i++) {
		if (!directory_is_technical(d->direct.at[i].email))
			add_user_grants(d, &d->direct.at[i], u, a, out);
	}
	for (size_t i = 0; i < d->held.len; i++) {
		const struct directory_group *group = &d->groups.at[grant_principal(d->held.at[i])];
		const struct directory_group *profile =
			&d->groups.at[grant_entitlement(d->held.at[i])];
		if (object_name_is_live(group->name))
			vec_push(a, out,
				 (struct pair){
					 universe_principal(u, PRINCIPAL_GROUP, group->name, true),
					 universe_number(u, &profile->grants)});
	}
}
