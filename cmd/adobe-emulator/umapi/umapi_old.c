/* SPDX-License-Identifier: Apache-2.0 */
/* The deprecated calls of the User Management API, still served (facts/umapi.md, "Calls"). */
#include <assert.h>
#include <string.h>

#include "cmd/adobe-emulator/umapi/umapi_parts.h"
#include "cmd/adobe-emulator/wire/json_fields.h"
#include "core/util/unicode.h"

static int64_t page_of(const struct request *r, int64_t first)
{
	const char *text = request_query(r, "page");
	int64_t page = text ? strtoll(text, NULL, 10) : first;
	return page < first ? 0 : page - first;
}

static void not_found(struct request *r, struct response *response, const char *code)
{
	struct tree *body = tree_object();
	tree_text(body, "errorMessage", code);
	tree_text(body, "errorCode", code);
	response_json(r, response, 404, body);
}

/* ---- users under their old keys ---- */

static void respond_people(struct server *s, struct request *r, struct response *response,
			   const struct person_vec *people)
{
	struct named_group_vec groups = {0};
	struct page page;
	bool direct = request_flag(r, "directOnly", true);
	umapi_groups(s, r, r->view, &groups);
	umapi_page(s, r, response, page_of(r, 0),
		   switch_number(&s->switches, SWITCH_USERS_PAGE_SIZE), (int64_t)people->len, true,
		   &page);
	assert(page.to <= people->len);
	struct tree *body = tree_array();
	for (size_t i = page.from; i < page.to; i++) {
		const struct person *p = &people->at[i];
		if (!umapi_is_shown(s, p))
			continue;
		struct tree *item = tree_push_object(body);
		tree_text(item, "id", p->user ? p->user->id : p->account->tech_id);
		umapi_describe(s, r, p, &groups, direct, true, item);
		tree_rename(item, "firstname", "firstName");
		tree_rename(item, "lastname", "lastName");
		tree_rename(item, "country", "countryCode");
		tree_rename(item, "type", "userType");
	}
	response_json(r, response, 200, body);
}

void umapi_old_users(struct server *s, struct request *r, struct response *response)
{
	struct person_vec people = {0};
	umapi_people(s, r, &people);
	respond_people(s, r, response, &people);
}

static void respond_members(struct server *s, struct request *r, struct response *response,
			    const struct named_group *g)
{
	struct person_vec people = {0}, members = {0};
	umapi_people(s, r, &people);
	for (size_t i = 0; i < people.len; i++) {
		if (umapi_person_is_member(s, r->view, g, &people.at[i], true))
			vec_push(r->arena, &members, people.at[i]);
	}
	respond_people(s, r, response, &members);
}

/* ---- user groups ---- */

static const struct named_group *find_numbered(const struct named_group_vec *all, const char *id,
					       enum group_type type)
{
	const struct named_group *g = umapi_find_group(all, id);
	return g && g->type == type ? g : NULL;
}

static int64_t count(struct server *s, struct request *r, const struct named_group *g)
{
	struct person_vec people = {0};
	int64_t members = 0;
	umapi_people(s, r, &people);
	for (size_t i = 0; i < people.len; i++)
		members += umapi_person_is_member(s, r->view, g, &people.at[i], true);
	return members;
}

static void describe_group(struct server *s, struct request *r, const struct named_group *g,
			   const struct named_group *admins, struct tree *item)
{
	tree_int(item, "groupId", g->id);
	tree_text(item, "name", umapi_spell(s, r->arena, g->name));
	tree_text(item, "type", "USER_GROUP");
	tree_int(item, "userCount", count(s, r, g));
	tree_int_text(item, "adminCount", count(s, r, admins));
	tree_int_text(item, "adminGroupId", admins->id);
	tree_text(item, "adminGroupName", umapi_spell(s, r->arena, admins->name));
	tree_bool(item, "isReadOnly", g->group->read_only);
}

void umapi_old_groups(struct server *s, struct request *r, struct response *response)
{
	struct named_group_vec groups = {0}, users = {0};
	struct page page;
	umapi_groups(s, r, r->view, &groups);
	/* Each group is followed by the group of its administrators. */
	for (size_t i = 0; i < groups.len; i++) {
		if (groups.at[i].type == GROUP_USER)
			vec_push(r->arena, &users, groups.at[i]);
	}
	umapi_page(s, r, response, page_of(r, 1),
		   switch_number(&s->switches, SWITCH_GROUPS_PAGE_SIZE), (int64_t)users.len, true,
		   &page);
	assert(page.to <= users.len);
	struct tree *body = tree_array();
	for (size_t i = page.from; i < page.to; i++) {
		const struct named_group *admins = umapi_find_group(
			&groups, arena_printf(r->arena, "_admin_%s", users.at[i].name));
		describe_group(s, r, &users.at[i], admins, tree_push_object(body));
	}
	response_json(r, response, 200, body);
}

void umapi_old_group(struct server *s, struct request *r, struct response *response)
{
	struct named_group_vec groups = {0};
	umapi_groups(s, r, r->view, &groups);
	const struct named_group *g = find_numbered(&groups, r->args[1], GROUP_USER);
	if (!g) {
		not_found(r, response, "GROUP_NOT_FOUND");
		return;
	}
	struct tree *body = tree_object();
	describe_group(s, r, g,
		       umapi_find_group(&groups, arena_printf(r->arena, "_admin_%s", g->name)),
		       body);
	response_json(r, response, 200, body);
}

void umapi_old_group_users(struct server *s, struct request *r, struct response *response)
{
	struct named_group_vec groups = {0};
	umapi_groups(s, r, r->view, &groups);
	const struct named_group *g = find_numbered(&groups, r->args[1], GROUP_USER);
	if (g)
		respond_members(s, r, response, g);
	else
		not_found(r, response, "GROUP_NOT_FOUND");
}

/* ---- products and their profiles ---- */

static const struct product *find_product_id(const struct server *s, const char *id)
{
	for (size_t i = 0; i < s->org->products.len; i++) {
		if (!strcmp(s->org->products.at[i]->id, id))
			return s->org->products.at[i];
	}
	return NULL;
}

void umapi_old_products(struct server *s, struct request *r, struct response *response)
{
	struct tree *body = tree_array();
	for (size_t i = 0; i < s->org->products.len; i++) {
		const struct product *product = s->org->products.at[i];
		int64_t profiles = 0;
		for (size_t k = 0; k < s->org->profiles.len; k++)
			profiles += s->org->profiles.at[k]->product == product &&
				    lives(&s->org->profiles.at[k]->life, r->view);
		struct tree *item = tree_push_object(body);
		tree_text(item, "id", product->id);
		tree_text(item, "code", product->id);
		tree_text(item, "name", product->name);
		tree_int(item, "configurationCount", profiles);
		tree_text(item, "licenseQuota", "100");
	}
	response_json(r, response, 200, body);
}

static void describe_profile(struct server *s, struct request *r, const struct profile *p,
			     struct tree *item)
{
	struct named_group g = {.type = GROUP_PROFILE, .entitlement = entitlement_of_profile(p)};
	tree_int_text(item, "id", p->id);
	tree_int(item, "userCount", count(s, r, &g));
	g.type = GROUP_PROFILE_ADMIN;
	g.entitlement.role = ROLE_PRODUCT_PROFILE_ADMINISTRATOR;
	tree_int(item, "adminCount", count(s, r, &g));
	tree_text(item, "licenseQuota", p->quota);
	tree_int_text(item, "licenseGroupId", p->id);
	tree_int_text(item, "adminGroupId", p->id * 10 + GROUP_PROFILE_ADMIN);
	tree_text(item, "orgId", s->org->ims_org);
	tree_text(item, "productId", p->product->id);
	tree_text(item, "name", p->name);
}

void umapi_old_profiles(struct server *s, struct request *r, struct response *response)
{
	const struct product *product = find_product_id(s, r->args[1]);
	if (!product) {
		not_found(r, response, "PRODUCT_NOT_FOUND");
		return;
	}
	struct tree *body = tree_array();
	for (size_t i = 0; i < s->org->profiles.len; i++) {
		const struct profile *p = s->org->profiles.at[i];
		if (p->product == product && lives(&p->life, r->view))
			describe_profile(s, r, p, tree_push_object(body));
	}
	response_json(r, response, 200, body);
}

static const struct profile *find_named_profile(struct server *s, struct request *r,
						struct response *response)
{
	const struct profile *p =
		find_profile_id(s->org, strtoll(r->args[2], NULL, 10), REVISION_LATEST);
	if (p && !strcmp(p->product->id, r->args[1]))
		return p;
	not_found(r, response, "PLC_NOT_FOUND");
	return NULL;
}

void umapi_old_profile(struct server *s, struct request *r, struct response *response)
{
	const struct profile *p = find_named_profile(s, r, response);
	if (!p)
		return;
	struct tree *body = tree_object();
	describe_profile(s, r, p, body);
	response_json(r, response, 200, body);
}

void umapi_old_profile_users(struct server *s, struct request *r, struct response *response)
{
	const struct profile *p = find_named_profile(s, r, response);
	if (!p)
		return;
	struct named_group g = {.type = GROUP_PROFILE, .entitlement = entitlement_of_profile(p)};
	respond_members(s, r, response, &g);
}

/* ---- changing a profile ---- */

static const struct {
	const char *key;
	enum principal_kind kind;
	enum role role;
	bool give;
} lists[] = {
	{"addUsers", PRINCIPAL_USER, ROLE_NONE, true},
	{"removeUsers", PRINCIPAL_USER, ROLE_NONE, false},
	{"addUserGroups", PRINCIPAL_GROUP, ROLE_NONE, true},
	{"removeUserGroups", PRINCIPAL_GROUP, ROLE_NONE, false},
	{"addAdminUsers", PRINCIPAL_USER, ROLE_PRODUCT_PROFILE_ADMINISTRATOR, true},
	{"removeAdminUsers", PRINCIPAL_USER, ROLE_PRODUCT_PROFILE_ADMINISTRATOR, false},
};

static const char *holder_name(struct server *s, enum principal_kind kind, const char *name)
{
	if (kind == PRINCIPAL_GROUP) {
		const struct group *g = find_group(s->org, name, REVISION_LATEST);
		return g ? g->name : NULL;
	}
	const struct user *u = find_user(s->org, name, REVISION_LATEST);
	return u ? u->email : NULL;
}

void umapi_old_profile_change(struct server *s, struct request *r, struct response *response)
{
	CLEANUP(reply_free) struct reply *body = request_json(r);
	const struct profile *p = find_named_profile(s, r, response);
	if (!p)
		return;
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		struct entitlement e = entitlement_of_profile(p);
		e.role = lists[i].role;
		for (const struct reply *item = reply_first(array_at(body, lists[i].key)); item;
		     item = reply_after(item)) {
			const char *name = reply_own_text(item) ? holder_name(s, lists[i].kind,
									      reply_own_text(item))
								: NULL;
			if (!name) {
				not_found(r, response, "USER_NOT_FOUND");
				return;
			}
			if (lists[i].give)
				org_give(s->org, lists[i].kind, name, &e);
			else
				org_take(s->org, lists[i].kind, name, &e);
		}
	}
	r->view = REVISION_LATEST;
	umapi_old_profile(s, r, response);
}
