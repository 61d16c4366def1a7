/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/emit.h"

#include <string.h>

#include "core/language/emitter.h"
#include "core/util/compare.h"
#include "core/util/unicode.h"

const char *emit_file_name(enum kind kind)
{
	static const char *const names[KIND_COUNT] = {
		[KIND_ORGANIZATION] = "organization.yaml",
		[KIND_ACCESS_BUNDLE] = "access-bundles.yaml",
		[KIND_TECHNICAL_ACCOUNT] = "technical-accounts.yaml",
		[KIND_ADMIN_ROLE] = "admin-roles.yaml",
		[KIND_PRODUCT_ASSIGNMENT] = "product-assignments.yaml",
		[KIND_OPEN_DRIFT] = "open-drift.yaml",
	};
	return names[kind];
}

static void sort_pairs(struct emitter *e)
{
	const struct pair_vec *pairs = &e->live->grants;
	vec_reserve(&e->scratch, &e->keys, pairs->len + 1);
	for (size_t i = 0; i < pairs->len; i++)
		vec_push(&e->scratch, &e->keys,
			 grant_key(universe_principal_rank(e->u, pairs->at[i].principal),
				   universe_entitlement_rank(e->u, pairs->at[i].entitlement)));
	keys_sort_once(&e->keys);
}

static const struct principal *principal_of(const struct emitter *e, size_t i)
{
	return universe_principal_at(e->u, grant_principal(e->keys.at[i]));
}

static const struct entitlement *entitlement_of(const struct emitter *e, size_t i)
{
	return universe_entitlement_at(e->u, (uint32_t)e->keys.at[i]);
}

static const struct words *words_of(const struct emitter *e, size_t i)
{
	uint64_t key = e->keys.at[i];
	return live_words(e->live, universe_principal_number(e->u, grant_principal(key)),
			  universe_entitlement_number(e->u, grant_entitlement(key)));
}

enum entitlement_list { LIST_APIS, LIST_ROLES, LIST_PRODUCTS };

static bool is_in(enum entitlement_list list, const struct entitlement *e)
{
	if (list == LIST_APIS)
		return e->api;
	return !e->api && !!e->role == (list == LIST_ROLES);
}

static size_t count_of(const struct emitter *e, enum entitlement_list list, size_t from, size_t to)
{
	size_t count = 0;
	for (size_t i = from; i < to; i++)
		count += is_in(list, entitlement_of(e, i));
	return count;
}

/* One of an account's lists; its keys are at[from .. to), in the order of entitlements. */
static void add_list(struct emitter *e, enum entitlement_list list, size_t from, size_t to)
{
	static const char *const keys[] = {"apis", "adminRoles", "products"};
	str_printf(e->out, "  %s:%s\n", keys[list], count_of(e, list, from, to) ? "" : " []");
	for (size_t i = from; i < to; i++) {
		if (is_in(list, entitlement_of(e, i)))
			emitter_add_entitlement(e->out, entitlement_of(e, i), words_of(e, i));
	}
}

/* A list says that it is complete, so one that could not be seen whole is left out; where some of
 * it was seen, it is there and claims nothing. False for the latter. */
static bool add_roles(struct emitter *e, const struct account *a, size_t from, size_t to)
{
	bool any = count_of(e, LIST_ROLES, from, to) > 0;
	if (a->unseen.len && a->unseen_roles)
		str_printf(e->out, "  # adminRoles could not be seen whole: %s would show them\n",
			   a->unseen_roles);
	if (!a->unseen.len || any)
		add_list(e, LIST_ROLES, from, to);
	return !a->unseen.len || !any;
}

static void emit_account(struct emitter *e, const struct account *a, size_t from, size_t to)
{
	emitter_begin(e, KIND_TECHNICAL_ACCOUNT, a->meta.name);
	if (a->meta.has_labels)
		emitter_add_labels(e->out, &a->meta.labels);
	str_add(e->out, "spec:\n");
	emit_field(e->out, "description", a->description);
	emit_field(e->out, "owner", a->owner);
	emit_field(e->out, "project", a->project);
	emit_field(e->out, "credential",
		   account_credential(a) == a->meta.name ? NULL : a->credential);
	if (a->has_apis || count_of(e, LIST_APIS, from, to))
		add_list(e, LIST_APIS, from, to);
	bool whole = add_roles(e, a, from, to);
	add_list(e, LIST_PRODUCTS, from, to);
	if (!whole || a->unlisted == UNLISTED_REPORT)
		str_add(e->out, "  unlisted: report\n");
	if (!a->id && !a->email && !a->unseen.len)
		return;
	str_add(e->out, "status:\n");
	emit_field(e->out, "id", a->id);
	emit_field(e->out, "email", a->email);
	emitter_add_unseen(e->out, &a->unseen);
}

/* Accounts and their grants are both in name order. */
static void emit_accounts(struct emitter *e)
{
	size_t from = 0;
	for (size_t i = 0; i < e->live->accounts.len; i++) {
		const struct account *a = &e->live->accounts.at[i];
		while (from < e->keys.len && principal_of(e, from)->kind == PRINCIPAL_ACCOUNT &&
		       strcmp(principal_of(e, from)->name, a->meta.name) < 0)
			from++;
		size_t to = from;
		while (to < e->keys.len && principal_of(e, to)->kind == PRINCIPAL_ACCOUNT &&
		       !strcmp(principal_of(e, to)->name, a->meta.name))
			to++;
		emit_account(e, a, from, to);
		from = to;
	}
}

const char *emit_document_name(struct arena *a, const struct entitlement *x)
{
	const char *parts[] = {x->role ? role_table[x->role].name : NULL, x->product, x->profile,
			       x->group};
	struct str out = STR(a);
	for (size_t i = 0; i < 4; i++) {
		for (const char *at = parts[i]; at && *at; at++) {
			char c = ascii_lower(*at);
			bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
			if (good)
				str_addc(&out, c);
			else if (out.len && out.at[out.len - 1] != '-')
				str_addc(&out, '-');
		}
		if (parts[i] && out.len && out.at[out.len - 1] != '-')
			str_addc(&out, '-');
	}
	if (out.len > 50)
		str_cut(&out, 50);
	while (out.len && out.at[out.len - 1] == '-')
		str_cut(&out, out.len - 1);
	return out.len ? str_text(&out) : "grant";
}

struct holding {
	const struct entitlement *entitlement;
	const struct principal *principal;
	const char *name; /* of the document */
	const struct words *words;
	uint64_t order; /* entitlement's rank, then the principal's */
};
VEC(holding_vec, struct holding);

static int by_order(const void *a, const void *b)
{
	const struct holding *x = a, *y = b;
	return x->order < y->order ? -1 : x->order > y->order;
}

void emit_member(struct str *out, enum principal_kind kind, const char *name,
		 const struct words *words)
{
	const char *address = name;
	enum user_type type = kind == PRINCIPAL_USER ? user_type_of(name, &address) : USER_ANY;
	str_printf(out, "    - {%s: ", kind == PRINCIPAL_USER ? "user" : "group");
	emit_scalar(out, address);
	if (type != USER_ANY)
		str_printf(out, ", type: %s", user_type_names[type]);
	bool first = false;
	emitter_add_words(out, &first, words);
	str_add(out, "}\n");
}

static void begin_assignment(struct emitter *e, enum kind kind, const struct entitlement *x,
			     const char *name)
{
	emitter_begin(e, kind, name);
	str_add(e->out, "spec:\n");
	emit_field(e->out, "role", x->role ? role_table[x->role].name : NULL);
	emit_field(e->out, "product", x->product);
	emit_field(e->out, "profile", x->profile);
	emit_field(e->out, "group", x->group);
	str_add(e->out, "  members:\n");
}

/* Gives each entitlement of `all` its own document name. */
static void name_documents(struct emitter *e, struct holding_vec *all)
{
	VEC(, const char *) names = {0};
	size_t serial = 1;
	for (size_t i = 0; i < all->len; i++) {
		if (i && all->at[i].entitlement == all->at[i - 1].entitlement)
			continue;
		vec_push(&e->scratch, &names,
			 emit_document_name(&e->scratch, all->at[i].entitlement));
	}
	vec_sort(&names, compare_texts);
	for (size_t i = 0; i < all->len; i++) {
		struct holding *h = &all->at[i];
		if (i && h->entitlement == all->at[i - 1].entitlement) {
			h->name = all->at[i - 1].name;
			continue;
		}
		const char *name = emit_document_name(&e->scratch, h->entitlement);
		const char **first = vec_find(&names, &name, compare_texts);
		const char **next = vec_next(&names, first);
		bool shared = next && !strcmp(*next, name);
		h->name = shared ? arena_printf(&e->scratch, "%s--%zu", name, serial++) : name;
	}
}

static void emit_assignments(struct emitter *e, enum kind kind)
{
	struct holding_vec all = {0};
	for (size_t i = 0; i < e->keys.len; i++) {
		const struct entitlement *x = entitlement_of(e, i);
		bool fits = is_in(kind == KIND_ADMIN_ROLE ? LIST_ROLES : LIST_PRODUCTS, x);
		if (!fits || principal_of(e, i)->kind == PRINCIPAL_ACCOUNT)
			continue;
		uint64_t key = e->keys.at[i];
		/* by entitlement first */
		uint64_t order = grant_key(grant_entitlement(key), grant_principal(key));
		vec_push(&e->scratch, &all,
			 (struct holding){x, principal_of(e, i), NULL, words_of(e, i), order});
	}
	vec_sort(&all, by_order);
	name_documents(e, &all);
	for (size_t i = 0; i < all.len; i++) {
		if (i == 0 || all.at[i].entitlement != all.at[i - 1].entitlement)
			begin_assignment(e, kind, all.at[i].entitlement, all.at[i].name);
		emit_member(e->out, all.at[i].principal->kind, all.at[i].principal->name,
			    all.at[i].words);
	}
}

static void emit_one(struct emitter *e, enum kind kind)
{
	switch (kind) {
	case KIND_ORGANIZATION:
		emitter_organization(e);
		break;
	case KIND_TECHNICAL_ACCOUNT:
		emit_accounts(e);
		break;
	case KIND_ADMIN_ROLE:
	case KIND_PRODUCT_ASSIGNMENT:
		emit_assignments(e, kind);
		break;
	default: /* bundles are expanded: a live organisation has none */
		break;
	}
}

void emit_kind(struct str *out, enum kind kind, const struct live *live, const struct universe *u)
{
	struct emitter e = {.out = out, .live = live, .u = u, .first = true};
	sort_pairs(&e);
	emit_one(&e, kind);
	arena_done(&e.scratch);
}

void emit_kinds(struct str out[KIND_COUNT], const struct live *live, const struct universe *u)
{
	struct emitter e = {.live = live, .u = u};
	sort_pairs(&e);
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		e.out = &out[kind];
		e.first = true;
		emit_one(&e, kind);
	}
	arena_done(&e.scratch);
}

void emit_all(struct str *out, const struct live *live, const struct universe *u)
{
	struct emitter e = {.out = out, .live = live, .u = u, .first = true};
	sort_pairs(&e);
	for (int kind = 0; kind < KIND_COUNT; kind++)
		emit_one(&e, kind);
	arena_done(&e.scratch);
}
