/* SPDX-License-Identifier: Apache-2.0 */
/* Which listed group stands for an entitlement. */
#include <string.h>

#include "core/util/unicode.h"
#include "providers/adobe/users/directory_parts.h"
#include "providers/adobe/users/role_names.h"

#define GROUP_NAME_MAX 255 /* characters; facts/umapi.md, "Actions" */

const char *directory_made_name(struct directory *d, const struct entitlement *e)
{
	const char *prefix = e->role ? role_names[e->role].group : "";
	const char *about = e->group ? e->group : e->profile ? e->profile : e->product;
	return prefix ? arena_printf(d->arena, "%s%s", prefix, about ? about : "") : NULL;
}

bool directory_is_about(const struct directory_group *g, const struct entitlement *e)
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

const struct directory_group *directory_standing_for(struct directory *d,
						     const struct entitlement *e)
{
	const char *name = directory_made_name(d, e);
	const struct directory_group *end = d->groups.at + d->groups.len;
	for (const struct directory_group *g = name ? directory_first(d, text_fold(d->arena, name))
						    : NULL;
	     g && g < end && !strcmp(g->key, text_fold(d->arena, name)); g++) {
		if ((g->kind == DIRECTORY_ROLE || g->kind == DIRECTORY_PROFILE) &&
		    directory_is_about(g, e))
			return g;
	}
	return NULL;
}

bool directory_outgrows(struct directory *d, const struct entitlement *e)
{
	const char *name = directory_made_name(d, e);
	return name && text_length(name, strlen(name)) > GROUP_NAME_MAX;
}

const char *directory_group_of(struct directory *d, const struct entitlement *e, const char **why)
{
	*why = NULL;
	const struct directory_group *listed = directory_standing_for(d, e);
	if (e->role == ROLE_SYSTEM_ADMINISTRATOR || e->role == ROLE_STORAGE_ADMINISTRATOR)
		*why = "the User Management API does not change this role";
	else if (listed && listed->ambiguous)
		*why = "several groups or profiles of the organisation have this name";
	else if (!e->role && !listed)
		*why = "the User Management API lists no such profile";
	else if (directory_outgrows(d, e))
		*why = "the User Management API takes no name that is as long as this one's";
	if (*why)
		return NULL;
	/* names of the whole organisation are the service's constants, whatever a list spells */
	bool constant = role_table[e->role].scope == SCOPE_ORGANIZATION;
	return listed && !constant ? listed->name : directory_made_name(d, e);
}

const char *directory_members_of(struct directory *d, const struct entitlement *e)
{
	const struct directory_group *listed = directory_standing_for(d, e);
	bool constant = role_table[e->role].scope == SCOPE_ORGANIZATION;
	if (listed && listed->ambiguous)
		return NULL;
	if (listed && listed->id && !constant)
		return listed->id;
	const char *name = listed && !constant ? listed->name : directory_made_name(d, e);
	return name && !strstr(name, ". ") ? name : NULL; /* facts/umapi.md, "Names" */
}

bool directory_is_shared(struct directory *d, const struct entitlement *e)
{
	const struct directory_group *listed = directory_standing_for(d, e);
	return listed && listed->ambiguous;
}
