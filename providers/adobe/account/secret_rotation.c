/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/account/secret_rotation.h"

#include <stdlib.h>
#include <string.h>

#include "core/util/clock.h"
#include "core/util/failpoint.h"
#include "core/util/log.h"
#include "providers/adobe/console/console.h"
#include "providers/adobe/session/account_tokens.h"
#include "providers/adobe/session/secret_sink.h"

#define SECRETS_MAX 2 /* of one credential: facts/developer-console.md, "Writing" */
/* A token lives 24 hours, so who has the old secret asks for one that often; an hour more for late
 * stamps. */
#define QUIET_S (25 * 3600)

#define ROUTE_LOOKUP "/clients/{id}/credential"
#define ROUTE_SECRETS "/organizations/{org}/credentials/{id}/secrets"
#define ROUTE_SECRET ROUTE_SECRETS "/{uuid}"

struct client_secret {
	const char *uuid;
	int64_t created, used; /* seconds since 1970; -1: not told; used 0: never */
};

struct rotation {
	struct provider *p;
	struct arena *a;
	const char *account, *client_id;
	struct token *token; /* the token with which secrets are listed, made and deleted */
	const char *org, *id;
	struct client_secret old, new; /* `new` is there only when the credential has two */
	size_t count;
};

/* ---- which credential ---- */

static struct http_request request(struct rotation *r, const char *method, const char *route,
				   const char *path)
{
	return (struct http_request){.service = SERVICE_CONSOLE,
				     .method = method,
				     .route = route,
				     .path = path,
				     .token = r->token};
}

static struct error *read_ids(struct rotation *r, const struct reply *body)
{
	const char *org = reply_text(body, "org_code");
	if (org && strcmp(org, r->p->org_id) != 0)
		return error_new(ERROR_INPUT,
				 "client %s of account \"%s\" belongs to another organisation",
				 r->client_id, r->account);
	r->org = reply_id(body, "org_id", r->a);
	r->id = reply_id(body, "credential_id", r->a);
	if (!r->org || !r->id)
		return error_new(ERROR_REMOTE, "GET " ROUTE_LOOKUP ": the answer lacks ids");
	return NULL;
}

static struct error *look_up(struct rotation *r)
{
	struct str path = STR(r->a);
	str_add(&path, "/console/clients/");
	http_escape(&path, r->client_id);
	str_add(&path, "/credential");
	struct http_request q = request(r, "GET", ROUTE_LOOKUP, str_text(&path));
	struct error *error = http_get(r->p->http, r->a, &q);
	if (!error)
		error = read_ids(r, q.json);
	http_done(&q);
	return error;
}

static struct error *find_in_console(struct rotation *r, const struct account *account)
{
	struct credential *c;
	TRY(console_organization(r->p));
	TRY(console_find_detailed(r->p, account, &c));
	if (!c)
		return error_new(ERROR_INPUT, "the organisation has no account \"%s\"", r->account);
	r->client_id = c->client_id;
	r->org = r->p->org_number;
	r->id = c->id;
	return NULL;
}

/* A person's session may do it for every account; else the account's own credential, with the I/O
 * Management API. */
static struct error *locate(struct rotation *r, const struct account *account)
{
	const struct account_credential *own = account_tokens_credential(r->p, r->account);
	bool person = r->p->config->user.client_id != NULL;
	r->token =
		person ? r->p->console : account_tokens_get(r->p, r->account, IMS_SCOPES_SECRETS);
	if (!r->token)
		return error_new(ERROR_INPUT,
				 "rotating account \"%s\" needs a person's session (`user`) or its "
				 "own secret (`accounts`) in the configuration",
				 r->account);
	if (!own)
		return find_in_console(r, account);
	r->client_id = own->client_id;
	return look_up(r);
}

/* ---- which secrets it has ---- */

/* "1682448485000", or "PERMANENT" and the like, in milliseconds as text or number. */
static int64_t seconds_of(const struct reply *object, const char *key, struct arena *a)
{
	const char *digits = reply_id(object, key, a);
	if (!digits || strlen(digits) > 16)
		return -1;
	return strtoll(digits, NULL, 10) / 1000;
}

static struct client_secret read_secret(const struct reply *item, struct arena *a)
{
	const char *uuid = reply_text(item, "uuid");
	struct client_secret s = {.uuid = uuid ? arena_strdup(a, uuid) : NULL,
				  .created = seconds_of(item, "created_at", a)};
	const struct reply *usages = reply_get(item, "secret_usages");
	for (const struct reply *u = reply_first(usages); u; u = reply_after(u)) {
		int64_t used = seconds_of(u, "last_used_at", a);
		s.used = used > s.used ? used : s.used;
	}
	return s;
}

static const char *secrets_path(struct rotation *r, const char *uuid)
{
	struct str path = STR(r->a);
	str_printf(&path, "/console/organizations/%s/credentials/%s/secrets", r->org, r->id);
	if (uuid) {
		str_addc(&path, '/');
		http_escape(&path, uuid);
	}
	return str_text(&path);
}

/* Reads the list of secrets. It must be beyond doubt which one is older, for that one is deleted.
 */
static struct error *read_secrets(struct rotation *r, const struct reply *body)
{
	struct client_secret all[SECRETS_MAX] = {0};
	const struct reply *list = reply_get(body, "client_secrets");
	const char *client = reply_text(body, "client_id");
	if (!r->client_id && client)
		r->client_id = arena_strdup(r->a, client);
	r->count = reply_count(list);
	if (!reply_is_array(list) || r->count == 0 || r->count > SECRETS_MAX)
		return error_new(ERROR_REMOTE,
				 "GET " ROUTE_SECRETS ": %zu secrets, where one or "
				 "two are due",
				 r->count);
	size_t i = 0;
	for (const struct reply *item = reply_first(list); item; item = reply_after(item))
		all[i++] = read_secret(item, r->a);
	bool told = all[0].uuid != NULL;
	if (r->count == 2)
		told = told && all[1].uuid && all[0].created > 0 && all[1].created > 0 &&
		       strcmp(all[0].uuid, all[1].uuid) != 0;
	if (!told)
		return error_new(ERROR_REMOTE,
				 "GET " ROUTE_SECRETS ": the answer does not tell the "
				 "secrets apart");
	bool swapped = r->count == 2 && all[0].created > all[1].created;
	r->old = all[swapped];
	r->new = r->count == 2 ? all[!swapped] : (struct client_secret){0};
	return NULL;
}

static struct error *list(struct rotation *r)
{
	struct http_request q = request(r, "GET", ROUTE_SECRETS, secrets_path(r, NULL));
	struct error *error = http_get(r->p->http, r->a, &q);
	if (!error)
		error = read_secrets(r, q.json);
	http_done(&q);
	return error;
}

static const char *time_text(struct rotation *r, int64_t seconds)
{
	char text[TIME_TEXT];
	if (seconds <= 0)
		return "an unknown time";
	time_format(seconds, text);
	return arena_strdup(r->a, text);
}

static bool is(const struct client_secret *s, const char *uuid)
{
	return s->uuid && uuid && !strcmp(s->uuid, uuid);
}

/* ---- deleting one ---- */

/* Deletes a secret; one that is not there any more is no error. */
static struct error *delete_secret(struct rotation *r, const char *uuid)
{
	struct http_request q = request(r, "DELETE", ROUTE_SECRET, secrets_path(r, uuid)),
			    *one = &q;
	q.empty_is_fine = true;
	FAILPOINT("rotate-delete");
	TRY(http_run(r->p->http, r->a, &one, 1));
	FAILPOINT("rotate-deleted");
	const char *why = q.message;
	http_done(&q);
	if (q.verdict.class == OUTCOME_APPLIED || http_is_missing(&q))
		return NULL;
	bool denied = q.evidence.status == 401 || q.evidence.status == 403;
	if (q.verdict.class != OUTCOME_UNKNOWN)
		return error_new(denied ? ERROR_DENIED : ERROR_REMOTE, "deleting secret %s: %s",
				 uuid, why);
	TRY(list(r));
	if (!is(&r->old, uuid) && !is(&r->new, uuid))
		return NULL;
	return error_new(ERROR_PARTIAL,
			 "deleting secret %s: %s; it is still there, so run `writ rotate %s` again",
			 uuid, why, r->account);
}

/* ---- making one ---- */

/* Takes the secret's value from the answer, which wipes its own copy. */
static struct secret *take_value(const struct reply *body)
{
	const char *text = reply_text(body, "client_secret");
	if (!text || !*text)
		return NULL;
	char *copy = xstrdup(text);
	struct secret *out = secret_take(copy, strlen(copy));
	free(copy);
	return out;
}

static struct error *add_unknown(struct rotation *r, const char *message)
{
	TRY(list(r));
	if (r->count == 1)
		return error_new(ERROR_PARTIAL,
				 "%s; the service shows no second secret, so run `writ rotate %s` "
				 "again",
				 message, r->account);
	return error_new(ERROR_PARTIAL,
			 "%s; a second secret (%s) was made, but what it is was lost: `writ rotate "
			 "%s --again` replaces it",
			 message, r->new.uuid, r->account);
}

/* *out and *uuid are of the new secret. */
static struct error *add(struct rotation *r, struct secret **out, const char **uuid)
{
	struct http_request q = request(r, "POST", ROUTE_SECRETS, secrets_path(r, NULL)), *one = &q;
	FAILPOINT("rotate-add");
	TRY(http_run(r->p->http, r->a, &one, 1));
	FAILPOINT("rotate-added");
	const char *text = reply_text(q.json, "uuid");
	*uuid = text ? arena_strdup(r->a, text) : NULL;
	*out = take_value(q.json);
	const char *why = q.message;
	http_done(&q);
	bool applied = q.verdict.class == OUTCOME_APPLIED;
	if (applied && *out && *uuid)
		return NULL;
	secret_free(*out);
	*out = NULL;
	if (applied || q.verdict.class == OUTCOME_UNKNOWN)
		return add_unknown(r, applied ? "POST " ROUTE_SECRETS ": the answer is not whole"
					      : why);
	bool denied = q.evidence.status == 401 || q.evidence.status == 403;
	return error_new(denied ? ERROR_DENIED : ERROR_REMOTE, "%s", why);
}

/* Deletes the secret that was just made, since it could not be handed over: nobody has it. */
static struct error *take_back(struct rotation *r, const char *uuid, struct error *cause)
{
	struct error *error = delete_secret(r, uuid);
	if (!error)
		return error_wrap(cause, "the new secret was deleted again, since it could not be "
					 "handed over");
	error_free(error);
	error = error_new(ERROR_PARTIAL,
			  "%s; the second secret (%s) could be neither handed over nor deleted: "
			  "`writ rotate %s --again` replaces it",
			  cause->message, uuid, r->account);
	error_free(cause);
	return error;
}

/* Its first use is the receipt. Should the service be slow to know it, users of the account will do
 * as well. */
static void use_once(struct rotation *r, struct secret *secret)
{
	struct error *error = token_try(r->client_id, secret, r->p->http);
	if (error)
		log_note("the new secret gives no token yet: %s", error->message);
	error_free(error);
}

static struct error *begin(struct rotation *r, const char **message)
{
	CLEANUP(secret_free) struct secret *secret = NULL;
	const char *uuid;
	const char *old = r->old.uuid;
	TRY(sink_check(r->p->config, r->account));
	TRY(add(r, &secret, &uuid));
	struct error *error = sink_write(r->p->config, r->account, r->client_id, secret);
	FAILPOINT("rotate-handed");
	if (error)
		return take_back(r, uuid, error);
	use_once(r, secret);
	FAILPOINT("rotate-used");
	*message =
		arena_printf(r->a,
			     "a second secret (%s) is in the sink; once all that use the account "
			     "have it, run this again to delete the old one (%s)",
			     uuid, old);
	return NULL;
}

/* ---- two secrets ---- */

static bool is_quiet(const struct rotation *r)
{
	int64_t since = r->old.used > 0 ? r->old.used : r->new.created;
	return r->p->now - since > QUIET_S;
}

static struct error *finish(struct rotation *r, bool *done, const char **message)
{
	const char *old = r->old.uuid, *new = r->new.uuid;
	TRY(delete_secret(r, old));
	TRY(list(r));
	*done = r->count == 1 && is(&r->old, new);
	*message = *done ? arena_printf(r->a, "the old secret (%s) is deleted; %s is the only one",
					old, new)
			 : arena_printf(r->a,
					"the old secret (%s) was deleted, but the service still "
					"shows it; run this again",
					old);
	return NULL;
}

static struct error *begin_again(struct rotation *r, const char **message)
{
	if (r->new.used > 0)
		return error_new(
			ERROR_REFUSED,
			"the second secret (%s) was used on %s, so somebody has it; without "
			"--again the rotation goes on",
			r->new.uuid, time_text(r, r->new.used));
	TRY(sink_check(r->p->config, r->account));
	TRY(delete_secret(r, r->new.uuid));
	return begin(r, message);
}

static struct error *go_on(struct rotation *r, bool force, bool *done, const char **message)
{
	if (r->new.used <= 0)
		*message =
			arena_printf(r->a,
				     "waiting: the second secret (%s, made %s) has not been used "
				     "yet; if it never reached the sink, --again replaces it",
				     r->new.uuid, time_text(r, r->new.created));
	else if (force || is_quiet(r))
		return finish(r, done, message);
	else
		*message = arena_printf(
			r->a,
			"waiting: the old secret (%s) was last used %s, and tokens live a day; "
			"run this again when it has been quiet for 25 hours, or with --finish",
			r->old.uuid,
			r->old.used > 0 ? time_text(r, r->old.used) : "at an unknown time");
	return NULL;
}

struct error *adobe_rotate(struct provider *p, struct arena *a, const struct account *account,
			   enum rotate_way way, bool *done, const char **message)
{
	struct rotation r = {.p = p, .a = a, .account = account->meta.name};
	*done = false;
	TRY(locate(&r, account));
	TRY(list(&r));
	if (r.count == 1 && way == ROTATE_FINISH) {
		*done = true;
		*message = arena_printf(a, "there is one secret (%s), so nothing is to be finished",
					r.old.uuid);
		return NULL;
	}
	if (r.count == 1)
		return begin(&r, message);
	if (way == ROTATE_AGAIN)
		return begin_again(&r, message);
	return go_on(&r, way == ROTATE_FINISH, done, message);
}

/* ---- of an account that was made just now ---- */

static struct rotation rotation_of(struct provider *p, struct arena *a, const struct credential *c)
{
	return (struct rotation){.p = p,
				 .a = a,
				 .account = c->account,
				 .client_id = c->client_id,
				 .token = p->console,
				 .org = p->org_number,
				 .id = c->id};
}

struct error *secret_rotation_look(struct provider *p, struct arena *a, const struct credential *c,
				   struct secrets_seen *out)
{
	struct rotation r = rotation_of(p, a, c);
	TRY(list(&r));
	*out = (struct secrets_seen){
		.count = r.count,
		.used = r.old.used > 0 || r.new.used > 0,
		.newest = r.count == 2 ? r.new.uuid : r.old.uuid,
		.left = r.count == 2 && r.new.used > 0 && r.old.used == 0 ? r.old.uuid : NULL};
	return NULL;
}

struct error *secret_rotation_drop(struct provider *p, struct arena *a, const struct credential *c,
				   const char *uuid)
{
	struct rotation r = rotation_of(p, a, c);
	return delete_secret(&r, uuid);
}

struct error *secret_rotation_replace(struct provider *p, struct arena *a,
				      const struct credential *c)
{
	struct rotation r = rotation_of(p, a, c);
	const char *message;
	TRY(list(&r));
	if (!r.client_id)
		return error_new(ERROR_REMOTE, "no answer tells the account's client id");
	if (r.count != 1 || r.old.used > 0)
		return error_new(ERROR_REFUSED, "the service shows %zu secret%s%s", r.count,
				 r.count == 1 ? "" : "s",
				 r.old.used > 0 ? ", one of them used" : "");
	const char *old = r.old.uuid;
	TRY(begin(&r, &message));
	return delete_secret(&r, old);
}
