/* SPDX-License-Identifier: Apache-2.0 */
/* Users, groups and their members, made and taken away. */
#include <string.h>

#include "cmd/adobe-emulator/org/org.h"
#include "cmd/adobe-emulator/wire/ids.h"

struct user *make_user(struct org *s, const char *email, const char *type)
{
	ARENA scratch = {0};
	struct user *u = arena_zalloc(&s->arena, sizeof(*u));
	const char *at = strrchr(email, '@');
	u->email = org_intern(s, email);
	u->username = u->email;
	u->domain = org_intern(s, at ? at + 1 : "");
	u->country = "US";
	u->type = org_intern(s, type);
	u->id = org_intern(s, arena_printf(&scratch, "%s@%s",
					   id_hex_upper(&scratch, 24, "user", s->name, email),
					   !strcmp(type, "adobeID") ? "AdobeID" : "AdobeOrg"));
	vec_push(&s->arena, &s->users, u);
	org_made(s, &u->life, "user.create", u->email, u->type);
	return u;
}

void drop_user(struct org *s, struct user *u)
{
	org_take_all(s, PRINCIPAL_USER, u->email, ROLE_NONE);
	for (size_t i = 0; i < s->groups.len; i++)
		leave_group(s, s->groups.at[i], u);
	org_gone(s, &u->life, "user.delete", u->email, NULL);
}

struct group *make_group(struct org *s, const char *name)
{
	struct group *g = arena_zalloc(&s->arena, sizeof(*g));
	g->name = org_intern(s, name);
	g->id = org_group_id(s, "group", s->name, name);
	vec_push(&s->arena, &s->groups, g);
	org_made(s, &g->life, "group.create", g->name, NULL);
	return g;
}

void drop_group(struct org *s, struct group *g)
{
	org_take_all(s, PRINCIPAL_GROUP, g->name, ROLE_NONE);
	org_take_about(s, NULL, NULL, g->name);
	org_gone(s, &g->life, "group.delete", g->name, NULL);
}

static struct membership *find_membership(const struct group *g, const struct user *u,
					  uint64_t view)
{
	for (size_t i = 0; i < g->members.len; i++) {
		struct membership *m = g->members.at[i];
		if (m->user == u && lives(&m->life, view))
			return m;
	}
	return NULL;
}

bool in_group(const struct group *g, const struct user *u, uint64_t view)
{
	return find_membership(g, u, view) != NULL;
}

bool join_group(struct org *s, struct group *g, struct user *u)
{
	if (in_group(g, u, REVISION_LATEST))
		return false;
	struct membership *m = arena_zalloc(&s->arena, sizeof(*m));
	m->user = u;
	vec_push(&s->arena, &g->members, m);
	org_made(s, &m->life, "member.add", u->email, g->name);
	return true;
}

bool leave_group(struct org *s, struct group *g, struct user *u)
{
	struct membership *m = find_membership(g, u, REVISION_LATEST);
	if (m)
		org_gone(s, &m->life, "member.remove", u->email, g->name);
	return m != NULL;
}

/* Gives the grants of a principal, and those about a group, its new name. */
static void rename_grants(struct org *s, enum principal_kind kind, const char *from, const char *to)
{
	for (size_t i = 0; i < s->grants.len; i++) {
		struct grant *g = s->grants.at[i];
		if (g->kind == kind && !strcmp(g->name, from))
			g->name = to;
		if (kind == PRINCIPAL_GROUP && g->entitlement.group &&
		    !strcmp(g->entitlement.group, from))
			g->entitlement.group = to;
	}
}

void rename_group(struct org *s, struct group *g, const char *name)
{
	const char *old = g->name;
	g->name = org_intern(s, name);
	rename_grants(s, PRINCIPAL_GROUP, old, g->name);
	org_touched(s, "group.rename", old, g->name);
}

void rename_user(struct org *s, struct user *u, const char *email)
{
	const char *old = u->email;
	u->email = org_intern(s, email);
	u->domain = org_intern(s, strrchr(email, '@') + 1);
	rename_grants(s, PRINCIPAL_USER, old, u->email);
	org_touched(s, "user.rename", old, u->email);
}
