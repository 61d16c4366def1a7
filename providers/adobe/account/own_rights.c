/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/account/own_rights.h"

#include <string.h>

#include "core/language/schema_decode.h"
#include "core/util/log.h"
#include "core/util/unicode.h"
#include "providers/adobe/capabilities.h"

const char *own_account(const struct provider *p)
{
	const char *client = p->config->server.client_id;
	for (size_t i = 0; client && i < p->credentials.len; i++) {
		const struct credential *c = &p->credentials.at[i];
		if (c->client_id && !strcmp(c->client_id, client))
			return c->account;
	}
	return NULL;
}

static const char *address_in(struct provider *p, const struct http_request *r)
{
	const char *email = reply_text(r->json, "email");
	return email && schema_is_email(email) ? session_keep(p, email) : NULL;
}

/* Asks who the person is, which a guard needs; a session that does not tell it is no reason to stop
 * a read. */
static void ask_person(struct provider *p)
{
	ARENA scratch = {0};
	struct http_request r = {.service = SERVICE_IMS,
				 .method = "GET",
				 .path = "/ims/profile/v1",
				 .route = "/ims/profile/v1",
				 .token = p->console};
	struct error *error = http_get(p->http, &scratch, &r);
	if (!error)
		p->person = address_in(p, &r);
	else
		log_debug("whose session this is: %s", error->message);
	error_free(error);
	http_done(&r);
}

const char *own_person(struct provider *p)
{
	if (!p->config->user.client_id)
		return NULL;
	if (!p->asked_person)
		ask_person(p);
	p->asked_person = true;
	return p->person;
}

/* Roles by which the Developer Console lets a person make and change credentials
 * (facts/developer-console.md, "Who may call"). */
static const bool opens_console[ROLE_COUNT] = {
	[ROLE_SYSTEM_ADMINISTRATOR] = true,
	[ROLE_PRODUCT_ADMINISTRATOR] = true,
	[ROLE_PRODUCT_PROFILE_ADMINISTRATOR] = true,
	[ROLE_DEVELOPER] = true,
};

/* The User Management API asks an account for its API and no role; without a person's token the
 * console is asked with the account's, too. */
static bool is_needed(const struct provider *p, const struct live *live,
		      const struct principal *who, const struct entitlement *e)
{
	bool self = who->kind == PRINCIPAL_ACCOUNT && live->own && !strcmp(who->name, live->own);
	if (e->api)
		return self && can_is_admin_api(p, e->api);
	if (who->kind == PRINCIPAL_USER)
		return live->own_user && !ascii_casecmp(who->name, live->own_user) &&
		       opens_console[e->role];
	return self && !p->config->user.client_id && opens_console[e->role];
}

static bool is_system(const struct universe *u, struct pair pair)
{
	return universe_entitlement_numbered(u, pair.entitlement)->role ==
	       ROLE_SYSTEM_ADMINISTRATOR;
}

/* Whether a principal is a system administrator, to whose rights no other role adds anything. */
static bool is_system_administrator(const struct universe *u, const struct pair_vec *all,
				    uint32_t principal)
{
	for (size_t i = 0; i < all->len; i++) {
		if (all->at[i].principal == principal && is_system(u, all->at[i]))
			return true;
	}
	return false;
}

const struct pair_vec *own_needs(const struct provider *p, struct arena *a,
				 const struct universe *u, const struct live *live)
{
	struct pair_vec all = {0}, *out = arena_zalloc(a, sizeof(*out));
	for (size_t i = 0; i < live->grants.len; i++) {
		const struct pair pair = live->grants.at[i];
		if (is_needed(p, live, universe_principal_numbered(u, pair.principal),
			      universe_entitlement_numbered(u, pair.entitlement)))
			vec_push(a, &all, pair);
	}
	for (size_t i = 0; i < all.len; i++) {
		if (is_system(u, all.at[i]) ||
		    !is_system_administrator(u, &all, all.at[i].principal))
			vec_push(a, out, all.at[i]);
	}
	return out;
}
