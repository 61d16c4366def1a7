/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/live_read.h"

#include <string.h>

#include "core/plan/plan.h"
#include "core/util/compare.h"
#include "core/util/log.h"
#include "core/util/progress.h"
#include "providers/adobe/account/own_rights.h"
#include "providers/adobe/account/role_evidence.h"
#include "providers/adobe/console/adobe_names.h"
#include "providers/adobe/console/console.h"
#include "providers/adobe/console/credential_match.h"
#include "providers/adobe/users/umapi.h"

#define REFRESH_MAX 25 /* single users a minute: facts/umapi.md, "Limits" */

/* ---- users and groups ---- */

VEC(email_vec, const char *);

static void sort_once(struct email_vec *users)
{
	size_t kept = 0;
	vec_sort(users, compare_texts);
	for (size_t i = 0; i < users->len; i++) {
		if (!kept || strcmp(users->at[kept - 1], users->at[i]) != 0)
			users->at[kept++] = users->at[i];
	}
	users->len = kept;
}

static bool is_asked(const struct query *query, const struct entitlement *e)
{
	for (size_t i = 0; e && i < query->role_count; i++) {
		if (entitlement_compare(query->roles[i], e) == 0)
			return true;
	}
	return query->role_count == 0;
}

/* Lists the users that the plan is about, or those to whom it gives one of the roles that are asked
 * for. */
static void list_users(const struct query *query, struct arena *a, struct email_vec *out)
{
	for (size_t i = 0; i < query->plan->changes.len; i++) {
		const struct change *c = &query->plan->changes.at[i];
		if (c->principal->kind == PRINCIPAL_USER && is_asked(query, c->entitlement))
			vec_push(a, out, c->principal->name);
	}
}

/* Who held one of the roles when the lists were read: what matters of a role that somebody must
 * keep is whether they hold it still. */
static void list_holders(struct provider *p, const struct query *query, struct arena *a,
			 struct email_vec *out)
{
	for (size_t i = 0; i < p->directory.direct.len; i++) {
		const struct directory_user *user = &p->directory.direct.at[i];
		const char *name = directory_user_name(&p->directory, user);
		bool holds = false;
		for (size_t k = 0; k < query->role_count && !holds; k++)
			holds = directory_holds(&p->directory, user, query->roles[k]);
		if (holds && name && !directory_is_technical(user->email))
			vec_push(a, out, name);
	}
}

/* Lists the users that a read for a plan is about, each once. */
static void list_asked(struct provider *p, const struct query *query, struct arena *a,
		       struct email_vec *out)
{
	list_users(query, a, out);
	if (query->role_count)
		list_holders(p, query, a, out);
	sort_once(out);
}

/* Whether two of the users share an address: the call for a single user shows only one of them. */
static bool names_twin(const struct email_vec *users)
{
	for (size_t i = 0; i < users->len; i++) {
		if (user_type_of(users->at[i], NULL) != USER_ANY)
			return true;
	}
	return false;
}

/* Reads the lists of holders when there are more of them than can be asked one by one; *told says
 * whether it did. */
static struct error *read_holders(struct provider *p, const struct umapi *api,
				  const struct query *query, bool *told)
{
	*told = false;
	return query->role_count ? umapi_read_holders(api, query->roles, query->role_count,
						      &p->directory, told)
				 : NULL;
}

/* Full lists are rationed apart from all else (facts/umapi.md, "Limits"), so a session reads them
 * once; how a plan's changes stand is asked of its few users alone, and who holds a role still, of
 * those who did, or, where they are many, of the list of that role's holders. What groups hold
 * shows in the lists of all users only. */
static struct error *read_directory(struct provider *p, const struct query *query)
{
	const struct umapi api = {p->http, p->users, p->org_id, p->most_accounts};
	ARENA scratch = {0};
	struct email_vec users = {0};
	bool again = p->read_users && query->plan, told = false;
	if (again && (!query->groups || query->role_count)) {
		list_asked(p, query, &scratch, &users);
		p->directory.all.len = 0;
		p->directory.has_all = false;
		if (users.len <= REFRESH_MAX && !names_twin(&users))
			return umapi_refresh(&api, users.at, users.len, &p->directory);
		TRY(read_holders(p, &api, query, &told));
		if (told)
			return NULL;
	}
	if (!again) {
		arena_done(&p->directory_arena);
		p->directory =
			(struct directory){.strings = p->strings, .arena = &p->directory_arena};
	}
	p->read_users = false;
	if (!p->users)
		return NULL;
	TRY(umapi_read(&api, query->groups, &p->directory));
	p->read_users = true;
	return NULL;
}

/* Technical accounts are in no list; where the operator says that the API takes them they can be
 * asked for. */
static struct error *read_accounts(struct provider *p)
{
	const struct umapi api = {p->http, p->users, p->org_id, p->most_accounts};
	ARENA scratch = {0};
	struct email_vec emails = {0};
	if (!p->read_users || p->config->account_roles != ACCOUNT_ROLES_USER_MANAGEMENT)
		return NULL;
	for (size_t i = 0; i < p->credentials.len; i++) {
		if (p->credentials.at[i].detailed && p->credentials.at[i].email)
			vec_push(&scratch, &emails, p->credentials.at[i].email);
	}
	return umapi_refresh(&api, emails.at, emails.len, &p->directory);
}

/* The console has a profile's number and name, but of its product no name: the directory
 * has both. */
static void rename_licence(struct provider *p, struct licence *l)
{
	for (size_t i = 0; i < p->directory.groups.len; i++) {
		const struct directory_group *g = &p->directory.groups.at[i];
		if (!g->id || strcmp(g->id, l->id) != 0)
			continue;
		l->unnameable |= g->unnameable;
		if (g->kind != DIRECTORY_PROFILE)
			return;
		l->product = g->grants.product;
		l->profile = g->grants.profile;
		return;
	}
}

static void rename_licences(struct provider *p, struct licence_vec *all)
{
	for (size_t i = 0; i < all->len; i++)
		rename_licence(p, &all->at[i]);
}

static void rename_held(struct provider *p, const struct credential *c)
{
	for (size_t i = 0; p->read_users && i < c->subscriptions.len; i++)
		rename_licences(p, &c->subscriptions.at[i].selected);
}

static void rename_all(struct provider *p)
{
	for (size_t i = 0; p->read_users && i < p->apis.len; i++)
		rename_licences(p, &p->apis.at[i].licences);
	for (size_t i = 0; i < p->credentials.len; i++)
		rename_held(p, &p->credentials.at[i]);
}

/* ---- accounts ---- */

static void add_apis(struct arena *a, struct universe *u, const struct account *row,
		     struct live *out)
{
	uint32_t holder = universe_principal(u, PRINCIPAL_ACCOUNT, row->meta.name, true);
	for (size_t i = 0; i < row->apis.len; i++) {
		const struct entitlement api = {.api = row->apis.at[i].name};
		vec_push(a, &out->grants, (struct pair){holder, universe_number(u, &api)});
	}
}

static void add_account(struct provider *p, struct arena *a, struct universe *u,
			const struct query *query, const struct credential *c, struct live *out)
{
	struct account row = {.meta.name = c->account, .credential = c->name};
	row.description = c->description;
	row.project = c->project;
	row.id = c->tech_id;
	row.email = c->email;
	row.has_apis = c->detailed;
	for (size_t i = 0; i < c->subscriptions.len; i++) {
		const char *code = c->subscriptions.at[i].code;
		const struct api *api = console_find_api(p, code);
		const char *name = api ? api->name : code;
		vec_push(a, &row.apis,
			 (struct entry){.name = match_spelling(query, c->account, code, name)});
	}
	vec_push(a, &out->accounts, row);
	add_apis(a, u, &row, out);
}

static void add_products(struct arena *a, struct universe *u, const struct credential *c,
			 struct live *out)
{
	uint32_t holder = universe_principal(u, PRINCIPAL_ACCOUNT, c->account, true);
	for (size_t i = 0; i < c->subscriptions.len; i++) {
		const struct licence_vec *all = &c->subscriptions.at[i].selected;
		for (size_t k = 0; k < all->len; k++) {
			const struct licence *l = &all->at[k];
			if (l->unnameable)
				continue;
			uint32_t product =
				universe_entitlement(u, ROLE_NONE, l->product, l->profile, NULL);
			vec_push(a, &out->grants, (struct pair){holder, product});
		}
	}
}

/* ---- the organisation ---- */

static bool has_product(const struct catalogue *c, const struct licence *l)
{
	for (size_t i = 0; i < c->products.len; i++) {
		if (names_equal(c->products.at[i].product, l->product) &&
		    names_equal(c->products.at[i].profile, l->profile))
			return true;
	}
	return false;
}

static void add_offers(struct provider *p, struct arena *a, struct catalogue *out)
{
	for (size_t i = 0; i < p->apis.len; i++) {
		const struct api *api = &p->apis.at[i];
		struct api_offer offer = {
			.name = api->name, .code = api->code, .unavailable = api->disabled};
		for (size_t k = 0; k < api->licences.len; k++) {
			const struct licence *l = &api->licences.at[k];
			if (!l->unnameable)
				vec_push(a, &offer.products,
					 (struct entry){.product = l->product,
							.profile = l->profile});
		}
		vec_push(a, &out->apis, offer);
	}
	out->has_apis = true;
}

/* The console alone knows only what APIs offer: then nobody can say what does not exist. */
static void add_catalogue(struct provider *p, struct arena *a, struct catalogue *out)
{
	add_offers(p, a, out);
	if (!p->read_users)
		return;
	directory_catalogue(&p->directory, a, out);
	for (size_t i = 0; out->has_products && i < p->apis.len; i++) {
		const struct licence_vec *all = &p->apis.at[i].licences;
		for (size_t k = 0; k < all->len; k++) {
			const struct licence *l = &all->at[k];
			if (!l->unnameable && !has_product(out, l))
				vec_push(a, &out->products,
					 (struct entry){.product = l->product,
							.profile = l->profile});
		}
	}
}

static const struct organization *describe_organization(struct arena *a)
{
	struct organization *o = arena_zalloc(a, sizeof(*o));
	o->provider = "adobe";
	o->guards = (struct guards)GUARDS_UNSAID;
	return o;
}

static const char *organization_name(struct provider *p)
{
	ARENA scratch = {0};
	if (p->organization)
		return p->organization;
	return intern(p->strings, account_slug(&scratch, p->title ? p->title : "organisation"));
}

static const char *name_sources(const struct provider *p, struct arena *a)
{
	struct str out = STR(a);
	str_add(&out, "developer console");
	if (p->read_users)
		str_add(&out, ", user management");
	if (p->roles.len)
		str_printf(&out, ", own profiles of %zu account%s", p->roles.len,
			   p->roles.len == 1 ? "" : "s");
	if (p->roles_from)
		str_printf(&out, ", %s", p->roles_from);
	return str_text(&out);
}

#define LEFT_OUT_TOLD 5 /* so many of a long list are named */

static void drop_repeated(struct line_vec *all)
{
	size_t kept = 0;
	for (size_t i = 0; i < all->len; i++) {
		if (!kept || strcmp(all->at[kept - 1], all->at[i]) != 0)
			all->at[kept++] = all->at[i];
	}
	all->len = kept;
}

static void tell_left_out(const struct line_vec *all, bool told)
{
	for (size_t i = 0; i < all->len; i++) {
		if (i < LEFT_OUT_TOLD && !told)
			log_note("left out: %s", all->at[i]);
		else
			log_debug("left out: %s", all->at[i]);
	}
	if (all->len > LEFT_OUT_TOLD && !told)
		log_note("left out likewise: %zu more, which --log debug lists",
			 all->len - LEFT_OUT_TOLD);
}

/* Adds what was left out; only a first read tells it, so that nothing is told twice. */
static void add_left_out(struct provider *p, struct arena *a, const struct query *query,
			 struct live *out)
{
	struct line_vec *all = &out->left_out;
	for (size_t i = 0; i < p->left_out.len; i++)
		vec_push(a, all, arena_strdup(a, p->left_out.at[i]));
	if (p->read_users)
		directory_left_out(&p->directory, a, all);
	role_evidence_left_out(p, a, all);
	vec_sort(all, compare_texts);
	drop_repeated(all);
	if (!query->plan)
		tell_left_out(all, query->told);
}

struct error *live_read(struct provider *p, struct arena *a, struct universe *u,
			const struct query *query, struct live *out)
{
	universe_fold_names(u); /* Adobe's services do not agree on the case of names */
	progress_step("reading projects and credentials", "requests", 0);
	TRY(query->rest ? console_read_rest(p, query) : console_read(p, query));
	progress_step("reading users and groups", "requests", 0);
	if (!query->rest)
		TRY(read_directory(p, query));
	TRY(read_accounts(p));
	rename_all(p);
	progress_step("reading the accounts' own roles", "requests", 0);
	TRY(role_evidence_read(p));
	out->organization = organization_name(p);
	out->org_id = p->org_id;
	out->document = describe_organization(a);
	for (size_t i = 0; i < p->credentials.len; i++) {
		add_account(p, a, u, query, &p->credentials.at[i], out);
		add_products(a, u, &p->credentials.at[i], out);
	}
	if (p->read_users)
		directory_grants(&p->directory, u, a, &out->grants);
	role_evidence_grants(p, a, u, &out->grants);
	add_catalogue(p, a, &out->catalogue);
	out->products_unseen = !p->read_users;
	if (p->read_users)
		directory_unseen_groups(&p->directory, a, &out->unseen_groups);
	add_left_out(p, a, query, out);
	out->source = name_sources(p, a);
	out->own = own_account(p);
	out->own_user = own_person(p);
	out->own_needs = own_needs(p, a, u, out);
	return NULL;
}
