/* SPDX-License-Identifier: Apache-2.0 */
/* Who holds what: asked, given and taken. */
#include <string.h>

#include "cmd/adobe-emulator/org/org.h"

struct entitlement entitlement_of_profile(const struct profile *p)
{
	return (struct entitlement){p->product->name, p->name, NULL, ROLE_NONE};
}

static bool same_grant(const struct grant *g, enum principal_kind kind, const char *name,
		       const struct entitlement *e)
{
	return g->kind == kind && !strcmp(g->name, name) &&
	       entitlement_compare(&g->entitlement, e) == 0;
}

static struct grant *find_grant(const struct org *s, uint64_t view, enum principal_kind kind,
				const char *name, const struct entitlement *e)
{
	for (size_t i = 0; i < s->grants.len; i++) {
		struct grant *g = s->grants.at[i];
		if (lives(&g->life, view) && same_grant(g, kind, name, e))
			return g;
	}
	return NULL;
}

bool org_holds(const struct org *s, uint64_t view, enum principal_kind kind, const char *name,
	       const struct entitlement *e)
{
	return find_grant(s, view, kind, name, e) != NULL;
}

bool org_holds_role(const struct org *s, uint64_t view, enum principal_kind kind, const char *name,
		    enum role role)
{
	const struct entitlement e = {NULL, NULL, NULL, role};
	return org_holds(s, view, kind, name, &e);
}

static const char *describe(struct arena *a, const struct entitlement *e)
{
	struct str out = STR(a);
	str_add(&out, e->role ? "role/" : "product/");
	str_add(&out, e->role ? role_table[e->role].name : e->product);
	if (e->role && e->product)
		str_printf(&out, "/%s", e->product);
	if (e->profile)
		str_printf(&out, "/%s", e->profile);
	if (e->group)
		str_printf(&out, "/%s", e->group);
	return str_text(&out);
}

static const char *holder(struct arena *a, enum principal_kind kind, const char *name)
{
	return arena_printf(a, "%s/%s", principal_kind_name(kind), name);
}

bool org_give(struct org *s, enum principal_kind kind, const char *name,
	      const struct entitlement *e)
{
	ARENA scratch = {0};
	if (find_grant(s, REVISION_LATEST, kind, name, e))
		return false;
	struct grant *g = arena_zalloc(&s->arena, sizeof(*g));
	*g = (struct grant){.kind = kind,
			    .name = org_intern(s, name),
			    .entitlement = {org_intern(s, e->product), org_intern(s, e->profile),
					    org_intern(s, e->group), e->role}};
	vec_push(&s->arena, &s->grants, g);
	org_made(s, &g->life, "grant.add", holder(&scratch, kind, name), describe(&scratch, e));
	return true;
}

static void take(struct org *s, struct grant *g)
{
	ARENA scratch = {0};
	org_gone(s, &g->life, "grant.remove", holder(&scratch, g->kind, g->name),
		 describe(&scratch, &g->entitlement));
}

bool org_take(struct org *s, enum principal_kind kind, const char *name,
	      const struct entitlement *e)
{
	struct grant *g = find_grant(s, REVISION_LATEST, kind, name, e);
	if (g)
		take(s, g);
	return g != NULL;
}

void org_take_all(struct org *s, enum principal_kind kind, const char *name, enum role kept)
{
	for (size_t i = 0; i < s->grants.len; i++) {
		struct grant *g = s->grants.at[i];
		if (lives(&g->life, REVISION_LATEST) && g->kind == kind && !strcmp(g->name, name) &&
		    (!kept || g->entitlement.role != kept))
			take(s, g);
	}
}

void org_take_about(struct org *s, const char *product, const char *profile, const char *group)
{
	for (size_t i = 0; i < s->grants.len; i++) {
		struct grant *g = s->grants.at[i];
		const struct entitlement *e = &g->entitlement;
		bool about = group ? e->group && !strcmp(e->group, group)
				   : profile && e->profile && !strcmp(e->profile, profile) &&
					     !strcmp(e->product, product);
		if (about && lives(&g->life, REVISION_LATEST))
			take(s, g);
	}
}
