/* SPDX-License-Identifier: Apache-2.0 */
/* Projects of the Developer Console. */
#include <string.h>

#include "cmd/adobe-emulator/console/console_parts.h"
#include "cmd/adobe-emulator/wire/json_fields.h"
#include "core/util/unicode.h"

#define PAGE_SIZE 100 /* rows of a page, once a page is asked for */

static bool name_ok(struct request *r, struct response *response, const char *name)
{
	if (!name || !*name || strlen(name) > 20 || !console_is_alphanumeric(name, ""))
		return console_bad_input(r, response,
					 "Project name allows only alphanumeric values");
	return true;
}

static bool title_ok(struct request *r, struct response *response, const char *title)
{
	if (!title || !*title || strlen(title) > 45 || !console_is_alphanumeric(title, " "))
		return console_bad_input(
			r, response,
			"Project title allows only letters, digits and blanks, 1 to 45");
	return true;
}

/* ---- shapes ---- */

static void describe_project(struct server *s, struct request *r, const struct project *p,
			     struct tree *item)
{
	tree_text(item, "id", p->id);
	tree_text(item, "name", p->name);
	tree_text(item, "title", p->title);
	tree_text(item, "description", p->description);
	tree_text(item, "type", p->type);
	tree_text(item, "org_id", s->org->id);
	tree_int(item, "enabled", 1);
	tree_int(item, "deleted", 0);
	tree_text(item, "date_created", console_time(r->arena, p->created));
	tree_text(item, "date_last_modified", console_time(r->arena, p->modified));
	tree_text(item, "who_created", p->who);
	tree_text(item, "who_last_modified", p->who);
	tree_text(item, "appId", !strcmp(p->type, "jaeger") ? p->id : NULL);
}

/* ---- the list ---- */

struct project_listing {
	struct project_vec rows;
	const char *sort;
	bool descending;
	int64_t page, size; /* page 0: everything */
};

/* Whether the list "a,b,c" has the word. */
static bool list_has(const char *list, const char *word)
{
	size_t len = strlen(word);
	for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
		if (strcspn(at, ",") == len && !strncmp(at, word, len))
			return true;
	}
	return false;
}

static bool positive(const char *text, int64_t *out)
{
	size_t len = strlen(text);
	*out = strtoll(text, NULL, 10);
	return len > 0 && len < 10 && strspn(text, "0123456789") == len && *out > 0;
}

static bool read_listing(struct request *r, struct response *response, struct project_listing *l)
{
	const char *order = request_query(r, "sortOrder"), *page = request_query(r, "page");
	const char *size = request_query(r, "size");
	l->sort = request_query(r, "sortField");
	if (l->sort && !list_has("date_last_modified,date_created,title", l->sort))
		return console_bad_input(
			r, response,
			"sortField must be one of date_last_modified, date_created, title");
	if (order && strcmp(order, "ASC") != 0 && strcmp(order, "DESC") != 0)
		return console_bad_input(r, response, "sortOrder must be one of ASC, DESC");
	l->descending = order && !strcmp(order, "DESC");
	l->size = PAGE_SIZE;
	if (size && !positive(size, &l->size))
		return console_bad_input(r, response, "size must be a positive integer");
	if (page && !positive(page, &l->page))
		return console_bad_input(r, response, "page must be a positive integer");
	return true;
}

static void collect(struct server *s, struct request *r, struct project_listing *l)
{
	const char *title = request_query(r, "title"), *ids = request_query(r, "projectIds");
	const char *type = request_query(r, "projectType");
	for (size_t i = 0; i < s->org->projects.len; i++) {
		struct project *p = s->org->projects.at[i];
		if (lives(&p->life, r->view) && (!title || !strcmp(p->title, title)) &&
		    (!ids || list_has(ids, p->id)) && (!type || !strcmp(p->type, type)))
			vec_push(r->arena, &l->rows, p);
	}
}

static int compare_projects(const void *a, const void *b, void *context)
{
	const struct project *x = *(struct project *const *)a, *y = *(struct project *const *)b;
	const struct project_listing *l = context;
	int order;
	if (!strcmp(l->sort, "title"))
		order = strcmp(x->title, y->title);
	else if (!strcmp(l->sort, "date_created"))
		order = (x->created > y->created) - (x->created < y->created);
	else
		order = (x->modified > y->modified) - (x->modified < y->modified);
	if (order == 0)
		order = strcmp(x->id, y->id);
	return l->descending ? -order : order;
}

static void add_workspace_list(struct request *r, const struct project *p, struct tree *item)
{
	struct tree *array = tree_add_array(tree_add_object(item, "metadata"), "workspaces");
	for (size_t i = 0; i < p->workspaces.len; i++) {
		const struct workspace *w = p->workspaces.at[i];
		if (!lives(&w->life, r->view))
			continue;
		struct tree *row = tree_push_object(array);
		tree_text(row, "id", w->id);
		tree_text(row, "name", w->name);
		tree_null(row, "runtime");
	}
}

void projects_list(struct server *s, struct request *r, struct response *response)
{
	struct project_listing l = {0};
	if (!read_listing(r, response, &l))
		return;
	collect(s, r, &l);
	if (l.sort && l.rows.len > 1)
		qsort_r(l.rows.at, l.rows.len, sizeof(*l.rows.at), compare_projects, &l);
	size_t from = l.page ? (size_t)((l.page - 1) * l.size) : 0;
	size_t to = l.page ? from + (size_t)l.size : l.rows.len;
	struct tree *body = tree_array();
	for (size_t i = from; i < to && i < l.rows.len; i++) {
		struct tree *item = tree_push_object(body);
		describe_project(s, r, l.rows.at[i], item);
		add_workspace_list(r, l.rows.at[i], item);
	}
	response_json(r, response, 200, body);
}

/* ---- making projects ---- */

static bool name_free(struct server *s, struct request *r, struct response *response,
		      const char *name, const struct project *self)
{
	for (size_t i = 0; i < s->org->projects.len; i++) {
		const struct project *p = s->org->projects.at[i];
		if (p == self || !lives(&p->life, REVISION_LATEST) || strcmp(p->name, name) != 0)
			continue;
		console_error(r, response, 409, "ERR_MSG_DUPLICATE_NAME",
			      "A project of this name exists");
		return false;
	}
	return true;
}

/* Makes a project; NULL when the request is refused, and then the reply says why. */
static struct project *create(struct server *s, struct request *r, struct response *response,
			      const struct reply *body)
{
	const char *name = console_text(r, body, "name"), *title = console_text(r, body, "title");
	const char *description = console_text(r, body, "description");
	const char *type = console_text(r, body, "type");
	if (!name_ok(r, response, name) || !title_ok(r, response, title) ||
	    !console_description_ok(r, response, description))
		return NULL;
	if (!type || (strcmp(type, "default") != 0 && strcmp(type, "jaeger") != 0)) {
		console_bad_input(r, response, "Project type must be one of default, jaeger");
		return NULL;
	}
	if (!name_free(s, r, response, name, NULL))
		return NULL;
	return make_project(s->org, name, title, description, type, r->caller->user_id);
}

void projects_create(struct server *s, struct request *r, struct response *response)
{
	CLEANUP(reply_free) struct reply *body = request_json(r);
	struct project *p = create(s, r, response, body);
	if (!p)
		return;
	struct workspace *w = make_workspace(s->org, p, "Production", NULL, NULL);
	struct tree *answer = tree_object();
	tree_text(answer, "projectId", p->id);
	tree_text(answer, "projectType", p->type);
	if (!strcmp(p->type, "jaeger")) {
		tree_text(answer, "appId", p->id);
		tree_null(answer, "runtime");
		struct tree *all = tree_add_array(answer, "workspaces");
		tree_text(tree_push_object(all), "workspaceId", w->id);
	} else {
		tree_text(answer, "workspaceId", w->id);
	}
	response_json(r, response, console_created(s, 201), answer);
}

static bool workspaces_ok(struct request *r, struct response *response, const struct reply *wanted)
{
	struct words_vec names = {0};
	for (const struct reply *item = reply_first(wanted); item; item = reply_after(item)) {
		const char *name = console_text(r, item, "name");
		if (!console_workspace_name_ok(r, response, name) ||
		    !console_description_ok(r, response, console_text(r, item, "description")))
			return false;
		if (words_have(&names, name))
			return console_workspace_taken(r, response);
		vec_push(r->arena, &names, name);
	}
	return true;
}

void projects_create_whole(struct server *s, struct request *r, struct response *response)
{
	CLEANUP(reply_free) struct reply *body = request_json(r);
	const struct reply *wanted = array_at(body, "workspaces");
	const char *type = reply_text(reply_get(body, "project"), "type");
	if (type && !strcmp(type, "default") && reply_count(wanted) > 1) {
		console_bad_input(r, response,
				  "Only one workspace allowed for project type default");
		return;
	}
	if (!workspaces_ok(r, response, wanted))
		return;
	struct project *p = create(s, r, response, reply_get(body, "project"));
	if (!p)
		return;
	struct tree *answer = tree_object();
	tree_text(answer, "projectId", p->id);
	struct tree *all = tree_add_array(answer, "workspaces");
	if (reply_count(wanted) == 0)
		make_workspace(s->org, p, "Production", NULL, NULL);
	for (const struct reply *item = reply_first(wanted); item; item = reply_after(item))
		make_workspace(s->org, p, console_text(r, item, "name"),
			       console_text(r, item, "title"),
			       console_text(r, item, "description"));
	for (size_t i = 0; i < p->workspaces.len; i++) {
		struct tree *row = tree_push_object(all);
		tree_text(row, "workspaceId", p->workspaces.at[i]->id);
		tree_text(row, "name", p->workspaces.at[i]->name);
	}
	response_json(r, response, console_created(s, 201), answer);
}

/* ---- one project ---- */

static void respond_project(struct server *s, struct request *r, struct response *response,
			    const struct project *p)
{
	struct tree *body = tree_object();
	describe_project(s, r, p, body);
	response_json(r, response, 200, body);
}

void project_get(struct server *s, struct request *r, struct response *response)
{
	struct project *p = console_project(s, r, response, 1);
	if (p)
		respond_project(s, r, response, p);
}

void project_edit(struct server *s, struct request *r, struct response *response)
{
	CLEANUP(reply_free) struct reply *body = request_json(r);
	struct project *p = console_project(s, r, response, 1);
	const char *name = console_text(r, body, "name"), *title = console_text(r, body, "title");
	const char *description = console_text(r, body, "description");
	if (!p || (name && !name_ok(r, response, name)) ||
	    (title && !title_ok(r, response, title)) ||
	    !console_description_ok(r, response, description) ||
	    (name && !name_free(s, r, response, name, p)))
		return;
	if (name)
		p->name = org_intern(s->org, name);
	if (title)
		p->title = org_intern(s->org, title);
	if (description)
		p->description = org_intern(s->org, description);
	p->modified = r->now;
	org_touched(s->org, "project.edit", p->title, p->name);
	respond_project(s, r, response, p);
}

/* Whether a credential of the project holds a profile that the caller may not use. */
static bool is_read_only(struct server *s, const struct project *p)
{
	for (size_t i = 0; i < s->org->credentials.len; i++) {
		const struct org_credential *c = s->org->credentials.at[i];
		if (c->project != p || !lives(&c->life, REVISION_LATEST))
			continue;
		for (size_t k = 0; k < s->org->profiles.len; k++) {
			const struct profile *held = s->org->profiles.at[k];
			const struct entitlement e = entitlement_of_profile(held);
			if (org_holds(s->org, REVISION_LATEST, PRINCIPAL_ACCOUNT, c->account, &e) &&
			    !console_may_use(s, held))
				return true;
		}
	}
	return false;
}

void project_delete(struct server *s, struct request *r, struct response *response)
{
	struct project *p = console_project(s, r, response, 1);
	if (!p)
		return;
	if (is_read_only(s, p)) {
		console_error(r, response, 400, NULL, "Read-only project cannot be deleted");
	} else if (p->guarded) {
		console_error(r, response, 409, "ERR_MSG_PROJECT_DELETE_FORBIDDEN",
			      arena_printf(r->arena,
					   "Project delete is not allowed for entity id=%s",
					   p->id));
	} else {
		drop_project(s->org, p);
		response_json(r, response, 200, tree_object());
	}
}

void project_can_delete(struct server *s, struct request *r, struct response *response)
{
	struct project *p = console_project(s, r, response, 1);
	if (!p)
		return;
	struct tree *body = tree_object(), *errors = tree_add_array(body, "errors");
	if (p->guarded) {
		struct tree *item = tree_push_object(errors);
		tree_text(item, "code", "EVENT_PROVIDER_ATTACHED");
		tree_text(item, "message", "An event provider is attached to the project");
		tree_text(item, "workspaceId", p->workspaces.at[0]->id);
		tree_add_array(item, "resourceUrls");
	}
	response_json(r, response, 200, body);
}
