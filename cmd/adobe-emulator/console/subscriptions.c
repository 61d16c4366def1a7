/* SPDX-License-Identifier: Apache-2.0 */
/* What a credential subscribes to. Product profiles come and go with it. */
#include <assert.h>
#include <string.h>

#include "cmd/adobe-emulator/console/console_parts.h"
#include "cmd/adobe-emulator/wire/json_fields.h"

/* How a list of items is taken. */
enum mode {
	MODE_CREATE,  /* the first list of a new credential: the storage licence comes by itself */
	MODE_REPLACE, /* subscriptions that the list lacks are taken away */
	MODE_ADD,
};

struct service_choice {
	struct catalogue_service *service;
	const struct reply *licences; /* an array, or NULL: nothing was said */
	const char *refusal;	      /* NULL: accepted */
};
VEC(service_choice_vec, struct service_choice);

struct subscribing {
	struct server *s;
	struct request *r;
	struct org_credential *c;
	enum mode mode;
	struct service_choice_vec items;
	struct profile_row_vec wanted; /* profiles that the account shall hold */
};

static struct catalogue_service *service_of(struct server *s, const struct reply *item)
{
	const char *code = reply_text(item, "sdkCode");
	struct catalogue_service *row = code ? find_service(s->org, code, "entp") : NULL;
	return row && row->enabled ? row : NULL;
}

bool subscriptions_check(struct server *s, struct request *r, struct response *response,
			 const struct reply *items)
{
	if (!items || reply_kind(items) == REPLY_NULL)
		return true;
	if (!reply_is_array(items)) {
		console_error(r, response, 400, "ERR_MSG_INVALID_INPUT",
			      "A list of services is due");
		return false;
	}
	for (const struct reply *item = reply_first(items); item; item = reply_after(item)) {
		const char *code = reply_text(item, "sdkCode");
		if (service_of(s, item))
			continue;
		console_error(r, response, 400, "ERR_MSG_INVALID_INPUT",
			      arena_printf(r->arena, "Invalid service [%s]", code ? code : "null"));
		return false;
	}
	return true;
}

static struct profile *offered(struct subscribing *x, const struct catalogue_service *row,
			       const struct reply *licence)
{
	int64_t id;
	const char *product = reply_text(licence, "productId");
	struct profile *p = whole_of(reply_get(licence, "id"), &id)
				    ? find_profile_id(x->s->org, id, REVISION_LATEST)
				    : NULL;
	for (size_t i = 0; p && i < row->offers.len; i++) {
		if (row->offers.at[i] == p && (!product || !strcmp(product, p->product->id)))
			return p;
	}
	return NULL;
}

static size_t held_of(struct subscribing *x, const struct catalogue_service *row)
{
	size_t held = 0;
	for (size_t i = 0; i < row->offers.len; i++)
		held += console_holds(x->s, REVISION_LATEST, x->c, row->offers.at[i]);
	return held;
}

/* Why an item with named profiles is refused; NULL: it is not. */
static const char *refuse_named(struct subscribing *x, const struct service_choice *item)
{
	const char *code = item->service->code;
	for (const struct reply *licence = reply_first(item->licences); licence;
	     licence = reply_after(licence)) {
		const char *op = reply_text(licence, "op");
		struct profile *p = offered(x, item->service, licence);
		if (op && strcmp(op, "add") != 0)
			return arena_printf(x->r->arena, "Service %s: operation not supported",
					    code);
		if (!p)
			return arena_printf(x->r->arena, "Service %s does not have this product",
					    code);
		if (!console_may_use(x->s, p))
			return arena_printf(x->r->arena,
					    "User is not a developer of a product of service %s",
					    code);
	}
	return NULL;
}

static const char *refuse(struct subscribing *x, const struct service_choice *item)
{
	const struct catalogue_service *row = item->service;
	assert(row); /* subscriptions_check() saw to it */
	if (row->admin_only && !console_is_admin(x->s, x->r))
		return arena_printf(x->r->arena, "Service %s requires a system administrator",
				    row->code);
	const char *named = refuse_named(x, item);
	if (named || !row->needs_profile || reply_count(item->licences) > 0)
		return named;
	bool keeps = !item->licences && held_of(x, row) > 0;
	if (keeps || (!item->licences && row->offers.len == 1))
		return NULL;
	return arena_printf(x->r->arena, "Service %s requires selection of a product", row->code);
}

/* ---- carrying it out ---- */

static bool is_wanted(const struct subscribing *x, const struct profile *p)
{
	for (size_t i = 0; i < x->wanted.len; i++) {
		if (x->wanted.at[i] == p)
			return true;
	}
	return false;
}

static void want(struct subscribing *x, struct profile *p)
{
	if (!is_wanted(x, p))
		vec_push(x->r->arena, &x->wanted, p);
}

/* Takes null for what it means: keep the profiles that there are, take the only one, or the licence
 * that comes with the storage API. */
static void want_unsaid(struct subscribing *x, const struct catalogue_service *row)
{
	const struct switches *w = &x->s->switches;
	bool keep = switch_is(w, SWITCH_NULL_LICENCES, "keep") || x->mode == MODE_ADD;
	for (size_t i = 0; keep && i < row->offers.len; i++) {
		if (console_holds(x->s, REVISION_LATEST, x->c, row->offers.at[i]))
			want(x, row->offers.at[i]);
	}
	if (row->needs_profile && row->offers.len == 1 &&
	    switch_is(w, SWITCH_ONE_PROFILE, "select"))
		want(x, row->offers.at[0]);
	if (x->mode == MODE_CREATE && row->brings_storage && row->offers.len > 0 &&
	    switch_on(w, SWITCH_AUTO_LICENCE))
		want(x, row->offers.at[0]);
}

static void want_items(struct subscribing *x)
{
	for (size_t i = 0; i < x->items.len; i++) {
		const struct service_choice *item = &x->items.at[i];
		if (item->refusal)
			continue;
		if (reply_count(item->licences) == 0 && (!item->licences || x->mode == MODE_CREATE))
			want_unsaid(x, item->service);
		for (const struct reply *licence = reply_first(item->licences); licence;
		     licence = reply_after(licence))
			want(x, offered(x, item->service, licence));
	}
}

static bool is_listed(const struct subscribing *x, const struct catalogue_service *row)
{
	for (size_t i = 0; i < x->items.len; i++) {
		if (x->items.at[i].service == row)
			return true;
	}
	return false;
}

static void give_wanted(struct subscribing *x)
{
	for (size_t i = 0; i < x->wanted.len; i++) {
		const struct entitlement e = entitlement_of_profile(x->wanted.at[i]);
		org_give(x->s->org, PRINCIPAL_ACCOUNT, x->c->account, &e);
	}
}

static void take_unwanted(struct subscribing *x, const struct catalogue_service *row)
{
	for (size_t i = 0; i < row->offers.len; i++) {
		const struct entitlement e = entitlement_of_profile(row->offers.at[i]);
		if (!is_wanted(x, row->offers.at[i]))
			org_take(x->s->org, PRINCIPAL_ACCOUNT, x->c->account, &e);
	}
}

/* A refused service stays as it was: its profiles are wanted if they are there. */
static void want_refused(struct subscribing *x)
{
	for (size_t i = 0; i < x->items.len; i++) {
		const struct catalogue_service *row = x->items.at[i].service;
		for (size_t k = 0; x->items.at[i].refusal && k < row->offers.len; k++) {
			if (console_holds(x->s, REVISION_LATEST, x->c, row->offers.at[k]))
				want(x, row->offers.at[k]);
		}
	}
}

static void replace_rest(struct subscribing *x)
{
	for (size_t i = 0; i < x->c->subscriptions.len; i++) {
		struct org_subscription *row = x->c->subscriptions.at[i];
		if (!lives(&row->life, REVISION_LATEST))
			continue;
		take_unwanted(x, row->service);
		if (!is_listed(x, row->service))
			unsubscribe(x->s->org, x->c, row);
	}
}

static void mark_fresh(struct subscribing *x, uint64_t before)
{
	for (size_t i = 0; i < x->c->subscriptions.len; i++) {
		struct org_subscription *row = x->c->subscriptions.at[i];
		row->fresh = true;
		row->before = before;
	}
}

static void carry_out(struct subscribing *x)
{
	uint64_t before = x->s->org->revision - (x->s->org->open ? 1 : 0);
	want_items(x);
	want_refused(x);
	for (size_t i = 0; i < x->items.len; i++) {
		if (!x->items.at[i].refusal)
			subscribe(x->s->org, x->c, x->items.at[i].service);
	}
	give_wanted(x);
	if (x->mode == MODE_REPLACE)
		replace_rest(x);
	if (x->s->org->revision > before) {
		x->c->modified = x->r->now;
		mark_fresh(x, before);
	}
}

static struct tree *describe_result(struct subscribing *x)
{
	struct tree *body = tree_object(), *codes = tree_array(), *refused = tree_array();
	struct tree *details = tree_array();
	for (size_t i = 0; i < x->c->subscriptions.len; i++) {
		if (lives(&x->c->subscriptions.at[i]->life, REVISION_LATEST))
			tree_push_text(codes, x->c->subscriptions.at[i]->service->code);
	}
	for (size_t i = 0; i < x->items.len; i++) {
		const struct service_choice *item = &x->items.at[i];
		if (!item->refusal)
			continue;
		tree_push_text(refused, item->service->code);
		struct tree *detail = tree_push_object(details);
		tree_text(detail, "sdkCode", item->service->code);
		tree_text(detail, "domain", "JIL");
		tree_int(detail, "code", 400);
		tree_text(detail, "message", item->refusal);
	}
	tree_add(body, "sdkList", codes);
	if (tree_is_empty(refused)) {
		tree_free(refused);
		tree_free(details);
		return body;
	}
	tree_add(body, "error", refused);
	tree_add(body, "errorDetails", details);
	return body;
}

static void add_item(struct subscribing *x, const struct reply *json)
{
	struct service_choice item = {.service = service_of(x->s, json),
				      .licences = array_at(json, "licenseConfigs")};
	item.refusal = refuse(x, &item);
	vec_push(x->r->arena, &x->items, item);
}

static struct tree *run(struct subscribing *x, const struct reply *items)
{
	if (reply_is_object(items))
		add_item(x, items);
	else
		for (const struct reply *item = reply_first(items); item; item = reply_after(item))
			add_item(x, item);
	carry_out(x);
	return describe_result(x);
}

struct tree *subscriptions_create(struct server *s, struct request *r, struct org_credential *c,
				  const struct reply *items)
{
	struct subscribing x = {.s = s, .r = r, .c = c, .mode = MODE_CREATE};
	return run(&x, items);
}

static void replace(struct server *s, struct request *r, struct response *response, int arg)
{
	CLEANUP(reply_free) struct reply *body = request_json(r);
	struct org_credential *c = console_credential(s, r, response, arg);
	if (!c)
		return;
	if (!reply_is_array(body)) {
		console_error(r, response, 400, "ERR_MSG_INVALID_INPUT",
			      "A list of services is due");
		return;
	}
	if (!subscriptions_check(s, r, response, body))
		return;
	struct subscribing x = {.s = s, .r = r, .c = c, .mode = MODE_REPLACE};
	response_json(r, response, 200, run(&x, body));
}

void subscriptions_put(struct server *s, struct request *r, struct response *response)
{
	replace(s, r, response, 1);
}

/* /credentials/{type}/{id}/services of a workspace */
void subscriptions_put_typed(struct server *s, struct request *r, struct response *response)
{
	static const char *const types[] = {"entp", "adobeid", "analytics",
					    "oauth-server-to-server", "oauth_server_to_server"};
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (!strcmp(r->args[3], types[i])) {
			replace(s, r, response, 4);
			return;
		}
	}
	console_error(r, response, 400, "ERR_MSG_INVALID_INPUT", "Invalid credential type");
}

void subscriptions_subscribe(struct server *s, struct request *r, struct response *response)
{
	CLEANUP(reply_free) struct reply *body = request_json(r);
	struct org_credential *c = console_credential(s, r, response, 1);
	if (!c)
		return;
	const char *code = reply_text(body, "sdkCode");
	if (!service_of(s, body)) {
		console_error(r, response, 400, "ERR_MSG_INVALID_INPUT",
			      arena_printf(r->arena, "Invalid service [%s]", code ? code : "null"));
		return;
	}
	struct subscribing x = {.s = s, .r = r, .c = c, .mode = MODE_ADD};
	response_json(r, response, 200, run(&x, body));
}

/* Keeps the profiles that another service of the credential offers too. */
static void want_others(struct subscribing *x, const struct catalogue_service *gone)
{
	for (size_t i = 0; i < x->c->subscriptions.len; i++) {
		const struct org_subscription *row = x->c->subscriptions.at[i];
		for (size_t k = 0; row->service != gone && lives(&row->life, REVISION_LATEST) &&
				   k < row->service->offers.len;
		     k++)
			want(x, row->service->offers.at[k]);
	}
}

void subscriptions_unsubscribe(struct server *s, struct request *r, struct response *response)
{
	CLEANUP(reply_free) struct reply *body = request_json(r);
	struct org_credential *c = console_credential(s, r, response, 1);
	if (!c)
		return;
	struct catalogue_service *service = service_of(s, body);
	struct org_subscription *row =
		service ? find_subscription(c, service, REVISION_LATEST) : NULL;
	if (!row) {
		const char *code = reply_text(body, "sdkCode");
		console_error(r, response, 400, "ERR_MSG_INVALID_INPUT",
			      arena_printf(r->arena, "Invalid service [%s]", code ? code : "null"));
		return;
	}
	struct subscribing x = {.s = s, .r = r, .c = c, .mode = MODE_ADD};
	want_others(&x, service);
	take_unwanted(&x, service);
	unsubscribe(s->org, c, row);
	response_json(r, response, 200, describe_result(&x));
}
