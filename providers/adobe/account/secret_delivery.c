/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/account/secret_delivery.h"

#include <stdlib.h>
#include <string.h>

#include "core/util/failpoint.h"
#include "providers/adobe/account/secret_rotation.h"
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

/* One try to hand over the secret of one credential. */
struct secret_try {
	struct provider *p;
	struct arena *a;
	struct credential *c;
	struct outcome *out;
};

static struct outcome not_shown(void)
{
	return (struct outcome){OUTCOME_NOT_SENT,
				"the account is made, and no read shows its client secret yet",
				false};
}

/* The account is there, and a person can mend the rest. */
static void fail(struct secret_try *d, const char *why)
{
	*d->out = (struct outcome){
		OUTCOME_REFUSED,
		arena_printf(d->a,
			     "the account is made, and its client secret did not reach the sink "
			     "(%s); `writ rotate %s` makes another",
			     why, d->c->account),
		false};
}

static void fail_of(struct secret_try *d, struct error *error)
{
	fail(d, arena_strdup(d->a, error->message));
	error_free(error);
}

static void write_to_sink(struct secret_try *d, const char *client, const char *text)
{
	char *copy = xstrdup(text);
	CLEANUP(secret_free) struct secret *secret = secret_take(copy, strlen(copy));
	free(copy);
	FAILPOINT("deliver-shown");
	struct error *error = sink_write(d->p->config, d->c->account, client, secret);
	FAILPOINT("deliver-handed");
	if (error)
		fail_of(d, error);
	else
		*d->out = (struct outcome){OUTCOME_APPLIED, NULL, false};
}

/* The service shows no secret that it made, so another takes its place. */
static void replace(struct secret_try *d)
{
	struct error *error = secret_rotation_replace(d->p, d->a, d->c);
	if (error)
		fail_of(d, error);
	else
		*d->out = (struct outcome){OUTCOME_APPLIED, NULL, false};
}

static void take_shown(struct secret_try *d, const struct reply *oauth)
{
	const struct reply *list = reply_get(oauth, "client_secrets");
	const char *client = reply_text(oauth, "client_id");
	const char *text = reply_own_text(reply_first(list));
	if (reply_count(list) == 1 && text && client)
		write_to_sink(d, client, text);
	else
		replace(d);
}

static void look_and_take(struct secret_try *d)
{
	CALLS_DONE struct calls calls = CALLS(d->p);
	struct http_request *r = calls_add(
		&calls, "GET", "/organizations/{org}/projects/{id}/workspaces/{id}/download",
		"organizations/%s/projects/%s/workspaces/%s/download", d->p->org_number,
		d->c->project_id, d->c->workspace_id);
	struct error *error = calls_read(&calls, 0);
	const struct reply *oauth = error ? NULL : find(r->json, d->c->id, &calls.arena);
	if (error && error->code == ERROR_DENIED)
		replace(d);
	else if (error)
		*d->out = (struct outcome){OUTCOME_NOT_SENT, arena_strdup(d->a, error->message),
					   false};
	else if (oauth)
		take_shown(d, oauth);
	else
		*d->out = not_shown();
	error_free(error);
}

/* A run that died may have handed it over, or have made another that nobody got; somebody may have
 * rotated since. True: nothing is left to do, or to be known now. */
static bool settle_earlier(struct secret_try *d)
{
	struct secrets_seen seen;
	struct error *error = secret_rotation_look(d->p, d->a, d->c, &seen);
	if (error && error->code == ERROR_DENIED) {
		error_free(error);
		return false;
	}
	if (!error && seen.left) /* the newest arrived, and the run died before it deleted this */
		error = secret_rotation_drop(d->p, d->a, d->c, seen.left);
	if (!error && seen.used) {
		*d->out = (struct outcome){OUTCOME_APPLIED, "a secret of it is in use", false};
		return true;
	}
	if (!error && seen.count == 2)
		error = secret_rotation_drop(d->p, d->a, d->c, seen.newest);
	if (!error)
		return false;
	*d->out = (struct outcome){OUTCOME_NOT_SENT, arena_strdup(d->a, error->message), false};
	error_free(error);
	return true;
}

bool secret_delivery_has_sink(struct provider *p)
{
	return sink_is_configured(p->config);
}

struct error *secret_deliver(struct provider *p, struct arena *a, const char *account, bool again,
			     struct outcome *out)
{
	struct credential *c = session_find(p, account);
	struct secret_try d = {p, a, c, out};
	*out = not_shown();
	if (!c || !c->project_id || !c->workspace_id)
		return NULL;
	struct error *closed = sink_check(p->config, account);
	if (closed)
		fail_of(&d, closed);
	else if (!again || !settle_earlier(&d))
		look_and_take(&d);
	return NULL;
}
