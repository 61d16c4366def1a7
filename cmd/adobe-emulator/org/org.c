/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/adobe-emulator/org/org.h"

#include <string.h>

#include "cmd/adobe-emulator/wire/ids.h"
#include "core/util/unicode.h"

#define NAME_MAX_BYTES 250 /* facts/umapi.md, "Actions", and the manifest language's own limit */

/* ---- revisions ---- */

void org_begin(struct org *s, int64_t now)
{
	s->open = false;
	s->now = now;
}

uint64_t org_view(const struct org *s, int64_t delay_ms)
{
	uint64_t view = s->revision;
	while (view > 0 && s->revision_at.at[view] + delay_ms > s->now)
		view--;
	return view;
}

static void touch(struct org *s)
{
	s->dirty = true;
	if (s->open)
		return;
	s->open = true;
	s->revision++;
	vec_push(&s->arena, &s->revision_at, s->now);
}

static void tell(struct org *s, const char *what, const char *subject, const char *object)
{
	if (s->changed)
		s->changed(s->context, what, subject, object);
}

void org_touched(struct org *s, const char *what, const char *subject, const char *object)
{
	touch(s);
	tell(s, what, subject, object);
}

void org_made(struct org *s, struct life *life, const char *what, const char *subject,
	      const char *object)
{
	org_touched(s, what, subject, object);
	*life = (struct life){.born = s->revision};
}

void org_gone(struct org *s, struct life *life, const char *what, const char *subject,
	      const char *object)
{
	org_touched(s, what, subject, object);
	life->died = s->revision;
}

/* ---- texts ---- */

const char *org_intern(struct org *s, const char *text)
{
	return text ? intern(s->strings, text) : NULL;
}

bool org_text_ok(const char *text)
{
	size_t offset = 0, size;
	return strlen(text) <= 4000 &&
	       text_check(text, strlen(text), TEXT_VALUE, &offset, &size) == TEXT_OK;
}

bool org_name_ok(const char *text)
{
	return text && *text && strlen(text) <= NAME_MAX_BYTES && org_text_ok(text) &&
	       !text_has_outer_space(text) && !text_smuggles_role(text);
}

bool words_have(const struct words_vec *words, const char *word)
{
	for (size_t i = 0; i < words->len; i++) {
		if (!strcmp(words->at[i], word))
			return true;
	}
	return false;
}

const char *project_name_of(struct arena *a, const char *title)
{
	struct str out = STR(a);
	for (; *title && out.len < 20; title++) {
		char lower = ascii_lower(*title);
		if ((lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9'))
			str_addc(&out, *title);
	}
	return out.len ? str_text(&out) : "project";
}

/* ---- looking up ---- */

struct product *find_product(struct org *s, const char *name)
{
	for (size_t i = 0; i < s->products.len; i++) {
		if (!strcmp(s->products.at[i]->name, name))
			return s->products.at[i];
	}
	return NULL;
}

struct profile *find_profile(struct org *s, const char *product, const char *name, uint64_t view)
{
	for (size_t i = 0; i < s->profiles.len; i++) {
		struct profile *p = s->profiles.at[i];
		if (lives(&p->life, view) && !strcmp(p->name, name) &&
		    !strcmp(p->product->name, product))
			return p;
	}
	return NULL;
}

struct profile *find_profile_id(struct org *s, int64_t id, uint64_t view)
{
	for (size_t i = 0; i < s->profiles.len; i++) {
		if (s->profiles.at[i]->id == id && lives(&s->profiles.at[i]->life, view))
			return s->profiles.at[i];
	}
	return NULL;
}

struct catalogue_service *find_service(struct org *s, const char *code, const char *type)
{
	for (size_t i = 0; i < s->services.len; i++) {
		struct catalogue_service *row = s->services.at[i];
		if (!strcmp(row->code, code) && !strcmp(row->type, type))
			return row;
	}
	return NULL;
}

struct project *find_project(struct org *s, const char *id, uint64_t view)
{
	for (size_t i = 0; i < s->projects.len; i++) {
		struct project *p = s->projects.at[i];
		if (lives(&p->life, view) && !strcmp(p->id, id))
			return p;
	}
	return NULL;
}

struct workspace *find_workspace(const struct project *p, const char *id, uint64_t view)
{
	for (size_t i = 0; i < p->workspaces.len; i++) {
		struct workspace *w = p->workspaces.at[i];
		if (lives(&w->life, view) && !strcmp(w->id, id))
			return w;
	}
	return NULL;
}

#define FIND_CREDENTIAL(function, member, same)                                                    \
	struct org_credential *function(struct org *s, const char *key, uint64_t view)             \
	{                                                                                          \
		for (size_t i = 0; i < s->credentials.len; i++) {                                  \
			struct org_credential *c = s->credentials.at[i];                           \
			if (lives(&c->life, view) && (same)(c->member, key) == 0)                  \
				return c;                                                          \
		}                                                                                  \
		return NULL;                                                                       \
	}
FIND_CREDENTIAL(find_credential, id, strcmp)
FIND_CREDENTIAL(find_client, client_id, strcmp)
FIND_CREDENTIAL(find_account, account, strcmp)
FIND_CREDENTIAL(find_tech_email, tech_email, ascii_casecmp)
FIND_CREDENTIAL(find_tech_id, tech_id, ascii_casecmp)

struct user *find_user(struct org *s, const char *email, uint64_t view)
{
	for (size_t i = 0; i < s->users.len; i++) {
		struct user *u = s->users.at[i];
		if (lives(&u->life, view) && ascii_casecmp(u->email, email) == 0)
			return u;
	}
	return NULL;
}

struct group *find_group(struct org *s, const char *name, uint64_t view)
{
	for (size_t i = 0; i < s->groups.len; i++) {
		struct group *g = s->groups.at[i];
		if (lives(&g->life, view) && !strcmp(g->name, name))
			return g;
	}
	return NULL;
}

const struct identity_directory *find_directory(const struct org *s, const char *domain)
{
	for (size_t i = 0; i < s->directories.len; i++) {
		if (ascii_casecmp(s->directories.at[i].domain, domain) == 0)
			return &s->directories.at[i];
	}
	return NULL;
}

/* ---- grants ---- */

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
	const struct entitlement e = {NULL, NULL, NULL, (uint8_t)role};
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

/* ---- users and groups ---- */

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

/* The grants of a principal, and those about a group, follow the new name. */
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

/* ---- subscriptions ---- */

struct org_subscription *find_subscription(const struct org_credential *c,
					   const struct catalogue_service *service, uint64_t view)
{
	for (size_t i = 0; i < c->subscriptions.len; i++) {
		struct org_subscription *row = c->subscriptions.at[i];
		if (!strcmp(row->service->code, service->code) && lives(&row->life, view))
			return row;
	}
	return NULL;
}

void subscribe(struct org *s, struct org_credential *c, struct catalogue_service *service)
{
	if (find_subscription(c, service, REVISION_LATEST))
		return;
	struct org_subscription *row = arena_zalloc(&s->arena, sizeof(*row));
	row->service = service;
	row->spelling = service->name;
	vec_push(&s->arena, &c->subscriptions, row);
	c->has_apis = true;
	org_made(s, &row->life, "service.subscribe", c->name, service->code);
	row->fresh = true;
	row->before = s->revision - 1;
}

void unsubscribe(struct org *s, struct org_credential *c, struct org_subscription *row)
{
	org_gone(s, &row->life, "service.unsubscribe", c->name, row->service->code);
}

void credential_scopes(const struct org_credential *c, struct arena *a, uint64_t view,
		       struct words_vec *out)
{
	vec_push(a, out, "AdobeID");
	vec_push(a, out, "openid");
	for (size_t i = 0; i < c->subscriptions.len; i++) {
		const struct org_subscription *row = c->subscriptions.at[i];
		const struct words_vec *scopes = &row->service->scopes;
		for (size_t k = 0; lives(&row->life, view) && k < scopes->len; k++) {
			if (!words_have(out, scopes->at[k]))
				vec_push(a, out, scopes->at[k]);
		}
	}
}
