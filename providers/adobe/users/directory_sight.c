/* SPDX-License-Identifier: Apache-2.0 */
/* Of which grants the lists show whether somebody holds them. */
#include "core/util/unicode.h"
#include "providers/adobe/users/directory_parts.h"

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
	*profile = directory_standing_for(d, e);
	return d->has_all && *group && *profile && !(*profile)->ambiguous;
}

static bool sees_group(struct directory *d, const char *name, const struct entitlement *e)
{
	const struct directory_group *group, *profile;
	if (e->role)
		return d->has_all; /* a user group cannot hold a role */
	return find_both(d, name, e, &group, &profile) &&
	       directory_group_holds(d, group, profile) != DIRECTORY_UNKNOWN;
}

/* Whether a group of storage administrators is listed: some organisations have one, though its name
 * is not documented. */
static bool lists_storage_administrators(const struct directory *d)
{
	for (size_t i = 0; i < d->groups.len; i++) {
		const struct directory_group *g = &d->groups.at[i];
		if (g->kind == DIRECTORY_ROLE && g->grants.role == ROLE_STORAGE_ADMINISTRATOR)
			return true;
	}
	return false;
}

/* Whether the list shows system administrators: one in which nobody is any cannot. */
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
	const char *name = directory_made_name(d, e);
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
		g = directory_standing_for(d, e);
		if (!g || !g->members)
			return false;
	}
	return !d->users_missing || directory_find_user(d, p->name);
}
