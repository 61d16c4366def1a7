/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/users/umapi.h"

#include <string.h>

#include "core/util/log.h"
#include "providers/adobe/users/umapi_page_check.h"

/* ---- lists ---- */

struct list {
	const struct umapi *api;
	struct directory *directory;
	struct directory_user_vec *users; /* NULL: of groups */
	const char *query;
	const char *group; /* the id of the group whose members are listed; NULL: those of the
			      organisation */
	const char *first; /* key of the first row of the page before; NULL */
	struct umapi_tally tally;
	uint32_t next;
	bool more, missing; /* missing: the service knows no such group */
};

static const char *path_of(const struct list *l, uint32_t page, struct arena *a)
{
	struct str path = STR(a);
	str_add(&path, l->users ? "/users/" : "/groups/");
	http_escape(&path, l->api->org_id);
	str_printf(&path, "/%u%s%s%s", page, l->group ? "/" : "", l->group ? l->group : "",
		   l->query);
	return str_text(&path);
}

static struct http_request request_for(const struct list *l, uint32_t page, struct arena *a)
{
	return (struct http_request){
		.service = SERVICE_USERS,
		.budget = l->users ? BUDGET_USERS : BUDGET_GROUPS,
		.method = "GET",
		.path = path_of(l, page, a),
		.route = l->group   ? "/users/{org}/{page}/{group}"
			 : l->users ? "/users/{org}/{page}"
				    : "/groups/{org}/{page}",
		.token = l->api->token,
	};
}

/* What identifies a row, by which a page that comes again is noticed. */
static const char *mark_of(const struct reply *row, struct arena *a)
{
	static const char *const keys[] = {"groupName", "email", "username", "type"};
	struct str out = STR(a);
	const char *id = reply_id(row, "groupId", a);
	str_add(&out, id ? id : "");
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const char *text = reply_text(row, keys[i]);
		str_printf(&out, "|%s", text ? text : "");
	}
	return str_text(&out);
}

static struct error *judge_page(struct list *l, const struct umapi_page *page, const char *route)
{
	const char *wrong = umapi_contradiction(page);
	if (wrong)
		return error_new(ERROR_REMOTE, "%s: page %u contradicts itself: %s", route,
				 (unsigned)page->asked, wrong);
	if (page->asked == 0)
		l->tally.first = page->total;
	l->tally.total = page->total;
	l->tally.rows += page->rows;
	return NULL;
}

static struct error *take_page(struct list *l, const struct http_request *r, uint32_t asked)
{
	struct directory *d = l->directory;
	const struct reply *rows = reply_get(r->json, l->users ? "users" : "groups");
	const struct reply *last = reply_get(r->json, "lastPage");
	const char *result = reply_text(r->json, "result");
	const char *mark = reply_first(rows) ? mark_of(reply_first(rows), d->arena) : NULL;
	struct umapi_page page = {.asked = asked,
				  .current = r->current_page,
				  .count = r->page_count,
				  .total = r->total_count,
				  .rows = reply_count(rows),
				  .says_last = last != NULL,
				  .last = reply_bool(r->json, "lastPage", false),
				  .found = result && strcmp(result, "Not found") != 0,
				  .repeated = mark && l->first && !strcmp(mark, l->first)};
	if (!result || (page.found && (strcmp(result, "success") != 0 || !reply_is_array(rows))))
		return error_new(ERROR_REMOTE, "%s: the answer says \"%.64s\" and has no list",
				 r->route, result ? result : "nothing");
	TRY(judge_page(l, &page, r->route));
	if (page.found && l->users)
		directory_add_users(d, l->users, rows);
	else if (page.found)
		directory_add_groups(d, rows);
	l->first = mark;
	l->next = asked + 1;
	l->more = umapi_has_more(&page);
	return NULL;
}

static struct error *failure(const struct http_request *r)
{
	bool denied = r->evidence.status == 401 || r->evidence.status == 403;
	return error_new(denied ? ERROR_DENIED : ERROR_REMOTE, "%s",
			 r->message ? r->message : "no usable answer");
}

static struct error *read_next(struct list *l, uint32_t *pages)
{
	struct directory *d = l->directory;
	struct http_request r = request_for(l, l->next, d->arena);
	struct error *error = http_get(l->api->http, d->arena, &r);
	if (!error)
		error = take_page(l, &r, l->next);
	*pages = r.page_count;
	l->missing = http_is_missing(&r);
	http_done(&r);
	return error;
}

/* Reads the pages from `next` on side by side. */
static struct error *read_rest(struct list *l, uint32_t pages)
{
	struct directory *d = l->directory;
	size_t count = pages - l->next;
	struct http_request *all = arena_zalloc(d->arena, count * sizeof(*all));
	struct http_request **list = arena_zalloc(d->arena, count * sizeof(*list));
	uint32_t from = l->next;
	for (size_t i = 0; i < count; i++) {
		all[i] = request_for(l, from + (uint32_t)i, d->arena);
		list[i] = &all[i];
	}
	struct error *error = http_run(l->api->http, d->arena, list, count);
	for (size_t i = 0; i < count && !error; i++) {
		if (all[i].verdict.class != OUTCOME_APPLIED)
			error = failure(&all[i]);
		else
			error = take_page(l, &all[i], from + (uint32_t)i);
	}
	for (size_t i = 0; i < count; i++)
		http_done(&all[i]);
	return error;
}

/* A list that is short by a few may have changed between two pages, or hold accounts that were made
 * outside the console: then it is told what is not known. */
static struct error *judge_list(const struct list *l, size_t *missing)
{
	const char *wrong = umapi_list_contradiction(&l->tally);
	const char *what = l->users ? "users" : "groups";
	if (wrong)
		return error_new(ERROR_REMOTE, "the list of %s contradicts itself: %s (%zu of %u)",
				 what, wrong, l->tally.rows, (unsigned)l->tally.total);
	*missing = umapi_missing(&l->tally);
	if (*missing && l->group)
		log_note("the list of members has %zu less than the service counts; who is not in "
			 "it may be there all the same",
			 *missing);
	return NULL;
}

static struct error *read_list(struct list *l, size_t *missing)
{
	uint32_t pages;
	l->more = true;
	while (l->more) {
		TRY(read_next(l, &pages));
		bool known = pages != UINT32_MAX && pages <= UMAPI_PAGES_MAX;
		if (l->more && known && l->next + 1 < pages)
			TRY(read_rest(l, pages));
	}
	return judge_list(l, missing);
}

#define DIRECT "?directOnly=true"
/* Fewer than a minute allows; of an organisation with more, the rest stays unclear. */
#define SHARED_MAX 20

/* Several profiles of one name: who is in which is told by their ids alone (facts/umapi.md,
 * "Names"). One that the service does not find by its id stays untold. */
static struct error *read_members(const struct umapi *api, struct directory *d,
				  struct directory_group *g)
{
	struct directory_user_vec *members = arena_zalloc(d->arena, sizeof(*members));
	size_t missing = 0;
	struct list list = {.api = api,
			    .directory = d,
			    .users = members,
			    .query = DIRECT,
			    .group = g->id,
			    .tally = {UINT32_MAX, UINT32_MAX, 0, api->technical}};
	struct error *error = read_list(&list, &missing);
	if (error && !list.missing)
		return error;
	g->members = error || missing ? NULL : members;
	error_free(error);
	return NULL;
}

/* *found is false where the service knows no such group. */
static struct error *read_holders(const struct umapi *api, const char *group, struct directory *d,
				  struct directory_user_vec *out, bool *found)
{
	size_t missing = 0;
	struct str path = STR(d->arena);
	http_escape(&path, group);
	struct list list = {.api = api,
			    .directory = d,
			    .users = out,
			    .query = DIRECT,
			    .group = str_text(&path),
			    .tally = {UINT32_MAX, UINT32_MAX, 0, api->technical}};
	struct error *error = read_list(&list, &missing);
	*found = !list.missing;
	if (!error || !list.missing)
		return error;
	error_free(error);
	return NULL;
}

struct error *umapi_read_holders(const struct umapi *api, const struct entitlement *const *roles,
				 size_t count, struct directory *d, bool *told)
{
	struct directory_user_vec lists[SHARED_MAX] = {{0}};
	*told = count <= SHARED_MAX;
	for (size_t i = 0; i < count && *told; i++) {
		const char *group = directory_members_of(d, roles[i]);
		*told = group != NULL;
		if (group)
			TRY(read_holders(api, group, d, &lists[i], told));
	}
	if (!*told)
		return NULL;
	for (size_t i = 0; i < count; i++)
		directory_set_holders(d, roles[i], &lists[i]);
	directory_finish(d);
	return NULL;
}

static struct error *read_shared(const struct umapi *api, struct directory *d)
{
	struct directory_group *g;
	size_t count = 0;
	for (size_t i = 0; i < d->groups.len; i++)
		d->groups.at[i].members = NULL;
	for (size_t i = 0; (g = directory_next_shared(d, &i)) && count < SHARED_MAX; count++)
		TRY(read_members(api, d, g));
	d->has_shared = count > 0;
	directory_finish(d);
	return NULL;
}

struct error *umapi_read(const struct umapi *api, bool all, struct directory *d)
{
	const struct umapi_tally shown = {UINT32_MAX, UINT32_MAX, 0, 0};
	const struct umapi_tally some_hidden = {UINT32_MAX, UINT32_MAX, 0, api->technical};
	struct list groups = {.api = api, .directory = d, .query = "", .tally = shown};
	struct list direct = {.api = api,
			      .directory = d,
			      .users = &d->direct,
			      .query = DIRECT,
			      .tally = some_hidden};
	struct list indirect = {.api = api,
				.directory = d,
				.users = &d->all,
				.query = "?directOnly=false",
				.tally = some_hidden};
	if (!d->has_groups)
		TRY(read_list(&groups, &d->groups_missing));
	d->has_groups = true;
	d->direct.len = d->all.len = d->nameless.len = 0;
	d->has_direct = d->has_all = false;
	TRY(read_list(&direct, &d->users_missing));
	d->has_direct = true;
	size_t missing = 0;
	if (all)
		TRY(read_list(&indirect, &missing));
	d->has_all = all && !missing;
	directory_finish(d);
	TRY(read_shared(api, d));
	log_debug("umapi: %zu groups, %zu users", d->groups.len, d->direct.len);
	return NULL;
}

/* ---- single users ---- */

static struct http_request request_user(const struct umapi *api, const char *email, struct arena *a)
{
	struct str path = STR(a);
	str_add(&path, "/organizations/");
	http_escape(&path, api->org_id);
	str_add(&path, "/users/");
	http_escape(&path, email);
	return (struct http_request){.service = SERVICE_USERS,
				     .budget = BUDGET_USER,
				     .method = "GET",
				     .path = str_text(&path),
				     .route = "/organizations/{org}/users/{email}",
				     .token = api->token};
}

static struct error *take_user(const struct http_request *r, const char *email, struct directory *d)
{
	const char *result = reply_text(r->json, "result");
	const struct reply *user = reply_get(r->json, "user");
	if (http_is_missing(r)) {
		directory_drop_user(d, email);
		return NULL;
	}
	if (r->verdict.class != OUTCOME_APPLIED)
		return failure(r);
	if (!result || strcmp(result, "success") != 0 || !reply_is_object(user))
		return error_new(ERROR_REMOTE, "%s: the answer holds no user", r->route);
	directory_add_user(d, &d->direct, user);
	return NULL;
}

struct error *umapi_refresh(const struct umapi *api, const char *const *emails, size_t count,
			    struct directory *d)
{
	struct http_request *all = arena_zalloc(d->arena, (count + 1) * sizeof(*all));
	struct http_request **list = arena_zalloc(d->arena, (count + 1) * sizeof(*list));
	for (size_t i = 0; i < count; i++) {
		all[i] = request_user(api, emails[i], d->arena);
		list[i] = &all[i];
	}
	struct error *error = count ? http_run(api->http, d->arena, list, count) : NULL;
	for (size_t i = 0; i < count; i++) {
		if (!error)
			error = take_user(&all[i], emails[i], d);
		http_done(&all[i]);
	}
	return error ? error : read_shared(api, d);
}
