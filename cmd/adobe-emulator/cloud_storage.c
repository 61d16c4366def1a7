/* SPDX-License-Identifier: Apache-2.0 */
/* The two storage APIs, as far as they prove who gets in (facts/cloud-storage.md). */
#include <string.h>

#include "cmd/adobe-emulator/server/server.h"
#include "cmd/adobe-emulator/wire/ids.h"

#define SECOND_MS 1000
#define LIMIT_DEFAULT 20
#define LIMIT_MAX 100
#define POLICIES_MIN 50 /* facts/cloud-storage.md, "Policies" */

enum storage_flags { NEEDS_PROJECTS = 1, NEEDS_POLICIES = 2 };

static void storage_error(struct request *r, struct response *response, int status,
			  const char *code, const char *message)
{
	struct tree *body = tree_object();
	tree_text(body, "error_code", code);
	tree_text(body, "message", message);
	tree_text(body, "requestId", r->id);
	response_json(r, response, status, body);
}

static bool refuse(struct request *r, struct response *response, int status, const char *code,
		   const char *message)
{
	storage_error(r, response, status, code, message);
	return false;
}

static bool refuse_401(struct request *r, struct response *response)
{
	return refuse(r, response, 401, "unauthorized",
		      "You are not authorized to access this resource.");
}

static bool refuse_403(struct request *r, struct response *response)
{
	return refuse(r, response, 403, "access_error",
		      "You do not have following permission(s) to perform this action on the "
		      "resource: [read].");
}

/* ---- who it is, and what follows ---- */

struct access {
	enum principal_kind kind;
	const char *name;
	bool licence, role;
};

static struct access access_of(struct server *s, const struct request *r)
{
	const struct org_credential *c = find_tech_id(s->org, r->caller->user_id, REVISION_LATEST);
	struct access a = {c ? PRINCIPAL_ACCOUNT : PRINCIPAL_USER,
			   c ? c->account : s->org->developer.email, false, false};
	for (size_t i = 0; i < s->org->profiles.len; i++) {
		const struct profile *p = s->org->profiles.at[i];
		const struct entitlement e = entitlement_of_profile(p);
		a.licence |= p->storage && lives(&p->life, r->view) &&
			     org_holds(s->org, r->view, a.kind, a.name, &e);
	}
	a.role = org_holds_role(s->org, r->view, a.kind, a.name, ROLE_STORAGE_ADMINISTRATOR) ||
		 org_holds_role(s->org, r->view, a.kind, a.name, ROLE_SYSTEM_ADMINISTRATOR);
	return a;
}

static bool accepts_json(const struct request *r)
{
	const char *accept = request_header(r, "Accept");
	return !accept || !*accept || strstr(accept, "json") || strstr(accept, "*/*") ||
	       strstr(accept, "application/*");
}

static bool admit(struct server *s, struct request *r, struct response *response,
		  const struct route *route)
{
	const char *scope =
		route->flags & NEEDS_POLICIES ? "admin_api.storage" : "cloud_storage_collab_api";
	r->caller = server_caller(s, r);
	if (!r->caller)
		return refuse_401(r, response);
	int64_t wait =
		limits_take(&s->limits, r->caller->client_id, "storage",
			    switch_number(&s->switches, SWITCH_STORAGE_RATE), SECOND_MS, r->now);
	if (wait) {
		storage_error(r, response, 429, "rate_limited",
			      "Too many requests have been made. Try again later.");
		response_header(r, response, "Retry-After",
				arena_printf(r->arena, "%lld", (long long)(wait + 999) / 1000));
		return false;
	}
	if (!accepts_json(r))
		return refuse(r, response, 406, "not_acceptable",
			      "The requested representation is not acceptable.");
	return words_have(&r->caller->scopes, scope) || refuse_403(r, response);
}

/* What a switch says of a caller whose answer nothing documents: true is an empty list, and false
 * a refusal, which is sent. */
static bool open_cell(struct server *s, struct request *r, struct response *response,
		      enum switch_id id)
{
	if (switch_is(&s->switches, id, "empty"))
		return true;
	return switch_is(&s->switches, id, "401") ? refuse_401(r, response)
						  : refuse_403(r, response);
}

static bool let_in(struct server *s, struct request *r, struct response *response,
		   const struct access *a)
{
	if (a->licence)
		return true;
	return open_cell(s, r, response, a->role ? SWITCH_ROLE_NO_LICENCE : SWITCH_STORAGE_NEITHER);
}

static bool is_visible(const struct request *r, const struct access *a, const struct content *c)
{
	return a->licence && (a->role || !strcmp(c->creator, r->caller->user_id));
}

/* ---- projects ---- */

struct storage_listing {
	int64_t limit, offset;
	bool by_created, descending;
	const char *state;
	int own; /* 1: createdBy==current_user, -1: != */
};

static bool unprocessable(struct request *r, struct response *response, const char *message)
{
	return refuse(r, response, 422, "validation_error", message);
}

static bool read_filter(struct request *r, struct response *response, const char *filter,
			struct storage_listing *l)
{
	while (filter && *filter) {
		size_t len = strcspn(filter, ";,");
		const char *term = arena_strndup(r->arena, filter, len);
		if (!strcmp(term, "state==active"))
			l->state = "active";
		else if (!strcmp(term, "state==deleted"))
			l->state = "deleted";
		else if (!strcmp(term, "createdBy==current_user"))
			l->own = 1;
		else if (!strcmp(term, "createdBy!=current_user"))
			l->own = -1;
		else
			return unprocessable(r, response, "Filter is not valid");
		filter += len + (filter[len] != '\0');
	}
	return true;
}

/* Reads a number of at most three digits, from `least` to LIMIT_MAX. */
static bool read_limit(const char *text, int64_t least, int64_t *out)
{
	size_t len = strlen(text);
	*out = strtoll(text, NULL, 10);
	return len < 4 && strspn(text, "0123456789") == len && *out >= least && *out <= LIMIT_MAX;
}

/* Reads a cursor: "o" and the number of the first row. */
static bool read_cursor(const char *text, int64_t *out)
{
	if (*text != 'o')
		return false;
	size_t digits = strspn(text + 1, "0123456789");
	*out = strtoll(text + 1, NULL, 10);
	return digits > 0 && digits < 8 && !text[1 + digits];
}

static bool read_listing(struct request *r, struct response *response, struct storage_listing *l)
{
	const char *limit = request_query(r, "limit"), *cursor = request_query(r, "cursor");
	const char *sort = request_query(r, "sortBy");
	l->limit = LIMIT_DEFAULT;
	if (limit && !read_limit(limit, 1, &l->limit))
		return unprocessable(r, response, "Allowed Range is 1-100");
	if (cursor && sort)
		return unprocessable(r, response,
				     "Following query parameters: [cursor and sortBy] are not "
				     "allowed together");
	if (cursor && !read_cursor(cursor, &l->offset))
		return refuse(r, response, 400, "cursor_expired", "The cursor has expired.");
	if (sort) {
		l->descending = *sort == '-';
		const char *field = sort + strspn(sort, "+- ");
		l->by_created = !strcmp(field, "created");
		if (!l->by_created && strcmp(field, "name") != 0)
			return unprocessable(r, response, "sortBy is not valid");
	}
	return read_filter(r, response, request_query(r, "filter"), l);
}

static int compare_contents(const void *a, const void *b, void *context)
{
	const struct content *x = *(struct content *const *)a, *y = *(struct content *const *)b;
	const struct storage_listing *l = context;
	int order = l->by_created ? (x->created > y->created) - (x->created < y->created)
				  : strcmp(x->name, y->name);
	return l->descending ? -order : order;
}

static void describe_content(struct request *r, const struct content *c, struct tree *item)
{
	tree_text(item, "assetType", "project");
	tree_text(item, "assetId", c->id);
	tree_text(item, "name", c->name);
	tree_text(item, "path", arena_printf(r->arena, "/%s", c->name));
	tree_int(item, "createdDate", c->created);
	tree_int(item, "modifiedDate", c->created);
	tree_text(item, "createdBy", c->creator);
	tree_text(item, "modifiedBy", c->creator);
	tree_add_array(item, "ancestors");
	tree_text(item, "state", c->state);
}

static void projects(struct server *s, struct request *r, struct response *response)
{
	struct storage_listing l = {0};
	struct access a = access_of(s, r);
	VEC(, struct content *) rows = {0};
	if (!read_listing(r, response, &l) || !let_in(s, r, response, &a))
		return;
	for (size_t i = 0; i < s->org->contents.len; i++) {
		struct content *c = s->org->contents.at[i];
		bool own = !strcmp(c->creator, r->caller->user_id);
		if (is_visible(r, &a, c) && (!l.state || !strcmp(c->state, l.state)) &&
		    (!l.own || own == (l.own > 0)))
			vec_push(r->arena, &rows, c);
	}
	if (rows.len > 1)
		qsort_r(rows.at, rows.len, sizeof(*rows.at), compare_contents, &l);
	struct tree *body = tree_object(), *paging = tree_add_object(body, "paging");
	struct tree *items = tree_add_array(body, "items");
	size_t to = (size_t)(l.offset + l.limit);
	for (size_t i = (size_t)l.offset; i < rows.len && i < to; i++)
		describe_content(r, rows.at[i], tree_push_object(items));
	tree_int(paging, "limit", l.limit);
	const char *host = request_header(r, "Host");
	if (to < rows.len)
		tree_text(paging, "nextUrl",
			  arena_printf(r->arena, "%s://%s/v1/projects?limit=%lld&cursor=o%zu",
				       s->scheme, host ? host : "127.0.0.1", (long long)l.limit,
				       to));
	response_json(r, response, 200, body);
}

/* Finds a project that the caller may see; the answer is the same for one that he may not see and
 * one that is not there. */
static const struct content *visible(struct server *s, struct request *r, struct response *response,
				     struct access *a)
{
	*a = access_of(s, r);
	if (!let_in(s, r, response, a))
		return NULL;
	for (size_t i = 0; i < s->org->contents.len; i++) {
		const struct content *c = s->org->contents.at[i];
		if (!strcmp(c->id, r->args[0]) && is_visible(r, a, c))
			return c;
	}
	storage_error(
		r, response, 404, "resource_not_found",
		arena_printf(r->arena, "The requested resource (%s) was not found.", r->args[0]));
	return NULL;
}

/* Answers with an entity tag, and with 304 when the client has this version already. */
static void respond_tagged(struct request *r, struct response *response, struct tree *body)
{
	const char *known = request_header(r, "If-None-Match");
	response_json(r, response, 200, body);
	const char *tag =
		arena_printf(r->arena, "\"%s\"", id_hex(r->arena, 16, "etag", response->body, ""));
	if (known && !strcmp(known, tag))
		response_empty(response, 304);
	response_header(r, response, "etag", tag);
}

static void project(struct server *s, struct request *r, struct response *response)
{
	struct access a;
	const struct content *c = visible(s, r, response, &a);
	if (!c)
		return;
	struct tree *body = tree_object();
	describe_content(r, c, body);
	respond_tagged(r, response, body);
}

/* Whoever sees a project here is its creator or an administrator, and may do everything. */
static void effective_permission(struct server *s, struct request *r, struct response *response)
{
	static const char *const names[] = {
		"can_view_project",
		"can_edit_project",
		"can_share",
		"can_comment",
		"can_download_assets",
		"can_restore",
		"can_delete",
		"can_permanent_delete",
		"can_move_assets_inside",
		"can_move_assets_outside",
	};
	struct access a;
	const struct content *c = visible(s, r, response, &a);
	if (!c)
		return;
	struct tree *body = tree_object();
	tree_text(body, "role", "edit");
	struct tree *permissions = tree_add_object(body, "permissions");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		tree_bool(permissions, names[i], true);
	respond_tagged(r, response, body);
}

static void roles(struct server *s, struct request *r, struct response *response)
{
	struct access a;
	if (!visible(s, r, response, &a))
		return;
	struct tree *body = tree_object();
	tree_add_array(body, "direct");
	tree_add_array(body, "pending");
	respond_tagged(r, response, body);
}

/* ---- policies ---- */

static bool may_administer(struct server *s, struct request *r, struct response *response)
{
	struct access a = access_of(s, r);
	return a.role || refuse_403(r, response);
}

static void org_policy(struct server *s, struct request *r, struct response *response)
{
	const char *type = r->args[0];
	bool purge = !strcmp(type, "inactive_user_content_purge");
	if (!purge && strcmp(type, "asset_ownership_transfer") != 0) {
		storage_error(r, response, 400, "bad_request", "Unknown policy type");
		return;
	}
	if (!may_administer(s, r, response))
		return;
	struct tree *body = tree_object();
	tree_text(body, "policyType", type);
	struct tree *attributes = tree_add_object(body, "attributes");
	tree_bool(attributes, "enabled", purge);
	if (purge)
		tree_text(attributes, "retention", "P2Y");
	respond_tagged(r, response, body);
}

static void asset_policies(struct server *s, struct request *r, struct response *response)
{
	const char *limit = request_query(r, "limit");
	int64_t value = POLICIES_MIN;
	if (!may_administer(s, r, response))
		return;
	if (limit && !read_limit(limit, POLICIES_MIN, &value)) {
		unprocessable(r, response, "Allowed Range is 50-100");
		return;
	}
	struct tree *body = tree_object();
	tree_int(tree_add_object(body, "paging"), "limit", value);
	tree_add_array(body, "items");
	response_json(r, response, 200, body);
}

/* Calls that change content are known, and not offered here. */
static void not_implemented(struct server *s UNUSED, struct request *r, struct response *response)
{
	storage_error(r, response, 501, "not_implemented", "The emulator does not change content.");
}

static void missing(struct server *s UNUSED, struct request *r, struct response *response,
		    bool known UNUSED)
{
	storage_error(
		r, response, 404, "resource_not_found",
		arena_printf(r->arena, "The requested resource (%s) was not found.", r->path));
}

static const struct route routes[] = {
	{"GET", "/projects", projects, NEEDS_PROJECTS},
	{"GET", "/projects/:", project, NEEDS_PROJECTS},
	{"GET", "/projects/:/effective-permission", effective_permission, NEEDS_PROJECTS},
	{"GET", "/projects/:/roles", roles, NEEDS_PROJECTS},
	{"GET", "/projects/:/policies", asset_policies, NEEDS_POLICIES},
	{"GET", "/policies/org/:", org_policy, NEEDS_POLICIES},
	{"GET", "/policies/asset/scheduled_content_deletion", asset_policies, NEEDS_POLICIES},
	{"PATCH", "/policies/*", not_implemented, NEEDS_POLICIES},
	{"POST", "/policies/*", not_implemented, NEEDS_POLICIES},
	{"DELETE", "/policies/*", not_implemented, NEEDS_POLICIES},
	{"POST", "/projects", not_implemented, NEEDS_PROJECTS},
	{"POST", "/projects/*", not_implemented, NEEDS_PROJECTS},
	{"PATCH", "/projects/*", not_implemented, NEEDS_PROJECTS},
	{"DELETE", "/projects/*", not_implemented, NEEDS_PROJECTS},
	{"POST", "/folders", not_implemented, NEEDS_PROJECTS},
	{"POST", "/folders/*", not_implemented, NEEDS_PROJECTS},
	{"DELETE", "/folders/*", not_implemented, NEEDS_PROJECTS},
	{"POST", "/files/*", not_implemented, NEEDS_PROJECTS},
	{"DELETE", "/files/*", not_implemented, NEEDS_PROJECTS},
	{"POST", "/brands", not_implemented, NEEDS_PROJECTS},
	{"POST", "/brands/*", not_implemented, NEEDS_PROJECTS},
	{"DELETE", "/brands/*", not_implemented, NEEDS_PROJECTS},
	{0},
};

const struct surface storage_surface = {
	.name = "storage",
	.prefix = "/v1",
	.routes = routes,
	.admit = admit,
	.missing = missing,
};
