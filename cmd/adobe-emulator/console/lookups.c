/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that find a project and a workspace by the number of something in them. */
#include "cmd/adobe-emulator/console/console_parts.h"

static void respond_place(struct request *r, struct response *response, const struct project *p,
			  const struct workspace *w, const char *key, const char *id)
{
	struct tree *body = tree_object();
	tree_text(body, "projectId", p->id);
	tree_text(body, "workspaceId", w->id);
	if (key)
		tree_text(body, key, id);
	response_json(r, response, 200, body);
}

void find_by_credential(struct server *s, struct request *r, struct response *response)
{
	const struct org_credential *c = console_credential(s, r, response, 1);
	if (c)
		respond_place(r, response, c->project, c->workspace, "credentialId", c->id);
}

void find_by_workspace(struct server *s, struct request *r, struct response *response)
{
	for (size_t i = 0; i < s->org->projects.len; i++) {
		const struct project *p = s->org->projects.at[i];
		const struct workspace *w = find_workspace(p, r->args[1], r->view);
		if (w && lives(&p->life, r->view)) {
			respond_place(r, response, p, w, NULL, NULL);
			return;
		}
	}
	console_error(r, response, 404, "ERR_MSG_ENTITY_NOT_FOUND", "Workspace not found");
}

void find_by_client(struct server *s, struct request *r, struct response *response)
{
	const struct org_credential *c = find_client(s->org, r->args[1], r->view);
	if (c)
		respond_place(r, response, c->project, c->workspace, "integrationId", c->id);
	else
		console_error(r, response, 404, "ERR_MSG_ENTITY_NOT_FOUND", "Client not found");
}

void client_credential(struct server *s, struct request *r, struct response *response)
{
	const struct org_credential *c = find_client(s->org, r->args[0], r->view);
	if (!c) {
		console_error(r, response, 404, "ERR_MSG_ENTITY_NOT_FOUND", "Client not found");
		return;
	}
	struct tree *body = tree_object();
	tree_text(body, "org_id", s->org->id);
	tree_text(body, "org_code", s->org->ims_org);
	tree_text(body, "project_id", c->project->id);
	tree_text(body, "workspace_id", c->workspace->id);
	tree_text(body, "credential_id", c->id);
	tree_text(body, "client_id", c->client_id);
	tree_text(body, "flow_type", "entp");
	tree_text(body, "credential_type", c->type);
	tree_add_object(body, "metadata");
	struct tree *services = tree_add_array(body, "services");
	for (size_t i = 0; i < c->subscriptions.len; i++) {
		if (lives(&c->subscriptions.at[i]->life, r->view))
			tree_push_text(services, c->subscriptions.at[i]->service->code);
	}
	response_json(r, response, 200, body);
}
