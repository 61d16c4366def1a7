/* SPDX-License-Identifier: Apache-2.0 */
/* The requests that change a credential's services: one service by PATCH, the whole list by PUT. */
#include "providers/adobe/console/subscribe.h"

#include <string.h>

#include "core/util/json.h"
#include "core/util/report.h"
#include "providers/adobe/session/console_calls.h"

#define ROUTE "/organizations/{org}/credentials/oauth-server-to-server/{id}"
#define PATH "organizations/%s/credentials/oauth-server-to-server/%s"

/* ---- answers ---- */

static const char *words_of(const struct reply *item)
{
	const char *own = reply_own_text(item), *message = reply_text(item, "message");
	return own ? own : message ? message : "refused without a word";
}

/* The words of a refusal inside of an answer that is good by its status; NULL: there is none. */
static const char *refusal_in(const struct reply *body, struct arena *a)
{
	static const char *const keys[] = {"errorDetails", "errorList", "error"};
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const struct reply *list = reply_get(body, keys[i]);
		if (reply_own_text(list))
			return arena_strdup(a, reply_own_text(list));
		if (reply_count(list) == 0)
			continue;
		struct str out = STR(a);
		for (const struct reply *k = reply_first(list); k; k = reply_after(k)) {
			str_add(&out, out.len ? "; " : "");
			str_add(&out, words_of(k));
		}
		return str_text(&out);
	}
	return NULL;
}

static void judge(struct http_request *r, struct arena *a, struct outcome *out)
{
	const char *refusal = call_found(r) && r->json ? refusal_in(r->json, a) : NULL;
	*out = refusal ? (struct outcome){OUTCOME_REFUSED, refusal} : call_outcome(r, a);
}

/* ---- looking for what was written ---- */

/* What a credential is to have once the request is carried out; the members are alternatives. */
struct due {
	const struct wish_vec *all; /* exactly these; or NULL */
	bool held;		    /* every one of `all` was there before */
	const struct wish *one;	    /* this one, beside whatever is there; or NULL */
	const char *gone;	    /* the API of this code is not there any more; or NULL */
};

static bool is_met(const struct due *due, const struct credential *c)
{
	if (due->all)
		return wishes_met(due->all, c);
	return due->one ? wish_met(due->one, c) : !credential_find_api(c, due->gone);
}

/* Notes what the service has accepted, from which the next requests start, since reads lag behind.
 */
static void assume(struct provider *p, struct credential *c, const struct due *due)
{
	if (due->all) {
		c->subscriptions = (struct subscription_vec){0};
		for (size_t i = 0; i < due->all->len; i++)
			wish_assume(p, c, &due->all->at[i]);
	} else if (due->one) {
		wish_assume(p, c, due->one);
	} else if (credential_find_api(c, due->gone)) {
		struct subscription *s = credential_find_api(c, due->gone);
		*s = c->subscriptions.at[--c->subscriptions.len];
	}
}

static const char *first_lost(struct arena *a, const struct wish_vec *kept,
			      const struct credential *c)
{
	for (size_t i = 0; i < kept->len; i++) {
		const struct wish *w = &kept->at[i];
		const struct subscription *s = credential_find_api(c, w->api->code);
		if (!s)
			return arena_printf(a, "API %s", quoted(a, w->api->name));
		for (size_t k = 0; k < w->licences.len; k++) {
			if (!licences_have(&s->selected, w->licences.at[k].id))
				return arena_printf(a, "product %s, profile %s",
						    quoted(a, w->licences.at[k].product),
						    quoted(a, w->licences.at[k].profile));
		}
	}
	return NULL;
}

/* A list replaces: what was there and is in the list, and is gone all the same, somebody else
 * took. */
static void judge_kept(struct arena *a, const struct due *due, const struct credential *c,
		       struct outcome *out)
{
	const char *lost =
		due->held && out->class == OUTCOME_APPLIED ? first_lost(a, due->all, c) : NULL;
	if (lost)
		*out = (struct outcome){
			OUTCOME_REFUSED,
			arena_printf(a,
				     "it was taken, and %s, which was to stay, is gone too: look "
				     "who else changes this credential, and plan again",
				     lost)};
}

/* A request, and what it is to bring about. */
struct sending {
	struct credential *credential;
	struct due due;
	struct outcome *out;
	bool met, told; /* met: it has come about; told: a look followed a refusal */
};

static bool is_looked_for(const struct sending *one)
{
	if (one->met || one->out->class == OUTCOME_NOT_SENT)
		return false;
	return one->out->class != OUTCOME_REFUSED || !one->told;
}

/* A failed look changes nothing about what was sent. Of a refused list parts may have been taken.
 */
static void look(struct provider *p, struct sending *all, size_t len)
{
	ARENA scratch = {0};
	VEC(, struct credential *) rows = {0};
	VEC(, struct sending *) asked = {0};
	for (size_t i = 0; i < len; i++) {
		if (!is_looked_for(&all[i]))
			continue;
		vec_push(&scratch, &rows, all[i].credential);
		vec_push(&scratch, &asked, &all[i]);
	}
	console_refresh_all(p, rows.at, rows.len);
	for (size_t i = 0; i < asked.len; i++) {
		bool refused = asked.at[i]->out->class == OUTCOME_REFUSED;
		asked.at[i]->told = refused;
		asked.at[i]->met = !refused && rows.at[i] && is_met(&asked.at[i]->due, rows.at[i]);
	}
}

static bool any_is_looked_for(const struct sending *all, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (is_looked_for(&all[i]))
			return true;
	}
	return false;
}

static void conclude(struct provider *p, struct arena *a, struct sending *one)
{
	if (one->met && one->out->class == OUTCOME_UNKNOWN)
		*one->out = (struct outcome){OUTCOME_APPLIED, NULL};
	if (!one->met)
		judge_kept(a, &one->due, one->credential, one->out);
	if (!one->met && one->out->class == OUTCOME_APPLIED)
		assume(p, one->credential, &one->due);
}

/* Sends the request of each, and looks shortly: the read after all changes proves it, with
 * patience. */
static struct error *send(struct provider *p, struct arena *a, struct calls *calls,
			  struct sending *all, size_t len)
{
	struct error *error = http_run(p->http, &calls->arena, calls->all.at, calls->all.len);
	for (size_t i = 0; i < len; i++)
		judge(calls->all.at[i], a, all[i].out);
	for (struct patience t = session_patience(p, true);
	     !error && any_is_looked_for(all, len) && patience_next(&t);)
		look(p, all, len);
	for (size_t i = 0; i < len; i++)
		conclude(p, a, &all[i]);
	return error;
}

static struct error *send_one(struct provider *p, struct arena *a, struct calls *calls,
			      struct credential *c, const struct due *due, struct outcome *out)
{
	struct sending one = {.credential = c, .due = *due, .out = out};
	return send(p, a, calls, &one, 1);
}

static void add_put(struct calls *calls, const struct credential *c, const struct wish_vec *all)
{
	struct str body = STR(&calls->arena);
	wishes_print(all, &body);
	struct http_request *r = calls_add(calls, "PUT", ROUTE "/services", PATH "/services",
					   calls->session->org_number, c->id);
	r->body = str_text(&body);
}

struct error *subscribe_put(struct provider *p, struct arena *a, struct subscribe_list *lists,
			    size_t len)
{
	CALLS_DONE struct calls calls = CALLS(p);
	struct sending *all = arena_zalloc(&calls.arena, (len + 1) * sizeof(*all));
	for (size_t i = 0; i < len; i++) {
		all[i] = (struct sending){.credential = lists[i].credential,
					  .due = {.all = lists[i].all},
					  .out = lists[i].out};
		add_put(&calls, lists[i].credential, lists[i].all);
	}
	return send(p, a, &calls, all, len);
}

/* ---- one service of a credential that others may change too ---- */

/* One request about one service, which brings about `due`: the API is gone, or there with what is
 * wished for. */
static struct error *patch_service(struct provider *p, struct arena *a, struct credential *c,
				   const struct wish *wish, const struct due *due,
				   struct outcome *out)
{
	CALLS_DONE struct calls calls = CALLS(p);
	struct str body = STR(&calls.arena);
	const char *route = due->gone ? ROUTE "/service/unsubscribe" : ROUTE "/service/subscribe";
	wish_print(wish, &body);
	struct http_request *r =
		calls_add(&calls, "PATCH", route, PATH "/service/%s", p->org_number, c->id,
			  due->gone ? "unsubscribe" : "subscribe");
	r->body = str_text(&body);
	return send_one(p, a, &calls, c, due, out);
}

struct error *subscribe_api(struct provider *p, struct arena *a, struct credential *c,
			    const struct wish *wish, struct outcome *out)
{
	const struct due due = {.one = wish};
	*out = (struct outcome){OUTCOME_APPLIED, NULL};
	return wish_met(wish, c) ? NULL : patch_service(p, a, c, wish, &due, out);
}

struct error *unsubscribe_api(struct provider *p, struct arena *a, struct credential *c,
			      const struct api *api, struct outcome *out)
{
	const struct wish wish = {.api = api};
	const struct due due = {.gone = api->code};
	*out = (struct outcome){OUTCOME_APPLIED, NULL};
	if (!credential_find_api(c, api->code))
		return NULL;
	return patch_service(p, a, c, &wish, &due, out);
}

/* ---- a profile of a service that stays ---- */

struct error *subscribe_take(struct provider *p, struct arena *a, struct credential *c,
			     const struct wish_vec *kept, struct outcome *out)
{
	CALLS_DONE struct calls calls = CALLS(p);
	const struct due due = {.all = kept, .held = true};
	add_put(&calls, c, kept);
	return send_one(p, a, &calls, c, &due, out);
}
