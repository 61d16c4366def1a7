/* SPDX-License-Identifier: Apache-2.0 */
/* Who holds what of a directory, and what of it the lists show. */
#include <string.h>

#include "core/util/report.h"
#include "core/util/unicode.h"
#include "providers/adobe/users/directory_parts.h"
#include "providers/adobe/users/role_names.h"

static const char *made_name(struct directory *d, const struct entitlement *e)
{
	const char *prefix = e->role ? role_names[e->role].group : "";
	const char *about = e->group ? e->group : e->profile ? e->profile : e->product;
	return prefix ? arena_printf(d->arena, "%s%s", prefix, about ? about : "") : NULL;
}

static bool is_about(const struct directory_group *g, const struct entitlement *e)
{
	ARENA a = {0};
	const char *const pairs[][2] = {{g->grants.product, e->product},
					{g->grants.profile, e->profile},
					{g->grants.group, e->group}};
	if (g->grants.role != e->role)
		return false;
	for (size_t i = 0; i < 3; i++) {
		const char *x = pairs[i][0], *y = pairs[i][1];
		if (!x != !y || (x && strcmp(text_fold(&a, x), text_fold(&a, y)) != 0))
			return false;
	}
	return true;
}

/* The listed group that stands for an entitlement; product administrators can have any spelling of
 * their product. */
static const struct directory_group *find_standing_for(struct directory *d,
						       const struct entitlement *e)
{
	const char *name = made_name(d, e);
	const struct directory_group *end = d->groups.at + d->groups.len;
	for (const struct directory_group *g = name ? directory_first(d, text_fold(d->arena, name))
						    : NULL;
	     g && g < end && !strcmp(g->key, text_fold(d->arena, name)); g++) {
		if ((g->kind == DIRECTORY_ROLE || g->kind == DIRECTORY_PROFILE) && is_about(g, e))
			return g;
	}
	return NULL;
}

const char *directory_group_of(struct directory *d, const struct entitlement *e, const char **why)
{
	*why = NULL;
	const struct directory_group *listed = find_standing_for(d, e);
	if (e->role == ROLE_SYSTEM_ADMINISTRATOR || e->role == ROLE_STORAGE_ADMINISTRATOR)
		*why = "the User Management API does not change this role";
	else if (listed && listed->ambiguous)
		*why = "several groups or profiles of the organisation have this name";
	else if (!e->role && !listed)
		*why = "the User Management API lists no such profile";
	if (*why)
		return NULL;
	/* names of the whole organisation are the service's constants, whatever a list spells */
	bool constant = role_table[e->role].scope == SCOPE_ORGANIZATION;
	return listed && !constant ? listed->name : made_name(d, e);
}

bool directory_is_shared(struct directory *d, const struct entitlement *e)
{
	const struct directory_group *listed = find_standing_for(d, e);
	return listed && listed->ambiguous;
}

/* ---- who holds what ---- */

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
		if (is_about(shared, e))
			return true;
	}
	for (size_t i = 0; i < user->groups.len; i++) {
		const struct directory_group *g = directory_find(d, user->groups.at[i]);
		if (g && is_entitlement(g) && is_about(g, e))
			return true;
	}
	return false;
}

static uint32_t number_of(struct universe *u, const struct entitlement *e)
{
	return universe_number(u, e);
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
			vec_push(a, out, (struct pair){principal, number_of(u, &g->grants)});
	}
	const struct directory_group *shared;
	for (size_t i = 0; d->has_shared && (shared = next_shared_of(d, user, &i));)
		vec_push(a, out, (struct pair){principal, number_of(u, &shared->grants)});
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
		if (directory_is_name(group->name))
			vec_push(a, out,
				 (struct pair){
					 universe_principal(u, PRINCIPAL_GROUP, group->name, true),
					 number_of(u, &profile->grants)});
	}
}

/* The user group of this name, when there is exactly one. */
static const struct directory_group *find_user_group(struct directory *d, const char *name)
{
	const struct directory_group *g = directory_first(d, text_fold(d->arena, name));
	return g && g->kind == DIRECTORY_USER_GROUP && !g->ambiguous ? g : NULL;
}

static bool find_both(struct directory *d, const char *name, const struct entitlement *e,
		      const struct directory_group **group, const struct directory_group **profile)
{
	*group = find_user_group(d, name);
	*profile = find_standing_for(d, e);
	return d->has_all && *group && *profile && !(*profile)->ambiguous;
}

static bool sees_group(struct directory *d, const char *name, const struct entitlement *e)
{
	const struct directory_group *group, *profile;
	if (e->role)
		return d->has_all; /* a user group cannot hold one */
	return find_both(d, name, e, &group, &profile) &&
	       directory_group_holds(d, group, profile) != DIRECTORY_UNKNOWN;
}

/* No name is known for it, but some organisations list such a group. */
static bool lists_storage_administrators(const struct directory *d)
{
	for (size_t i = 0; i < d->groups.len; i++) {
		const struct directory_group *g = &d->groups.at[i];
		if (g->kind == DIRECTORY_ROLE && g->grants.role == ROLE_STORAGE_ADMINISTRATOR)
			return true;
	}
	return false;
}

/* A list in which nobody is a system administrator does not show who is. */
static bool shows_system_administrators(struct directory *d)
{
	const struct entitlement system = {.role = ROLE_SYSTEM_ADMINISTRATOR};
	if (d->system == SYSTEM_UNASKED) {
		d->system = SYSTEM_HIDDEN;
		for (size_t i = 0; i < d->direct.len && d->system == SYSTEM_HIDDEN; i++) {
			if (directory_holds(d, &d->direct.at[i], &system))
				d->system = SYSTEM_SHOWN;
		}
	}
	return d->system == SYSTEM_SHOWN;
}

const char *directory_idle(struct directory *d, const struct principal *p,
			   const struct entitlement *e)
{
	const struct directory_group *group, *profile;
	if (p->kind != PRINCIPAL_GROUP || e->role || !find_both(d, p->name, e, &group, &profile) ||
	    directory_group_holds(d, group, profile) != DIRECTORY_UNKNOWN)
		return NULL;
	return d->members[group - d->groups.at]
		       ? "all users of the group have it already, so no read shows whether the "
			 "group has it; not pending"
		       : "no user is in the group, and what a group has shows by its users alone; "
			 "not pending";
}

bool directory_sees(struct directory *d, const struct principal *p, const struct entitlement *e)
{
	const char *name = made_name(d, e);
	const struct directory_group *g = name ? directory_find(d, name) : NULL;
	if (p->kind == PRINCIPAL_GROUP)
		return sees_group(d, p->name, e);
	if (!d->has_direct || p->kind != PRINCIPAL_USER)
		return false;
	if (e->role == ROLE_STORAGE_ADMINISTRATOR)
		return lists_storage_administrators(d);
	if (e->role == ROLE_SYSTEM_ADMINISTRATOR && !shows_system_administrators(d))
		return false;
	if (g && g->ambiguous) {
		g = find_standing_for(d, e);
		if (!g || !g->members)
			return false;
	}
	return !d->lacks_users || directory_find_user(d, p->name);
}

/* ---- what exists ---- */

void directory_catalogue(struct directory *d, struct arena *a, struct catalogue *out)
{
	out->has_groups = out->has_products = d->has_groups && !d->lacks_groups;
	out->has_users = d->has_direct && !d->lacks_users;
	for (size_t i = 0; i < d->groups.len; i++) {
		const struct directory_group *g = &d->groups.at[i];
		if (g->kind == DIRECTORY_USER_GROUP && directory_is_name(g->name))
			vec_push(a, &out->groups, (struct text_item){g->name, {0}});
		if (g->kind == DIRECTORY_PROFILE)
			vec_push(a, &out->products,
				 (struct entry){.product = g->grants.product,
						.profile = g->grants.profile});
	}
	for (size_t i = 0; i < d->direct.len; i++) {
		const struct directory_user *user = &d->direct.at[i];
		bool again = i > 0 && !strcmp(d->direct.at[i - 1].key, user->key);
		if (!again && !directory_is_technical(user->email))
			vec_push(a, &out->users, (struct text_item){user->email, {0}});
	}
}

void directory_left_out(const struct directory *d, struct arena *a, struct line_vec *out)
{
	for (size_t i = 0; i < d->groups.len; i++) {
		const struct directory_group *g = &d->groups.at[i];
		if (g->unnameable)
			vec_push(a, out,
				 arena_printf(a, "%s %s",
					      g->product ? "product profile" : "user group",
					      quoted(a, g->name)));
	}
	for (size_t i = 0; i < d->direct.len; i++) {
		const struct directory_user *user = &d->direct.at[i];
		if (!directory_is_technical(user->email) && !directory_user_name(d, user))
			vec_push(a, out,
				 arena_printf(a, "another entry of user %s, type %s",
					      quoted(a, user->email), quoted(a, user->type)));
	}
	for (size_t i = 0; i < d->nameless.len; i++)
		vec_push(a, out,
			 arena_printf(a, "a user without an e-mail address, user name %s",
				      quoted(a, d->nameless.at[i])));
}
