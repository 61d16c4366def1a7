/* SPDX-License-Identifier: Apache-2.0 */
/* The User Management API: its calls, who may make them, and how often. */
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

/* ---- the calls ---- */

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
	{"GET", "/users/:/:", umapi_list_users, LIMIT_USERS | FULL_LIST},
	{"GET", "/users/:/:/*", umapi_list_members, LIMIT_USERS},
	{"GET", "/organizations/:/users/*", umapi_show_user, LIMIT_USERS},
	{"GET", "/groups/:/:", umapi_list_groups, LIMIT_GROUPS | FULL_LIST},
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
