/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/console/console.h"

#include <string.h>

#include "providers/adobe/console/adobe_names.h"
#include "providers/adobe/console/console_reader.h"
#include "providers/adobe/console/credential_match.h"
#include "providers/adobe/session/console_calls.h"

#define PAGE 50 /* integrations: facts/developer-console.md, "Writing" */
/* No organisation has so many; a larger count is a mistake of the answer. */
#define PAGES_MAX 100000

/* ---- the organisation ---- */

static bool is_organization(struct provider *p, const struct reply *item)
{
	const char *code = reply_text(item, "code");
	const char *number = reply_id(item, "id", &p->arena);
	if (!code || !number || !names_equal(code, p->org_id))
		return false;
	p->org_number = session_keep(p, number);
	p->title = session_keep_live(p, reply_text(item, "name"));
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
	const char *kept = session_keep_live(p, name);
	if (!kept && name && *name)
		session_leave_out(p, "credential", name);
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
	TRY(console_read_catalogue(p, services->json));
	console_read_projects(p, projects->json);
	read_integrations(p, integrations->json);
	return read_more_pages(p, integrations->json);
}

/* ---- the whole ---- */

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
	TRY(console_read_details(p, left.at, left.len));
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

struct error *console_find_detailed(struct provider *p, const struct account *account,
				    struct credential **out)
{
	const struct query query = {COLLECT_ACCOUNTS, &account, 1, false};
	TRY(console_read(p, &query));
	struct credential *c = session_find(p, account->meta.name);
	*out = c && c->detailed ? c : NULL;
	return NULL;
}
