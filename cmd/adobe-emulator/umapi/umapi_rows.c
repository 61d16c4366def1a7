/* SPDX-License-Identifier: Apache-2.0 */
/* What the lists of the User Management API hold: everything it calls a group, and people. */
#include <string.h>
#include <strings.h>

#include "cmd/adobe-emulator/umapi/umapi_parts.h"
#include "core/util/unicode.h"

/* ---- groups ---- */

static int64_t derived_id(int64_t id, enum group_type type)
{
	return id * 10 + (int64_t)type;
}

static void add_named(struct request *r, struct named_group_vec *out, struct named_group g)
{
	vec_push(r->arena, out, g);
}

static void add_fixed(struct server *s, struct request *r, struct named_group_vec *out)
{
	static const struct {
		enum group_type type;
		const char *name;
		enum role role;
	} rows[] = {
		{GROUP_SYSADMIN, "_org_admin", ROLE_SYSTEM_ADMINISTRATOR},
		{GROUP_DEPLOYMENT, "_deployment_admin", ROLE_DEPLOYMENT_ADMINISTRATOR},
		{GROUP_SUPPORT, "_support_admin", ROLE_SUPPORT_ADMINISTRATOR},
		{GROUP_STORAGE, "_storage_admin", ROLE_STORAGE_ADMINISTRATOR},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (rows[i].type == GROUP_STORAGE &&
		    switch_is(&s->switches, SWITCH_STORAGE_GROUP, "refuse"))
			continue;
		add_named(r, out,
			  (struct named_group){.type = rows[i].type,
					       .name = rows[i].name,
					       .id = strtoll(s->org->id, NULL, 10) * 100 +
						     (int64_t)rows[i].type,
					       .entitlement = {.role = rows[i].role}});
	}
}

static void add_profile_group(struct request *r, struct named_group_vec *out, struct profile *p,
			      enum group_type type, const char *name, enum role role)
{
	int64_t id = type == GROUP_PROFILE ? p->id : derived_id(p->id, type);
	add_named(r, out,
		  (struct named_group){.type = type,
				       .name = name,
				       .id = id,
				       .profile = p,
				       .product = p->product,
				       .entitlement = {p->product->name, p->name, NULL, role}});
}

static void add_products(struct server *s, struct request *r, uint64_t view,
			 struct named_group_vec *out)
{
	for (size_t i = 0; i < s->org->products.len; i++) {
		struct product *product = s->org->products.at[i];
		add_named(r, out,
			  (struct named_group){.type = GROUP_PRODUCT_ADMIN,
					       .name = arena_printf(r->arena, "_product_admin_%s",
								    product->name),
					       .id = product->admin_id,
					       .product = product,
					       .entitlement = {product->name, NULL, NULL,
							       ROLE_PRODUCT_ADMINISTRATOR}});
	}
	for (size_t i = 0; i < s->org->profiles.len; i++) {
		struct profile *p = s->org->profiles.at[i];
		if (!lives(&p->life, view))
			continue;
		add_profile_group(r, out, p, GROUP_PROFILE, p->name, ROLE_NONE);
		add_profile_group(r, out, p, GROUP_PROFILE_ADMIN,
				  arena_printf(r->arena, "_admin_%s", p->name),
				  ROLE_PRODUCT_PROFILE_ADMINISTRATOR);
		add_profile_group(r, out, p, GROUP_DEVELOPER,
				  arena_printf(r->arena, "_developer_%s", p->name), ROLE_DEVELOPER);
	}
}

void umapi_groups(struct server *s, struct request *r, uint64_t view, struct named_group_vec *out)
{
	add_fixed(s, r, out);
	for (size_t i = 0; i < s->org->groups.len; i++) {
		struct group *g = s->org->groups.at[i];
		if (!lives(&g->life, view))
			continue;
		add_named(r, out,
			  (struct named_group){
				  .type = GROUP_USER, .name = g->name, .id = g->id, .group = g});
		add_named(r, out,
			  (struct named_group){.type = GROUP_USER_ADMIN,
					       .name = arena_printf(r->arena, "_admin_%s", g->name),
					       .id = derived_id(g->id, GROUP_USER_ADMIN),
					       .group = g,
					       .entitlement = {NULL, NULL, g->name,
							       ROLE_USER_GROUP_ADMINISTRATOR}});
	}
	add_products(s, r, view, out);
}

/* Whether two names are the same but for case, and for a blank at the end, which a switch puts
 * there. */
static bool is_name(const char *name, const char *asked)
{
	size_t len = strlen(name);
	return !strncasecmp(name, asked, len) && (!asked[len] || !strcmp(asked + len, " "));
}

const struct named_group *umapi_find_group(const struct named_group_vec *all, const char *name)
{
	bool number = *name && strspn(name, "0123456789") == strlen(name);
	int64_t id = number ? strtoll(name, NULL, 10) : -1;
	for (size_t i = 0; i < all->len; i++) {
		if (is_name(all->at[i].name, name))
			return &all->at[i];
	}
	for (size_t i = 0; number && i < all->len; i++) {
		if (all->at[i].id == id)
			return &all->at[i];
	}
	return NULL;
}

/* ---- people ---- */

static int by_email(const void *a, const void *b)
{
	const struct person *x = a, *y = b;
	return ascii_casecmp(x->email, y->email);
}

void umapi_people(struct server *s, struct request *r, struct person_vec *out)
{
	for (size_t i = 0; i < s->org->users.len; i++) {
		const struct user *u = s->org->users.at[i];
		if (lives(&u->life, r->view))
			vec_push(r->arena, out, (struct person){u, NULL, u->email});
	}
	bool absent = switch_is(&s->switches, SWITCH_TECH_LIST, "absent");
	for (size_t i = 0; !absent && i < s->org->credentials.len; i++) {
		const struct org_credential *c = s->org->credentials.at[i];
		if (lives(&c->life, r->view))
			vec_push(r->arena, out, (struct person){NULL, c, c->tech_email});
	}
	vec_sort(out, by_email);
}

bool umapi_is_shown(const struct server *s, const struct person *p)
{
	return p->user || switch_is(&s->switches, SWITCH_TECH_LIST, "shown");
}

/* Whether a user group that the user is a member of holds the profile. */
static bool by_group(const struct server *s, uint64_t view, const struct named_group *g,
		     const struct user *u)
{
	for (size_t i = 0; i < s->org->groups.len; i++) {
		const struct group *row = s->org->groups.at[i];
		if (lives(&row->life, view) && in_group(row, u, view) &&
		    org_holds(s->org, view, PRINCIPAL_GROUP, row->name, &g->entitlement))
			return true;
	}
	return false;
}

static bool user_is_member(const struct server *s, uint64_t view, const struct named_group *g,
			   const struct user *u, bool direct)
{
	if (g->type == GROUP_USER)
		return in_group(g->group, u, view);
	if (org_holds(s->org, view, PRINCIPAL_USER, u->email, &g->entitlement))
		return true;
	return !direct && g->type == GROUP_PROFILE && by_group(s, view, g, u);
}

bool umapi_person_is_member(const struct server *s, uint64_t view, const struct named_group *g,
			    const struct person *p, bool direct)
{
	if (p->user)
		return user_is_member(s, view, g, p->user, direct);
	return g->type != GROUP_USER &&
	       org_holds(s->org, view, PRINCIPAL_ACCOUNT, p->account->account, &g->entitlement);
}

static const char *username_of(struct server *s, struct request *r, const char *name)
{
	char *text = arena_strdup(r->arena, name);
	for (char *at = text; switch_is(&s->switches, SWITCH_USERNAME_CASE, "upper") && *at; at++) {
		if (*at >= 'a' && *at <= 'z')
			*at = (char)(*at - 32);
	}
	return text;
}

static bool is_hidden(const struct server *s, const struct named_group *g)
{
	static const char *const words[] = {
		[GROUP_PROFILE] = "profiles",
		[GROUP_SYSADMIN] = "system",
		[GROUP_DEPLOYMENT] = "deployment",
		[GROUP_SUPPORT] = "support",
		[GROUP_PRODUCT_ADMIN] = "product-admins",
		[GROUP_PROFILE_ADMIN] = "profile-admins",
		[GROUP_USER_ADMIN] = "group-admins",
		[GROUP_DEVELOPER] = "developers",
	};
	const char *word = g->type < sizeof(words) / sizeof(*words) ? words[g->type] : NULL;
	return word && switch_is(&s->switches, SWITCH_HIDE, word);
}

static void describe_groups(struct server *s, struct request *r, const struct person *p,
			    const struct named_group_vec *groups, bool direct, struct tree *item)
{
	struct tree *array = tree_array();
	for (size_t i = 0; i < groups->len; i++) {
		const struct named_group *g = &groups->at[i];
		if (!is_hidden(s, g) && umapi_person_is_member(s, r->view, g, p, direct))
			tree_push_text(array, umapi_spell_group(s, r->arena, g->name));
	}
	if (!tree_is_empty(array))
		tree_add(item, "groups", array);
	else
		tree_free(array);
}

/* Adds a text; one that is not known is left out, and never sent as empty. */
static void add_known(struct tree *item, const char *key, const char *text)
{
	if (text && *text)
		tree_text(item, key, text);
}

void umapi_describe(struct server *s, struct request *r, const struct person *p,
		    const struct named_group_vec *groups, bool direct, bool with_groups,
		    struct tree *item)
{
	const struct user *u = p->user;
	const char *address;
	user_type_of(
		p->email,
		&address); /* one of several entries with one address, which is named TYPE:E-MAIL */
	tree_text(item, "email", umapi_spell(s, r->arena, address));
	tree_text(item, "status", "active");
	if (with_groups)
		describe_groups(s, r, p, groups, direct, item);
	if (!u) {
		tree_text(item, "username", username_of(s, r, p->email));
		tree_text(item, "domain", TECHNICAL_DOMAIN);
		tree_text(item, "type", "unknown");
		return;
	}
	tree_text(item, "username", username_of(s, r, address == p->email ? u->username : address));
	tree_text(item, "domain", u->domain);
	add_known(item, "firstname", u->first);
	add_known(item, "lastname", u->last);
	if (switch_is(&s->switches, SWITCH_COUNTRY, "given"))
		add_known(item, "country", u->country);
	tree_text(item, "type", u->type);
}
