/* SPDX-License-Identifier: Apache-2.0 */
/* Workspaces, and their download. */
#include <string.h>

#include "cmd/adobe-emulator/console/console_parts.h"

static void describe_workspace(struct request *r, const struct project *p,
			       const struct workspace *w, struct tree *item)
{
	tree_text(item, "id", w->id);
	tree_text(item, "name", w->name);
	tree_text(item, "title", w->title);
	tree_text(item, "description", w->description);
	tree_null(item, "quota_usage");
	tree_int(item, "enabled", 1);
	tree_int(item, "runtime_enabled", 0);
	tree_null(item, "runtime_namespace");
	tree_text(item, "date_created", console_time(r->arena, w->created));
	tree_text(item, "date_last_modified", console_time(r->arena, w->modified));
	tree_text(item, "who_created", p->who);
	tree_text(item, "who_last_modified", p->who);
}

/* ---- workspaces ---- */

void workspaces_list(struct server *s, struct request *r, struct response *response)
{
	struct project *p = console_project(s, r, response, 1);
	if (!p)
		return;
	struct tree *body = tree_array();
	for (size_t i = 0; i < p->workspaces.len; i++) {
		if (lives(&p->workspaces.at[i]->life, r->view))
			describe_workspace(r, p, p->workspaces.at[i], tree_push_object(body));
	}
	response_json(r, response, 200, body);
}

/* Counts the project's other workspaces; *out_taken says whether one of them has the name. */
static size_t others(const struct project *p, const struct workspace *self, const char *name,
		     bool *out_taken)
{
	size_t count = 0;
	*out_taken = false;
	for (size_t i = 0; i < p->workspaces.len; i++) {
		const struct workspace *w = p->workspaces.at[i];
		if (w == self || !lives(&w->life, REVISION_LATEST))
			continue;
		count++;
		*out_taken |= !strcmp(w->name, name);
	}
	return count;
}

void workspaces_create(struct server *s, struct request *r, struct response *response)
{
	CLEANUP(reply_free) struct reply *body = request_json(r);
	struct project *p = console_project(s, r, response, 1);
	const char *name = console_text(r, body, "name");
	const char *description = console_text(r, body, "description");
	bool taken;
	if (!p || !console_workspace_name_ok(r, response, name) ||
	    !console_description_ok(r, response, description))
		return;
	if (others(p, NULL, name, &taken) > 0 && !strcmp(p->type, "default")) {
		console_bad_input(r, response,
				  "Only one workspace allowed for project type default");
		return;
	}
	if (taken) {
		console_workspace_taken(r, response);
		return;
	}
	struct workspace *w =
		make_workspace(s->org, p, name, console_text(r, body, "title"), description);
	struct tree *answer = tree_object();
	tree_text(answer, "projectId", p->id);
	tree_text(answer, "workspaceId", w->id);
	response_json(r, response, console_created(s, 201), answer);
}

void workspace_get(struct server *s, struct request *r, struct response *response)
{
	struct workspace *w = console_workspace(s, r, response, 1);
	if (!w)
		return;
	struct tree *body = tree_object();
	describe_workspace(r, find_project(s->org, r->args[1], r->view), w, body);
	response_json(r, response, 200, body);
}

void workspace_edit(struct server *s, struct request *r, struct response *response)
{
	CLEANUP(reply_free) struct reply *body = request_json(r);
	struct workspace *w = console_workspace(s, r, response, 1);
	const char *name = console_text(r, body, "name"), *title = console_text(r, body, "title");
	const char *description = console_text(r, body, "description");
	if (!w || !console_workspace_name_ok(r, response, name) ||
	    !console_description_ok(r, response, description))
		return;
	struct project *p = find_project(s->org, r->args[1], REVISION_LATEST);
	bool taken;
	others(p, w, name, &taken);
	if (taken) {
		console_workspace_taken(r, response);
		return;
	}
	w->name = org_intern(s->org, name);
	if (title)
		w->title = org_intern(s->org, title);
	if (description)
		w->description = org_intern(s->org, description);
	w->modified = r->now;
	org_touched(s->org, "workspace.edit", p->title, w->name);
	struct tree *answer = tree_object();
	describe_workspace(r, p, w, answer);
	response_json(r, response, 200, answer);
}

void workspace_delete(struct server *s, struct request *r, struct response *response)
{
	struct workspace *w = console_workspace(s, r, response, 1);
	if (!w)
		return;
	drop_workspace(s->org, find_project(s->org, r->args[1], REVISION_LATEST), w);
	response_json(r, response, 200, tree_object());
}

/* ---- the download ---- */

static void describe_download(struct server *s, struct request *r, const struct org_credential *c,
			      struct tree *item)
{
	struct words_vec scopes = {0};
	tree_text(item, "id", c->id);
	tree_text(item, "name", c->name);
	tree_text(item, "apiKey", c->client_id);
	tree_text(item, "integration_type", c->type);
	struct tree *detail = tree_add_object(item, "oauth_server_to_server");
	tree_text(detail, "client_id", c->client_id);
	struct tree *secrets = tree_add_array(detail, "client_secrets");
	bool hidden = switch_is(&s->switches, SWITCH_SECRET_DOWNLOAD, "hidden");
	for (size_t i = 0; i < c->secrets.len && !hidden; i++) {
		if (lives(&c->secrets.at[i]->life, r->view))
			tree_push_text(secrets, c->secrets.at[i]->value);
	}
	tree_text(detail, "technical_account_email", c->tech_email);
	tree_text(detail, "technical_account_id", c->tech_id);
	credential_scopes(c, r->arena, r->view, &scopes);
	tree_texts(detail, "scopes", &scopes);
}

static void describe_details(struct server *s, struct request *r, const struct workspace *w,
			     struct tree *details)
{
	struct tree *credentials = tree_add_array(details, "credentials");
	struct tree *services = tree_add_array(details, "services");
	struct words_vec seen = {0};
	for (size_t i = 0; i < s->org->credentials.len; i++) {
		const struct org_credential *c = s->org->credentials.at[i];
		if (c->workspace != w || !lives(&c->life, r->view))
			continue;
		describe_download(s, r, c, tree_push_object(credentials));
		for (size_t k = 0; k < c->subscriptions.len; k++) {
			const struct catalogue_service *row = c->subscriptions.at[k]->service;
			if (!lives(&c->subscriptions.at[k]->life, r->view) ||
			    words_have(&seen, row->code))
				continue;
			vec_push(r->arena, &seen, row->code);
			struct tree *item = tree_push_object(services);
			tree_text(item, "code", row->code);
			tree_text(item, "name", row->name);
		}
	}
	tree_add_object(details, "runtime");
	tree_add_object(details, "events");
	tree_add_object(details, "mesh");
}

void workspace_download(struct server *s, struct request *r, struct response *response)
{
	struct workspace *w = console_workspace(s, r, response, 1);
	if (!w)
		return;
	const struct project *p = find_project(s->org, r->args[1], r->view);
	struct tree *body = tree_object(), *project = tree_add_object(body, "project");
	tree_text(project, "id", p->id);
	tree_text(project, "name", p->name);
	tree_text(project, "title", p->title);
	tree_text(project, "description", p->description);
	struct tree *org = tree_add_object(project, "org");
	tree_text(org, "id", s->org->id);
	tree_text(org, "name", s->org->title);
	tree_text(org, "ims_org_id", s->org->ims_org);
	struct tree *workspace = tree_add_object(project, "workspace");
	tree_text(workspace, "id", w->id);
	tree_text(workspace, "name", w->name);
	tree_text(workspace, "title", w->title);
	tree_text(workspace, "description", w->description);
	describe_details(s, r, w, tree_add_object(workspace, "details"));
	response_json(r, response, 200, body);
}
