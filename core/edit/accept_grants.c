/* SPDX-License-Identifier: Apache-2.0 */
#include "core/edit/accepter.h"

#include <string.h>

#include "core/model/live.h"
#include "core/util/keys.h"

static uint32_t number_of(struct accept *s, const struct entitlement *e)
{
	return universe_number(s->u, e);
}

static uint32_t entitlement_of(struct accept *s, const struct assignment *d)
{
	return universe_entitlement(s->u, d->role, d->product, d->profile, d->group);
}

static bool is_said(const struct accept *s, uint64_t key)
{
	for (const struct accept_line *l = accept_first_line(s, key); l;
	     l = accept_next_line(s, l)) {
		if (!l->expired)
			return true;
	}
	return false;
}

/* ---- edits ---- */

static void add_effect(struct accept *s, enum effect_kind kind, uint64_t key)
{
	vec_push(s->arena, &s->effects, (struct effect){.kind = kind, .key = key});
}

static void add_item(struct accept *s, struct location document, const char *key,
		     struct edit_item item)
{
	struct edit *e = accept_add_edit(s, EDIT_ADD_ITEM, document);
	e->parents[0] = "spec";
	e->key = key;
	e->item = item;
}

static void add_item_field(struct edit_item *item, size_t *count, const char *key,
			   const char *value)
{
	if (value)
		item->fields[(*count)++] = (struct edit_field){key, value};
}

static struct edit_item entitlement_item(const struct entitlement *e)
{
	struct edit_item item = {0};
	size_t count = 0;
	const char *role = e->role ? role_table[e->role].name : NULL;
	if (e->api || (role && role_table[e->role].scope == SCOPE_ORGANIZATION)) {
		item.bare = e->api ? e->api : role;
		return item;
	}
	add_item_field(&item, &count, "role", role);
	add_item_field(&item, &count, "product", e->product);
	add_item_field(&item, &count, "profile", e->profile);
	add_item_field(&item, &count, "group", e->group);
	return item;
}

static struct edit_item member_item(enum principal_kind kind, const char *name)
{
	struct edit_item item = {0};
	if (kind == PRINCIPAL_ACCOUNT) {
		item.bare = name;
	} else if (kind == PRINCIPAL_GROUP) {
		item.fields[0] = (struct edit_field){"group", name};
	} else {
		const char *address;
		enum user_type type = user_type_of(name, &address);
		item.fields[0] = (struct edit_field){"user", address};
		if (type != USER_ANY)
			item.fields[1] = (struct edit_field){"type", user_type_names[type]};
	}
	return item;
}

/* ---- grants ---- */

/* The document about an entitlement; NULL. */
static const struct assignment *find_assignment(struct accept *s, const struct entitlement *e)
{
	const struct assignment_vec *all = e->role ? &s->set->model.roles : &s->set->model.products;
	uint32_t number = number_of(s, e);
	for (size_t i = 0; i < all->len; i++) {
		if (entitlement_of(s, &all->at[i]) == number)
			return &all->at[i];
	}
	return NULL;
}

static void add_to_document(struct accept *s, struct principal p, const struct entitlement *e)
{
	const struct assignment *d = find_assignment(s, e);
	uint32_t number = number_of(s, e);
	if (d) {
		add_item(s, d->at, "members", member_item(p.kind, p.name));
		return;
	}
	size_t i = 0;
	while (i < s->documents.len && s->documents.at[i].entitlement != number)
		i++;
	if (i == s->documents.len)
		vec_push(s->arena, &s->documents,
			 (struct accept_document){.entitlement = number, .what = e});
	vec_push(s->arena, &s->documents.at[i].members, p);
}

/* Whether the account's own list may be made: it claims all that the account holds, so it has to
 * say all of it. */
static bool says_all(struct accept *s, const struct account *declared, const char *live_name,
		     bool role)
{
	struct pair_vec pairs = {0};
	uint32_t self = universe_principal(s->u, PRINCIPAL_ACCOUNT, declared->meta.name, false);
	accept_live_pairs_of(s, live_name, &pairs);
	for (size_t i = 0; i < pairs.len; i++) {
		const struct entitlement *e =
			universe_entitlement_numbered(s->in->universe, pairs.at[i].entitlement);
		if (!e->api && !!e->role == role && !is_said(s, grant_key(self, number_of(s, e))) &&
		    !accept_appears(s, live_name, e))
			return false;
	}
	return true;
}

/* Whether something would take away what the account does not say of its APIs. */
static bool claims_apis(const struct accept *s, const struct account *declared)
{
	return account_with_apis(declared, &s->set->index, s->arena, DATE_NONE)->has_apis;
}

static void add_own(struct accept *s, const struct account *declared, const char *live_name,
		    const struct entitlement *e)
{
	if (e->api) {
		add_item(s, declared->at, "apis", entitlement_item(e));
		return;
	}
	bool role = e->role, has = role ? declared->has_roles : declared->has_products;
	bool own = has || declared->has_bundles;
	if (own || (!find_assignment(s, e) && says_all(s, declared, live_name, role)))
		add_item(s, declared->at, role ? "adminRoles" : "products", entitlement_item(e));
	else
		add_to_document(
			s, (struct principal){accept_name_after(s, declared), PRINCIPAL_ACCOUNT},
			e);
}

/* A grant of an account that no manifest has: the document of an account that appears too has it;
 * else there is only something to say where something would take it away, or report it. */
static enum accepted accept_undeclared(struct accept *s, const struct drift_item *d)
{
	const struct account *live = live_find(s->in->live, d->principal->name);
	if (live && accept_appears(s, d->principal->name, NULL))
		return ACCEPT_WRITTEN;
	if (!live || d->fate == DRIFT_LEFT)
		return ACCEPT_NOTHING;
	accept_document_account(s, live);
	return ACCEPT_WRITTEN;
}

enum accepted accept_appeared(struct accept *s, const struct drift_item *d)
{
	const struct principal *p = d->principal;
	bool account = p->kind == PRINCIPAL_ACCOUNT;
	const struct account *declared = account ? accept_find_declared(s, p->name) : NULL;
	if (account && !declared)
		return accept_undeclared(s, d);
	if (declared && declared->state == STATE_ABSENT)
		return accept_refuse(s, declared->at,
				     "the account is declared absent, and it is live",
				     "take \"state: absent\" out first");
	const char *before = account ? declared->meta.name : p->name;
	const char *after = account ? accept_name_after(s, declared) : p->name;
	uint32_t entitlement = number_of(s, d->entitlement);
	uint64_t key = grant_key(universe_principal(s->u, p->kind, before, false), entitlement);
	bool open = d->entitlement->api && declared && !claims_apis(s, declared);
	if (open || is_said(s, key))
		return ACCEPT_NOTHING;
	for (const struct accept_line *l = accept_first_line(s, key); l;
	     l = accept_next_line(s, l)) {
		if (!l->bundle)
			accept_remove_item(s, l->document, l->at);
	}
	if (account)
		add_own(s, declared, p->name, d->entitlement);
	else
		add_to_document(s, *p, d->entitlement);
	uint32_t now = universe_principal(s->u, p->kind, after, false);
	add_effect(s, EFFECT_ADD, grant_key(now, entitlement));
	return ACCEPT_WRITTEN;
}

enum accepted accept_gone(struct accept *s, const struct drift_item *d)
{
	const struct principal *p = d->principal;
	const struct account *declared =
		p->kind == PRINCIPAL_ACCOUNT ? accept_find_declared(s, p->name) : NULL;
	const char *before = declared ? declared->meta.name : p->name;
	const char *after = declared ? accept_name_after(s, declared) : p->name;
	uint32_t entitlement = number_of(s, d->entitlement);
	uint64_t key = grant_key(universe_principal(s->u, p->kind, before, false), entitlement);
	const struct accept_line *first = accept_first_line(s, key);
	for (const struct accept_line *l = first; l; l = accept_next_line(s, l)) {
		if (l->bundle)
			return accept_refuse(
				s, l->bundle_at,
				arena_printf(s->report->arena,
					     "bundle \"%s\" says it, for others too", l->bundle),
				arena_printf(s->report->arena,
					     "take it out of the bundle, or the bundle out of "
					     "account \"%s\"",
					     before));
	}
	if (!first)
		return ACCEPT_NOTHING;
	for (const struct accept_line *l = first; l; l = accept_next_line(s, l))
		accept_remove_item(s, l->document, l->at);
	uint32_t now = universe_principal(s->u, p->kind, after, false);
	add_effect(s, EFFECT_REMOVE, grant_key(now, entitlement));
	return ACCEPT_WRITTEN;
}
