/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/account/secret_delivery.h"

#include <stdlib.h>
#include <string.h>

#include "core/plan/plan.h"
#include "core/util/failpoint.h"
#include "providers/adobe/account/secret_rotation.h"
#include "providers/adobe/console/provision.h"
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

/* Tells that the secret was not handed over: the account is there, and a person can mend the rest.
 */
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
	fail(d, error_text(d->a, error));
	error_free(error);
}

static struct secret *secret_of(const char *text)
{
	char *copy = xstrdup(text);
	struct secret *secret = secret_take(copy, strlen(copy));
	free(copy);
	return secret;
}

static void write_to_sink(struct secret_try *d, const char *client, const struct secret *secret)
{
	FAILPOINT("deliver-shown");
	if (!provider_ask_leave(d->p->leave)) {
		*d->out = (struct outcome){OUTCOME_NOT_SENT,
					   "the account is made, and its secret was not handed "
					   "over, for the run may send nothing more"};
		return;
	}
	struct error *error = sink_write(d->p->config, d->c->account, client, secret);
	FAILPOINT("deliver-handed");
	if (error)
		fail_of(d, error);
	else
		*d->out = (struct outcome){OUTCOME_APPLIED, NULL, false};
}

/* Makes another secret in place of the first, since the service does not show one that it made
 * before. */
static void replace(struct secret_try *d)
{
	struct error *error = secret_rotation_replace(d->p, d->a, d->c);
	if (error)
		fail_of(d, error);
	else
		*d->out = (struct outcome){OUTCOME_APPLIED, NULL, false};
}

/* The secret that an account was made with, if it is shown and is the only one; else NULL. */
static struct secret *shown_secret(const struct reply *oauth, const char **client)
{
	const struct reply *list = reply_get(oauth, "client_secrets");
	const char *text = reply_own_text(reply_first(list));
	*client = reply_text(oauth, "client_id");
	return reply_count(list) == 1 && text && *client ? secret_of(text) : NULL;
}

static void take_shown(struct secret_try *d, const struct reply *oauth)
{
	const char *client;
	CLEANUP(secret_free) struct secret *secret = shown_secret(oauth, &client);
	if (secret)
		write_to_sink(d, client, secret);
	else
		replace(d);
}

static struct http_request *ask_download(struct calls *calls, const struct credential *c)
{
	return calls_add(calls, "GET",
			 "/organizations/{org}/projects/{id}/workspaces/{id}/download",
			 "organizations/%s/projects/%s/workspaces/%s/download",
			 calls->session->org_number, c->project_id, c->workspace_id);
}

static void look_and_take(struct secret_try *d)
{
	CALLS_DONE struct calls calls = CALLS(d->p);
	struct http_request *r = ask_download(&calls, d->c);
	struct error *error = calls_read(&calls, 0);
	const struct reply *oauth = error ? NULL : find(r->json, d->c->id, &calls.arena);
	if (error && error->code == ERROR_DENIED)
		replace(d);
	else if (error)
		*d->out = (struct outcome){OUTCOME_NOT_SENT, error_text(d->a, error), false};
	else if (oauth)
		take_shown(d, oauth);
	else
		*d->out = not_shown();
	error_free(error);
}

/* ---- the next ones side by side ---- */

static bool can_be_asked(const struct credential *c)
{
	return c && c->project_id && c->workspace_id;
}

static struct secret_ahead *find_ahead(struct provider *p, const char *account)
{
	for (size_t i = p->ahead.len; i-- > 0;) {
		if (!strcmp(p->ahead.at[i].account, account))
			return &p->ahead.at[i];
	}
	return NULL;
}

VEC(credential_list, struct credential *);

/* Appends the accounts that the plan makes, from this one on: their turns come next. */
static void next_accounts(struct provider *p, struct arena *a, const char *account,
			  struct credential_list *out)
{
	bool begun = false;
	for (size_t i = 0; p->plan && i < p->plan->changes.len; i++) {
		const struct change *c = &p->plan->changes.at[i];
		if (c->type != CHANGE_ACCOUNT || c->action != ACTION_CREATE)
			continue;
		begun |= !strcmp(c->principal->name, account);
		struct credential *row = session_find(p, c->principal->name);
		if (begun && can_be_asked(row) && !find_ahead(p, row->account))
			vec_push(a, out, row);
		if (out->len == PROVISION_WAVE)
			return;
	}
}

/* Each is read ahead once: what is not shown then is asked for by itself. A read that fails is no
 * matter of the others. */
static void read_ahead(struct provider *p, const char *account)
{
	CALLS_DONE struct calls calls = CALLS(p);
	struct credential_list rows = {0};
	next_accounts(p, &calls.arena, account, &rows);
	for (size_t i = 0; i < rows.len; i++)
		ask_download(&calls, rows.at[i]);
	if (rows.len < 2)
		return;
	error_free(http_run(p->http, &calls.arena, calls.all.at, calls.all.len));
	for (size_t i = 0; i < rows.len; i++) {
		struct secret_ahead one = {.account = session_keep(p, rows.at[i]->account)};
		const struct http_request *r = calls.all.at[i];
		const struct reply *oauth =
			call_found(r) ? find(r->json, rows.at[i]->id, &calls.arena) : NULL;
		if (oauth)
			one.secret = shown_secret(oauth, &one.client);
		one.client = session_keep(p, one.client);
		vec_push(&p->sent_arena, &p->ahead, one);
	}
}

/* Takes what was read ahead of the account; false when nothing was. */
static bool take_ahead(struct secret_try *d)
{
	if (!find_ahead(d->p, d->c->account))
		read_ahead(d->p, d->c->account);
	struct secret_ahead *one = find_ahead(d->p, d->c->account);
	if (!one || !one->secret)
		return false;
	write_to_sink(d, one->client, one->secret);
	secret_free(one->secret);
	one->secret = NULL;
	return true;
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
	if (!error && seen.left) /* the newest secret was handed over, and the run died before it
				    deleted this one */
		error = secret_rotation_drop(d->p, d->a, d->c, seen.left);
	if (!error && seen.used) {
		*d->out = (struct outcome){OUTCOME_APPLIED, "a secret of it is in use", false};
		return true;
	}
	if (!error && seen.count == 2)
		error = secret_rotation_drop(d->p, d->a, d->c, seen.newest);
	if (!error)
		return false;
	*d->out = (struct outcome){OUTCOME_NOT_SENT, error_text(d->a, error), false};
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
	if (!can_be_asked(c))
		return NULL;
	struct error *closed = sink_check(p->config, account);
	if (closed)
		fail_of(&d, closed);
	else if (again ? !settle_earlier(&d) : !take_ahead(&d))
		look_and_take(&d);
	return NULL;
}
