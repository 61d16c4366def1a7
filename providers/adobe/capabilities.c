/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/capabilities.h"

#include <string.h>

#include "core/contract/rules.h"
#include "core/util/nearest.h"
#include "core/util/report.h"
#include "providers/adobe/account/role_evidence.h"
#include "providers/adobe/console/console.h"
#include "providers/adobe/console/provision.h"
#include "providers/adobe/users/role_names.h"

static bool offers(struct provider *p, const char *api, const struct entitlement *e)
{
	const struct api *row = console_find_api(p, api);
	return row && api_find_licence(row, e->product, e->profile);
}

static bool wanted_offers(struct provider *p, const struct account *account,
			  const struct entitlement *e)
{
	for (size_t i = 0; account && i < account->apis.len; i++) {
		if (offers(p, account->apis.at[i].name, e))
			return true;
	}
	return false;
}

static bool live_offers(struct provider *p, const struct credential *c, const struct entitlement *e)
{
	for (size_t i = 0; c && i < c->subscriptions.len; i++) {
		if (offers(p, c->subscriptions.at[i].code, e))
			return true;
	}
	return false;
}

/* How a product can be given or taken: if it is held through an API, that one takes it away, else
 * one of the manifest's APIs gives it. */
static enum capability can_product(struct provider *p, const struct principal *principal,
				   const struct account *account, const struct entitlement *e)
{
	ARENA scratch = {0};
	const struct credential *c = session_find(p, principal->name);
	if (c && credential_holds(c, e->product, e->profile))
		return CAN_API;
	bool unsaid = !account || !account->has_apis;
	if (wanted_offers(p, account, e) || (unsaid && live_offers(p, c, e)))
		return CAN_API;
	return provision_offers(p, &scratch, e->product, e->profile) ? CAN_NOT : CAN_MANUAL;
}

/* ---- APIs ---- */

/* Whether an account has an API: it can be taken then, whatever the catalogue says by now. */
static bool holds_api(struct provider *p, const char *account, const char *name)
{
	const struct credential *c = session_find(p, account);
	const struct api *api = console_find_api(p, name);
	return c && c->detailed && credential_find_api(c, api ? api->code : name);
}

const char *can_same_api(struct provider *p, const struct account *account, const char *name)
{
	const struct api *api = console_find_api(p, name);
	bool held = account && holds_api(p, account->meta.name, name);
	for (size_t i = 0; api && !held && account && account->has_apis && i < account->apis.len;
	     i++) {
		const char *other = account->apis.at[i].name;
		if (!strcmp(other, name))
			return NULL;
		if (console_find_api(p, other) == api)
			return other;
	}
	return NULL;
}

static const char *unknown_api(struct provider *p, struct arena *a, const char *name)
{
	ARENA scratch = {0};
	VEC(, const char *) names = {0};
	for (size_t i = 0; p->nearest_steps && i < p->apis.len; i++)
		vec_push(&scratch, &names, p->apis.at[i].name);
	const char *near = nearest_word_within(&p->nearest_steps, name, names.at, names.len);
	if (near)
		return arena_printf(a, "the catalogue has no API %s; did you mean %s?",
				    quoted(a, name), quoted(a, near));
	return arena_printf(a, "the catalogue has no API %s%s", quoted(a, name),
			    nearest_unsought(p->nearest_steps));
}

/* Why an API cannot be given or taken; NULL when it can. */
static const char *explain_api(struct provider *p, struct arena *a,
			       const struct principal *principal, const char *name)
{
	const struct api *api = console_find_api(p, name);
	if (holds_api(p, principal->name, name))
		return NULL;
	if (!api)
		return unknown_api(p, a, name);
	return api->disabled ? arena_printf(a, "API %s cannot be added: %s", quoted(a, name),
					    api->disabled)
			     : NULL;
}

bool can_is_admin_api(const struct provider *p, const char *name)
{
	const struct api *api = console_find_api(p, name);
	return api && (api_is_admin(api->name) || api_is_admin(api->code));
}

bool can_carries(struct provider *p, const char *api, const struct entitlement *product)
{
	return offers(p, api, product);
}

bool can_have_unnamed(struct provider *p, const char *account, const char *name)
{
	const struct credential *c = session_find(p, account);
	const struct api *api = console_find_api(p, name);
	const struct subscription *s =
		c && c->detailed ? credential_find_api(c, api ? api->code : name) : NULL;
	for (size_t i = 0; s && i < s->selected.len; i++) {
		if (s->selected.at[i].unnameable)
			return true;
	}
	return false;
}

/* Whether the User Management API can be told the entitlement, since it takes names alone and no
 * long ones. */
static bool is_sendable(struct provider *p, const struct entitlement *e)
{
	return !p->read_users ||
	       (!directory_is_shared(&p->directory, e) && !directory_outgrows(&p->directory, e));
}

enum capability can_grant(struct provider *p, const struct principal *principal,
			  const struct account *account, const struct entitlement *e)
{
	if (e->api) {
		ARENA scratch = {0};
		bool not = can_same_api(p, account, e->api) ||
			   explain_api(p, &scratch, principal, e->api);
		return not ? CAN_NOT : CAN_API;
	}
	if (principal->kind == PRINCIPAL_ACCOUNT && e->role == ROLE_NONE)
		return can_product(p, principal, account, e);
	enum capability can = roles_can(p->config, principal->kind, e);
	if (can == CAN_API && !is_sendable(p, e))
		return e->role && p->config->role_writer ? CAN_COMMAND : CAN_MANUAL;
	return can;
}

const char *can_explain(struct provider *p, struct arena *a, const struct principal *principal,
			const struct account *account UNUSED, const struct entitlement *e)
{
	if (e->api)
		return explain_api(p, a, principal, e->api);
	if (principal->kind != PRINCIPAL_ACCOUNT || e->role != ROLE_NONE)
		return NULL;
	const char *apis = provision_offers(p, a, e->product, e->profile);
	return apis ? rules_no_carrier(a, principal->name, e, apis) : NULL;
}

static bool sees_api(struct provider *p, const struct principal *principal)
{
	const struct credential *c = session_find(p, principal->name);
	return !c || c->detailed;
}

/* Whether a read shows a product of an account: the console shows what came with an API of the
 * credential, and nothing else. */
static bool sees_product(struct provider *p, const struct principal *principal,
			 const struct account *account, const struct entitlement *e)
{
	const struct credential *c = session_find(p, principal->name);
	if (!c)
		return true; /* an account that is not there holds nothing */
	if (!c->detailed)
		return false;
	return live_offers(p, c, e) || wanted_offers(p, account, e);
}

bool can_see(struct provider *p, const struct principal *principal, const struct account *account,
	     const struct entitlement *e)
{
	bool is_account = principal->kind == PRINCIPAL_ACCOUNT;
	if (e->api)
		return sees_api(p, principal);
	if (is_account && e->role == ROLE_NONE)
		return sees_product(p, principal, account, e);
	if (!is_account && p->read_users && directory_sees(&p->directory, principal, e))
		return true;
	return e->role != ROLE_NONE && role_evidence_role(p, principal, e) != SIGHTING_UNKNOWN;
}

#define SOURCE_EXPORT "the Admin Console's user list export (--roles-from)"
#define SOURCE_USERS "the User Management API (`server` in the configuration)"

/* Whether an account's own token tells of the role both that it is held and that it is not. */
static bool shows_itself(const struct entitlement *e)
{
	return e->role == ROLE_SYSTEM_ADMINISTRATOR || e->role == ROLE_STORAGE_ADMINISTRATOR;
}

static const char *source_of_account(struct provider *p, const struct principal *principal,
				     const struct account *account, const struct entitlement *e)
{
	const struct credential *c = session_find(p, principal->name);
	if (!e->role && !e->api && c && c->detailed && !sees_product(p, principal, account, e))
		return NULL; /* products of a group are given in the Admin Console, without an API
			      */
	if (!e->role)
		return "the Developer Console, asked for the accounts that manifests name";
	if (shows_itself(e))
		return "the account's own profile (its secret under `accounts` in the "
		       "configuration)";
	return SOURCE_EXPORT;
}

/* The source that shows a user's grant. The lists have names alone, so they do not tell apart what
 * shares one. */
static const char *source_of_user(struct provider *p, const struct principal *principal,
				  const struct entitlement *e)
{
	bool hidden = p->read_users && !directory_sees(&p->directory, principal, e);
	if (e->role == ROLE_STORAGE_ADMINISTRATOR ||
	    (e->role == ROLE_SYSTEM_ADMINISTRATOR && hidden))
		return SOURCE_EXPORT;
	return hidden ? NULL : SOURCE_USERS;
}

const char *can_source(struct provider *p, const struct principal *principal,
		       const struct account *account, const struct entitlement *e)
{
	if (principal->kind == PRINCIPAL_ACCOUNT)
		return source_of_account(p, principal, account, e);
	if (principal->kind == PRINCIPAL_USER)
		return source_of_user(p, principal, e);
	if (!p->read_users || !p->directory.has_all)
		return SOURCE_USERS;
	return "a user who has it by way of this group alone, in the User Management API";
}

const char *can_idle(struct provider *p, const struct principal *principal,
		     const struct entitlement *e)
{
	return p->read_users ? directory_idle(&p->directory, principal, e) : NULL;
}
