/* SPDX-License-Identifier: Apache-2.0 */
/* Identity Management Services: tokens, and what can be asked about them (facts/ims.md). */
#include "cmd/adobe-emulator/ims.h"

#include <string.h>

#include "cmd/adobe-emulator/wire/ids.h"

#define MINUTE_MS 60000
#define USER_CLIENT "aio-cli-console-auth" /* the command line tool's own client */
#define ISSUER "https://ims-na1.adobelogin.com"

static void ims_error(struct request *r, struct response *response, int status, const char *error,
		      const char *description)
{
	struct tree *body = tree_object();
	tree_text(body, "error", error);
	if (description)
		tree_text(body, "error_description", description);
	response_json(r, response, status, body);
}

/* ---- client credentials ---- */

struct token_request {
	struct fields_vec form;
	const char *grant, *client_id, *secret, *scope, *org;
};

static void read_token_request(const struct request *r, struct token_request *out)
{
	request_form(r, &out->form);
	out->grant = form_get(&out->form, "grant_type");
	out->client_id = form_get(&out->form, "client_id");
	out->secret = form_get(&out->form, "client_secret");
	out->scope = form_get(&out->form, "scope");
	out->org = form_get(&out->form, "org_id");
	if (!out->secret)
		request_basic(r, &out->client_id, &out->secret);
}

/* Whether the value is a live secret of the credential, which then is stamped as used. */
static bool use_secret(struct server *s, struct org_credential *c, const char *value, int64_t now)
{
	for (size_t i = 0; i < c->secrets.len; i++) {
		struct secret_row *row = c->secrets.at[i];
		if (!lives(&row->life, REVISION_LATEST) || !same_secret(row->value, value))
			continue;
		row->used = now;
		row->grant_type = "client_credentials";
		s->org->dirty = true;
		return true;
	}
	return false;
}

/* Splits a list of words between commas or blanks. */
static void split_scope(struct request *r, const char *text, struct words_vec *out)
{
	while (*text) {
		size_t len = strcspn(text, ", ");
		const char *word = arena_strndup(r->arena, text, len);
		if (len && !words_have(out, word))
			vec_push(r->arena, out, word);
		text += len + (text[len] != '\0');
	}
}

static bool within(const struct words_vec *asked, const struct words_vec *granted)
{
	for (size_t i = 0; i < asked->len; i++) {
		if (!words_have(granted, asked->at[i]))
			return false;
	}
	return asked->len > 0;
}

static const char *issue(struct server *s, struct request *r, const char *client_id,
			 const char *user_id, const struct words_vec *scopes, int64_t life_s)
{
	const char *number = arena_printf(r->arena, "%llu.%lld", (unsigned long long)r->number,
					  (long long)r->now);
	const struct caller c = {
		.id = arena_printf(r->arena, "%lld_%s_ue1", (long long)r->now,
				   id_uuid(r->arena, "token", client_id, number)),
		.type = "access_token",
		.client_id = client_id,
		.user_id = user_id,
		.scopes = *scopes,
		.created_ms = r->now,
		.life_ms = (life_s + (life_s == 86399)) * 1000,
	};
	return token_make(s->signer, r->arena, &c);
}

static void respond_token(struct request *r, struct response *response, const char *token,
			  int64_t expires)
{
	struct tree *body = tree_object();
	tree_text(body, "access_token", token);
	tree_text(body, "token_type", "bearer");
	tree_int(body, "expires_in", expires);
	response_header(r, response, "Cache-Control", "no-store");
	response_json(r, response, 200, body);
}

static bool throttled(struct server *s, struct request *r, struct response *response,
		      const char *client)
{
	int64_t limit = switch_number(&s->switches, SWITCH_IMS_LIMIT);
	int64_t wait = limits_take(&s->limits, client, "ims", limit, MINUTE_MS, r->now);
	if (!wait)
		return false;
	ims_error(r, response, 429, "too_many_requests", "Too many requests");
	response_header(r, response, "Retry-After",
			arena_printf(r->arena, "%lld", (long long)(wait + 999) / 1000));
	return true;
}

static void client_credentials(struct server *s, struct request *r, struct response *response,
			       const struct token_request *q)
{
	struct words_vec asked = {0}, granted = {0};
	struct org_credential *c = find_client(s->org, q->client_id, REVISION_LATEST);
	if (throttled(s, r, response, q->client_id))
		return;
	if (!strcmp(q->client_id, USER_CLIENT)) {
		ims_error(r, response, 400, "unauthorized_client", "client may not use this grant");
		return;
	}
	if (!c || strncmp(c->type, "oauth_server", 12) != 0) {
		ims_error(r, response, 400, "invalid_client", "invalid client_id parameter");
		return;
	}
	if (!q->secret || !use_secret(s, c, q->secret, r->now)) {
		ims_error(r, response, 400, "invalid_client", "invalid client_secret parameter");
		return;
	}
	split_scope(r, q->scope ? q->scope : "", &asked);
	credential_scopes(c, r->arena, r->view, &granted);
	if (!within(&asked, &granted)) {
		ims_error(r, response, 400, "invalid_scope", "invalid scope parameter");
		return;
	}
	int64_t life = switch_number(&s->switches, SWITCH_TOKEN_LIFE);
	respond_token(r, response, issue(s, r, c->client_id, c->tech_id, &asked, life), life);
}

static void token(struct server *s, struct request *r, struct response *response)
{
	struct token_request q = {0};
	read_token_request(r, &q);
	if (!q.grant || !q.client_id)
		ims_error(r, response, 400, "invalid_request",
			  q.grant ? "client_id is missing" : "grant_type is missing");
	else if (!strcmp(q.grant, "authorization_code") || !strcmp(q.grant, "refresh_token"))
		ims_error(r, response, 400, "invalid_grant", "the grant is unknown or was used");
	else if (strcmp(q.grant, "client_credentials") != 0)
		ims_error(r, response, 400, "unsupported_grant_type", NULL);
	else
		client_credentials(s, r, response, &q);
}

/* ---- the old JWT exchange ---- */

/* NULL when the claims are sound, else the error. */
static const char *check_claims(struct server *s, struct request *r, const struct reply *claims,
				const struct org_credential *c, const char **description)
{
	const struct reply *exp = reply_get(claims, "exp"), *jti = reply_get(claims, "jti");
	const char *iss = reply_text(claims, "iss"), *sub = reply_text(claims, "sub");
	const char *aud = reply_text(claims, "aud");
	bool scoped = false;
	if (reply_kind(exp) != REPLY_NUMBER || (jti && reply_kind(jti) != REPLY_NUMBER))
		return "invalid_token";
	if (reply_number(exp) * 1000 < (double)r->now)
		return "invalid_token";
	if (!iss || strcmp(iss, s->org->ims_org) != 0 || !sub || strcmp(sub, c->tech_id) != 0)
		return "bad_request";
	if (!aud || !strstr(aud, arena_printf(r->arena, "/c/%s", c->client_id)))
		return "invalid_client";
	for (const struct reply *item = reply_first(claims); item; item = reply_after(item))
		scoped |= strstr(reply_key(item), "/s/") != NULL && reply_kind(item) == REPLY_TRUE;
	*description =
		"The metascopes in the JWT are not a subset of the metascopes in the binding.";
	return scoped ? NULL : "invalid_scope";
}

static void exchange_jwt(struct server *s, struct request *r, struct response *response)
{
	struct token_request q = {0};
	read_token_request(r, &q);
	const char *jwt = form_get(&q.form, "jwt_token"), *description = NULL;
	struct org_credential *c =
		q.client_id ? find_client(s->org, q.client_id, REVISION_LATEST) : NULL;
	CLEANUP(reply_free) struct reply *header = NULL;
	CLEANUP(reply_free) struct reply *claims = NULL;
	if (!c) {
		ims_error(r, response, 400, "invalid_client", "invalid client_id parameter");
		return;
	}
	if (!q.secret || !use_secret(s, c, q.secret, r->now) ||
	    !strcmp(c->type, "oauth_server_to_server")) {
		ims_error(r, response, 401, "invalid_client", "client may not exchange a JWT");
		return;
	}
	if (!jwt || !jwt_parts(r->arena, jwt, &header, &claims)) {
		ims_error(r, response, 400, "invalid_token", "could not decode the JWT");
		return;
	}
	const char *alg = reply_text(header, "alg");
	if (!alg || strcmp(alg, "RS256") != 0 || !c->public_key ||
	    !jwt_signed_by(r->arena, jwt, c->public_key)) {
		ims_error(r, response, 400, "invalid_signature", "no bound certificate matches");
		return;
	}
	const char *error = check_claims(s, r, claims, c, &description);
	if (error) {
		ims_error(r, response, 400, error, description);
		return;
	}
	struct words_vec scopes = {0};
	credential_scopes(c, r->arena, r->view, &scopes);
	int64_t life = switch_number(&s->switches, SWITCH_TOKEN_LIFE);
	respond_token(r, response, issue(s, r, c->client_id, c->tech_id, &scopes, life),
		      life * 1000 + 987);
}

/* ---- looking at tokens ---- */

static const char *form_or_bearer(struct request *r, const struct fields_vec *form)
{
	const char *text = form_get(form, "token"), *header = request_header(r, "Authorization");
	if (!text && header && strlen(header) > 7)
		text = header + 7;
	return text;
}

static void validate(struct server *s, struct request *r, struct response *response)
{
	struct fields_vec form = {0};
	struct caller c = {0};
	request_form(r, &form);
	const char *text = form_or_bearer(r, &form), *type = form_get(&form, "type");
	if (!text || !type) {
		ims_error(r, response, 400, "invalid_request", "type and token are required");
		return;
	}
	struct tree *body = tree_object();
	const char *reason = NULL;
	if (!token_read(s->signer, r->arena, text, &c))
		reason = "bad payload";
	else if (strcmp(c.type, type) != 0)
		reason = "bad type";
	else if (server_has_revoked(s, c.id))
		reason = "revoked";
	else if (r->now >= c.created_ms + c.life_ms)
		reason = "expired";
	tree_bool(body, "valid", !reason);
	if (reason)
		tree_text(body, "reason", reason);
	if (!reason) {
		CLEANUP(reply_free) struct reply *header = NULL;
		CLEANUP(reply_free) struct reply *claims = NULL;
		jwt_parts(r->arena, text, &header, &claims);
		tree_add(body, "token", tree_of(claims));
	}
	response_json(r, response, 200, body);
}

static void revoke_token(struct server *s, const char *id)
{
	if (!server_has_revoked(s, id))
		vec_push(&s->arena, &s->revoked, arena_strdup(&s->arena, id));
}

static void invalidate(struct server *s, struct request *r, struct response *response)
{
	struct fields_vec form = {0};
	struct caller c;
	request_form(r, &form);
	const char *text = form_or_bearer(r, &form);
	if (!text) {
		ims_error(r, response, 400, "invalid_request", "token is required");
		return;
	}
	if (token_read(s->signer, r->arena, text, &c))
		revoke_token(s, c.id);
	response_empty(response, 200);
}

/* ---- who is it ---- */

static const struct caller *signed_in(struct server *s, struct request *r,
				      struct response *response)
{
	r->caller = server_caller(s, r);
	if (!r->caller)
		ims_error(r, response, 401, "invalid_token", "the access token is invalid");
	return r->caller;
}

static const struct {
	enum role role;
	const char *name;
} role_names[] = {
	{ROLE_SYSTEM_ADMINISTRATOR, "org_admin"},
	{ROLE_STORAGE_ADMINISTRATOR, "storage_admin"},
	{ROLE_DEPLOYMENT_ADMINISTRATOR, "deployment_admin"},
	{ROLE_SUPPORT_ADMINISTRATOR, "support_admin"},
};

static void add_role(const struct server *s, struct tree *array, const char *principal,
		     const char *name)
{
	struct tree *item = tree_push_object(array);
	tree_text(item, "principal", principal);
	tree_text(item, "organization", s->org->ims_org);
	tree_text(item, "named_role", name);
	tree_text(item, "target", s->org->ims_org);
	tree_text(item, "target_type", "TRG_ORG");
	tree_text(item, "target_data", "");
}

void ims_add_roles(const struct server *s, uint64_t view, enum principal_kind kind,
		   const char *name, const char *principal, struct tree *array)
{
	for (size_t i = 0; i < sizeof(role_names) / sizeof(*role_names); i++) {
		if (org_holds_role(s->org, view, kind, name, role_names[i].role))
			add_role(s, array, principal, role_names[i].name);
	}
}

static void add_product_context(const struct server *s, struct request *r, const char *product,
				const char *id, struct tree *array)
{
	struct tree *ctx = tree_add_object(tree_push_object(array), "prodCtx");
	tree_text(ctx, "ident", id_hex_upper(r->arena, 24, "context", id, r->caller->user_id));
	tree_text(ctx, "serviceCode", id_hex(r->arena, 8, "service code", id, ""));
	tree_text(ctx, "label", product);
	tree_text(ctx, "serviceLevel", "DEFAULT");
	tree_text(ctx, "statusCode", "ACTIVE");
	tree_text(ctx, "owningEntity", s->org->ims_org);
	tree_text(ctx, "organization_id", s->org->ims_org);
}

/* Adds an entry for each product of which the subject has a profile. */
static void add_products(const struct server *s, struct request *r, enum principal_kind kind,
			 const char *name, struct tree *array)
{
	struct words_vec seen = {0};
	for (size_t i = 0; i < s->org->profiles.len; i++) {
		const struct profile *p = s->org->profiles.at[i];
		const struct entitlement e = entitlement_of_profile(p);
		if (!lives(&p->life, r->view) || words_have(&seen, p->product->name) ||
		    !org_holds(s->org, r->view, kind, name, &e))
			continue;
		vec_push(r->arena, &seen, p->product->name);
		add_product_context(s, r, p->product->name, p->product->id, array);
	}
}

static void add_person(const struct server *s, const struct request *r,
		       const struct org_credential *c, struct tree *body)
{
	const char *user_id = r->caller->user_id;
	tree_text(body, "userId", user_id);
	tree_text(body, "authId", user_id);
	tree_text(body, "account_type", c ? "ent" : "ind");
	tree_text(body, "email", c ? c->tech_email : s->org->developer.email);
	tree_text(body, "emailVerified", "true");
	tree_text(body, "name", c ? c->name : s->org->developer.first);
	tree_text(body, "displayName", c ? c->name : s->org->developer.first);
	tree_text(body, "first_name", c ? c->name : s->org->developer.first);
	tree_text(body, "last_name", c ? "" : s->org->developer.last);
	tree_text(body, "countryCode", "US");
	tree_add_array(body, "preferred_languages");
}

static void profile(struct server *s, struct request *r, struct response *response)
{
	if (!signed_in(s, r, response))
		return;
	const struct words_vec *scopes = &r->caller->scopes;
	const struct org_credential *c = find_tech_id(s->org, r->caller->user_id, REVISION_LATEST);
	enum principal_kind kind = c ? PRINCIPAL_ACCOUNT : PRINCIPAL_USER;
	const char *name = c ? c->account : s->org->developer.email;
	struct tree *body = tree_object();
	add_person(s, r, c, body);
	if (words_have(scopes, "additional_info.projectedProductContext"))
		add_products(s, r, kind, name, tree_add_array(body, "projectedProductContext"));
	if (words_have(scopes, "additional_info.roles")) {
		struct tree *roles = tree_add_array(body, "roles");
		ims_add_roles(s, r->view, kind, name, r->caller->user_id, roles);
		if (!c && switch_is(&s->switches, SWITCH_CONSOLE_ROLE, "admin") &&
		    tree_is_empty(roles))
			add_role(s, roles, r->caller->user_id, "org_admin");
	}
	response_json(r, response, 200, body);
}

static void userinfo(struct server *s, struct request *r, struct response *response)
{
	if (!signed_in(s, r, response))
		return;
	const struct org_credential *c = find_tech_id(s->org, r->caller->user_id, REVISION_LATEST);
	struct tree *body = tree_object();
	tree_text(body, "sub", r->caller->user_id);
	tree_text(body, "account_type", c ? "ent" : "ind");
	tree_text(body, "email", c ? c->tech_email : s->org->developer.email);
	tree_bool(body, "email_verified", true);
	tree_text(tree_add_object(body, "address"), "country", "US");
	tree_text(body, "name", c ? c->name : s->org->developer.first);
	tree_text(body, "given_name", c ? c->name : s->org->developer.first);
	tree_text(body, "family_name", c ? "" : s->org->developer.last);
	response_json(r, response, 200, body);
}

static void organizations(struct server *s, struct request *r, struct response *response)
{
	if (!signed_in(s, r, response))
		return;
	if (!words_have(&r->caller->scopes, "read_organizations")) {
		ims_error(r, response, 401, "invalid_token",
			  "the scope read_organizations is missing");
		return;
	}
	const char *at = strchr(s->org->ims_org, '@');
	struct tree *body = tree_array(), *item = tree_push_object(body);
	tree_text(item, "orgName", s->org->title);
	struct tree *ref = tree_add_object(item, "orgRef");
	tree_text(ref, "ident",
		  arena_strndup(r->arena, s->org->ims_org, strcspn(s->org->ims_org, "@")));
	tree_text(ref, "authSrc", at ? at + 1 : "AdobeOrg");
	tree_text(item, "orgType", "Enterprise");
	tree_text(item, "countryCode", "US");
	tree_add_array(item, "groups");
	response_json(r, response, 200, body);
}

/* ---- discovery ---- */

static void discovery(struct server *s UNUSED, struct request *r, struct response *response)
{
	static const char *const words[][2] = {
		{"issuer", ISSUER},
		{"authorization_endpoint", ISSUER "/ims/authorize/v2"},
		{"token_endpoint", ISSUER "/ims/token/v3"},
		{"userinfo_endpoint", ISSUER "/ims/userinfo/v2"},
		{"revocation_endpoint", ISSUER "/ims/revoke"},
		{"jwks_uri", ISSUER "/ims/keys"},
	};
	struct tree *body = tree_object(), *list;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		tree_text(body, words[i][0], words[i][1]);
	list = tree_add_array(body, "id_token_signing_alg_values_supported");
	tree_push_text(list, "RS256");
	list = tree_add_array(body, "token_endpoint_auth_methods_supported");
	tree_push_text(list, "client_secret_basic");
	tree_push_text(list, "client_secret_post");
	list = tree_add_array(body, "grant_types_supported");
	tree_push_text(list, "authorization_code");
	tree_push_text(list, "implicit_grant");
	tree_push_text(list, "refresh_token");
	response_json(r, response, 200, body);
}

static void keys(struct server *s, struct request *r, struct response *response)
{
	response_json(r, response, 200, signer_jwks(s->signer));
}

const char *ims_user_token(struct server *s, struct request *r, const char *client_id,
			   const char *scopes, int64_t life_s)
{
	struct words_vec words = {0};
	split_scope(r, scopes, &words);
	return issue(s, r, client_id ? client_id : USER_CLIENT, s->org->developer.id, &words,
		     life_s);
}

static void missing(struct server *s UNUSED, struct request *r, struct response *response,
		    bool known)
{
	ims_error(r, response, known ? 405 : 404, known ? "method_not_allowed" : "not_found", NULL);
}

static void finish(struct server *s UNUSED, struct request *r, struct response *response)
{
	response_header(r, response, "x-debug-id", r->id);
}

static const struct route routes[] = {
	{"POST", "/token", token, 0},
	{"POST", "/token/v1", token, 0},
	{"POST", "/token/v2", token, 0},
	{"POST", "/token/v3", token, 0},
	{"POST", "/exchange/jwt", exchange_jwt, 0},
	{"POST", "/exchange/v1/jwt", exchange_jwt, 0},
	{"POST", "/validate_token/v1", validate, 0},
	{"GET", "/validate_token/v1", validate, 0},
	{"POST", "/invalidate_token/v2", invalidate, 0},
	{"POST", "/revoke", invalidate, 0},
	{"GET", "/profile/v1", profile, 0},
	{"GET", "/userinfo/v1", userinfo, 0},
	{"GET", "/userinfo/v2", userinfo, 0},
	{"GET", "/organizations/v5", organizations, 0},
	{"GET", "/organizations/v6", organizations, 0},
	{"GET", "/.well-known/openid-configuration", discovery, 0},
	{"GET", "/keys", keys, 0},
	{0},
};

const struct surface ims_surface = {
	.name = "ims",
	.prefix = "/ims",
	.routes = routes,
	.missing = missing,
	.finish = finish,
};
