/* SPDX-License-Identifier: Apache-2.0 */
/* console_parts.h - what the files of the Developer Console share (facts/developer-console.md). */
#ifndef EMULATOR_CONSOLE_PARTS_H
#define EMULATOR_CONSOLE_PARTS_H

#include "cmd/adobe-emulator/server/server.h"

/* What a route needs of its caller. */
enum console_flags {
	CONSOLE_ORG = 1, /* the first variable is the organisation's number */
	CONSOLE_WRITE = 2,
	CONSOLE_MEMBER = 4,	 /* for a mere member too */
	CONSOLE_SECRET_READ = 8, /* own secrets of a server-to-server token */
	CONSOLE_SECRET_WRITE = 16,
	CONSOLE_IMS_ORG = 32, /* the first variable is the IMS organisation */
	CONSOLE_OPEN = 64,    /* any token */
};

/* {"messages": [{"template", "message"}]}; NULL template: left out. */
void console_error(struct request *r, struct response *response, int status, const char *template,
		   const char *message);
/* A 404 for what the path names, such as "Project". */
void console_not_found(struct request *r, struct response *response, const char *what);

/* The rows that the path names; NULL when there is none, and then the reply is a 404. Variables are
 * numbered from 0. */
struct project *console_project(struct server *s, struct request *r, struct response *response,
				int arg);
struct workspace *console_workspace(struct server *s, struct request *r, struct response *response,
				    int project_arg);
struct org_credential *console_credential(struct server *s, struct request *r,
					  struct response *response, int arg);

/* The status of a create: the documented one, or that of the switch. */
int console_created(const struct server *s, int documented);

/* "2026-01-31T12:00:00.000Z" */
const char *console_time(struct arena *a, int64_t ms);

/* The text of a member without its outer blanks; NULL when it is absent or no text. */
const char *console_text(struct request *r, const struct reply *body, const char *key);

/* Rules for names (facts/developer-console.md, "Names"): ASCII letters, digits and what `also`
 * holds. */
bool console_is_alphanumeric(const char *text, const char *also);
bool console_workspace_name_ok(struct request *r, struct response *response, const char *name);
/* Replies that the project has a workspace of that name; false. */
bool console_workspace_taken(struct request *r, struct response *response);
bool console_description_ok(struct request *r, struct response *response, const char *text);
/* Replies that the input is not valid; false. */
bool console_bad_input(struct request *r, struct response *response, const char *message);

/* Whether the caller may give credentials this profile: an administrator may, and a developer where
 * he is one of the profile. */
bool console_may_use(const struct server *s, const struct profile *p);
/* Whether the credential's account held the profile at the revision `view`. */
bool console_holds(struct server *s, uint64_t view, const struct org_credential *c,
		   const struct profile *p);
bool console_is_admin(const struct server *s, const struct request *r);
/* Whether the caller is the developer of the organisation. */
bool console_is_user(const struct server *s, const struct request *r);

/* subscriptions.c: the services of a create request. The check is false when one of them does not
 * exist: then the reply says so, and nothing was changed. The create subscribes a new credential to
 * them (NULL: none), and what it returns is to be added to the reply. */
bool subscriptions_check(struct server *s, struct request *r, struct response *response,
			 const struct reply *items);
struct tree *subscriptions_create(struct server *s, struct request *r, struct org_credential *c,
				  const struct reply *items);
/* services.c: adds licenseConfigs and the codes of its services to an integration. */
void services_describe(struct server *s, struct request *r, const struct org_credential *c,
		       struct tree *integration);

/* The handlers of the routes in console.c. */
handler projects_list, projects_create, projects_create_whole, project_get, project_edit,
	project_delete, project_can_delete, workspaces_list, workspaces_create, workspace_get,
	workspace_edit, workspace_delete, workspace_download, find_by_credential, find_by_workspace,
	find_by_client, client_credential;
handler credentials_list, credentials_create, credentials_create_direct, credentials_edit,
	credentials_delete, integrations_list, integration_get, integration_delete, binding_make,
	binding_get, binding_delete, migration_status, migration_finalize, master_account,
	secrets_list, secrets_add, secrets_delete, secrets_plain;
handler services_list, services_list_v2, subscriptions_put, subscriptions_subscribe,
	subscriptions_unsubscribe, service_properties, subscriptions_put_typed;

#endif
