/* SPDX-License-Identifier: Apache-2.0 */
/* What the User Management API calls a group, and the call that lists them. */
#include <string.h>
#include <strings.h>

#include "cmd/adobe-emulator/umapi/umapi_parts.h"

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

/* ---- the call ---- */

static int64_t count_members(struct server *s, struct request *r, const struct named_group *g,
			     const struct person_vec *people)
{
	int64_t count = 0;
	for (size_t i = 0; i < people->len; i++)
		count += umapi_person_is_member(s, r->view, g, &people->at[i], true);
	return count;
}

/* Adds "_admin_NAME" when somebody administers the group or profile. */
static void describe_admins(struct server *s, struct request *r, const struct named_group *g,
			    const struct person_vec *people, struct tree *item)
{
	struct named_group admins = *g;
	admins.type = g->type == GROUP_USER ? GROUP_USER_ADMIN : GROUP_PROFILE_ADMIN;
	admins.entitlement =
		g->type == GROUP_USER
			? (struct entitlement){NULL, NULL, g->group->name,
					       ROLE_USER_GROUP_ADMINISTRATOR}
			: (struct entitlement){g->product->name, g->profile->name, NULL,
					       ROLE_PRODUCT_PROFILE_ADMINISTRATOR};
	if (count_members(s, r, &admins, people) > 0)
		tree_text(item, "adminGroupName",
			  umapi_spell_group(s, r->arena,
					    arena_printf(r->arena, "_admin_%s", g->name)));
}

static void describe_group(struct server *s, struct request *r, const struct named_group *g,
			   const struct person_vec *people, struct tree *item)
{
	static const char *const types[] = {
		"USER_GROUP",	       "PRODUCT_PROFILE",
		"SYSADMIN_GROUP",      "DEPLOYMENT_ADMIN_GROUP",
		"SUPPORT_ADMIN_GROUP", "STORAGE_ADMIN_GROUP",
		"PRODUCT_ADMIN_GROUP", "PROFILE_ADMIN_GROUP",
		"USER_ADMIN_GROUP",    "DEVELOPER_GROUP",
	};
	bool sysadmin = g->type == GROUP_SYSADMIN;
	tree_int(item, "groupId", g->id);
	tree_text(item, "groupName",
		  sysadmin ? umapi_spell(s, r->arena, "Administrators")
			   : umapi_spell_group(s, r->arena, g->name));
	tree_text(item, "type", types[g->type]);
	if (g->type == GROUP_USER || g->type == GROUP_PROFILE)
		describe_admins(s, r, g, people, item);
	tree_int(item, "memberCount", count_members(s, r, g, people));
	if (g->type == GROUP_USER_ADMIN)
		tree_text(item, "userGroupName", umapi_spell_group(s, r->arena, g->group->name));
	if (g->type == GROUP_PROFILE_ADMIN || g->type == GROUP_DEVELOPER)
		tree_text(item, "productProfileName",
			  umapi_spell_group(s, r->arena, g->profile->name));
	if (g->type == GROUP_PROFILE || g->type == GROUP_PRODUCT_ADMIN)
		tree_text(item, "productName", g->product->name);
	if (g->type == GROUP_PROFILE)
		tree_text(item, "licenseQuota", g->profile->quota);
}

void umapi_list_groups(struct server *s, struct request *r, struct response *response)
{
	struct named_group_vec groups = {0};
	struct person_vec people = {0};
	struct page page;
	int64_t asked;
	if (!umapi_page_number(r, response, r->args[1], &asked))
		return;
	umapi_groups(s, r, r->view, &groups);
	umapi_people(s, r, &people);
	bool last_again = switch_is(&s->switches, SWITCH_GROUPS_OUT_OF_RANGE, "last");
	umapi_page(s, r, response, asked, switch_number(&s->switches, SWITCH_GROUPS_PAGE_SIZE),
		   (int64_t)groups.len, last_again, &page);
	struct tree *body = tree_object();
	tree_bool(body, "lastPage", page.number + 1 >= page.count && !umapi_is_lie(s, "not-last"));
	if (page.out_of_range && !last_again) {
		tree_text(body, "result", "Not found");
		response_json(r, response, 200, body);
		return;
	}
	tree_text(body, "result", "success");
	struct tree *array = tree_add_array(body, "groups");
	for (size_t i = page.from; i < page.to; i++)
		describe_group(s, r, &groups.at[i], &people, tree_push_object(array));
	response_json(r, response, 200, body);
}
