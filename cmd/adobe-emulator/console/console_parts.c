/* SPDX-License-Identifier: Apache-2.0 */
/* Answers, rows, rights, and rules of names that the calls of the Developer Console share. */
#include "cmd/adobe-emulator/console/console_parts.h"

#include <string.h>
#include <time.h>

#include "core/util/unicode.h"

void console_error(struct request *r, struct response *response, int status, const char *template,
		   const char *message)
{
	struct tree *body = tree_object();
	struct tree *item = tree_push_object(tree_add_array(body, "messages"));
	if (template)
		tree_text(item, "template", template);
	tree_text(item, "message", message);
	response_json(r, response, status, body);
}

int console_created(const struct server *s, int documented)
{
	if (switch_is(&s->switches, SWITCH_CREATE_STATUS, "documented"))
		return documented;
	return switch_is(&s->switches, SWITCH_CREATE_STATUS, "ok") ? 200 : 201;
}

const char *console_time(struct arena *a, int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm;
	char text[32];
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", gmtime_r(&seconds, &tm));
	return arena_printf(a, "%s.%03dZ", text, (int)(ms % 1000));
}

const char *console_text(struct request *r, const struct reply *body, const char *key)
{
	const char *text = reply_text(body, key);
	if (!text)
		return NULL;
	text += strspn(text, " \t\r\n");
	size_t len = strlen(text);
	while (len && strchr(" \t\r\n", text[len - 1]))
		len--;
	return arena_strndup(r->arena, text, len);
}

bool console_is_user(const struct server *s, const struct request *r)
{
	return !strcmp(r->caller->user_id, s->org->developer.id);
}

bool console_is_admin(const struct server *s, const struct request *r)
{
	if (console_is_user(s, r))
		return switch_is(&s->switches, SWITCH_CONSOLE_ROLE, "admin");
	const struct org_credential *c = find_tech_id(s->org, r->caller->user_id, REVISION_LATEST);
	return c && org_holds_role(s->org, REVISION_LATEST, PRINCIPAL_ACCOUNT, c->account,
				   ROLE_SYSTEM_ADMINISTRATOR);
}

bool console_may_use(const struct server *s, const struct profile *p)
{
	const struct entitlement e = {p->product->name, p->name, NULL, ROLE_DEVELOPER};
	return switch_is(&s->switches, SWITCH_CONSOLE_ROLE, "admin") ||
	       org_holds(s->org, REVISION_LATEST, PRINCIPAL_USER, s->org->developer.email, &e);
}

void console_not_found(struct request *r, struct response *response, const char *what)
{
	console_error(r, response, 404, "ERR_MSG_ENTITY_NOT_FOUND",
		      arena_printf(r->arena, "%s not found", what));
}

static uint64_t view_of(const struct request *r)
{
	return !strcmp(r->method, "GET") ? r->view : REVISION_LATEST;
}

struct project *console_project(struct server *s, struct request *r, struct response *response,
				int arg)
{
	struct project *p = find_project(s->org, r->args[arg], view_of(r));
	if (!p)
		console_not_found(r, response, "Project");
	return p;
}

struct workspace *console_workspace(struct server *s, struct request *r, struct response *response,
				    int project_arg)
{
	struct project *p = console_project(s, r, response, project_arg);
	if (!p)
		return NULL;
	struct workspace *w = find_workspace(p, r->args[project_arg + 1], view_of(r));
	if (!w)
		console_not_found(r, response, "Workspace");
	return w;
}

struct org_credential *console_credential(struct server *s, struct request *r,
					  struct response *response, int arg)
{
	struct org_credential *c = find_credential(s->org, r->args[arg], view_of(r));
	if (!c)
		console_not_found(r, response, "Credential");
	return c;
}

bool console_holds(struct server *s, uint64_t view, const struct org_credential *c,
		   const struct profile *p)
{
	const struct entitlement e = entitlement_of_profile(p);
	return lives(&p->life, view) && org_holds(s->org, view, PRINCIPAL_ACCOUNT, c->account, &e);
}

/* ---- names and texts of projects and workspaces (facts/developer-console.md, "Names") ---- */

bool console_is_alphanumeric(const char *text, const char *also)
{
	for (; *text; text++) {
		char c = ascii_lower(*text);
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !strchr(also, *text))
			return false;
	}
	return true;
}

bool console_bad_input(struct request *r, struct response *response, const char *message)
{
	console_error(r, response, 400, "ERR_MSG_INVALID_INPUT", message);
	return false;
}

bool console_description_ok(struct request *r, struct response *response, const char *text)
{
	if (text && (strlen(text) > 1000 || !org_text_ok(text)))
		return console_bad_input(r, response,
					 "Description must not be longer than 1000 characters");
	return true;
}

bool console_workspace_name_ok(struct request *r, struct response *response, const char *name)
{
	if (!name || !*name || strlen(name) > 20 || !console_is_alphanumeric(name, "-"))
		return console_bad_input(r, response,
					 "Workspace name allows only alpha numeric values");
	return true;
}

bool console_workspace_taken(struct request *r, struct response *response)
{
	console_error(r, response, 409, "ERR_MSG_DUPLICATE_NAME",
		      "A workspace of this name exists");
	return false;
}
