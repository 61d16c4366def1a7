/* SPDX-License-Identifier: Apache-2.0 */
#include "core/model/agreed.h"
#include "core/util/compare.h"

#include <string.h>

struct undoing {
	struct model *model;
	struct arena *arena;
	VEC(, struct account *) by_name;
};

static bool is_grant(const struct open_drift *d)
{
	return d->role || d->product || d->api;
}

static int by_name(const void *a, const void *b)
{
	const struct account *const *x = a, *const *y = b;
	return strcmp((*x)->meta.name, (*y)->meta.name);
}

static struct account *find_account(struct undoing *u, const char *name)
{
	struct account key = {.meta.name = name}, *probe = &key;
	struct account **found = vec_find(&u->by_name, &probe, by_name);
	return found ? *found : NULL;
}

/* ---- grants ---- */

static void drop_entry(struct entry_vec *list, struct arena *a,
		       bool (*is_it)(const struct open_drift *d, const struct entry *e),
		       const struct open_drift *d)
{
	struct entry_vec kept = {0};
	for (size_t i = 0; i < list->len; i++) {
		if (!is_it(d, &list->at[i]))
			vec_push(a, &kept, list->at[i]);
	}
	*list = kept;
}

static bool has_entry(const struct entry_vec *list,
		      bool (*is_it)(const struct open_drift *d, const struct entry *e),
		      const struct open_drift *d)
{
	for (size_t i = 0; i < list->len; i++) {
		if (is_it(d, &list->at[i]))
			return true;
	}
	return false;
}

static void add_entry(struct entry_vec *list, struct arena *a, struct entry entry)
{
	struct entry_vec longer = {0};
	for (size_t i = 0; i < list->len; i++)
		vec_push(a, &longer, list->at[i]);
	vec_push(a, &longer, entry);
	*list = longer;
}

static const struct words *words_of(const struct open_drift *d)
{
	const struct words *w = &d->words;
	return w->reason || w->ticket || w->expires != DATE_NONE ? w : NULL;
}

static bool is_entitlement(const struct open_drift *d, const struct entry *e)
{
	return e->role == d->role && is_same_text(e->product, d->product) &&
	       is_same_text(e->profile, d->profile) &&
	       is_same_text(e->name, d->api ? d->api : d->group);
}

static bool is_member(const struct open_drift *d, const struct entry *e)
{
	return e->member == d->principal_kind && is_same_text(e->name, d->principal);
}

/* What the agreed side's read could not show is taken out, and not seen there. */
static void hide_group(struct undoing *u, const struct open_drift *d)
{
	for (size_t i = 0; i < u->model->organizations.len; i++)
		add_entry(&u->model->organizations.at[i].unseen_groups, u->arena,
			  (struct entry){.at = d->at,
					 .name = d->principal,
					 .product = d->product,
					 .profile = d->profile});
}

static void undo_of_account(struct undoing *u, const struct open_drift *d)
{
	struct account *account = find_account(u, d->principal);
	if (!account)
		return;
	struct entry_vec *list = d->api	   ? &account->apis
				 : d->role ? &account->roles
					   : &account->products;
	if (d->kind == DRIFT_APPEARED)
		drop_entry(list, u->arena, is_entitlement, d);
	else if (!has_entry(list, is_entitlement, d))
		add_entry(list, u->arena,
			  (struct entry){.at = d->at,
					 .words = words_of(d),
					 .product = d->product,
					 .profile = d->profile,
					 .name = d->api ? d->api : d->group,
					 .role = d->role});
	if (d->unsure && d->role)
		account_hide_role(account, d->role, u->arena);
}

static struct assignment *find_assignment(struct undoing *u, const struct open_drift *d)
{
	struct assignment_vec *all = d->role ? &u->model->roles : &u->model->products;
	for (size_t i = 0; i < all->len; i++) {
		struct assignment *x = &all->at[i];
		if (x->role == d->role && is_same_text(x->product, d->product) &&
		    is_same_text(x->profile, d->profile) && is_same_text(x->group, d->group))
			return x;
	}
	vec_push(u->arena, all,
		 (struct assignment){.meta = d->meta,
				     .at = d->at,
				     .product = d->product,
				     .profile = d->profile,
				     .group = d->group,
				     .role = d->role});
	return &all->at[all->len - 1];
}

static void undo_of_member(struct undoing *u, const struct open_drift *d)
{
	struct assignment *x = find_assignment(u, d);
	if (d->kind == DRIFT_APPEARED)
		drop_entry(&x->members, u->arena, is_member, d);
	else if (!has_entry(&x->members, is_member, d))
		add_entry(&x->members, u->arena,
			  (struct entry){.at = d->at,
					 .words = words_of(d),
					 .name = d->principal,
					 .member = (enum principal_kind)d->principal_kind});
	if (d->unsure && d->principal_kind == PRINCIPAL_GROUP && !d->role)
		hide_group(u, d);
}

/* ---- accounts ---- */

static void undo_change(struct account *to, const struct account *before)
{
	struct account agreed = *before;
	agreed.at = to->at;
	agreed.meta.name_at = to->meta.name_at;
	agreed.roles = to->roles;
	agreed.has_roles = to->has_roles;
	agreed.products = to->products;
	agreed.has_products = to->has_products;
	agreed.apis = to->apis;
	agreed.has_apis = to->has_apis;
	*to = agreed;
}

/* What is undone knows accounts by other names; who has the id is the same account. */
static void identify(struct undoing *u, struct open_drift *d)
{
	const struct account *account = d->principal_kind == PRINCIPAL_ACCOUNT && d->principal
						? find_account(u, d->principal)
						: NULL;
	d->id = account ? account->id : NULL;
}

/* What goes is marked as absent. */
static void undo_account(struct account *account, const struct open_drift *d)
{
	if (account && d->kind == DRIFT_APPEARED)
		account->state = STATE_ABSENT;
	else if (account && d->before.meta.name)
		undo_change(account, &d->before);
}

/* All are found before the first gets its name back, which may be another's of them. */
static void undo_accounts(struct undoing *u)
{
	const struct open_drift_vec *all = &u->model->drifts;
	struct account **found = arena_zalloc(u->arena, (all->len + 1) * sizeof(struct account *));
	for (size_t i = 0; i < all->len; i++) {
		const struct open_drift *d = &all->at[i];
		if (!is_grant(d) && d->kind != DRIFT_GONE)
			found[i] = find_account(u, d->principal);
	}
	for (size_t i = 0; i < all->len; i++)
		undo_account(found[i], &all->at[i]);
}

static void bring_back(struct undoing *u, const struct open_drift *d)
{
	struct account account = d->before;
	account.at = account.meta.name_at = d->at;
	for (size_t i = 0; account.meta.name && i < u->model->accounts.len; i++) {
		if (is_same_text(u->model->accounts.at[i].meta.name, account.meta.name))
			return; /* two sides of a merge brought it */
	}
	if (d->kind == DRIFT_GONE && account.meta.name)
		vec_push(u->arena, &u->model->accounts, account);
}

static void drop_appeared(struct account_vec *all)
{
	size_t kept = 0;
	for (size_t i = 0; i < all->len; i++) {
		if (all->at[i].state != STATE_ABSENT)
			all->at[kept++] = all->at[i];
	}
	all->len = kept;
}

/* ---- all ---- */

#define COPY(a, list, type)                                                                        \
	do {                                                                                       \
		struct type copy = {0};                                                            \
		vec_reserve(a, &copy, (list)->len + 1);                                            \
		for (size_t i = 0; i < (list)->len; i++)                                           \
			vec_push(a, &copy, (list)->at[i]);                                         \
		*(list) = copy;                                                                    \
	} while (0)

static void index_accounts(struct undoing *u)
{
	for (size_t i = 0; i < u->model->accounts.len; i++)
		vec_push(u->arena, &u->by_name, &u->model->accounts.at[i]);
	vec_sort(&u->by_name, by_name);
}

void agreed_make(struct model *m, struct arena *a)
{
	struct undoing u = {.model = m, .arena = a};
	if (m->drifts.len == 0)
		return;
	COPY(a, &m->accounts, account_vec);
	COPY(a, &m->roles, assignment_vec);
	COPY(a, &m->products, assignment_vec);
	COPY(a, &m->organizations, organization_vec);
	index_accounts(&u);
	for (size_t i = 0; i < m->drifts.len; i++)
		identify(&u, &m->drifts.at[i]);
	/* Grants stand under the names that are live: they go first. */
	for (size_t i = 0; i < m->drifts.len; i++) {
		const struct open_drift *d = &m->drifts.at[i];
		if (is_grant(d) && d->principal_kind == PRINCIPAL_ACCOUNT)
			undo_of_account(&u, d);
		else if (is_grant(d))
			undo_of_member(&u, d);
	}
	undo_accounts(&u);
	drop_appeared(&m->accounts);
	for (size_t i = 0; i < m->drifts.len; i++) {
		if (!is_grant(&m->drifts.at[i]))
			bring_back(&u, &m->drifts.at[i]);
	}
}
