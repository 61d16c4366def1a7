/* SPDX-License-Identifier: Apache-2.0 */
/* The User Management API: who may call, limits, and the calls that read. */
#include "cmd/adobe-emulator/umapi/umapi_parts.h"

#include <inttypes.h>
#include <string.h>

#include "core/util/unicode.h"

#define MINUTE_MS 60000
#define FREQUENCY_MS (30 * 60000) /* facts/umapi.md, "Limits": full lists */
#define FREQUENCY_WAIT_S 1938	  /* seconds; this value was seen in production */

enum umapi_flags {
	LIMIT_USERS = 1,
	LIMIT_GROUPS = 2,
	LIMIT_ACTION = 4,
	LIMIT_OLD = 8,
	FULL_LIST = 16
};

static const struct {
	unsigned flag;
	const char *class;
	int64_t client, all; /* calls a minute: of one client, of all clients */
} budgets[] = {
	{LIMIT_ACTION, "action", 10, 100},
	{LIMIT_USERS, "users", 25, 100},
	{LIMIT_GROUPS, "groups", 5, 100},
	{LIMIT_OLD, "user-groups", 5, 50},
};

/* ---- who may call, and how often ---- */

static bool refuse(struct server *s, struct request *r, struct response *response, int status,
		   const char *code, const char *message)
{
	server_refuse(s, r, response, status, code, message);
	if (status == 401)
		response_header(r, response, "WWW-Authenticate",
				"Bearer realm=\"JIL\", error=\"invalid_token\", "
				"error_description=\"The access token is invalid\"");
	return false;
}

static bool throttle(struct server *s, struct request *r, struct response *response, int64_t wait_s)
{
	refuse(s, r, response, 429, "429050", "Too many requests");
	bool as_date = switch_is(&s->switches, SWITCH_RETRY_AFTER, "date");
	response_header(r, response, "Retry-After",
			as_date ? http_date(r->arena, r->now + wait_s * 1000)
				: arena_printf(r->arena, "%" PRId64, wait_s));
	return false;
}

static bool is_first_page(const struct request *r)
{
	return !strcmp(r->args[1], "0");
}

static bool within_limits(struct server *s, struct request *r, struct response *response,
			  unsigned flags)
{
	const char *client = r->caller->client_id;
	for (size_t i = 0; i < sizeof(budgets) / sizeof(*budgets); i++) {
		if (!(flags & budgets[i].flag))
			continue;
		int64_t own = limits_take(&s->limits, client, budgets[i].class, budgets[i].client,
					  MINUTE_MS, r->now);
		int64_t all = own ? own
				  : limits_take(&s->limits, "*", budgets[i].class, budgets[i].all,
						MINUTE_MS, r->now);
		if (all)
			return throttle(s, r, response, (all + 999) / 1000);
	}
	if ((flags & FULL_LIST) && is_first_page(r) &&
	    switch_on(&s->switches, SWITCH_FREQUENCY_THROTTLE)) {
		const char *class = arena_printf(r->arena, "full list %u", flags);
		if (limits_take(&s->limits, client, class, 1, FREQUENCY_MS, r->now))
			return throttle(s, r, response, FREQUENCY_WAIT_S);
	}
	return true;
}

static bool is_org_id(const char *text)
{
	size_t len = strspn(text, "0123456789abcdefABCDEF");
	return len > 0 && !strcmp(text + len, "@AdobeOrg");
}

static bool admit(struct server *s, struct request *r, struct response *response,
		  const struct route *route)
{
	const char *key = request_header(r, "X-Api-Key");
	const char *type = request_header(r, "Content-Type");
	r->caller = server_caller(s, r);
	if (!key)
		return refuse(s, r, response, 403, "403000", "Api Key is required");
	if (!r->caller)
		return refuse(s, r, response, 401, "401013", "Oauth token is not valid");
	if (strcmp(key, r->caller->client_id) != 0)
		return refuse(s, r, response, 403, "403003", "Api Key is invalid");
	if (!words_have(&r->caller->scopes, "user_management_sdk"))
		return refuse(s, r, response, 403, "403011", "Oauth token scope does not match");
	if (!is_org_id(r->args[0])) {
		umapi_error(r, response, 400, "error.organization.invalid_id",
			    "Bad organization Id");
		return false;
	}
	if (ascii_casecmp(r->args[0], s->org->ims_org) != 0)
		return refuse(s, r, response, 401, "401013", "Oauth token is not valid");
	if (type && *type && strncasecmp(type, "application/json", 16) != 0) {
		umapi_error(r, response, 415, "error.command.malformed",
			    "Content-Type must be application/json");
		return false;
	}
	return within_limits(s, r, response, route->flags);
}

/* ---- pages ---- */

static bool page_number(struct request *r, struct response *response, const char *text,
			int64_t *out)
{
	size_t len = strlen(text);
	*out = strtoll(text, NULL, 10);
	if (len < 10 && strspn(text, "0123456789") == len)
		return true;
	struct tree *body = tree_object();
	tree_text(body, "errorMessage", arena_printf(r->arena, "For input string: \"%s\"", text));
	response_json(r, response, 400, body);
	return false;
}

/* ---- the calls ---- */

static bool in_domain(const struct person *p, const char *domain)
{
	return ascii_casecmp(p->user ? p->user->domain : TECHNICAL_DOMAIN, domain) == 0;
}

static void respond_users(struct server *s, struct request *r, struct response *response,
			  int64_t asked, const struct person_vec *people,
			  const struct named_group_vec *groups, const char *group_name)
{
	struct page page;
	bool direct = request_flag(r, "directOnly", true);
	bool with_groups = !request_flag(r, "excludeGroups", false);
	umapi_page(s, r, response, asked, switch_number(&s->switches, SWITCH_USERS_PAGE_SIZE),
		   (int64_t)people->len, switch_is(&s->switches, SWITCH_USERS_OUT_OF_RANGE, "last"),
		   &page);
	struct tree *body = tree_object();
	tree_bool(body, "lastPage", page.number + 1 >= page.count && !umapi_is_lie(s, "not-last"));
	tree_text(body, "result", "success");
	if (group_name)
		tree_text(body, "groupName", umapi_spell_group(s, r->arena, group_name));
	struct tree *users = tree_add_array(body, "users");
	for (size_t i = page.from; i < page.to; i++) {
		if (umapi_is_shown(s, &people->at[i]))
			umapi_describe(s, r, &people->at[i], groups, direct, with_groups,
				       tree_push_object(users));
	}
	response_json(r, response, 200, body);
}

static void users_list(struct server *s, struct request *r, struct response *response)
{
	struct person_vec people = {0}, kept = {0};
	struct named_group_vec groups = {0};
	int64_t asked;
	const char *domain = request_query(r, "domain");
	if (!page_number(r, response, r->args[1], &asked))
		return;
	umapi_people(s, r, &people);
	umapi_groups(s, r, r->view, &groups);
	for (size_t i = 0; i < people.len; i++) {
		if (!domain || in_domain(&people.at[i], domain))
			vec_push(r->arena, &kept, people.at[i]);
	}
	if (domain && !kept.len && !find_directory(s->org, domain)) {
		umapi_error(r, response, 404, "error.domain.trust.nonexistent",
			    arena_printf(r->arena, "Domain not found: %s", domain));
		return;
	}
	respond_users(s, r, response, asked, &kept, &groups, NULL);
}

/* Cuts a name at ". ", as the gateway does (facts/umapi.md, "Names"). */
static const char *mangled(struct request *r, const char *name)
{
	const char *cut = strstr(name, ". ");
	return cut ? arena_strndup(r->arena, name, (size_t)(cut - name)) : name;
}

static void users_of_group(struct server *s, struct request *r, struct response *response)
{
	struct person_vec people = {0}, members = {0};
	struct named_group_vec groups = {0};
	int64_t asked;
	const char *name = mangled(r, r->args[2]), *status = request_query(r, "status");
	if (!page_number(r, response, r->args[1], &asked))
		return;
	umapi_groups(s, r, r->view, &groups);
	const struct named_group *g = umapi_find_group(&groups, name);
	if (!g) {
		struct tree *body = tree_object();
		tree_bool(body, "lastPage", false);
		tree_text(body, "result", "error.group.not_found");
		tree_text(body, "message", arena_printf(r->arena, "Not found: %s", name));
		response_json(r, response, 404, body);
		return;
	}
	bool direct = request_flag(r, "directOnly", true);
	bool none = status && !ascii_casecmp(status, "inactive") && g->type == GROUP_PROFILE;
	umapi_people(s, r, &people);
	for (size_t i = 0; !none && i < people.len; i++) {
		if (umapi_person_is_member(s, r->view, g, &people.at[i], direct))
			vec_push(r->arena, &members, people.at[i]);
	}
	respond_users(s, r, response, asked, &members, &groups, g->name);
}

static const struct user *find_person(struct server *s, struct request *r, const char *name)
{
	const char *domain = request_query(r, "domain");
	const struct user *u = find_user(s->org, name, r->view);
	const struct user *twin = find_user(s->org, umapi_adobe_id(r->arena, name), r->view);
	if (twin && domain && !ascii_casecmp(domain, "AdobeID"))
		return twin;
	if (u && domain && !ascii_casecmp(domain, "AdobeID"))
		return !strcmp(u->type, "adobeID") ? u : NULL;
	for (size_t i = 0; !u && domain && i < s->org->users.len; i++) {
		const struct user *row = s->org->users.at[i];
		if (lives(&row->life, r->view) && !ascii_casecmp(row->username, name) &&
		    !ascii_casecmp(row->domain, domain))
			return row;
	}
	return u;
}

static void single_user(struct server *s, struct request *r, struct response *response)
{
	struct person person = {0};
	struct named_group_vec groups = {0};
	const char *name = r->args[1];
	person.user = find_person(s, r, name);
	if (!person.user && switch_is(&s->switches, SWITCH_TECH_GET, "shown"))
		person.account = find_tech_email(s->org, name, r->view);
	if (!person.user && !person.account) {
		umapi_error(r, response, 404, "error.user.not_found",
			    arena_printf(r->arena, "User not found %s", name));
		return;
	}
	person.email = person.user ? person.user->email : person.account->tech_email;
	umapi_groups(s, r, r->view, &groups);
	struct tree *body = tree_object();
	tree_text(body, "result", "success");
	umapi_describe(s, r, &person, &groups, true, true, tree_add_object(body, "user"));
	response_json(r, response, 200, body);
}

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

static void groups_list(struct server *s, struct request *r, struct response *response)
{
	struct named_group_vec groups = {0};
	struct person_vec people = {0};
	struct page page;
	int64_t asked;
	if (!page_number(r, response, r->args[1], &asked))
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

static void status(struct server *s UNUSED, struct request *r, struct response *response)
{
	struct tree *body = tree_object();
	tree_text(body, "build", "adobe-emulator");
	tree_text(body, "version", "2.7.42");
	tree_text(body, "side", "A");
	tree_text(body, "environment", "emulator");
	tree_text(body, "state", "LIVE");
	response_json(r, response, 200, body);
}

static void missing(struct server *s UNUSED, struct request *r, struct response *response,
		    bool known)
{
	umapi_error(r, response, known ? 405 : 404,
		    known ? "error.method.not_allowed" : "error.not_found",
		    known ? "Method not allowed" : "Not found");
}

static void finish(struct server *s, struct request *r, struct response *response)
{
	response_header(r, response, "Server", "APIP");
	response_header(r, response, "X-Powered-By", "Undertow/1");
	if (switch_on(&s->switches, SWITCH_DUPLICATE_HEADERS))
		response_header(r, response, "X-Request-Id", r->id);
}

static const struct route routes[] = {
	{"GET", "/users/:/:", users_list, LIMIT_USERS | FULL_LIST},
	{"GET", "/users/:/:/*", users_of_group, LIMIT_USERS},
	{"GET", "/organizations/:/users/*", single_user, LIMIT_USERS},
	{"GET", "/groups/:/:", groups_list, LIMIT_GROUPS | FULL_LIST},
	{"POST", "/action/:", umapi_action, LIMIT_ACTION},
	{"GET", "/:/users", umapi_old_users, LIMIT_USERS},
	{"GET", "/:/user-groups", umapi_old_groups, LIMIT_OLD},
	{"GET", "/:/user-groups/:", umapi_old_group, LIMIT_OLD},
	{"GET", "/:/user-groups/:/users", umapi_old_group_users, LIMIT_OLD},
	{"GET", "/:/products", umapi_old_products, LIMIT_OLD},
	{"GET", "/:/products/:/configurations", umapi_old_profiles, LIMIT_OLD},
	{"GET", "/:/products/:/configurations/:", umapi_old_profile, LIMIT_OLD},
	{"POST", "/:/products/:/configurations/:", umapi_old_profile_change, LIMIT_OLD},
	{"GET", "/:/products/:/configurations/:/users", umapi_old_profile_users, LIMIT_OLD},
	{0},
};

const struct surface umapi_surface = {
	.name = "umapi",
	.prefix = "/v2/usermanagement",
	.routes = routes,
	.admit = admit,
	.missing = missing,
	.finish = finish,
};

static const struct route status_routes[] = {{"GET", "", status, 0}, {0}};

const struct surface umapi_status_surface = {
	.name = "umapi",
	.prefix = "/status",
	.routes = status_routes,
	.missing = missing,
};
