/* SPDX-License-Identifier: Apache-2.0 */
/* The Developer Console's gateway, organisations and terms, and the table of its calls. */
#include "cmd/adobe-emulator/console/console_parts.h"

#include <string.h>
#include <time.h>

#include "cmd/adobe-emulator/ims.h"

#define USER_CLIENT_PREFIX "aio-cli"

/* ---- who may call ---- */

static bool gateway(struct server *s, struct request *r, struct response *response, int status,
		    int64_t code, const char *title, const char *message)
{
	if (switch_is(&s->switches, SWITCH_CONSOLE_ERROR_CODE, "number") &&
	    !switch_is(&s->switches, SWITCH_AUTH_BODY, "empty")) {
		struct tree *body = tree_object();
		tree_text(body, "title", title);
		tree_int(body, "status", status);
		tree_int(body, "error_code", code);
		tree_text(body, "message", message);
		response_json(r, response, status, body);
		return false;
	}
	server_refuse(s, r, response, status, arena_printf(r->arena, "%lld", (long long)code),
		      message);
	return false;
}

static bool refuse(struct request *r, struct response *response, const char *why)
{
	console_error(r, response, 403, "ERR_MSG_OPERATION_NOT_ALLOWED",
		      arena_printf(r->arena, "The user %s %s", r->caller->user_id, why));
	return false;
}

static bool admit_user(struct server *s, struct request *r, struct response *response,
		       unsigned flags)
{
	if (!(flags & CONSOLE_MEMBER) && switch_is(&s->switches, SWITCH_CONSOLE_ROLE, "member"))
		return refuse(r, response, "is neither administrator nor developer");
	return true;
}

static bool has_scope(const struct request *r, const char *scope)
{
	return words_have(&r->caller->scopes, scope);
}

/* Whether a server-to-server token may call: documented are only a credential's own secrets; the
 * rest is as the switches say. */
static bool admit_service(struct server *s, struct request *r, struct response *response,
			  unsigned flags)
{
	if (flags & (CONSOLE_SECRET_READ | CONSOLE_SECRET_WRITE)) {
		const struct org_credential *own =
			find_client(s->org, r->caller->client_id, r->view);
		const char *scope = flags & CONSOLE_SECRET_WRITE ? "manage_client_secrets"
								 : "read_client_secret";
		if (own && !strcmp(own->id, r->args[1]) && has_scope(r, scope))
			return true;
	}
	if (flags & CONSOLE_WRITE) {
		if (switch_is(&s->switches, SWITCH_CONSOLE_S2S_WRITES, "accept") ||
		    (switch_is(&s->switches, SWITCH_CONSOLE_S2S_WRITES, "admin") &&
		     console_is_admin(s, r)))
			return true;
		return refuse(r, response, "is not allowed to change this organization");
	}
	if (switch_is(&s->switches, SWITCH_CONSOLE_S2S_READS, "refuse") ||
	    !has_scope(r, "adobeio_api"))
		return refuse(r, response, "is not allowed to read this organization");
	return true;
}

/* Checks the organisation in the path, which is the numeric id: the IMS id in its place is an
 * "Unknown Error", another organisation an internal error. */
static bool admit_org(struct server *s, struct request *r, struct response *response,
		      unsigned flags)
{
	const char *org = r->args[0];
	if (flags & CONSOLE_IMS_ORG) {
		if (!strcmp(org, s->org->ims_org))
			return true;
	} else if (!strcmp(org, s->org->id)) {
		return true;
	} else if (strchr(org, '@')) {
		console_error(r, response, 400, "ERR_MSG_GENERIC_MESSAGE", "Unknown Error");
		return false;
	}
	console_error(r, response, 500, "ERR_MSG_RETRY_ON_INTERNAL_ERROR", "Please retry");
	return false;
}

static bool admit(struct server *s, struct request *r, struct response *response,
		  const struct route *route)
{
	const char *key = request_header(r, "x-api-key");
	unsigned flags = route->flags;
	if (!request_header(r, "Authorization"))
		return gateway(s, r, response, 401, 401010, "ErrMissingOauthToken",
			       "Oauth token is missing");
	r->caller = server_caller(s, r);
	if (!r->caller)
		return gateway(s, r, response, 401, 401013, "ErrInvalidOauthToken",
			       "Oauth token is not valid");
	if (!key)
		return gateway(s, r, response, 403, 403000, "ErrMissingApiKey",
			       "Api Key is required");
	if (strcmp(key, r->caller->client_id) != 0)
		return gateway(s, r, response, 403, 403003, "ErrInvalidApiKey",
			       "Api Key is invalid");
	if ((flags & (CONSOLE_ORG | CONSOLE_IMS_ORG)) && !admit_org(s, r, response, flags))
		return false;
	if (flags & CONSOLE_OPEN)
		return true;
	return console_is_user(s, r) ? admit_user(s, r, response, flags)
				     : admit_service(s, r, response, flags);
}

/* ---- organisations and terms ---- */

static void add_own_roles(struct server *s, struct request *r, struct tree *item)
{
	struct tree *roles = tree_add_array(item, "roles");
	const struct org_credential *c = find_tech_id(s->org, r->caller->user_id, r->view);
	if (c) {
		ims_add_roles(s, r->view, PRINCIPAL_ACCOUNT, c->account, c->tech_id, roles);
		return;
	}
	ims_add_roles(s, r->view, PRINCIPAL_USER, s->org->developer.email, s->org->developer.id,
		      roles);
}

static void organizations(struct server *s, struct request *r, struct response *response)
{
	struct tree *body = tree_array(), *item = tree_push_object(body);
	tree_text(item, "id", s->org->id);
	tree_text(item, "code", s->org->ims_org);
	tree_text(item, "name", s->org->title);
	tree_null(item, "description");
	tree_text(item, "type", "entp");
	tree_text(item, "role", console_is_admin(s, r) ? "ADMIN" : "DEVELOPER");
	add_own_roles(s, r, item);
	response_json(r, response, 200, body);
}

static void add_recipient(struct tree *array, const char *id, const char *email, const char *first,
			  const char *last, const char *role)
{
	struct tree *item = tree_push_object(array);
	tree_text(item, "user_id", id);
	tree_text(item, "email", email);
	tree_text(item, "firstname", first ? first : "");
	tree_text(item, "lastname", last ? last : "");
	tree_text(item, "role", role);
}

static void recipients(struct server *s, struct request *r, struct response *response)
{
	struct tree *body = tree_array();
	bool admin = switch_is(&s->switches, SWITCH_CONSOLE_ROLE, "admin");
	add_recipient(body, s->org->developer.id, s->org->developer.email, s->org->developer.first,
		      s->org->developer.last, admin ? "ORG_ADMIN" : "LICENSE_DEV_ADMIN");
	for (size_t i = 0; i < s->org->users.len; i++) {
		const struct user *u = s->org->users.at[i];
		if (lives(&u->life, r->view) && strcmp(u->email, s->org->developer.email) != 0 &&
		    org_holds_role(s->org, r->view, PRINCIPAL_USER, u->email,
				   ROLE_SYSTEM_ADMINISTRATOR))
			add_recipient(body, u->id, u->email, u->first, u->last, "ORG_ADMIN");
	}
	response_json(r, response, 200, body);
}

static void terms(struct server *s, struct request *r, struct response *response)
{
	struct tree *body = tree_object();
	tree_bool(body, "accepted", s->org->terms_accepted);
	tree_bool(body, "current", s->org->terms_accepted);
	response_json(r, response, 200, body);
}

static void accept_terms(struct server *s, struct request *r, struct response *response)
{
	if (!s->org->terms_accepted) {
		s->org->terms_accepted = true;
		org_touched(s->org, "terms.accept", s->org->title, NULL);
	}
	struct tree *body = tree_object();
	tree_bool(body, "accepted", true);
	response_json(r, response, 200, body);
}

static void terms_text(struct server *s UNUSED, struct request *r, struct response *response)
{
	struct tree *body = tree_object();
	struct tree *item = tree_push_object(tree_add_array(body, "tc"));
	tree_text(item, "text", "Terms of the emulator: there are none.");
	tree_text(item, "locale", "en");
	response_json(r, response, 200, body);
}

static void features(struct server *s UNUSED, struct request *r, struct response *response)
{
	struct tree *body = tree_array(), *item = tree_push_object(body);
	tree_text(item, "name", "RUNTIME");
	tree_text(item, "description", "Runtime namespaces");
	response_json(r, response, 200, body);
}

/* Answers as production was reported to do. */
static void not_offered(struct server *s UNUSED, struct request *r, struct response *response)
{
	console_error(r, response, 405, NULL, "Method not allowed");
}

/* Closed since June 2024 (facts/developer-console.md, "Writing"). */
static void jwt_closed(struct server *s UNUSED, struct request *r, struct response *response)
{
	console_error(r, response, 400, "ERR_MSG_OPERATION_NOT_ALLOWED",
		      "Service Account (JWT) credentials can no longer be created");
}

static void no_bindings(struct server *s, struct request *r, struct response *response)
{
	if (console_credential(s, r, response, 1))
		response_json(r, response, 200, tree_array());
}

static void no_binding(struct server *s UNUSED, struct request *r, struct response *response)
{
	console_not_found(r, response, "Binding");
}

static void missing(struct server *s UNUSED, struct request *r, struct response *response,
		    bool known)
{
	if (known)
		console_error(r, response, 405, NULL, "Method not allowed");
	else
		console_error(r, response, 404, NULL, "Not found");
}

/* ---- the calls ---- */

#define ORG "/organizations/:"
#define PROJECT ORG "/projects/:"
#define WORKSPACE PROJECT "/workspaces/:"
#define OAUTH ORG "/credentials/oauth-server-to-server"
#define READ CONSOLE_ORG
#define WRITE (CONSOLE_ORG | CONSOLE_WRITE)

static const struct route routes[] = {
	{"GET", "/organizations", organizations, CONSOLE_OPEN},
	{"GET", "/services/ims/organizations/:/terms", terms, READ},
	{"POST", "/services/ims/organizations/:/terms", accept_terms, WRITE},
	{"GET", "/services/ims/terms", terms_text, CONSOLE_OPEN},
	{"GET", "/clients/:/credential", client_credential, 0},

	{"GET", ORG "/recipients", recipients, READ},
	{"GET", ORG "/projects", projects_list, READ},
	{"POST", ORG "/projects", projects_create, WRITE},
	{"POST", ORG "/projects_workspaces", projects_create_whole, WRITE},
	{"GET", ORG "/projects_workspaces/credentials/:", find_by_credential, READ},
	{"GET", ORG "/projects_workspaces/workspaces/:", find_by_workspace, READ},
	{"GET", ORG "/clients/:/project_workspace", find_by_client, READ},

	{"GET", PROJECT, project_get, READ},
	{"PATCH", PROJECT, project_edit, WRITE},
	{"DELETE", PROJECT, project_delete, WRITE},
	{"POST", PROJECT "/can-delete", project_can_delete, READ},
	{"GET", PROJECT "/workspaces", workspaces_list, READ},
	{"POST", PROJECT "/workspaces", workspaces_create, WRITE},

	{"GET", WORKSPACE, workspace_get, READ},
	{"PATCH", WORKSPACE, workspace_edit, WRITE},
	{"DELETE", WORKSPACE, workspace_delete, WRITE},
	{"GET", WORKSPACE "/download", workspace_download, READ},
	{"GET", WORKSPACE "/credentials", credentials_list, READ},
	{"POST", WORKSPACE "/credentials/oauth-server-to-server", credentials_create, WRITE},
	{"POST", WORKSPACE "/credentials/entp", jwt_closed, WRITE},
	{"POST", WORKSPACE "/credentials/entp/:/certificate/generateAndAssign", jwt_closed, WRITE},
	{"PUT", WORKSPACE "/credentials/:/:/services", subscriptions_put_typed, WRITE},
	{"DELETE", WORKSPACE "/credentials/:", credentials_delete, WRITE},

	{"POST", OAUTH, credentials_create_direct, WRITE},
	{"PUT", OAUTH "/:", credentials_edit, WRITE},
	{"PUT", OAUTH "/:/services", subscriptions_put, WRITE},
	{"PATCH", OAUTH "/:/service/subscribe", subscriptions_subscribe, WRITE},
	{"PATCH", OAUTH "/:/service/unsubscribe", subscriptions_unsubscribe, WRITE},
	{"POST", OAUTH "/:/binding", binding_make, WRITE},
	{"GET", OAUTH "/:/binding", binding_get, READ},
	{"DELETE", OAUTH "/:/binding", binding_delete, WRITE},
	{"GET", OAUTH "/:/status", migration_status, READ},
	{"PATCH", OAUTH "/:/finalize", migration_finalize, WRITE},
	{"POST", ORG "/master-service-principals-account", master_account, WRITE},

	{"GET", ORG "/credentials/:/secrets", secrets_list, READ | CONSOLE_SECRET_READ},
	{"POST", ORG "/credentials/:/secrets", secrets_add, WRITE | CONSOLE_SECRET_WRITE},
	{"DELETE", ORG "/credentials/:/secrets/:", secrets_delete, WRITE | CONSOLE_SECRET_WRITE},

	{"GET", ORG "/integrations", integrations_list, READ},
	{"POST", ORG "/integrations/entp", jwt_closed, WRITE},
	{"PUT", ORG "/integrations/entp/:/services", subscriptions_put, WRITE},
	{"POST", ORG "/integrations/entp/:/service/subscribe", subscriptions_subscribe, WRITE},
	{"POST", ORG "/integrations/entp/:/service/unsubscribe", subscriptions_unsubscribe, WRITE},
	{"GET", ORG "/integrations/entp/:/service/:/properties", service_properties, READ},
	{"GET", ORG "/integrations/entp/:/bindings", no_bindings, READ},
	{"POST", ORG "/integrations/entp/:/bindings", jwt_closed, WRITE},
	{"DELETE", ORG "/integrations/entp/:/bindings/:", no_binding, WRITE},
	{"GET", ORG "/integrations/:/secrets", secrets_plain, READ},
	{"GET", ORG "/integrations/:", integration_get, READ},
	{"DELETE", ORG "/integrations/:", integration_delete, WRITE},

	{"GET", ORG "/services", services_list, READ | CONSOLE_MEMBER},
	{"GET", ORG "/services/v2", services_list_v2, CONSOLE_IMS_ORG | CONSOLE_MEMBER},
	{"GET", ORG "/policy/:", not_offered, READ},
	{"GET", ORG "/policy/:/usage", not_offered, READ},
	{"GET", ORG "/policy/:/:/usage", not_offered, READ},
	{0},
};

const struct surface console_surface = {
	.name = "console",
	.prefix = "/console",
	.routes = routes,
	.admit = admit,
	.missing = missing,
};

static const struct route feature_routes[] = {
	{"GET", ORG "/features", features, CONSOLE_ORG | CONSOLE_MEMBER},
	{0},
};

const struct surface features_surface = {
	.name = "console",
	.prefix = "/console/api",
	.routes = feature_routes,
	.admit = admit,
	.missing = missing,
};
