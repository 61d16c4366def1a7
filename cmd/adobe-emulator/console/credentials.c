/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials and their secrets. A credential brings its technical account with it. */
#include <string.h>
#include <time.h>

#include "cmd/adobe-emulator/console/console_parts.h"

#define NAME_MIN 6 /* facts/developer-console.md, "Names" */
#define NAME_MAX_LENGTH 25

static void describe_entry(const struct org_credential *c, struct tree *item)
{
	tree_text(item, "id_workspace", c->workspace->id);
	tree_text(item, "id_integration", c->id);
	tree_text(item, "flow_type", "entp");
	tree_text(item, "integration_type", c->type);
	tree_text(item, "client_id", c->client_id);
	tree_text(item, "integration_name", c->name);
}

void credentials_list(struct server *s, struct request *r, struct response *response)
{
	struct workspace *w = console_workspace(s, r, response, 1);
	if (!w)
		return;
	struct tree *body = tree_array();
	for (size_t i = 0; i < s->org->credentials.len; i++) {
		const struct org_credential *c = s->org->credentials.at[i];
		if (c->workspace == w && lives(&c->life, r->view))
			describe_entry(c, tree_push_object(body));
	}
	response_json(r, response, 200, body);
}

/* ---- making ---- */

static bool name_taken(struct server *s, const char *name, const struct org_credential *self)
{
	for (size_t i = 0; i < s->org->credentials.len; i++) {
		const struct org_credential *c = s->org->credentials.at[i];
		if (c != self && lives(&c->life, REVISION_LATEST) && !strcmp(c->name, name))
			return true;
	}
	return false;
}

static bool quota_left(struct server *s)
{
	int64_t count = 0;
	for (size_t i = 0; i < s->org->credentials.len; i++)
		count += lives(&s->org->credentials.at[i]->life, REVISION_LATEST);
	return count < switch_number(&s->switches, SWITCH_CREDENTIAL_QUOTA);
}

static bool refuse(struct request *r, struct response *response, int status, const char *template,
		   const char *message)
{
	console_error(r, response, status, template, message);
	return false;
}

static bool check(struct server *s, struct request *r, struct response *response, const char *name,
		  const char *description, const struct org_credential *self)
{
	size_t len = name ? strlen(name) : 0;
	if (len < NAME_MIN || len > NAME_MAX_LENGTH || !org_name_ok(name))
		return refuse(r, response, 400, "ERR_MSG_INVALID_INPUT",
			      "Credential name must have 6 to 25 characters");
	if (!description || strlen(description) > 1000 || !org_text_ok(description))
		return refuse(r, response, 400, "ERR_MSG_INVALID_INPUT", "Description is required");
	if (name_taken(s, name, self))
		return refuse(r, response, 409, "ERR_MSG_DUPLICATE_NAME",
			      "A credential of this name exists");
	return true;
}

/* Checks all that may refuse the request before anything is made. */
static bool check_create(struct server *s, struct request *r, struct response *response,
			 const struct reply *body)
{
	if (!check(s, r, response, console_text(r, body, "name"),
		   console_text(r, body, "description"), NULL))
		return false;
	if (!quota_left(s))
		return refuse(r, response, 403, "ERR_MSG_QUOTA_EXCEEDED",
			      "The quota of credentials is exhausted");
	return subscriptions_check(s, r, response, reply_get(body, "services"));
}

static struct tree *create(struct server *s, struct request *r, const struct reply *body,
			   struct project *p, struct workspace *w, struct tree **result)
{
	struct org_credential *c = make_credential(s->org, p, w, console_text(r, body, "name"),
						   console_text(r, body, "description"));
	*result = subscriptions_create(s, r, c, reply_get(body, "services"));
	struct tree *answer = tree_object();
	tree_text(answer, "id", c->id);
	tree_text(answer, "apiKey", c->client_id);
	tree_text(answer, "orgId", s->org->id);
	tree_text(answer, "technicalAccountId", c->tech_id);
	return answer;
}

void credentials_create(struct server *s, struct request *r, struct response *response)
{
	CLEANUP(reply_free) struct reply *body = request_json(r);
	struct workspace *w = console_workspace(s, r, response, 1);
	struct tree *result;
	if (!w || !check_create(s, r, response, body))
		return;
	struct project *p = find_project(s->org, r->args[1], REVISION_LATEST);
	struct tree *answer = create(s, r, body, p, w, &result);
	if (reply_get(body, "services"))
		tree_add(answer, "subscriptionResult", result);
	else
		tree_free(result);
	response_json(r, response, console_created(s, 200), answer);
}

static const char *free_project_name(struct server *s, struct request *r, const char *title)
{
	const char *base = project_name_of(r->arena, title), *name = base;
	for (unsigned n = 2;; n++) {
		bool taken = false;
		for (size_t i = 0; i < s->org->projects.len; i++)
			taken |= lives(&s->org->projects.at[i]->life, REVISION_LATEST) &&
				 !strcmp(s->org->projects.at[i]->name, name);
		if (!taken)
			return name;
		name = arena_printf(r->arena, "%.16s%u", base, n);
	}
}

void credentials_create_direct(struct server *s, struct request *r, struct response *response)
{
	CLEANUP(reply_free) struct reply *body = request_json(r);
	struct tree *result;
	if (!check_create(s, r, response, body))
		return;
	const char *title = console_text(r, body, "name");
	struct project *p = make_project(s->org, free_project_name(s, r, title), title, NULL,
					 "default", r->caller->user_id);
	struct workspace *w = make_workspace(s->org, p, "Production", NULL, NULL);
	struct tree *answer = create(s, r, body, p, w, &result);
	tree_text(answer, "projectId", p->id);
	tree_text(answer, "workspaceId", w->id);
	tree_add(answer, "subscriptionResult", result);
	response_json(r, response, console_created(s, 201), answer);
}

void credentials_edit(struct server *s, struct request *r, struct response *response)
{
	CLEANUP(reply_free) struct reply *body = request_json(r);
	struct org_credential *c = console_credential(s, r, response, 1);
	const char *name = console_text(r, body, "name");
	const char *description = console_text(r, body, "description");
	if (!c || !check(s, r, response, name, description, c))
		return;
	c->name = org_intern(s->org, name);
	c->description = org_intern(s->org, description);
	c->modified = r->now;
	org_touched(s->org, "credential.edit", c->name, c->project->title);
	struct tree *answer = tree_object();
	tree_text(answer, "id", c->id);
	tree_text(answer, "apikey", c->client_id);
	tree_text(answer, "orgId", s->org->id);
	tree_text(answer, "name", c->name);
	tree_text(answer, "description", c->description);
	tree_text(answer, "status", "ENABLED");
	tree_text(answer, "type", "entp");
	tree_int(answer, "createdDate", c->created);
	tree_int(answer, "lastModifiedDate", c->modified);
	response_json(r, response, 200, answer);
}

void credentials_delete(struct server *s, struct request *r, struct response *response)
{
	struct workspace *w = console_workspace(s, r, response, 1);
	if (!w)
		return;
	struct org_credential *c = find_credential(s->org, r->args[3], REVISION_LATEST);
	if (!c || c->workspace != w) {
		console_error(r, response, 404, "ERR_MSG_ENTITY_NOT_FOUND", "Credential not found");
		return;
	}
	drop_credential(s->org, c);
	response_json(r, response, 200, tree_object());
}

/* ---- integrations: the same thing under its older name ---- */

static void describe_codes(struct request *r, const struct org_credential *c, struct tree *item)
{
	struct tree *codes = tree_add_array(item, "sdkList");
	for (size_t i = 0; i < c->subscriptions.len; i++) {
		if (lives(&c->subscriptions.at[i]->life, r->view))
			tree_push_text(codes, c->subscriptions.at[i]->service->code);
	}
}

static bool read_page(struct request *r, const char *name, int64_t otherwise, int64_t most,
		      int64_t *out)
{
	const char *text = request_query(r, name);
	*out = otherwise;
	if (!text)
		return true;
	size_t len = strlen(text);
	*out = strtoll(text, NULL, 10);
	return len > 0 && len < 9 && strspn(text, "0123456789") == len && *out <= most;
}

void integrations_list(struct server *s, struct request *r, struct response *response)
{
	int64_t page, size, total = 0;
	if (!read_page(r, "page", 0, 1000000, &page) || !read_page(r, "size", 20, 50, &size) ||
	    size < 1) {
		console_error(r, response, 400, "ERR_MSG_INVALID_INPUT",
			      "page is 0 or more, size is 1 to 50");
		return;
	}
	struct tree *body = tree_object(), *content = tree_array();
	for (size_t i = 0; i < s->org->credentials.len; i++) {
		const struct org_credential *c = s->org->credentials.at[i];
		if (!lives(&c->life, r->view))
			continue;
		if (total++ / size != page)
			continue;
		struct tree *item = tree_push_object(content);
		tree_text(item, "id", c->id);
		tree_text(item, "orgId", s->org->id);
		tree_text(item, "apikey", c->client_id);
		tree_text(item, "name", c->name);
		tree_text(item, "description", c->description);
		tree_text(item, "type", "entp");
		tree_text(item, "status", "ENABLED");
		tree_bool(item, "production", true);
		describe_codes(r, c, item);
		tree_int(item, "createdDate", c->created);
		tree_int(item, "lastModified", c->modified);
	}
	tree_int(body, "page", page);
	tree_int(body, "pages", (total + size - 1) / size);
	tree_int(body, "size", size);
	tree_int(body, "total", total);
	tree_add(body, "content", content);
	response_json(r, response, 200, body);
}

void integration_get(struct server *s, struct request *r, struct response *response)
{
	const struct org_credential *c = console_credential(s, r, response, 1);
	if (!c)
		return;
	struct tree *body = tree_object();
	tree_text(body, "id", c->id);
	tree_text(body, "orgId", s->org->id);
	tree_text(body, "name", c->name);
	tree_text(body, "description", c->description);
	tree_text(body, "status", "ENABLED");
	tree_text(body, "type", "entp");
	tree_text(body, "apiKey", c->client_id);
	tree_text(body, "apikey", c->client_id);
	tree_bool(body, "production", true);
	tree_bool(body, "readOnly", false);
	tree_bool(body, "namespaceEnabled", false);
	tree_int(body, "createdDate", c->created);
	tree_int(body, "lastModifiedDate", c->modified);
	tree_text(body, "technicalAccountId", c->tech_id);
	tree_text(body, "technicalAcctId", c->tech_id);
	tree_text(body, "technicalAccountEmail", c->tech_email);
	services_describe(s, r, c, body);
	response_json(r, response, 200, body);
}

void integration_delete(struct server *s, struct request *r, struct response *response)
{
	struct org_credential *c = console_credential(s, r, response, 1);
	if (!c)
		return;
	drop_credential(s->org, c);
	response_empty(response, 204);
}

/* ---- bindings and migration ---- */

static void describe_binding(struct server *s, struct request *r, const struct org_credential *c,
			     struct tree *body)
{
	struct words_vec scopes = {0};
	tree_text(body, "organizationId", s->org->ims_org);
	tree_text(body, "clientId", c->client_id);
	credential_scopes(c, r->arena, r->view, &scopes);
	tree_texts(body, "allowedScopes", &scopes);
	tree_text(body, "servicePrincipalId", c->tech_id);
	tree_text(body, "createdByUser", c->project->who);
	tree_int(body, "createdAt", c->created);
}

void binding_make(struct server *s, struct request *r, struct response *response)
{
	struct org_credential *c = console_credential(s, r, response, 1);
	if (!c)
		return;
	if (!c->bound)
		org_touched(s->org, "binding.create", c->name, NULL);
	c->bound = true;
	struct tree *body = tree_object();
	describe_binding(s, r, c, body);
	response_json(r, response, 201, body);
}

void binding_get(struct server *s, struct request *r, struct response *response)
{
	struct org_credential *c = console_credential(s, r, response, 1);
	if (!c)
		return;
	struct tree *body = tree_object();
	describe_binding(s, r, c, body);
	response_json(r, response, 200, body);
}

void binding_delete(struct server *s, struct request *r, struct response *response)
{
	struct org_credential *c = console_credential(s, r, response, 1);
	if (!c)
		return;
	if (c->bound)
		org_touched(s->org, "binding.delete", c->name, NULL);
	c->bound = false;
	response_empty(response, 204);
}

void migration_status(struct server *s, struct request *r, struct response *response)
{
	const struct org_credential *c = console_credential(s, r, response, 1);
	if (!c)
		return;
	struct tree *body = tree_object();
	tree_text(body, "migrationStatus", c->migration);
	response_json(r, response, 200, body);
}

void migration_finalize(struct server *s, struct request *r, struct response *response)
{
	struct org_credential *c = console_credential(s, r, response, 1);
	if (!c)
		return;
	if (strcmp(c->migration, "STARTED") != 0) {
		console_error(r, response, 400, "ERR_MSG_OPERATION_NOT_ALLOWED",
			      "No migration is under way");
		return;
	}
	c->migration = "COMPLETED";
	c->type = "oauth_server_to_server";
	c->public_key = NULL;
	org_touched(s->org, "credential.finalize", c->name, NULL);
	response_json(r, response, 200, tree_object());
}

void master_account(struct server *s, struct request *r, struct response *response)
{
	(void)s;
	console_error(r, response, 403, "ERR_MSG_OPERATION_NOT_ALLOWED",
		      "The user is not allowed to make a master service principal");
}

/* ---- secrets ---- */

static bool is_migrating(struct request *r, struct response *response,
			 const struct org_credential *c)
{
	if (strcmp(c->migration, "STARTED") != 0)
		return false;
	console_error(r, response, 400, "ERR_MSG_OPERATION_NOT_ALLOWED",
		      "Secrets cannot change during a migration");
	return true;
}

/* "Tue, Apr 25 2023 18:48:05.000 UTC" */
static const char *long_time(struct arena *a, int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm;
	char text[48];
	strftime(text, sizeof(text), "%a, %b %d %Y %H:%M:%S", gmtime_r(&seconds, &tm));
	return arena_printf(a, "%s.%03d UTC", text, (int)(ms % 1000));
}

static void describe_secret(struct request *r, const struct secret_row *row, bool plain,
			    struct tree *item)
{
	if (plain)
		tree_text(item, "client_secret", row->value);
	tree_text(item, "uuid", row->uuid);
	tree_int_text(item, "created_at", row->created);
	tree_text(item, "created_at_str", long_time(r->arena, row->created));
	tree_text(item, "expires_at", "PERMANENT");
	tree_text(item, "expires_at_str", "PERMANENT");
	if (!row->used) {
		tree_null(item, "secret_usages");
		return;
	}
	struct tree *usage = tree_push_object(tree_add_array(item, "secret_usages"));
	tree_int_text(usage, "last_used_at", row->used);
	tree_text(usage, "grant_type", row->grant_type);
}

static void respond_secrets(struct request *r, struct response *response,
			    const struct org_credential *c, bool plain)
{
	struct tree *body = tree_object();
	tree_text(body, "client_id", c->client_id);
	struct tree *all = tree_add_array(body, "client_secrets");
	for (size_t i = 0; i < c->secrets.len; i++) {
		if (lives(&c->secrets.at[i]->life, r->view))
			describe_secret(r, c->secrets.at[i], plain, tree_push_object(all));
	}
	response_json(r, response, 200, body);
}

void secrets_list(struct server *s, struct request *r, struct response *response)
{
	const struct org_credential *c = console_credential(s, r, response, 1);
	if (c)
		respond_secrets(r, response, c, false);
}

void secrets_plain(struct server *s, struct request *r, struct response *response)
{
	const struct org_credential *c = console_credential(s, r, response, 1);
	if (!c)
		return;
	for (size_t i = 0; i < s->org->profiles.len; i++) {
		const struct entitlement e = entitlement_of_profile(s->org->profiles.at[i]);
		if (org_holds(s->org, r->view, PRINCIPAL_ACCOUNT, c->account, &e) &&
		    !console_may_use(s, s->org->profiles.at[i])) {
			console_error(
				r, response, 403, "ERR_MSG_OPERATION_NOT_ALLOWED",
				arena_printf(r->arena,
					     "The user %s doesn\xE2\x80\x99t have the matching "
					     "licenses for this application",
					     r->caller->user_id));
			return;
		}
	}
	respond_secrets(r, response, c, true);
}

void secrets_add(struct server *s, struct request *r, struct response *response)
{
	struct org_credential *c = console_credential(s, r, response, 1);
	size_t live = 0;
	if (!c || is_migrating(r, response, c))
		return;
	for (size_t i = 0; i < c->secrets.len; i++)
		live += lives(&c->secrets.at[i]->life, REVISION_LATEST);
	if (live >= SECRETS_MAX) {
		console_error(r, response, 400, "ERR_MSG_QUOTA_EXCEEDED",
			      "A credential has at most two secrets");
		return;
	}
	struct tree *body = tree_object();
	describe_secret(r, make_secret(s->org, c), true, body);
	bool documented = switch_is(&s->switches, SWITCH_SECRET_STATUS, "documented");
	response_json(r, response, documented ? 201 : 200, body);
}

void secrets_delete(struct server *s, struct request *r, struct response *response)
{
	struct org_credential *c = console_credential(s, r, response, 1);
	if (!c || is_migrating(r, response, c))
		return;
	for (size_t i = 0; i < c->secrets.len; i++) {
		struct secret_row *row = c->secrets.at[i];
		if (!lives(&row->life, REVISION_LATEST) || strcmp(row->uuid, r->args[2]) != 0)
			continue;
		org_gone(s->org, &row->life, "secret.delete", c->name, row->uuid);
		if (switch_is(&s->switches, SWITCH_SECRET_STATUS, "documented"))
			response_empty(response, 204);
		else
			response_json(r, response, 200, tree_object());
		return;
	}
	console_error(r, response, 404, "ERR_MSG_ENTITY_NOT_FOUND", "Secret not found");
}
