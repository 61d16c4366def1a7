/* SPDX-License-Identifier: Apache-2.0 */
/* Writing the organisation: the manifest as every exporter of the project writes it, and the
 * document. */
#include <string.h>

#include "cmd/adobe-emulator/org/org.h"
#include "core/language/emit.h"
#include "core/util/file.h"

/* ---- the manifest ---- */

static void add_account(struct arena *a, struct universe *u, const struct org_credential *c,
			struct live *out)
{
	struct account row = c->document;
	row.project = c->project->title;
	row.credential = c->name;
	row.description = *c->description ? c->description : NULL;
	row.id = c->tech_id;
	row.email = c->tech_email;
	row.has_apis = c->has_apis;
	uint32_t holder = universe_principal(u, PRINCIPAL_ACCOUNT, row.meta.name, true);
	for (size_t i = 0; i < c->subscriptions.len; i++) {
		const struct entitlement api = {.api = c->subscriptions.at[i]->spelling};
		if (lives(&c->subscriptions.at[i]->life, REVISION_LATEST))
			vec_push(a, &out->grants, (struct pair){holder, universe_number(u, &api)});
	}
	vec_push(a, &out->accounts, row);
}

static void add_catalogue(struct org *s, struct arena *a, struct catalogue *out)
{
	out->has_products = out->has_users = out->has_groups = true;
	for (size_t i = 0; i < s->profiles.len; i++) {
		const struct profile *p = s->profiles.at[i];
		if (lives(&p->life, REVISION_LATEST))
			vec_push(a, &out->products,
				 (struct entry){.product = p->product->name, .profile = p->name});
	}
	for (size_t i = 0; i < s->users.len; i++) {
		bool twin = user_type_of(s->users.at[i]->email, NULL) != USER_ANY;
		if (lives(&s->users.at[i]->life, REVISION_LATEST) && !twin)
			vec_push(a, &out->users, (struct text_item){.text = s->users.at[i]->email});
	}
	for (size_t i = 0; i < s->groups.len; i++) {
		if (lives(&s->groups.at[i]->life, REVISION_LATEST))
			vec_push(a, &out->groups,
				 (struct text_item){.text = s->groups.at[i]->name});
	}
}

static void add_grants(struct org *s, struct arena *a, struct universe *u, struct live *out)
{
	for (size_t i = 0; i < s->grants.len; i++) {
		const struct grant *g = s->grants.at[i];
		const struct entitlement *e = &g->entitlement;
		if (!lives(&g->life, REVISION_LATEST))
			continue;
		struct pair pair = {universe_principal(u, g->kind, g->name, true),
				    universe_number(u, e)};
		vec_push(a, &out->grants, pair);
	}
}

const char *org_manifest_text(struct org *s, struct arena *a)
{
	struct str out = STR(a);
	struct universe *u = universe_new(s->strings);
	struct live live = {.organization = s->name,
			    .org_id = s->ims_org,
			    .document = &s->document,
			    .source = "emulator"};
	for (size_t i = 0; i < s->credentials.len; i++) {
		if (lives(&s->credentials.at[i]->life, REVISION_LATEST))
			add_account(a, u, s->credentials.at[i], &live);
	}
	vec_sort(&live.accounts, account_order);
	add_catalogue(s, a, &live.catalogue);
	add_grants(s, a, u, &live);
	universe_rank(u);
	emit_all(&out, &live, u);
	universe_free(u);
	return str_text(&out);
}

/* ---- the document ---- */

static void add_organization(const struct org *s, struct tree *tree)
{
	struct tree *o = tree_add_object(tree, "organization");
	tree_text(o, "id", s->id);
	tree_text(o, "title", s->title);
	tree_bool(o, "termsAccepted", s->terms_accepted);
	struct tree *d = tree_add_object(tree, "developer");
	tree_text(d, "email", s->developer.email);
	tree_text(d, "id", s->developer.id);
	tree_text(d, "firstname", s->developer.first);
	tree_text(d, "lastname", s->developer.last);
	struct tree *all = tree_add_array(tree, "directories");
	for (size_t i = 0; i < s->directories.len; i++) {
		struct tree *item = tree_push_object(all);
		tree_text(item, "domain", s->directories.at[i].domain);
		tree_text(item, "type", s->directories.at[i].type);
		tree_bool(item, "byUsername", s->directories.at[i].by_username);
		tree_bool(item, "trusted", s->directories.at[i].trusted);
	}
}

static void add_service(struct tree *array, const struct catalogue_service *row)
{
	struct tree *item = tree_push_object(array);
	tree_text(item, "name", row->name);
	tree_text(item, "code", row->code);
	tree_text(item, "type", row->type);
	tree_text(item, "description", row->description);
	tree_bool(item, "enabled", row->enabled);
	tree_bool(item, "needsProfile", row->needs_profile);
	tree_bool(item, "bringsStorage", row->brings_storage);
	tree_bool(item, "adminOnly", row->admin_only);
	tree_texts(item, "scopes", &row->scopes);
	struct tree *offers = tree_add_array(item, "offers");
	for (size_t i = 0; i < row->offers.len; i++) {
		struct tree *offer = tree_push_object(offers);
		tree_text(offer, "product", row->offers.at[i]->product->name);
		tree_text(offer, "profile", row->offers.at[i]->name);
	}
}

static void add_products(const struct org *s, struct tree *tree)
{
	struct tree *profiles = tree_add_array(tree, "profiles");
	for (size_t i = 0; i < s->profiles.len; i++) {
		const struct profile *p = s->profiles.at[i];
		if (!lives(&p->life, REVISION_LATEST))
			continue;
		struct tree *item = tree_push_object(profiles);
		tree_text(item, "product", p->product->name);
		tree_text(item, "profile", p->name);
		tree_int(item, "id", p->id);
		tree_text(item, "productId", p->product->id);
		tree_text(item, "licenseQuota", p->quota);
	}
	if (!s->catalogue_given)
		return;
	struct tree *services = tree_add_array(tree, "catalogue");
	for (size_t i = 0; i < s->services.len; i++) {
		if (s->services.at[i]->given)
			add_service(services, s->services.at[i]);
	}
}

static void set_known(struct tree *item, const char *key, const char *text)
{
	if (text)
		tree_text(item, key, text);
}

static void add_people(const struct org *s, struct tree *tree)
{
	struct tree *users = tree_add_array(tree, "users"),
		    *groups = tree_add_array(tree, "groups");
	for (size_t i = 0; i < s->users.len; i++) {
		const struct user *u = s->users.at[i];
		if (!lives(&u->life, REVISION_LATEST))
			continue;
		struct tree *item = tree_push_object(users);
		tree_text(item, "email", u->email);
		tree_text(item, "username", u->username);
		tree_text(item, "domain", u->domain);
		set_known(item, "firstname", u->first);
		set_known(item, "lastname", u->last);
		set_known(item, "country", u->country);
		tree_text(item, "type", u->type);
		tree_text(item, "id", u->id);
		if (u->wrong)
			tree_bool(item, "wrongEntry", true);
	}
	for (size_t i = 0; i < s->groups.len; i++) {
		const struct group *g = s->groups.at[i];
		if (!lives(&g->life, REVISION_LATEST))
			continue;
		struct tree *item = tree_push_object(groups);
		tree_text(item, "name", g->name);
		tree_int(item, "id", g->id);
		set_known(item, "description", g->description);
		tree_bool(item, "readOnly", g->read_only);
		struct tree *members = tree_add_array(item, "members");
		for (size_t k = 0; k < g->members.len; k++) {
			if (lives(&g->members.at[k]->life, REVISION_LATEST))
				tree_push_text(members, g->members.at[k]->user->email);
		}
	}
}

static void add_projects(const struct org *s, struct tree *tree)
{
	struct tree *projects = tree_add_array(tree, "projects");
	for (size_t i = 0; i < s->projects.len; i++) {
		const struct project *p = s->projects.at[i];
		if (!lives(&p->life, REVISION_LATEST))
			continue;
		struct tree *item = tree_push_object(projects);
		tree_text(item, "id", p->id);
		tree_text(item, "name", p->name);
		tree_text(item, "title", p->title);
		tree_text(item, "description", p->description);
		tree_text(item, "type", p->type);
		tree_text(item, "who", p->who);
		tree_int(item, "created", p->created);
		tree_int(item, "modified", p->modified);
		if (p->guarded)
			tree_bool(item, "guarded", true);
		struct tree *workspaces = tree_add_array(item, "workspaces");
		for (size_t k = 0; k < p->workspaces.len; k++) {
			const struct workspace *w = p->workspaces.at[k];
			if (!lives(&w->life, REVISION_LATEST))
				continue;
			struct tree *row = tree_push_object(workspaces);
			tree_text(row, "id", w->id);
			tree_text(row, "name", w->name);
			tree_text(row, "title", w->title);
			tree_text(row, "description", w->description);
			tree_int(row, "created", w->created);
			tree_int(row, "modified", w->modified);
		}
	}
}

static void add_secrets(const struct org_credential *c, struct tree *item)
{
	struct tree *secrets = tree_add_array(item, "secrets");
	for (size_t i = 0; i < c->secrets.len; i++) {
		const struct secret_row *row = c->secrets.at[i];
		if (!lives(&row->life, REVISION_LATEST))
			continue;
		struct tree *secret = tree_push_object(secrets);
		tree_text(secret, "uuid", row->uuid);
		tree_text(secret, "secret", row->value);
		tree_int(secret, "created", row->created);
		tree_int(secret, "lastUsed", row->used);
	}
}

static void add_credentials(const struct org *s, struct tree *tree)
{
	struct tree *all = tree_add_array(tree, "credentials");
	for (size_t i = 0; i < s->credentials.len; i++) {
		const struct org_credential *c = s->credentials.at[i];
		if (!lives(&c->life, REVISION_LATEST))
			continue;
		struct tree *item = tree_push_object(all);
		tree_text(item, "account", c->account);
		tree_text(item, "id", c->id);
		tree_text(item, "projectId", c->project->id);
		tree_text(item, "workspaceId", c->workspace->id);
		tree_text(item, "clientId", c->client_id);
		tree_text(item, "technicalAccountId", c->tech_id);
		tree_text(item, "technicalAccountEmail", c->tech_email);
		tree_text(item, "type", c->type);
		tree_text(item, "migrationStatus", c->migration);
		set_known(item, "publicKey", c->public_key);
		tree_bool(item, "bound", c->bound);
		tree_int(item, "created", c->created);
		tree_int(item, "modified", c->modified);
		add_secrets(c, item);
	}
}

struct tree *org_tree(struct org *s)
{
	struct tree *tree = tree_object();
	tree_text(tree, "format", "adobe-emulator/1");
	add_organization(s, tree);
	add_products(s, tree);
	add_people(s, tree);
	add_projects(s, tree);
	add_credentials(s, tree);
	struct tree *contents = tree_add_array(tree, "contents");
	for (size_t i = 0; i < s->contents.len; i++) {
		const struct content *c = s->contents.at[i];
		struct tree *item = tree_push_object(contents);
		tree_text(item, "id", c->id);
		tree_text(item, "name", c->name);
		tree_text(item, "creator", c->creator);
		tree_text(item, "state", c->state);
		tree_int(item, "created", c->created);
	}
	tree_text(tree, "signingKey", s->signing_key);
	tree_int(tree, "serial", (int64_t)s->serial);
	return tree;
}

struct error *org_save(struct org *s)
{
	if (!s->dirty)
		return NULL;
	ARENA scratch = {0};
	const char *document = tree_print_pretty(&scratch, org_tree(s));
	TRY(file_write_atomic(s->json_path, document, strlen(document), 0600));
	const char *manifest = org_manifest_text(s, &scratch);
	TRY(file_write_atomic(s->manifest_path, manifest, strlen(manifest), 0644));
	s->dirty = false;
	return NULL;
}
