/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/session/session.h"

#include <assert.h>
#include <string.h>

#include "core/util/nearest.h"
#include "core/util/unicode.h"
#include "providers/adobe/session/account_tokens.h"

/* The scopes that a server-to-server token needs for reads of the Developer Console (facts/ims.md,
 * "Scopes"). */
#define SCOPES_CONSOLE                                                                             \
	"openid,AdobeID,read_organizations,additional_info.roles,"                                 \
	"additional_info.projectedProductContext,adobeio_api,read_client_secret,"                  \
	"manage_client_secrets"
#define PATIENCE_S 300 /* a licence can take minutes: facts/developer-console.md, "Writing" */
#define SCOPE_USERS "user_management_sdk"

struct error *session_lacks_credential(void)
{
	return error_new(ERROR_INPUT,
			 "the configuration names no credential for the organisation: `user` "
			 "or `server` is due (writ-config(5))");
}

/* Settings with nothing but accounts' own secrets are allowed: some commands need no more. */
static struct error *check_settings(const struct settings *settings)
{
	const struct organization_config *config = settings->config;
	if (!config)
		return error_new(ERROR_USAGE,
				 "provider adobe needs an operator's configuration: --config FILE, "
				 "or WRIT_ADOBE_ORG_ID with WRIT_ADOBE_CLIENT_ID and "
				 "WRIT_ADOBE_CLIENT_SECRET or WRIT_ADOBE_USER_TOKEN "
				 "(writ-config(5)); --live PATH needs none");
	if (!config->user.client_id && !config->server.client_id && config->accounts.len == 0)
		return session_lacks_credential();
	if (!settings->org_id && !config->org_id)
		return error_new(ERROR_INPUT, "neither manifests nor configuration say an orgId");
	return NULL;
}

/* Makes the tokens; the scope of users is left out where the operator wants none read. */
static void make_tokens(struct provider *p)
{
	const struct server_credential *server = &p->config->server;
	const struct user_credential *user = &p->config->user;
	if (server->client_id)
		p->server = token_of_server(server->client_id, &server->secret,
					    server->scopes ? server->scopes : IMS_SCOPES_UMAPI);
	if (server->client_id && (!server->scopes || strstr(server->scopes, SCOPE_USERS)))
		p->users = p->server;
	if (user->client_id)
		p->console = token_of_user(user->client_id, &user->token);
	else if (p->server)
		p->console = token_with_scopes(p->server, SCOPES_CONSOLE);
}

void session_close(struct provider *p)
{
	if (!p)
		return;
	account_tokens_done(p);
	token_free(p->console);
	token_free(p->server);
	http_close(p->http);
	for (size_t i = 0; i < p->ahead.len; i++)
		secret_free(p->ahead.at[i].secret);
	arena_done(&p->sent_arena);
	arena_done(&p->arena);
	arena_done(&p->directory_arena);
	free(p->identity);
	free(p);
}

const char *session_identity(const struct settings *settings, struct arena *a)
{
	const struct organization_config *config = settings->config;
	const char *org_id = settings->org_id || !config ? settings->org_id : config->org_id;
	if (!config || !org_id)
		return NULL;
	return arena_printf(a, "%s %s", config->endpoints.console, org_id);
}

static char *make_identity(const struct settings *settings)
{
	ARENA scratch = {0};
	const char *identity = session_identity(settings, &scratch);
	assert(identity); /* check_settings() refused settings without one */
	return xstrdup(identity);
}

struct error *session_open(const struct settings *settings, struct provider **out)
{
	const struct organization_config *config = settings->config;
	TRY(check_settings(settings));
	struct http_options options = {.endpoints = &config->endpoints,
				       .bearers = &ims_bearers,
				       .allow_local = config->allow_local,
				       .ca_file = config->ca_file,
				       .pinned_key = config->pinned_key,
				       .connections = (unsigned)config->connections};
	if (settings->max_wait_s)
		options.max_wait_s = settings->max_wait_s;
	else if (config->max_wait >= 0)
		options.max_wait_s = (unsigned)config->max_wait;
	struct provider *p = xmalloc(sizeof(*p));
	*p = (struct provider){.strings = settings->strings,
			       .config = config,
			       .roles_from = settings->roles_from,
			       .organization = settings->organization,
			       .org_id = settings->org_id ? settings->org_id : config->org_id,
			       .nearest_steps = NEAREST_STEPS,
			       .now = settings->now};
	p->identity = make_identity(settings);
	p->patience_ms = 1000 * (unsigned)(config->patience >= 0 ? config->patience : PATIENCE_S);
	struct error *error = http_open(&options, &p->http);
	if (error) {
		session_close(p);
		return error;
	}
	make_tokens(p);
	*out = p;
	return NULL;
}

struct patience session_patience(const struct provider *p, bool hurried)
{
	return (struct patience){.all_ms = p->patience_ms,
				 .what = "no answer told its outcome, looking for it",
				 .hurried = hurried};
}

const char *session_keep(struct provider *p, const char *text)
{
	return text ? intern(p->strings, text) : NULL;
}

const char *session_keep_live(struct provider *p, const char *text)
{
	bool fits = text && text_is_live(text) && text_is_composed(text, strlen(text));
	return fits ? intern(p->strings, text) : NULL;
}

void session_leave_out(struct provider *p, const char *what, const char *name)
{
	const char *line = arena_printf(&p->arena, "%s %s, which no manifest can name", what,
					quoted(&p->arena, name));
	for (size_t i = 0; i < p->left_out.len; i++) {
		if (!strcmp(p->left_out.at[i], line))
			return;
	}
	vec_push(&p->arena, &p->left_out, line);
}

static int by_account(const void *a, const void *b)
{
	const struct credential *x = a, *y = b;
	return strcmp(x->account, y->account);
}

void session_sort(struct provider *p)
{
	vec_sort(&p->credentials, by_account);
}

void session_forget(struct provider *p, struct credential *c)
{
	size_t i = (size_t)(c - p->credentials.at);
	memmove(c, c + 1, (p->credentials.len - i - 1) * sizeof(*c));
	p->credentials.len--;
}

struct credential *session_find(struct provider *p, const char *account)
{
	struct credential key = {.account = account};
	return vec_find(&p->credentials, &key, by_account);
}
