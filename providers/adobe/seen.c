#include "providers/adobe/seen.h"

#include <string.h>

#include "core/util/log.h"
#include "providers/adobe/naming.h"
#include "providers/adobe/own.h"
#include "providers/adobe/roles.h"

/* ---- an account's own token ---- */

static uint16_t bit(enum role role)
{
	return (uint16_t)(1U << role);
}

static enum role role_of_named(const char *named)
{
	for (int role = ROLE_NONE + 1; named && role < ROLE_COUNT; role++) {
		if (role_names[role].named && !strcmp(role_names[role].named, named))
			return (enum role)role;
	}
	return ROLE_NONE;
}

/* ims.md section 6: `roles` is there only when the scope was granted. */
static bool read_roles(const struct provider *p, const struct json *body, struct seen_roles *out)
{
	const struct json *roles = json_get(body, "roles");
	if (!json_is_array(roles))
		return false;
	for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++)
		out->known |= role_names[role].named ? bit((enum role)role) : 0;
	for (const struct json *i = json_first(roles); i; i = json_after(i)) {
		const char *organization = json_text(i, "organization");
		enum role role = role_of_named(json_text(i, "named_role"));
		if (role && (!organization || names_equal(organization, p->org_id)))
			out->held |= bit(role);
	}
	return true;
}

/* A token that cannot be had, or lacks the scope, leaves the account's roles unknown: no reason to stop. */
static void ask_account(struct provider *p, size_t i, const struct credential *c)
{
	ARENA scratch = {0};
	struct seen_roles seen = {.account = c->account};
	struct http_request r = {.service = SERVICE_IMS, .method = "GET"};
	r.path = r.route = "/ims/profile/v1";
	r.token = own_token(p, p->config->accounts.at[i].name, IMS_SCOPES_ROLES);
	struct error *error = http_get(p->http, &scratch, &r);
	if (error)
		log_debug("roles of account \"%s\" stay unknown: %s", c->account, error->message);
	else if (read_roles(p, r.json, &seen))
		vec_push(&p->arena, &p->roles, seen);
	error_free(error);
	http_done(&r);
}

static int by_account(const void *a, const void *b)
{
	const struct seen_roles *x = a, *y = b;
	return strcmp(x->account, y->account);
}

static const struct seen_roles *find_own(const struct provider *p, const char *account)
{
	for (size_t i = 0; i < p->roles.len; i++) {
		if (!strcmp(p->roles.at[i].account, account))
			return &p->roles.at[i];
	}
	return NULL;
}

/* ---- both ---- */

struct error *seen_read(struct provider *p)
{
	p->roles = (struct seen_roles_vec){0};
	p->admins = (struct admins){0};
	for (size_t i = 0; i < p->config->accounts.len; i++) {
		struct credential *c = session_find(p, p->config->accounts.at[i].name);
		if (c && c->detailed)
			ask_account(p, i, c);
	}
	vec_sort(&p->roles, by_account);
	return p->roles_from ? admins_load(p->roles_from, &p->arena, &p->admins) : NULL;
}

static enum sighting see_own(struct provider *p, const char *account, const struct entitlement *e)
{
	const struct seen_roles *own = find_own(p, account);
	if (!own || !(own->known & bit((enum role)e->role)))
		return SIGHTING_UNKNOWN;
	return own->held & bit((enum role)e->role) ? SIGHTING_HELD : SIGHTING_ABSENT;
}

enum sighting seen_role(struct provider *p, const struct principal *principal,
			const struct entitlement *e)
{
	if (principal->kind == PRINCIPAL_USER)
		return p->roles_from ? admins_see(&p->admins, principal->name, false, e)
				     : SIGHTING_UNKNOWN;
	if (principal->kind != PRINCIPAL_ACCOUNT)
		return SIGHTING_UNKNOWN;
	const struct credential *c = session_find(p, principal->name);
	if (!c)
		return SIGHTING_ABSENT; /* who is not there holds nothing */
	enum sighting own = see_own(p, principal->name, e);
	if (own != SIGHTING_UNKNOWN || !p->roles_from || !c->email)
		return own;
	return admins_see(&p->admins, c->email, true, e);
}

/* ---- grants ---- */

VEC(entitlement_vec, struct entitlement);

static void add_licence_roles(struct arena *a, const struct licence *l, struct entitlement_vec *out)
{
	vec_push(a, out, (struct entitlement){l->product, NULL, NULL, ROLE_PRODUCT_ADMINISTRATOR});
	vec_push(a, out,
		 (struct entitlement){l->product, l->profile, NULL,
				      ROLE_PRODUCT_PROFILE_ADMINISTRATOR});
	vec_push(a, out, (struct entitlement){l->product, l->profile, NULL, ROLE_DEVELOPER});
}

/* All roles that somebody could hold, as far as products, profiles and groups are known; some several times. */
static void list_roles(struct provider *p, struct arena *a, struct entitlement_vec *out)
{
	for (int role = ROLE_SYSTEM_ADMINISTRATOR; role <= ROLE_SUPPORT_ADMINISTRATOR; role++)
		vec_push(a, out, (struct entitlement){.role = (uint8_t)role});
	for (size_t i = 0; i < p->apis.len; i++) {
		for (size_t k = 0; k < p->apis.at[i].licences.len; k++)
			add_licence_roles(a, &p->apis.at[i].licences.at[k], out);
	}
	for (size_t i = 0; i < p->directory.groups.len; i++) {
		const struct directory_group *g = &p->directory.groups.at[i];
		if (g->kind == DIRECTORY_ROLE)
			vec_push(a, out, g->grants);
	}
}

static void add_held(struct provider *p, struct arena *a, struct universe *u,
		     const struct entitlement_vec *all, struct principal who, struct pair_vec *out)
{
	for (size_t i = 0; i < all->len; i++) {
		const struct entitlement *e = &all->at[i];
		if (seen_role(p, &who, e) != SIGHTING_HELD)
			continue;
		vec_push(a, out,
			 (struct pair){universe_principal(u, (enum principal_kind)who.kind,
							  who.name, true),
				       universe_entitlement(u, (enum role)e->role, e->product,
							    e->profile, e->group)});
	}
}

void seen_grants(struct provider *p, struct arena *a, struct universe *u, struct pair_vec *out)
{
	ARENA scratch = {0};
	struct entitlement_vec all = {0};
	if (p->roles.len == 0 && !p->roles_from)
		return;
	list_roles(p, &scratch, &all);
	for (size_t i = 0; i < p->credentials.len; i++)
		add_held(p, a, u, &all,
			 (struct principal){p->credentials.at[i].account, PRINCIPAL_ACCOUNT}, out);
	for (size_t i = 0; i < p->admins.rows.len; i++) {
		const char *email = p->admins.rows.at[i].email;
		if (!directory_is_technical(email) && directory_is_name(email))
			add_held(p, a, u, &all,
				 (struct principal){intern(p->strings, email), PRINCIPAL_USER},
				 out);
	}
}
