/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/account/role_evidence.h"

#include <string.h>

#include "core/language/schema_decode.h"
#include "core/util/log.h"
#include "core/util/report.h"
#include "core/util/unicode.h"
#include "providers/adobe/console/adobe_names.h"
#include "providers/adobe/session/account_tokens.h"
#include "providers/adobe/users/role_names.h"

/* ---- an account's own token ---- */

static uint16_t bit(enum role role)
{
	return (uint16_t)(1U << role);
}

static enum role role_of_named(const char *named)
{
	for (int role = ROLE_NONE + 1; named && role < ROLE_COUNT; role++) {
		if (role_names[role].named && !strcmp(role_names[role].named, named))
			return role;
	}
	return ROLE_NONE;
}

#define SCOPES_ORGANIZATIONS "openid,AdobeID,read_organizations,additional_info.roles,adobeio_api"

bool role_evidence_from_roles(const struct reply *roles, const char *org_id, struct seen_roles *out)
{
	const uint16_t told = bit(ROLE_SYSTEM_ADMINISTRATOR) | bit(ROLE_STORAGE_ADMINISTRATOR);
	bool strange = false;
	if (!reply_is_array(roles))
		return false;
	for (const struct reply *i = reply_first(roles); i; i = reply_after(i)) {
		const char *organization = reply_text(i, "organization");
		const char *target = reply_text(i, "target_type");
		enum role role = role_of_named(reply_text(i, "named_role"));
		if (organization && !names_equal(organization, org_id))
			continue;
		strange |= !role && (!target || names_equal(target, "TRG_ORG"));
		out->held |= role ? bit(role) : 0;
	}
	out->known |= out->held | (strange ? 0 : told);
	return true;
}

void role_evidence_from_probe(long status, const struct reply *body, struct seen_roles *out)
{
	const char *code = reply_text(body, "error_code");
	uint16_t system = bit(ROLE_SYSTEM_ADMINISTRATOR), storage = bit(ROLE_STORAGE_ADMINISTRATOR);
	if (status == 403 && code && !strcmp(code, "access_error"))
		out->known |= system | storage;
	if (status == 200 && (out->known & system) && !(out->held & system)) {
		out->known |= storage;
		out->held |= storage;
	}
}

/* ---- questions ---- */

static void take_profile(const struct provider *p, const struct http_request *r,
			 struct seen_roles *out)
{
	if (r->verdict.class == OUTCOME_APPLIED)
		role_evidence_from_roles(reply_get(r->json, "roles"), p->org_id, out);
}

/* Takes the roles from a list of organisations: the entry of this one has them in the same shape.
 */
static void take_organizations(const struct provider *p, const struct http_request *r,
			       struct seen_roles *out)
{
	bool good = r->verdict.class == OUTCOME_APPLIED;
	for (const struct reply *i = good ? reply_first(r->json) : NULL; i; i = reply_after(i)) {
		const char *code = reply_text(i, "code");
		if (code && names_equal(code, p->org_id))
			role_evidence_from_roles(reply_get(i, "roles"), p->org_id, out);
	}
}

static void take_policy(const struct provider *p UNUSED, const struct http_request *r,
			struct seen_roles *out)
{
	role_evidence_from_probe(r->evidence.status, r->json, out);
}

/* The sources in the order of asking: each is asked only about the accounts that the ones before it
 * left open. */
static const struct source {
	enum service service;
	const char *path, *scopes;
	void (*take)(const struct provider *p, const struct http_request *r,
		     struct seen_roles *out);
} sources[] = {
	{SERVICE_IMS, "/ims/profile/v1", IMS_SCOPES_ROLES, take_profile},
	{SERVICE_CONSOLE, "/console/organizations", SCOPES_ORGANIZATIONS, take_organizations},
	{SERVICE_STORAGE, "/policies/org/inactive_user_content_purge", IMS_SCOPES_POLICIES,
	 take_policy},
};

/* The requests to one source about several accounts, side by side. */
struct questions {
	struct provider *session;
	const struct source *source;
	struct arena arena;
	VEC(, struct seen_roles *) about;
	VEC(, struct token *) tokens;
};

/* A token that cannot be had, or lacks the scope, leaves the account's roles unknown: no reason to
 * stop. */
static bool is_good(const struct questions *q, size_t i, struct error *error)
{
	if (error)
		log_debug("GET %s for account \"%s\": %s", q->source->path, q->about.at[i]->account,
			  error->message);
	error_free(error);
	return !error;
}

static void ask(struct questions *q, struct http_request *const *list, size_t count, bool *asked)
{
	struct http *h = q->session->http;
	struct error *error = http_run(h, &q->arena, list, count);
	*asked = !error;
	if (error)
		log_debug("GET %s: %s", q->source->path, error->message);
	error_free(error);
}

static void ask_all(struct questions *q)
{
	size_t len = q->about.len, count = 0;
	struct http_request *all = arena_zalloc(&q->arena, (len + 1) * sizeof(*all));
	struct http_request **list = arena_zalloc(&q->arena, (len + 1) * sizeof(*list));
	struct error **errors = arena_zalloc(&q->arena, (len + 1) * sizeof(*errors));
	bool *asked = arena_zalloc(&q->arena, len + 1), together = false;
	struct error *error = tokens_get(q->tokens.at, len, q->session->http, errors);
	for (size_t i = 0; i < len; i++) {
		all[i] = (struct http_request){.service = q->source->service,
					       .method = "GET",
					       .route = q->source->path,
					       .path = q->source->path,
					       .token = q->tokens.at[i]};
		asked[i] = is_good(q, i, errors[i]) && !error;
		if (asked[i])
			list[count++] = &all[i];
	}
	error_free(error);
	ask(q, list, count, &together);
	for (size_t i = 0; i < len; i++) {
		if (asked[i] &&
		    !together) { /* one answer that cannot be read could spoil it for all */
			http_done(&all[i]);
			ask(q, (struct http_request *[]){&all[i]}, 1, &asked[i]);
		}
		if (asked[i])
			q->source->take(q->session, &all[i], q->about.at[i]);
		http_done(&all[i]);
	}
}

static void ask_source(struct provider *p, const struct source *source, struct seen_roles_vec *all)
{
	struct questions q = {.session = p, .source = source};
	for (size_t i = 0; i < all->len; i++) {
		struct seen_roles *seen = &all->at[i];
		struct token *token = account_tokens_get(p, seen->account, source->scopes);
		if (!token || (seen->known & bit(ROLE_STORAGE_ADMINISTRATOR)))
			continue;
		vec_push(&q.arena, &q.about, seen);
		vec_push(&q.arena, &q.tokens, token);
	}
	if (q.about.len)
		ask_all(&q);
	arena_done(&q.arena);
}

static void ask_accounts(struct provider *p)
{
	ARENA scratch = {0};
	struct seen_roles_vec all = {0};
	for (size_t i = 0; i < p->config->accounts.len; i++) {
		struct credential *c = session_find(p, p->config->accounts.at[i].name);
		if (c && c->detailed)
			vec_push(&scratch, &all, (struct seen_roles){.account = c->account});
	}
	for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++)
		ask_source(p, &sources[i], &all);
	for (size_t i = 0; i < all.len; i++) {
		if (all.at[i].known)
			vec_push(&p->arena, &p->roles, all.at[i]);
	}
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

/* Whoever pastes an account's id where its address is due makes a useless Adobe ID an
 * administrator. */
static void warn_of_ids(struct provider *p)
{
	for (size_t i = 0; i < p->credentials.len; i++) {
		const struct credential *c = &p->credentials.at[i];
		if (!c->tech_id ||
		    (!admin_export_find(&p->admins, c->tech_id) &&
		     !(p->read_users && directory_find_user(&p->directory, c->tech_id))))
			continue;
		log_note("%s is a user of the organisation: somebody pasted the id of account "
			 "\"%s\" instead of its e-mail; remove that user",
			 c->tech_id, c->account);
	}
}

void role_evidence_left_out(const struct provider *p, struct arena *a, struct line_vec *out)
{
	const struct admin_export *admins = &p->admins;
	for (size_t i = 0; i < admins->unnamed.len; i++) {
		const struct location *at = &admins->unnamed.at[i];
		vec_push(a, out,
			 arena_printf(a,
				      "a row without an e-mail address, so that nobody knows whose "
				      "roles it tells (%s:%u:%u)",
				      at->file, (unsigned)at->line, (unsigned)at->column));
	}
	for (size_t i = 0; i < admins->unknown.len; i++) {
		const struct admin_export_word *w = &admins->unknown.at[i];
		vec_push(a, out,
			 arena_printf(a,
				      "the admin role %s, which writ does not know: what its "
				      "holders do not have of the organisation's roles is not seen "
				      "(%s:%u:%u)",
				      quoted(a, w->word), w->at.file, (unsigned)w->at.line,
				      (unsigned)w->at.column));
	}
	for (size_t i = 0; i < admins->rows.len; i++) {
		const char *email = admins->rows.at[i].email;
		if (!directory_is_technical(email) && !schema_is_email(email))
			vec_push(a, out,
				 arena_printf(a, "user %s of %s, whom no manifest can name",
					      quoted(a, email), p->roles_from));
	}
}

/* ---- all together ---- */

struct error *role_evidence_read(struct provider *p)
{
	p->roles = (struct seen_roles_vec){0};
	p->admins = (struct admin_export){0};
	ask_accounts(p);
	vec_sort(&p->roles, by_account);
	if (p->roles_from)
		TRY(admin_export_load(p->roles_from, &p->arena, &p->admins));
	warn_of_ids(p);
	return NULL;
}

static enum sighting see_own(struct provider *p, const char *account, const struct entitlement *e)
{
	const struct seen_roles *own = find_own(p, account);
	if (!own || !(own->known & bit(e->role)))
		return SIGHTING_UNKNOWN;
	return own->held & bit(e->role) ? SIGHTING_HELD : SIGHTING_ABSENT;
}

/* Where the organisation's User Management API shows technical accounts, it shows their
 * roles, too. */
static enum sighting see_directory(struct provider *p, const char *email,
				   const struct entitlement *e)
{
	const struct principal user = {email, PRINCIPAL_USER};
	const struct directory_user *row =
		p->read_users && email ? directory_find_user(&p->directory, email) : NULL;
	if (!row || !directory_sees(&p->directory, &user, e))
		return SIGHTING_UNKNOWN;
	return directory_holds(&p->directory, row, e) ? SIGHTING_HELD : SIGHTING_ABSENT;
}

/* A name in folded case and without blanks at its ends, which a cell of an export cannot show. */
static const char *in_cell(struct arena *a, const char *name)
{
	const char *text = text_fold(a, name);
	text += strspn(text, " ");
	size_t len = strlen(text);
	while (len && text[len - 1] == ' ')
		len--;
	return arena_strndup(a, text, len);
}

static bool is_same_cell(struct arena *a, const char *x, const char *y)
{
	return !strcmp(in_cell(a, x), in_cell(a, y));
}

static bool is_other_profile(struct arena *a, const struct entitlement *e, const char *product,
			     const char *profile)
{
	return e->profile && is_same_cell(a, e->profile, profile) &&
	       (!names_equal(e->product, product) || !names_equal(e->profile, profile));
}

/* The export tells a role's object by a profile's or group's name alone: where another has the
 * same, nobody knows which is meant. */
static bool shares_cell(struct provider *p, const struct entitlement *e)
{
	ARENA a = {0};
	bool found = false;
	for (size_t i = 0; e->profile && i < p->apis.len; i++) {
		const struct licence_vec *all = &p->apis.at[i].licences;
		for (size_t k = 0; k < all->len; k++)
			found |= is_other_profile(&a, e, all->at[k].product, all->at[k].profile);
	}
	for (size_t i = 0; p->read_users && i < p->directory.groups.len; i++) {
		const struct directory_group *g = &p->directory.groups.at[i];
		if (g->kind == DIRECTORY_PROFILE)
			found |= is_other_profile(&a, e, g->grants.product, g->grants.profile);
		if (g->kind == DIRECTORY_USER_GROUP && e->group)
			found |= is_same_cell(&a, e->group, g->name) &&
				 !names_equal(e->group, g->name);
	}
	return found;
}

static enum sighting see_export(struct provider *p, const char *email, enum user_type type,
				const struct entitlement *e)
{
	enum sighting seen = admin_export_see(&p->admins, email, type, e);
	return seen == SIGHTING_HELD && shares_cell(p, e) ? SIGHTING_UNKNOWN : seen;
}

/* Of a person, by address or TYPE:E-MAIL. Where the directory tells what the plain address is, the
 * list's rows of other types are another's. */
static enum sighting see_listed(struct provider *p, const char *name, const struct entitlement *e)
{
	const char *address;
	enum user_type type = user_type_of(name, &address);
	const struct directory_user *user =
		p->read_users && type == USER_ANY ? directory_find_user(&p->directory, name) : NULL;
	if (user && directory_type_of(user) != USER_ADOBE_ID)
		type = directory_type_of(user);
	return see_export(p, address, type, e);
}

enum sighting role_evidence_role(struct provider *p, const struct principal *principal,
				 const struct entitlement *e)
{
	if (principal->kind == PRINCIPAL_USER)
		return p->roles_from ? see_listed(p, principal->name, e) : SIGHTING_UNKNOWN;
	if (principal->kind != PRINCIPAL_ACCOUNT)
		return SIGHTING_UNKNOWN;
	const struct credential *c = session_find(p, principal->name);
	if (!c)
		return SIGHTING_ABSENT; /* somebody who is not in the organisation holds nothing */
	enum sighting own = see_own(p, principal->name, e);
	if (own == SIGHTING_UNKNOWN)
		own = see_directory(p, c->email, e);
	if (own != SIGHTING_UNKNOWN || !p->roles_from || !c->email)
		return own;
	return see_export(p, c->email, USER_ENTERPRISE_ID,
			  e); /* an account's address is never that of an Adobe ID */
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

/* All roles that somebody could hold, as far as products, profiles and groups are known; some
 * several times. */
static void list_roles(struct provider *p, struct arena *a, struct entitlement_vec *out)
{
	for (int role = ROLE_SYSTEM_ADMINISTRATOR; role <= ROLE_SUPPORT_ADMINISTRATOR; role++)
		vec_push(a, out, (struct entitlement){.role = role});
	for (size_t i = 0; i < p->apis.len; i++) {
		for (size_t k = 0; k < p->apis.at[i].licences.len; k++)
			if (!p->apis.at[i].licences.at[k].unnameable)
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
		if (role_evidence_role(p, &who, e) != SIGHTING_HELD)
			continue;
		vec_push(a, out,
			 (struct pair){universe_principal(u, who.kind, who.name, true),
				       universe_number(u, e)});
	}
}

/* Whether anything can tell an account's roles. Else nothing is asked, since organisations have
 * many accounts and many roles. */
static bool has_source(struct provider *p, const struct credential *c)
{
	return find_own(p, c->account) ||
	       (c->email &&
		(p->roles_from || (p->read_users && directory_find_user(&p->directory, c->email))));
}

/* The principal that a row of the export is about. */
static struct principal listed_user(struct provider *p, const struct admin_export_row *row)
{
	ARENA a = {0};
	const struct directory_user *user =
		p->read_users ? directory_find_user(&p->directory, row->email) : NULL;
	bool other = user ? directory_type_of(user) != USER_ADOBE_ID
			  : admin_export_have_other(&p->admins, row->email);
	const char *name =
		row->is_adobe_id && other
			? arena_printf(&a, "%s:%s", user_type_names[USER_ADOBE_ID], row->email)
			: row->email;
	return (struct principal){.name = intern(p->strings, name), .kind = PRINCIPAL_USER};
}

void role_evidence_grants(struct provider *p, struct arena *a, struct universe *u,
			  struct pair_vec *out)
{
	ARENA scratch = {0};
	struct entitlement_vec all = {0};
	if (p->roles.len == 0 && !p->roles_from && !p->read_users)
		return;
	list_roles(p, &scratch, &all);
	for (size_t i = 0; i < p->credentials.len; i++) {
		const struct credential *c = &p->credentials.at[i];
		if (has_source(p, c))
			add_held(p, a, u, &all, (struct principal){c->account, PRINCIPAL_ACCOUNT},
				 out);
	}
	for (size_t i = 0; i < p->admins.rows.len; i++) {
		const char *email = p->admins.rows.at[i].email;
		if (directory_is_technical(email))
			continue;
		if (schema_is_email(email))
			add_held(p, a, u, &all, listed_user(p, &p->admins.rows.at[i]), out);
	}
}
