/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/console/console.h"

#include <string.h>

#include "core/util/report.h"
#include "core/util/unicode.h"
#include "providers/adobe/console/adobe_names.h"
#include "providers/adobe/console/credential_match.h"
#include "providers/adobe/session/console_calls.h"

#define PAGE 50 /* integrations: facts/developer-console.md, "Writing" */
#define PAGES_MAX                                                                                  \
	100000 /* no organisation has so many; a larger count is a mistake of the answer */
#define STORAGE_API                                                                                \
	"Cloud Storage and Collaboration" /* its code is not public: facts/cloud-storage.md        \
					   *  \ */

/* The text, if a live document can hold it; else NULL. */
static const char *keep_text(struct provider *p, const char *text)
{
	bool fits = text && text_is_live(text) && text_is_composed(text, strlen(text));
	return fits ? intern(p->strings, text) : NULL;
}

/* Tells of a name that no live document can hold. */
static void leave_out(struct provider *p, const char *what, const char *name)
{
	const char *line = arena_printf(&p->arena, "%s %s, which no manifest can name", what,
					quoted(&p->arena, name));
	for (size_t i = 0; i < p->left_out.len; i++) {
		if (!strcmp(p->left_out.at[i], line))
			return;
	}
	vec_push(&p->arena, &p->left_out, line);
}

/* ---- the organisation ---- */

static bool is_organization(struct provider *p, const struct reply *item)
{
	const char *code = reply_text(item, "code");
	const char *number = reply_id(item, "id", &p->arena);
	if (!code || !number || !names_equal(code, p->org_id))
		return false;
	p->org_number = session_keep(p, number);
	p->title = keep_text(p, reply_text(item, "name"));
	return true;
}

struct error *console_organization(struct provider *p)
{
	CALLS_DONE struct calls c = CALLS(p);
	if (p->org_number)
		return NULL;
	if (!p->console)
		return session_lacks_credential();
	struct http_request *r = calls_add(&c, "GET", "/organizations", "organizations");
	TRY(calls_read(&c, 0));
	for (const struct reply *i = reply_first(r->json); i; i = reply_after(i)) {
		if (is_organization(p, i))
			return NULL;
	}
	return error_new(
		ERROR_DENIED,
		"the Developer Console shows the caller no organisation %s: sign in as its "
		"administrator or developer",
		p->org_id);
}

/* ---- the catalogue ---- */

static const struct licence *find_id(const struct licence_vec *all, const char *id)
{
	for (size_t i = 0; i < all->len; i++) {
		if (!strcmp(all->at[i].id, id))
			return &all->at[i];
	}
	return NULL;
}

/* The console says what a profile is called, but of its product only a number and, when one is
 * lucky, words. */
static bool read_licence(struct provider *p, const struct reply *item, struct licence *out)
{
	const char *id = reply_id(item, "id", &p->arena);
	const char *name = reply_text(item, "name"), *product = reply_text(item, "description");
	if (!id || !name || !*name)
		return false;
	out->id = session_keep(p, id);
	out->profile = intern(p->strings, name);
	out->product_id = session_keep(p, reply_text(item, "productId"));
	if (product && *product)
		out->product = intern(p->strings, product);
	else
		out->product = out->product_id ? out->product_id : out->profile;
	out->unnameable = !object_name_is_live(out->profile) || !object_name_is_live(out->product);
	if (!object_name_is_live(out->profile))
		leave_out(p, "product profile", out->profile);
	else if (out->unnameable)
		leave_out(p, "product", out->product);
	return true;
}

static void read_licences(struct provider *p, const struct reply *array, struct licence_vec *out)
{
	for (const struct reply *i = reply_first(array); i; i = reply_after(i)) {
		struct licence l;
		if (read_licence(p, i, &l) && !find_id(out, l.id))
			vec_push(&p->arena, out, l);
	}
}

static const char *disabled_reason(struct provider *p, const struct reply *item)
{
	const struct reply *first = reply_first(reply_get(item, "disabledReasons"));
	const char *why = reply_own_text(first);
	if (reply_bool(item, "enabled", true))
		return NULL;
	return why ? session_keep(p, why) : "DISABLED";
}

static struct api *find_code(struct provider *p, const char *code)
{
	for (size_t i = 0; i < p->apis.len; i++) {
		if (!strcmp(p->apis.at[i].code, code))
			return &p->apis.at[i];
	}
	return NULL;
}

/* Reads an API of the catalogue. One code may have several rows, of which the one of type "entp" is
 * for credentials of accounts. */
static void read_api(struct provider *p, const struct reply *item)
{
	const char *type = reply_text(item, "type"), *code = reply_text(item, "code");
	const char *name = keep_text(p, reply_text(item, "name"));
	if (!type || strcmp(type, "entp") != 0 || !code || find_code(p, code))
		return;
	struct api api = {.name = name ? name : session_keep(p, code),
			  .code = session_keep(p, code)};
	api.disabled = disabled_reason(p, item);
	api.storage = strcasestr(api.name, STORAGE_API) != NULL;
	read_licences(p, reply_get(reply_get(item, "properties"), "licenseConfigs"), &api.licences);
	vec_push(&p->arena, &p->apis, api);
}

/* Whether an answer has no licences at all, as the first one of a day may while a cache behind it
 * is empty. */
static bool lacks_licences(const struct reply *body)
{
	size_t could = 0, has = 0;
	for (const struct reply *i = reply_first(body); i; i = reply_after(i)) {
		const struct reply *all = reply_get(reply_get(i, "properties"), "licenseConfigs");
		could += reply_is_array(all);
		has += reply_count(all) > 0;
	}
	return could > 0 && has == 0;
}

static struct error *read_catalogue(struct provider *p, const struct reply *body)
{
	CALLS_DONE struct calls c = CALLS(p);
	if (lacks_licences(body)) {
		struct http_request *again = calls_add(&c, "GET", "/organizations/{org}/services",
						       "organizations/%s/services", p->org_number);
		TRY(calls_read(&c, 0));
		body = again->json;
	}
	for (const struct reply *i = reply_first(body); i; i = reply_after(i))
		read_api(p, i);
	return NULL;
}

const struct api *console_find_api(const struct provider *p, const char *name)
{
	for (size_t i = 0; i < p->apis.len; i++) {
		if (names_equal(p->apis.at[i].name, name) || names_equal(p->apis.at[i].code, name))
			return &p->apis.at[i];
	}
	return NULL;
}

const struct licence *api_find_licence(const struct api *api, const char *product,
				       const char *profile)
{
	for (size_t i = 0; i < api->licences.len; i++) {
		const struct licence *l = &api->licences.at[i];
		if (names_equal(l->product, product) && names_equal(l->profile, profile))
			return l;
	}
	return NULL;
}

/* ---- projects ---- */

static void read_projects(struct provider *p, const struct reply *body)
{
	for (const struct reply *i = reply_first(body); i; i = reply_after(i)) {
		struct console_project row = {
			.id = session_keep(p, reply_id(i, "id", &p->arena)),
			.title = keep_text(p, reply_text(i, "title")),
			.name = session_keep(p, reply_text(i, "name")),
		};
		if (row.id && row.title && !reply_bool(i, "deleted", false))
			vec_push(&p->arena, &p->projects, row);
	}
}

const struct console_project *console_find_project(const struct provider *p, const char *title)
{
	for (size_t i = 0; i < p->projects.len; i++) {
		if (!strcmp(p->projects.at[i].title, title))
			return &p->projects.at[i];
	}
	return NULL;
}

size_t console_count_projects(const struct provider *p, const char *title)
{
	size_t count = 0;
	for (size_t i = 0; i < p->projects.len; i++)
		count += !strcmp(p->projects.at[i].title, title);
	return count;
}

static const char *find_title(const struct provider *p, const char *id)
{
	for (size_t i = 0; i < p->projects.len; i++) {
		if (!strcmp(p->projects.at[i].id, id))
			return p->projects.at[i].title;
	}
	return NULL;
}

/* ---- credentials ---- */

static bool has_credential(const struct provider *p, const char *id)
{
	for (size_t i = p->credentials.len; i-- > 0;) {
		if (p->credentials.at[i].id == id)
			return true;
	}
	return false;
}

static const char *keep_name(struct provider *p, const char *name)
{
	const char *kept = keep_text(p, name);
	if (!kept && name && *name)
		leave_out(p, "credential", name);
	return kept;
}

/* Reads the integrations of type "entp"; the others sign people in and have no technical account.
 */
static void read_integrations(struct provider *p, const struct reply *body)
{
	const struct reply *all = reply_get(body, "content");
	for (const struct reply *i = reply_first(all); i; i = reply_after(i)) {
		const char *type = reply_text(i, "type"), *key = reply_text(i, "apikey");
		struct credential c = {.id = session_keep(p, reply_id(i, "id", &p->arena)),
				       .name = NULL};
		if (type && !strcmp(type, "entp"))
			c.name = keep_name(p, reply_text(i, "name"));
		c.client_id = session_keep(p, key ? key : reply_text(i, "apiKey"));
		if (c.id && c.name && !has_credential(p, c.id))
			vec_push(&p->arena, &p->credentials, c);
	}
}

static struct error *read_more_pages(struct provider *p, const struct reply *first)
{
	CALLS_DONE struct calls c = CALLS(p);
	int64_t pages = reply_int(first, "pages", 1);
	if (pages > PAGES_MAX)
		return error_new(ERROR_REMOTE, "GET /organizations/{org}/integrations: %lld pages",
				 (long long)pages);
	for (int64_t page = 1; page < pages; page++)
		calls_add(&c, "GET", "/organizations/{org}/integrations?page",
			  "organizations/%s/integrations?page=%lld&size=%d", p->org_number,
			  (long long)page, PAGE);
	TRY(calls_read(&c, 0));
	for (size_t i = 0; i < c.all.len; i++)
		read_integrations(p, c.all.at[i]->json);
	return NULL;
}

static struct error *read_lists(struct provider *p)
{
	CALLS_DONE struct calls c = CALLS(p);
	struct http_request *services = calls_add(&c, "GET", "/organizations/{org}/services",
						  "organizations/%s/services", p->org_number);
	struct http_request *projects = calls_add(&c, "GET", "/organizations/{org}/projects",
						  "organizations/%s/projects", p->org_number);
	struct http_request *integrations =
		calls_add(&c, "GET", "/organizations/{org}/integrations?page",
			  "organizations/%s/integrations?page=0&size=%d", p->org_number, PAGE);
	TRY(calls_read(&c, 0));
	for (size_t i = 0; i < c.all.len; i++) {
		if (!call_found(c.all.at[i]))
			return error_new(ERROR_REMOTE, "%s", c.all.at[i]->message);
	}
	TRY(read_catalogue(p, services->json));
	read_projects(p, projects->json);
	read_integrations(p, integrations->json);
	return read_more_pages(p, integrations->json);
}

/* ---- details ---- */

static struct http_request *ask_integration(struct calls *c, const struct credential *row)
{
	return calls_add(c, "GET", "/organizations/{org}/integrations/{id}",
			 "organizations/%s/integrations/%s", c->session->org_number, row->id);
}

static struct http_request *ask_place(struct calls *c, const struct credential *row)
{
	return calls_add(c, "GET", "/organizations/{org}/projects_workspaces/credentials/{id}",
			 "organizations/%s/projects_workspaces/credentials/%s",
			 c->session->org_number, row->id);
}

static struct http_request *ask_properties(struct calls *c, const struct credential *row,
					   const char *code)
{
	struct str path = STR(&c->arena);
	http_escape(&path, code);
	return calls_add(c, "GET",
			 "/organizations/{org}/integrations/entp/{id}/service/{code}/properties",
			 "organizations/%s/integrations/entp/%s/service/%s/properties",
			 c->session->org_number, row->id, str_text(&path));
}

static void read_detail(struct provider *p, const struct reply *body, struct credential *c)
{
	const char *name = keep_text(p, reply_text(body, "name"));
	const char *id = reply_text(body, "technicalAccountId");
	c->name = name ? name : c->name;
	c->description = keep_text(p, reply_text(body, "description"));
	c->tech_id = keep_text(p, id ? id : reply_text(body, "technicalAcctId"));
	c->email = keep_text(p, reply_text(body, "technicalAccountEmail"));
	c->subscriptions = (struct subscription_vec){0};
	const struct reply *codes = reply_get(body, "sdkList");
	for (const struct reply *i = reply_first(codes); i; i = reply_after(i)) {
		const char *code = reply_own_text(i);
		if (code && !credential_find_api(c, code))
			vec_push(&p->arena, &c->subscriptions,
				 (struct subscription){.code = session_keep(p, code)});
	}
	c->detailed = true;
}

/* Reads a credential's project and workspace, which the specification shows as an array and real
 * answers as an object. */
static void read_place(struct provider *p, const struct reply *body, struct credential *c)
{
	const struct reply *place = reply_is_array(body) ? reply_first(body) : body;
	c->project_id = session_keep(p, reply_id(place, "projectId", &p->arena));
	c->workspace_id = session_keep(p, reply_id(place, "workspaceId", &p->arena));
	c->project = c->project_id ? find_title(p, c->project_id) : NULL;
}

static bool is_of_another(const struct provider *p, const struct api *own, const char *id)
{
	for (size_t i = 0; i < p->apis.len; i++) {
		if (&p->apis.at[i] != own && find_id(&p->apis.at[i].licences, id))
			return true;
	}
	return false;
}

/* Each service may list the licences of all services; those that only others offer are not
 * its own. */
static void read_selected(struct provider *p, const struct reply *body, struct subscription *s)
{
	const struct api *api = find_code(p, s->code);
	const struct reply *all = reply_get(body, "licenseConfigs");
	s->selected = (struct licence_vec){0};
	for (const struct reply *i = reply_first(all); i; i = reply_after(i)) {
		struct licence l;
		if (!reply_bool(i, "selected", false) || !read_licence(p, i, &l))
			continue;
		const struct licence *own = api ? find_id(&api->licences, l.id) : NULL;
		if (own || !is_of_another(p, api, l.id))
			vec_push(&p->arena, &s->selected, own ? *own : l);
	}
}

static bool offers_any(struct provider *p, const char *code)
{
	const struct api *api = find_code(p, code);
	return !api || api->licences.len > 0;
}

static struct error *read_licences_held(struct provider *p, struct credential *const *rows,
					size_t count)
{
	CALLS_DONE struct calls c = CALLS(p);
	VEC(, struct subscription *) asked = {0};
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; rows[i] && k < rows[i]->subscriptions.len; k++) {
			struct subscription *s = &rows[i]->subscriptions.at[k];
			if (!offers_any(p, s->code))
				continue;
			ask_properties(&c, rows[i], s->code);
			vec_push(&c.arena, &asked, s);
		}
	}
	TRY(calls_read(&c, 0));
	for (size_t i = 0; i < asked.len; i++)
		read_selected(p, c.all.at[i]->json, asked.at[i]);
	return NULL;
}

/* Reads the details of credentials; those that are gone meanwhile become NULL in `rows`. */
static struct error *read_details(struct provider *p, struct credential **rows, size_t count)
{
	CALLS_DONE struct calls c = CALLS(p);
	for (size_t i = 0; i < count; i++)
		ask_integration(&c, rows[i]);
	for (size_t i = 0; i < count; i++) {
		if (!rows[i]->project_id)
			ask_place(&c, rows[i]);
	}
	TRY(calls_read(&c, 0));
	for (size_t i = 0, place = count; i < count; i++) {
		const struct http_request *where = rows[i]->project_id ? NULL : c.all.at[place++];
		if (where && call_found(where))
			read_place(p, where->json, rows[i]);
		if (call_found(c.all.at[i]))
			read_detail(p, c.all.at[i]->json, rows[i]);
		else
			rows[i] = NULL;
	}
	return read_licences_held(p, rows, count);
}

struct error *console_refresh(struct provider *p, struct credential *c, bool *gone)
{
	struct credential *row = c;
	TRY(read_details(p, &row, 1));
	*gone = !row;
	return NULL;
}

/* Reads each credential anew; a read that fails leaves the others alone. */
void console_refresh_all(struct provider *p, struct credential **rows, size_t count)
{
	ARENA scratch = {0};
	if (count == 0)
		return;
	struct credential **left = arena_alloc(&scratch, count * sizeof(*left));
	memcpy(left, rows, count * sizeof(*left));
	struct error *error = read_details(p, left, count);
	for (size_t i = 0; i < count && error && count > 1; i++) {
		left[i] = rows[i];
		struct error *own = read_details(p, &left[i], 1);
		left[i] = own ? NULL : left[i];
		error_free(own);
	}
	for (size_t i = 0; i < count; i++)
		rows[i] = error && count == 1 ? NULL : left[i];
	error_free(error);
}

static void drop_gone(struct provider *p, struct credential *const *all, struct credential **left,
		      size_t count)
{
	size_t kept = 0, next = 0;
	for (size_t i = 0; i < p->credentials.len; i++) {
		bool asked = next < count && all[next] == &p->credentials.at[i];
		bool gone = asked && !left[next];
		next += asked;
		if (!gone)
			p->credentials.at[kept++] = p->credentials.at[i];
	}
	p->credentials.len = kept;
}

static void count_accounts(struct provider *p)
{
	if (p->credentials.len > p->most_accounts)
		p->most_accounts = p->credentials.len;
}

/* What one read of the console learns, kept apart until it is complete. */
struct known {
	struct arena arena;
	struct api_vec apis;
	struct console_project_vec projects;
	struct credential_vec credentials;
	struct line_vec left_out;
};

static struct known exchange(struct provider *p, struct known with)
{
	struct known before = {p->arena, p->apis, p->projects, p->credentials, p->left_out};
	p->arena = with.arena;
	p->apis = with.apis;
	p->projects = with.projects;
	p->credentials = with.credentials;
	p->left_out = with.left_out;
	return before;
}

struct error *console_read_rest(struct provider *p, const struct query *query)
{
	ARENA scratch = {0};
	VEC(, struct credential *) asked = {0}, left = {0};
	for (size_t i = 0; i < p->credentials.len; i++) {
		struct credential *c = &p->credentials.at[i];
		if (c->detailed || !match_wants(query, c->name))
			continue;
		vec_push(&scratch, &asked, c);
		vec_push(&scratch, &left, c);
	}
	TRY(read_details(p, left.at, left.len));
	drop_gone(p, asked.at, left.at, left.len);
	match_accounts(p, query);
	return NULL;
}

static struct error *read_anew(struct provider *p, const struct query *query)
{
	TRY(read_lists(p));
	count_accounts(p);
	return console_read_rest(p, query);
}

/* A read that fails half-way has credentials of which nothing says whose they are: what was known
 * before it stays. */
struct error *console_read(struct provider *p, const struct query *query)
{
	TRY(console_organization(p));
	count_accounts(p);
	struct known before = exchange(p, (struct known){0});
	struct error *error = read_anew(p, query);
	if (error)
		before = exchange(p, before);
	arena_done(&before.arena);
	return error;
}

struct subscription *credential_find_api(const struct credential *c, const char *code)
{
	for (size_t i = 0; i < c->subscriptions.len; i++) {
		if (!strcmp(c->subscriptions.at[i].code, code))
			return &c->subscriptions.at[i];
	}
	return NULL;
}

bool credential_holds(const struct credential *c, const char *product, const char *profile)
{
	for (size_t i = 0; i < c->subscriptions.len; i++) {
		const struct licence_vec *all = &c->subscriptions.at[i].selected;
		for (size_t k = 0; k < all->len; k++) {
			if (names_equal(all->at[k].product, product) &&
			    names_equal(all->at[k].profile, profile))
				return true;
		}
	}
	return false;
}

struct error *console_find_detailed(struct provider *p, const struct account *account,
				    struct credential **out)
{
	const struct query query = {COLLECT_ACCOUNTS, &account, 1, false};
	TRY(console_read(p, &query));
	struct credential *c = session_find(p, account->meta.name);
	*out = c && c->detailed ? c : NULL;
	return NULL;
}
