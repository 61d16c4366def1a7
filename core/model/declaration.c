/* SPDX-License-Identifier: Apache-2.0 */
#include "core/model/declaration.h"

#include <string.h>

#include "core/util/unicode.h"

struct collector {
	struct arena *arena;
	const struct model_index *index;
	int32_t today;
	struct declaration_vec *out;
};

static void add(struct collector *c, struct declaration s, const struct entry *e)
{
	s.words = e->words;
	s.expired = words_have_ended(e->words, c->today);
	vec_push(c->arena, c->out, s);
}

/* Entries of an account or, when `s.bundle` is set, of a bundle that it names. */
static void add_entries(struct collector *c, struct declaration s, const struct entry_vec *entries)
{
	for (size_t i = 0; i < entries->len; i++) {
		const struct entry *e = &entries->at[i];
		s.entitlement = (struct entitlement){e->product, e->profile, e->name, e->role};
		*(s.bundle ? &s.bundle_at : &s.at) = e->at;
		add(c, s, e);
	}
}

static void add_account(struct collector *c, const struct account *a)
{
	struct declaration s = {.principal = {a->meta.name, PRINCIPAL_ACCOUNT},
				.document = a->meta.name,
				.owner = a->owner,
				.kind = KIND_TECHNICAL_ACCOUNT};
	add_entries(c, s, &a->roles);
	add_entries(c, s, &a->products);
	for (size_t i = 0; i < a->bundles.len; i++) {
		const struct bundle *b = model_find_bundle(c->index, a->bundles.at[i].text);
		if (!b)
			continue;
		s.bundle = b->meta.name;
		s.at = a->bundles.at[i].at;
		add_entries(c, s, &b->roles);
		add_entries(c, s, &b->products);
	}
}

static const char *owner_of(const struct collector *c, const struct entry *member)
{
	const struct account *a = member->member == PRINCIPAL_ACCOUNT
					  ? model_find_account(c->index, member->name)
					  : NULL;
	return a ? a->owner : NULL;
}

static void add_assignments(struct collector *c, const struct assignment_vec *all, enum kind kind)
{
	for (size_t i = 0; i < all->len; i++) {
		const struct assignment *d = &all->at[i];
		for (size_t k = 0; k < d->members.len; k++) {
			const struct entry *e = &d->members.at[k];
			struct declaration s = {
				.principal = {e->name, e->member},
				.entitlement = {d->product, d->profile, d->group, d->role},
				.at = e->at,
				.document = d->meta.name,
				.owner = owner_of(c, e),
				.kind = kind};
			add(c, s, e);
		}
	}
}

int principal_compare(const struct principal *a, const struct principal *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->kind == PRINCIPAL_USER ? ascii_casecmp(a->name, b->name)
					 : strcmp(a->name, b->name);
}

static int by_grant_then_place(const void *left, const void *right)
{
	const struct declaration *a = left, *b = right;
	int order = principal_compare(&a->principal, &b->principal);
	order = order ? order : entitlement_compare(&a->entitlement, &b->entitlement);
	order = order ? order : location_compare(a->at, b->at);
	return order ? order : location_compare(a->bundle_at, b->bundle_at);
}

bool declaration_is_same_grant(const struct declaration *a, const struct declaration *b)
{
	return principal_compare(&a->principal, &b->principal) == 0 &&
	       entitlement_compare(&a->entitlement, &b->entitlement) == 0;
}

void declaration_collect(const struct model *model, const struct model_index *index,
			 struct arena *a, int32_t today, struct declaration_vec *out)
{
	struct collector c = {a, index, today, out};
	for (size_t i = 0; i < model->accounts.len; i++) {
		if (model->accounts.at[i].state != STATE_ABSENT)
			add_account(&c, &model->accounts.at[i]);
	}
	add_assignments(&c, &model->roles, KIND_ADMIN_ROLE);
	add_assignments(&c, &model->products, KIND_PRODUCT_ASSIGNMENT);
	vec_sort(out, by_grant_then_place);
}
