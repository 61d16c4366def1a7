/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/console/subscribe.h"

#include <string.h>

#include "core/util/clock.h"
#include "core/util/json.h"
#include "providers/adobe/console/adobe_names.h"
#include "providers/adobe/session/console_calls.h"

/* ---- wishes ---- */

static const struct api *find_api(struct provider *p, struct arena *a, const char *code)
{
	for (size_t i = 0; i < p->apis.len; i++) {
		if (!strcmp(p->apis.at[i].code, code))
			return &p->apis.at[i];
	}
	struct api *unknown = arena_zalloc(a, sizeof(*unknown));
	unknown->name = unknown->code = code;
	return unknown;
}

static void add_licence(struct arena *a, struct licence_vec *to, const struct licence *l)
{
	for (size_t i = 0; i < to->len; i++) {
		if (!strcmp(to->at[i].id, l->id))
			return;
	}
	vec_push(a, to, *l);
}

void wishes_of(struct provider *p, struct arena *a, const struct credential *c,
	       struct wish_vec *out)
{
	for (size_t i = 0; i < c->subscriptions.len; i++) {
		const struct subscription *s = &c->subscriptions.at[i];
		struct wish w = {.api = find_api(p, a, s->code)};
		for (size_t k = 0; k < s->selected.len; k++)
			add_licence(a, &w.licences, &s->selected.at[k]);
		vec_push(a, out, w);
	}
}

struct wish *wishes_find(struct wish_vec *all, const char *code)
{
	for (size_t i = 0; i < all->len; i++) {
		if (!strcmp(all->at[i].api->code, code))
			return &all->at[i];
	}
	return NULL;
}

bool wishes_add(struct arena *a, struct wish_vec *all, const char *product, const char *profile)
{
	bool any = false;
	for (size_t i = 0; i < all->len; i++) {
		const struct licence *l = api_find_licence(all->at[i].api, product, profile);
		if (!l)
			continue;
		add_licence(a, &all->at[i].licences, l);
		any = true;
	}
	return any;
}

bool wishes_remove(struct wish_vec *all, const char *product, const char *profile)
{
	bool any = false;
	for (size_t i = 0; i < all->len; i++) {
		struct licence_vec *l = &all->at[i].licences;
		size_t kept = 0;
		for (size_t k = 0; k < l->len; k++) {
			if (names_equal(l->at[k].product, product) &&
			    names_equal(l->at[k].profile, profile))
				continue;
			l->at[kept++] = l->at[k];
		}
		all->at[i].exact |= kept < l->len;
		any |= kept < l->len;
		l->len = kept;
	}
	return any;
}

static int by_storage_and_code(const void *a, const void *b)
{
	const struct wish *x = a, *y = b;
	if (x->api->storage != y->api->storage)
		return x->api->storage ? -1 : 1;
	return strcmp(x->api->code, y->api->code);
}

void wishes_sort(struct wish_vec *all)
{
	vec_sort(all, by_storage_and_code);
}

static void print_licences(const struct wish *w, struct str *out)
{
	json_put_key(out, "licenseConfigs");
	if (w->licences.len == 0) {
		str_add(out, w->exact && w->api->licences.len > 0 ? "[]" : "null");
		return;
	}
	str_addc(out, '[');
	for (size_t i = 0; i < w->licences.len; i++) {
		str_add(out, i ? ", {" : "{");
		json_put_text(out, "op", "add");
		json_put_text(out, "id", w->licences.at[i].id);
		json_put_text(out, "productId", w->licences.at[i].product_id);
		str_addc(out, '}');
	}
	str_addc(out, ']');
}

void wishes_print(const struct wish_vec *all, struct str *out)
{
	str_addc(out, '[');
	for (size_t i = 0; i < all->len; i++) {
		str_add(out, i ? ", {" : "{");
		json_put_text(out, "sdkCode", all->at[i].api->code);
		print_licences(&all->at[i], out);
		json_put_key(out, "roles");
		str_add(out, "null}");
	}
	str_addc(out, ']');
}

static bool has_licence(const struct licence_vec *all, const char *id)
{
	for (size_t i = 0; i < all->len; i++) {
		if (!strcmp(all->at[i].id, id))
			return true;
	}
	return false;
}

static bool is_met(const struct wish *w, const struct subscription *s)
{
	for (size_t i = 0; i < w->licences.len; i++) {
		if (!has_licence(&s->selected, w->licences.at[i].id))
			return false;
	}
	bool open = w->licences.len == 0 && !w->exact;
	return open || s->selected.len == w->licences.len;
}

bool wishes_met(const struct wish_vec *all, const struct credential *c)
{
	for (size_t i = 0; i < all->len; i++) {
		const struct subscription *s = credential_find_api(c, all->at[i].api->code);
		if (!s || !is_met(&all->at[i], s))
			return false;
	}
	return c->subscriptions.len == all->len;
}

/* ---- answers ---- */

static const char *words_of(const struct reply *item)
{
	const char *own = reply_own_text(item), *message = reply_text(item, "message");
	return own ? own : message ? message : "refused without a word";
}

const char *subscription_refusal(const struct reply *body, struct arena *a)
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

/* ---- waiting for reads ---- */

bool patience_next(const struct provider *p, struct patience *t)
{
	static const unsigned pauses[] = {0, 50, 250, 750, 1500, 1500};
	if (t->looks == sizeof(pauses) / sizeof(*pauses) ||
	    t->waited_ms + pauses[t->looks] > p->patience_ms)
		return false;
	clock_sleep_ms(pauses[t->looks]);
	t->waited_ms += pauses[t->looks++];
	return true;
}

static struct error *settle(struct provider *p, struct credential *c, const struct wish_vec *all,
			    bool *met)
{
	for (struct patience t = {0}; patience_next(p, &t);) {
		bool gone = false;
		TRY(console_refresh(p, c, &gone));
		*met = !gone && wishes_met(all, c);
		if (*met)
			return NULL;
	}
	return NULL;
}

static void judge(struct http_request *r, struct arena *a, bool met, struct outcome *out)
{
	const char *refusal = call_found(r) && r->json ? subscription_refusal(r->json, a) : NULL;
	*out = call_outcome(r, a);
	if (refusal)
		*out = (struct outcome){OUTCOME_REFUSED, refusal};
	else if (met && out->class == OUTCOME_UNKNOWN)
		*out = (struct outcome){OUTCOME_APPLIED, NULL};
}

struct error *subscribe_put(struct provider *p, struct arena *a, struct credential *c,
			    const struct wish_vec *all, struct outcome *out)
{
	CALLS_DONE struct calls calls = CALLS(p);
	struct str body = STR(&calls.arena);
	bool met = false;
	wishes_print(all, &body);
	struct http_request *r =
		calls_add(&calls, "PUT",
			  "/organizations/{org}/credentials/oauth-server-to-server/{id}/services",
			  "organizations/%s/credentials/oauth-server-to-server/%s/services",
			  p->org_number, c->id);
	r->body = str_text(&body);
	TRY(http_run(p->http, &calls.arena, calls.all.at, 1));
	judge(r, a, false, out);
	if (out->class == OUTCOME_NOT_SENT)
		return NULL;
	/* A failed look changes nothing about what was sent. Of a refused list parts may have been
	 * taken. */
	bool gone;
	struct error *unseen = out->class == OUTCOME_REFUSED ? console_refresh(p, c, &gone)
							     : settle(p, c, all, &met);
	error_free(unseen);
	judge(r, a, met, out);
	return NULL;
}
