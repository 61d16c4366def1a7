/* SPDX-License-Identifier: Apache-2.0 */
/* What the groups of a directory stand for, told from their types, else from their names. */
#include <string.h>

#include "core/util/unicode.h"
#include "providers/adobe/users/directory_parts.h"
#include "providers/adobe/users/role_names.h"

static bool has_prefix(const char *key, const char *prefix)
{
	return !strncmp(key, prefix, strlen(prefix));
}

static const struct {
	const char *type;
	enum directory_kind kind;
	enum role role;
} types[] = {
	{"USER_GROUP", DIRECTORY_USER_GROUP, ROLE_NONE},
	{"PRODUCT_PROFILE", DIRECTORY_PROFILE, ROLE_NONE},
	{"SYSADMIN_GROUP", DIRECTORY_ROLE, ROLE_SYSTEM_ADMINISTRATOR},
	{"DEPLOYMENT_ADMIN_GROUP", DIRECTORY_ROLE, ROLE_DEPLOYMENT_ADMINISTRATOR},
	{"SUPPORT_ADMIN_GROUP", DIRECTORY_ROLE, ROLE_SUPPORT_ADMINISTRATOR},
	{"STORAGE_ADMIN_GROUP", DIRECTORY_ROLE, ROLE_STORAGE_ADMINISTRATOR},
	{"PRODUCT_ADMIN_GROUP", DIRECTORY_ROLE, ROLE_PRODUCT_ADMINISTRATOR},
	{"PROFILE_ADMIN_GROUP", DIRECTORY_ROLE, ROLE_PRODUCT_PROFILE_ADMINISTRATOR},
	{"USER_ADMIN_GROUP", DIRECTORY_ROLE, ROLE_USER_GROUP_ADMINISTRATOR},
	{"DEVELOPER_GROUP", DIRECTORY_ROLE, ROLE_DEVELOPER},
};

/* What a name alone says; longer prefixes first. "_admin_" is of a profile or a user group: see
 * complete_role(). */
static const struct {
	const char *key;
	bool whole;
	enum role role;
} prefixes[] = {
	{"_org_admin", true, ROLE_SYSTEM_ADMINISTRATOR},
	{"_deployment_admin", true, ROLE_DEPLOYMENT_ADMINISTRATOR},
	{"_support_admin", true, ROLE_SUPPORT_ADMINISTRATOR},
	{"_storage_admin", true, ROLE_STORAGE_ADMINISTRATOR},
	{"_product_admin_", false, ROLE_PRODUCT_ADMINISTRATOR},
	{"_developer_", false, ROLE_DEVELOPER},
	{"_admin_", false, ROLE_PRODUCT_PROFILE_ADMINISTRATOR},
};

static enum role role_of_name(const char *key)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		if (prefixes[i].whole ? !strcmp(key, prefixes[i].key)
				      : has_prefix(key, prefixes[i].key))
			return prefixes[i].role;
	}
	return ROLE_NONE;
}

static void set_kind(struct directory_group *g)
{
	size_t count = sizeof(types) / sizeof(*types), i = 0;
	enum role role = role_of_name(g->key);
	while (g->type && i < count && strcmp(types[i].type, g->type) != 0)
		i++;
	if (g->type && i < count) {
		g->kind = types[i].kind;
		g->grants.role = types[i].role;
	} else if (g->type || (*g->key == '_' && !role)) {
		g->kind = DIRECTORY_OTHER;
	} else if (role) {
		g->kind = DIRECTORY_ROLE;
		g->grants.role = role;
	} else {
		g->kind = g->product ? DIRECTORY_PROFILE : DIRECTORY_USER_GROUP;
	}
}

/* The only group of this kind with this name; *several says that there are more. */
static const struct directory_group *find_only(const struct directory *d, const char *key,
					       enum directory_kind kind, bool *several)
{
	const struct directory_group *found = NULL, *end = d->groups.at + d->groups.len;
	for (const struct directory_group *g = directory_first(d, key);
	     g && g < end && !strcmp(g->key, key); g++) {
		*several |= found && g->kind == kind;
		if (g->kind == kind)
			found = g;
	}
	return found;
}

/* The name behind the prefix, in the spelling of the group that it administers where that is
 * listed. */
static const char *tail(const struct directory_group *g)
{
	const char *prefix = role_names[g->grants.role].group;
	size_t len = prefix ? strlen(prefix) : 0;
	return has_prefix(g->key, prefix ? prefix : "") && strlen(g->name) > len ? g->name + len
										 : NULL;
}

/* Fills in the product or profile that a role is about; false when the lists do not tell it. */
static bool complete_role(struct directory *d, struct directory_group *g)
{
	struct entitlement *e = &g->grants;
	const char *about = tail(g);
	bool several = false;
	enum scope scope = role_table[e->role].scope;
	if (scope == SCOPE_ORGANIZATION)
		return true;
	if (scope == SCOPE_PRODUCT) {
		e->product = g->product ? g->product : about ? intern(d->strings, about) : NULL;
		return e->product != NULL;
	}
	if (scope == SCOPE_PROFILE && g->profile)
		about = g->profile;
	if (scope == SCOPE_GROUP && g->group)
		about = g->group;
	if (!about)
		return false;
	const char *key = text_fold(d->arena, about);
	const struct directory_group *profile = find_only(d, key, DIRECTORY_PROFILE, &several);
	const struct directory_group *group = find_only(d, key, DIRECTORY_USER_GROUP, &several);
	if (!g->type && has_prefix(g->key, "_admin_")) {
		several |= profile && group;
		scope = profile ? SCOPE_PROFILE : SCOPE_GROUP;
		e->role = profile ? ROLE_PRODUCT_PROFILE_ADMINISTRATOR
				  : ROLE_USER_GROUP_ADMINISTRATOR;
	}
	g->ambiguous |= several;
	if (scope == SCOPE_GROUP) {
		e->group = group ? group->name : NULL;
		return group != NULL;
	}
	e->product = profile ? profile->grants.product : NULL;
	e->profile = profile ? profile->name : NULL;
	return profile != NULL;
}

/* Names are compared without their case: of profiles of one product that differ in it alone, no
 * name says which. */
static bool are_twins(const struct directory *d, const struct directory_group *x,
		      const struct directory_group *y)
{
	return x->kind == DIRECTORY_PROFILE && y->kind == DIRECTORY_PROFILE &&
	       !strcmp(text_fold(d->arena, x->product), text_fold(d->arena, y->product));
}

/* Marks profiles that share a name; they stand side by side in [from, to). */
static void find_twins(struct directory *d, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		for (size_t k = from; k < i; k++) {
			if (are_twins(d, &d->groups.at[i], &d->groups.at[k]))
				d->groups.at[i].twin = d->groups.at[k].twin = true;
		}
	}
}

static void mark_ambiguous(struct directory *d)
{
	size_t from = 0;
	for (size_t i = 1; i < d->groups.len; i++) {
		struct directory_group *x = &d->groups.at[i - 1], *y = &d->groups.at[i];
		if (!strcmp(x->key, y->key)) {
			x->ambiguous = y->ambiguous = true;
			continue;
		}
		find_twins(d, from, i);
		from = i;
	}
	find_twins(d, from, d->groups.len);
	for (size_t i = 0; i < d->groups.len; i++) {
		if (!d->groups.at[i].twin)
			continue;
		d->groups.at[i].unnameable = true;
		d->groups.at[i].kind = DIRECTORY_OTHER;
	}
}

static bool is_nameable(const struct entitlement *e)
{
	return (!e->product || object_name_is_live(e->product)) &&
	       (!e->profile || object_name_is_live(e->profile)) &&
	       (!e->group || object_name_is_live(e->group));
}

static void complete(struct directory *d, struct directory_group *g)
{
	if (g->kind != DIRECTORY_ROLE)
		return;
	bool known = complete_role(d, g);
	g->unnameable = known && !is_nameable(&g->grants);
	if (!known || g->unnameable)
		g->kind = DIRECTORY_OTHER;
}

void directory_classify(struct directory *d)
{
	for (size_t i = 0; i < d->groups.len; i++) {
		struct directory_group *g = &d->groups.at[i];
		g->grants = (struct entitlement){0};
		g->ambiguous = g->unnameable = g->twin = false;
		set_kind(g);
		g->unnameable = g->kind == DIRECTORY_USER_GROUP && !object_name_is_live(g->name);
		if (g->kind != DIRECTORY_PROFILE)
			continue;
		g->grants = (struct entitlement){.product = g->product, .profile = g->name};
		g->unnameable = !is_nameable(&g->grants);
		if (!g->product || g->unnameable)
			g->kind = DIRECTORY_OTHER;
	}
	mark_ambiguous(d);
	for (size_t i = 0; i < d->groups.len; i++)
		complete(d, &d->groups.at[i]);
}

static const struct directory_group *find_made(struct directory *d, const char *name,
					       const char *key)
{
	for (size_t i = 0; i < d->made.len; i++) {
		if (!strcmp(d->made.at[i].key, key))
			return &d->made.at[i];
	}
	struct directory_group g = {.name = intern(d->strings, name), .key = key};
	if (*key != '_')
		return NULL;
	set_kind(&g);
	complete(d, &g);
	vec_push(d->arena, &d->made, g);
	return &d->made.at[d->made.len - 1];
}

const struct directory_group *directory_find(struct directory *d, const char *name)
{
	const char *key = text_fold(d->arena, name);
	const struct directory_group *listed = directory_first(d, key);
	return listed ? listed : find_made(d, name, key);
}
