/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the organisation: the manifest first, then what the document adds. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/adobe-emulator/org/org.h"
#include "cmd/adobe-emulator/wire/ids.h"
#include "cmd/adobe-emulator/wire/json_fields.h"
#include "core/language/check.h"
#include "core/language/manifest.h"
#include "core/model/declaration.h"
#include "core/util/file.h"
#include "core/util/unicode.h"

#define DOCUMENT_MAX ((size_t)64 << 20) /* as large as a manifest may be */

struct org_loader {
	struct org *s;
	const struct reply *document;
	struct model model;
};

/* The item of an array of objects whose member `key` has that text; NULL: none has. */
static const struct reply *find_item(const struct reply *array, const char *key, const char *text)
{
	for (const struct reply *item = reply_first(array); item; item = reply_after(item)) {
		const char *have = reply_text(item, key);
		if (have && !strcmp(have, text))
			return item;
	}
	return NULL;
}

static void set_text(struct org *s, const char **member, const struct reply *from, const char *key)
{
	const char *text = reply_text(from, key);
	if (text)
		*member = org_intern(s, text);
}

/* ---- organisation ---- */

static void read_organization(struct org_loader *l)
{
	struct org *s = l->s;
	ARENA scratch = {0};
	const struct reply *o = reply_get(l->document, "organization");
	s->document = l->model.organizations.at[0];
	s->name = s->document.meta.name;
	s->ims_org = s->document.org_id;
	if (!s->ims_org)
		s->ims_org = org_intern(
			s, arena_printf(&scratch, "%s@AdobeOrg",
					id_hex_upper(&scratch, 24, "organization", s->name, "")));
	s->id = org_intern(s, id_digits(&scratch, 6, "organization", s->name, ""));
	s->title = s->name;
	set_text(s, &s->id, o, "id");
	set_text(s, &s->title, o, "title");
	s->terms_accepted = reply_bool(o, "termsAccepted", true);
}

static bool is_system_admin(const struct org *s, const struct user *u)
{
	return org_holds_role(s, 0, PRINCIPAL_USER, u->email, ROLE_SYSTEM_ADMINISTRATOR);
}

/* The person who signs in: as the document says, else a system administrator, else somebody from
 * outside. */
static void read_developer(struct org_loader *l)
{
	struct org *s = l->s;
	ARENA scratch = {0};
	const struct reply *d = reply_get(l->document, "developer");
	s->developer.email = "developer@example.com";
	for (size_t i = 0; i < s->users.len; i++) {
		if (is_system_admin(s, s->users.at[i])) {
			s->developer.email = s->users.at[i]->email;
			break;
		}
	}
	s->developer.first = "Dana";
	s->developer.last = "Developer";
	set_text(s, &s->developer.email, d, "email");
	set_text(s, &s->developer.first, d, "firstname");
	set_text(s, &s->developer.last, d, "lastname");
	s->developer.id = org_intern(
		s, arena_printf(&scratch, "%s@AdobeID",
				id_hex_upper(&scratch, 24, "user", s->name, s->developer.email)));
	set_text(s, &s->developer.id, d, "id");
}

static void read_contents(struct org_loader *l)
{
	static const char *const names[] = {"Brand Library", "Campaign Archive"};
	struct org *s = l->s;
	ARENA scratch = {0};
	const struct reply *given = array_at(l->document, "contents");
	for (size_t i = 0; !given && i < 2; i++) {
		struct content *c = arena_zalloc(&s->arena, sizeof(*c));
		c->name = names[i];
		c->id = org_intern(s, arena_printf(&scratch, "urn:aaid:sc:US:%s",
						   id_uuid(&scratch, "content", s->name, c->name)));
		c->creator = s->developer.id;
		c->state = "active";
		c->created = s->now;
		vec_push(&s->arena, &s->contents, c);
	}
	for (const struct reply *item = reply_first(given); item; item = reply_after(item)) {
		struct content *c = arena_zalloc(&s->arena, sizeof(*c));
		c->name = c->id = c->creator = "";
		c->state = "active";
		set_text(s, &c->name, item, "name");
		set_text(s, &c->id, item, "id");
		set_text(s, &c->creator, item, "creator");
		set_text(s, &c->state, item, "state");
		c->created = whole_at(item, "created", s->now);
		vec_push(&s->arena, &s->contents, c);
	}
}

static void add_directory(struct org *s, const char *domain, const char *type, bool by_username,
			  bool trusted)
{
	if (*domain && !find_directory(s, domain))
		vec_push(&s->arena, &s->directories,
			 (struct identity_directory){org_intern(s, domain), org_intern(s, type),
						     by_username, trusted});
}

static void read_directories(struct org_loader *l)
{
	struct org *s = l->s;
	const struct reply *given = array_at(l->document, "directories");
	for (const struct reply *item = reply_first(given); item; item = reply_after(item)) {
		const char *domain = reply_text(item, "domain");
		const char *type = reply_text(item, "type");
		if (domain)
			add_directory(s, domain, type ? type : "federatedID",
				      reply_bool(item, "byUsername", false),
				      reply_bool(item, "trusted", false));
	}
	if (given)
		return;
	add_directory(s, "example.com", "federatedID", false, false);
	for (size_t i = 0; i < s->users.len; i++) {
		if (strcmp(s->users.at[i]->type, "adobeID") != 0)
			add_directory(s, s->users.at[i]->domain, s->users.at[i]->type, false,
				      false);
	}
}

/* ---- products and the catalogue ---- */

static void add_profile(struct org_loader *l, const char *product, const char *name)
{
	if (product && name && !find_profile(l->s, product, name, 0))
		make_profile(l->s, product, name);
}

static void read_profile_details(struct org_loader *l)
{
	for (const struct reply *item = reply_first(array_at(l->document, "profiles")); item;
	     item = reply_after(item)) {
		const char *product = reply_text(item, "product");
		const char *name = reply_text(item, "profile");
		if (!product || !name || !org_name_ok(product) || !org_name_ok(name))
			continue;
		add_profile(l, product, name);
		struct profile *p = find_profile(l->s, product, name, 0);
		p->id = whole_at(item, "id", p->id);
		set_text(l->s, &p->quota, item, "licenseQuota");
		set_text(l->s, &p->product->id, item, "productId");
	}
}

static void read_products(struct org_loader *l)
{
	const struct entry_vec *listed = &l->s->document.status.products;
	const struct entry_vec *storage = &l->s->document.enterprise_storage;
	for (size_t i = 0; i < listed->len; i++)
		add_profile(l, listed->at[i].product, listed->at[i].profile);
	for (size_t i = 0; i < storage->len; i++)
		add_profile(l, storage->at[i].product, storage->at[i].profile);
	for (size_t i = 0; i < l->s->grants.len; i++) {
		const struct entitlement *e = &l->s->grants.at[i]->entitlement;
		add_profile(l, e->product, e->profile);
	}
	read_profile_details(l);
}

static void read_offers(struct org *s, struct catalogue_service *row, const struct reply *offers)
{
	for (const struct reply *item = reply_first(offers); item; item = reply_after(item)) {
		const char *product = reply_text(item, "product");
		const char *name = reply_text(item, "profile");
		for (size_t i = 0; product && i < s->profiles.len; i++) {
			struct profile *p = s->profiles.at[i];
			if (!strcmp(p->product->name, product) && (!name || !strcmp(p->name, name)))
				vec_push(&s->arena, &row->offers, p);
		}
	}
}

static void read_service(struct org *s, const struct reply *item)
{
	struct catalogue_service *row = arena_zalloc(&s->arena, sizeof(*row));
	row->type = "entp";
	row->description = "";
	set_text(s, &row->name, item, "name");
	set_text(s, &row->code, item, "code");
	set_text(s, &row->type, item, "type");
	set_text(s, &row->description, item, "description");
	if (!row->name || !row->code || !org_text_ok(row->name))
		return;
	row->enabled = reply_bool(item, "enabled", true);
	row->needs_profile = reply_bool(item, "needsProfile", false);
	row->brings_storage = reply_bool(item, "bringsStorage", false);
	row->admin_only = reply_bool(item, "adminOnly", false);
	for (const struct reply *scope = reply_first(array_at(item, "scopes")); scope;
	     scope = reply_after(scope)) {
		if (reply_own_text(scope))
			vec_push(&s->arena, &row->scopes, org_intern(s, reply_own_text(scope)));
	}
	read_offers(s, row, array_at(item, "offers"));
	row->given = true;
	vec_push(&s->arena, &s->services, row);
}

static void read_catalogue(struct org_loader *l)
{
	const struct reply *given = array_at(l->document, "catalogue");
	l->s->catalogue_given = given != NULL;
	for (const struct reply *item = reply_first(given); item; item = reply_after(item))
		read_service(l->s, item);
	catalogue_make(l->s);
}

/* ---- people ---- */

static void add_user(struct org_loader *l, const char *email)
{
	struct org *s = l->s;
	if (find_user(s, email, 0))
		return;
	const struct reply *d = find_item(reply_get(l->document, "users"), "email", email);
	const char *type = reply_text(d, "type"), *address;
	enum user_type named = user_type_of(email, &address);
	if (!type)
		type = named == USER_ANY ? "federatedID" : user_type_names[named];
	struct user *u = make_user(s, email, type);
	if (named != USER_ANY)
		u->username = org_intern(s, address);
	set_text(s, &u->username, d, "username");
	set_text(s, &u->domain, d, "domain");
	set_text(s, &u->first, d, "firstname");
	set_text(s, &u->last, d, "lastname");
	set_text(s, &u->country, d, "country");
	set_text(s, &u->id, d, "id");
	u->wrong = reply_bool(d, "wrongEntry", false);
}

static void add_group(struct org_loader *l, const char *name)
{
	struct org *s = l->s;
	if (find_group(s, name, 0))
		return;
	const struct reply *d = find_item(reply_get(l->document, "groups"), "name", name);
	struct group *g = make_group(s, name);
	g->id = whole_at(d, "id", g->id);
	g->read_only = reply_bool(d, "readOnly", false);
	set_text(s, &g->description, d, "description");
}

static void read_members(struct org_loader *l)
{
	for (size_t i = 0; i < l->s->groups.len; i++) {
		struct group *g = l->s->groups.at[i];
		const struct reply *d =
			find_item(reply_get(l->document, "groups"), "name", g->name);
		for (const struct reply *item = reply_first(array_at(d, "members")); item;
		     item = reply_after(item)) {
			struct user *u = reply_own_text(item)
						 ? find_user(l->s, reply_own_text(item), 0)
						 : NULL;
			if (u)
				join_group(l->s, g, u);
		}
	}
}

static void read_people(struct org_loader *l)
{
	const struct catalogue *c = &l->s->document.status;
	for (size_t i = 0; i < c->users.len; i++)
		add_user(l, c->users.at[i].text);
	for (size_t i = 0; i < c->groups.len; i++)
		add_group(l, c->groups.at[i].text);
	for (size_t i = 0; i < l->s->grants.len; i++) {
		struct grant *g = l->s->grants.at[i];
		if (g->kind == PRINCIPAL_USER) {
			add_user(l, g->name);
			g->name = find_user(l->s, g->name, 0)->email;
		}
		if (g->kind == PRINCIPAL_GROUP)
			add_group(l, g->name);
		if (g->entitlement.group)
			add_group(l, g->entitlement.group);
	}
	read_members(l);
}

static void read_grants(struct org_loader *l)
{
	struct org *s = l->s;
	ARENA scratch = {0};
	struct model_index index;
	struct pair_vec pairs = {0};
	struct universe *u = universe_new(s->strings);
	model_index(&l->model, &scratch, &index);
	live_pairs(&l->model, &index, u, &scratch, &pairs);
	universe_rank(u);
	for (size_t i = 0; i < pairs.len; i++) {
		const struct principal *p =
			universe_principal_at(u, universe_principal_rank(u, pairs.at[i].principal));
		const struct entitlement *e = universe_entitlement_at(
			u, universe_entitlement_rank(u, pairs.at[i].entitlement));
		if (e->api)
			continue; /* a subscription: read with the credential */
		struct grant *g = arena_zalloc(&s->arena, sizeof(*g));
		*g = (struct grant){.kind = p->kind, .name = p->name, .entitlement = *e};
		vec_push(&s->arena, &s->grants, g);
	}
	universe_free(u);
}

/* ---- projects and credentials ---- */

static void read_workspaces(struct org *s, struct project *p, const struct reply *array)
{
	for (const struct reply *item = reply_first(array); item; item = reply_after(item)) {
		const char *name = reply_text(item, "name");
		if (!name)
			continue;
		struct workspace *w = make_workspace(s, p, name, reply_text(item, "title"),
						     reply_text(item, "description"));
		set_text(s, &w->id, item, "id");
		w->created = whole_at(item, "created", s->now);
		w->modified = whole_at(item, "modified", s->now);
	}
}

static void read_projects(struct org_loader *l)
{
	struct org *s = l->s;
	for (const struct reply *item = reply_first(array_at(l->document, "projects")); item;
	     item = reply_after(item)) {
		const char *name = reply_text(item, "name"), *title = reply_text(item, "title");
		const char *type = reply_text(item, "type");
		if (!name || !title || !org_text_ok(title) || !*title)
			continue;
		struct project *p = make_project(s, name, title, reply_text(item, "description"),
						 type ? type : "default", s->developer.id);
		set_text(s, &p->id, item, "id");
		set_text(s, &p->who, item, "who");
		p->created = whole_at(item, "created", s->now);
		p->modified = whole_at(item, "modified", s->now);
		p->guarded = reply_bool(item, "guarded", false);
		read_workspaces(s, p, array_at(item, "workspaces"));
	}
}

/* "asset-archiver" becomes "asset archiver": titles are letters, digits and blanks. */
static const char *title_of(struct arena *a, const char *account)
{
	char *title = arena_strndup(a, account, 45);
	for (char *at = title; *at; at++) {
		if (*at == '-')
			*at = ' ';
	}
	return title;
}

static struct project *project_titled(struct org *s, const char *title)
{
	for (size_t i = 0; i < s->projects.len; i++) {
		if (!strcmp(s->projects.at[i]->title, title))
			return s->projects.at[i];
	}
	ARENA scratch = {0};
	return make_project(s, project_name_of(&scratch, title), title, NULL, "default",
			    s->developer.id);
}

static struct workspace *workspace_of(struct org *s, struct project *p, const char *id)
{
	struct workspace *w = id ? find_workspace(p, id, 0) : NULL;
	if (w)
		return w;
	if (p->workspaces.len)
		return p->workspaces.at[0];
	return make_workspace(s, p, "Production", NULL, NULL);
}

static void read_secrets(struct org *s, struct org_credential *c, const struct reply *array)
{
	if (!array)
		return;
	c->secrets.len = 0;
	for (const struct reply *item = reply_first(array); item; item = reply_after(item)) {
		const char *value = reply_text(item, "secret");
		if (!value)
			continue;
		struct secret_row *row = make_secret(s, c);
		row->value = org_intern(s, value);
		set_text(s, &row->uuid, item, "uuid");
		row->created = whole_at(item, "created", s->now);
		row->used = whole_at(item, "lastUsed", 0);
		if (row->used)
			row->grant_type = "client_credentials";
	}
}

static void read_credential_details(struct org *s, struct org_credential *c, const struct reply *d)
{
	set_text(s, &c->id, d, "id");
	set_text(s, &c->client_id, d, "clientId");
	set_text(s, &c->type, d, "type");
	set_text(s, &c->migration, d, "migrationStatus");
	set_text(s, &c->public_key, d, "publicKey");
	set_text(s, &c->tech_id, d, "technicalAccountId");
	set_text(s, &c->tech_email, d, "technicalAccountEmail");
	c->created = whole_at(d, "created", s->now);
	c->modified = whole_at(d, "modified", s->now);
	c->bound = reply_bool(d, "bound", false);
	read_secrets(s, c, array_at(d, "secrets"));
}

static void read_account(struct org_loader *l, const struct account *a)
{
	struct org *s = l->s;
	ARENA scratch = {0};
	const struct reply *d =
		find_item(reply_get(l->document, "credentials"), "account", a->meta.name);
	const char *project_id = reply_text(d, "projectId");
	struct project *p = project_id ? find_project(s, project_id, 0) : NULL;
	if (!p || (a->project && strcmp(p->title, a->project) != 0))
		p = project_titled(s, a->project ? a->project : title_of(&scratch, a->meta.name));
	struct workspace *w = workspace_of(s, p, reply_text(d, "workspaceId"));
	struct org_credential *c = make_credential(s, p, w, account_credential(a), a->description);
	c->account = a->meta.name;
	c->document = *a;
	read_credential_details(s, c, d);
	if (a->id)
		c->tech_id = a->id;
	if (a->email)
		c->tech_email = a->email;
	for (size_t i = 0; i < a->apis.len; i++) {
		subscribe(s, c, catalogue_find(s, a->apis.at[i].name));
		c->subscriptions.at[c->subscriptions.len - 1]->spelling = a->apis.at[i].name;
		c->subscriptions.at[c->subscriptions.len - 1]->fresh = false;
	}
	c->has_apis = a->has_apis;
}

static void read_accounts(struct org_loader *l)
{
	read_projects(l);
	for (size_t i = 0; i < l->model.accounts.len; i++) {
		if (l->model.accounts.at[i].state != STATE_ABSENT)
			read_account(l, &l->model.accounts.at[i]);
	}
	for (size_t i = 0; i < l->s->projects.len; i++)
		workspace_of(l->s, l->s->projects.at[i], NULL);
}

/* ---- both files ---- */

/* The first error that reading and checking reported. */
static struct error *first_error(const struct report *report)
{
	const struct diagnostic *d = &report->items.at[0];
	return error_at(ERROR_INPUT, d->at, "%s [%s]", d->summary, d->id);
}

static struct error *read_manifest(struct org_loader *l, const char *path)
{
	struct org *s = l->s;
	struct report report = {.arena = &s->arena};
	const struct manifest_reader reader = {s->strings, &s->arena, &report};
	TRY(manifest_load(&reader, &path, 1, &l->model, NULL));
	check_model(&l->model, (struct location){path, 1, 1}, &report);
	report_sort(&report);
	return report.errors ? first_error(&report) : NULL;
}

static void read_all(struct org_loader *l)
{
	read_organization(l);
	read_grants(l);
	read_people(l);
	read_developer(l);
	read_directories(l);
	read_products(l);
	read_catalogue(l);
	read_accounts(l);
	read_contents(l);
	set_text(l->s, &l->s->signing_key, l->document, "signingKey");
	l->s->serial = (uint64_t)whole_at(l->document, "serial", 0);
}

struct error *org_read(const char *manifest_path, const struct reply *document, int64_t now,
		       struct org **out)
{
	struct org *s = xmalloc(sizeof(*s));
	*s = (struct org){.strings = intern_new(), .now = now, .open = true, .loading = true};
	vec_push(&s->arena, &s->revision_at, 0);
	struct org_loader l = {.s = s, .document = document};
	struct error *error = read_manifest(&l, manifest_path);
	if (error) {
		org_free(s);
		return error;
	}
	read_all(&l);
	s->open = s->loading = s->dirty = false;
	*out = s;
	return NULL;
}

struct error *org_load(const char *manifest_path, const char *json_path, int64_t now,
		       struct org **out)
{
	struct stat st;
	CLEANUP(free) char *text = NULL;
	CLEANUP(reply_free) struct reply *document = NULL;
	size_t len;
	if (stat(json_path, &st) == 0) {
		TRY(file_read(json_path, DOCUMENT_MAX, &text, &len));
		TRY(reply_read(json_path, text, len, REPLY_KEYS_ONCE, &document));
	} else if (errno != ENOENT) {
		return error_errno(errno, "reading %s", json_path);
	}
	TRY(org_read(manifest_path, document, now, out));
	(*out)->manifest_path = manifest_path;
	(*out)->json_path = json_path;
	return NULL;
}

void org_free(struct org *s)
{
	if (!s)
		return;
	intern_free(s->strings);
	arena_done(&s->arena);
	free(s);
}
