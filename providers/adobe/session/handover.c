/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/session/handover.h"

#include <stdlib.h>
#include <string.h>

#include "core/util/log.h"
#include "providers/adobe/session/console_calls.h"
#include "providers/adobe/session/secret_sink.h"

/* The specification puts the workspace below `org`, the service beside it
 * (facts/developer-console.md, "Writing"). */
static const struct reply *details_of(const struct reply *body)
{
	const struct reply *project = reply_get(body, "project");
	const struct reply *workspace = reply_get(project, "workspace");
	if (!workspace)
		workspace = reply_get(reply_get(project, "org"), "workspace");
	return reply_get(workspace, "details");
}

static const struct reply *find(const struct reply *body, const char *id, struct arena *a)
{
	const struct reply *all = reply_get(details_of(body), "credentials");
	for (const struct reply *i = reply_first(all); i; i = reply_after(i)) {
		const char *its = reply_id(i, "id", a);
		if (its && !strcmp(its, id))
			return reply_get(i, "oauth_server_to_server");
	}
	return NULL;
}

static struct error *hand_over(struct provider *p, const struct credential *c,
			       const struct reply *oauth)
{
	const struct reply *list = reply_get(oauth, "client_secrets");
	const char *client = reply_text(oauth, "client_id");
	const char *text = reply_own_text(reply_first(list));
	if (reply_count(list) != 1 || !text || !client)
		return error_new(ERROR_REMOTE, "the workspace's file does not tell its secret");
	char *copy = xstrdup(text);
	CLEANUP(secret_free) struct secret *secret = secret_take(copy, strlen(copy));
	free(copy);
	return sink_write(p->config, c->account, client, secret);
}

static struct error *fetch(struct provider *p, const struct credential *c)
{
	CALLS_DONE struct calls calls = CALLS(p);
	TRY(sink_check(p->config, c->account));
	struct http_request *r = calls_add(
		&calls, "GET", "/organizations/{org}/projects/{id}/workspaces/{id}/download",
		"organizations/%s/projects/%s/workspaces/%s/download", p->org_number, c->project_id,
		c->workspace_id);
	TRY(calls_read(&calls, 0));
	return hand_over(p, c, find(r->json, c->id, &calls.arena));
}

void handover_first(struct provider *p, const struct credential *c)
{
	if (!sink_is_configured(p->config))
		return;
	struct error *error = fetch(p, c);
	if (!error)
		return;
	log_note("the client secret of account %s did not reach the sink (%s); `writ rotate %s` "
		 "makes another",
		 c->account, error->message, c->account);
	error_free(error);
}
