/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/language/linter.h"
#include "core/model/access.h"
#include "core/util/keys.h"

/* Bundles are not expanded into grants of their own: a small file can mean millions. Each entry of
 * a bundle has a number, and an account walks over the numbers of its bundles, looking whether one
 * was there before. */

/* Where an entitlement was last said, and by whom. */
struct mark {
	uint32_t account; /* its place in the model plus one */
	const struct location *at;
};

/* A grant that an AdminRole or ProductAssignment declares. */
struct repeat_member {
	uint64_t key; /* grant_key() of their numbers */
	const struct location *at;
};

VEC(number_vec, uint32_t);
VEC(repeat_member_vec, struct repeat_member);

struct repeats {
	struct linter *linter;
	struct universe *u;
	struct number_vec *bundles; /* of each bundle of the model: its entitlements */
	struct repeat_member_vec members;
	struct mark *marks; /* by entitlement */
	const struct location *last, *last_other;
};

static bool is_over(const struct repeats *s, const struct entry *e)
{
	return e->words && e->words->expires != DATE_NONE && e->words->expires < s->linter->today;
}

/* An API is numbered by its name; no product, profile or role is without any. */
static uint32_t number_of(struct repeats *s, const struct entry *e)
{
	return universe_entitlement(s->u, (enum role)e->role, e->product, e->profile, e->name);
}

static void number_list(struct repeats *s, const struct entry_vec *list, struct number_vec *out)
{
	for (size_t i = 0; i < list->len; i++) {
		if (!is_over(s, &list->at[i]))
			vec_push(s->linter->arena, out, number_of(s, &list->at[i]));
	}
}

static void number_bundles(struct repeats *s)
{
	const struct bundle_vec *all = &s->linter->model->bundles;
	s->bundles = arena_zalloc(s->linter->arena, (all->len + 1) * sizeof(*s->bundles));
	for (size_t i = 0; i < all->len; i++) {
		number_list(s, &all->at[i].roles, &s->bundles[i]);
		number_list(s, &all->at[i].products, &s->bundles[i]);
		number_list(s, &all->at[i].apis, &s->bundles[i]);
	}
}

static void number_members(struct repeats *s, const struct assignment_vec *all)
{
	for (size_t i = 0; i < all->len; i++) {
		const struct assignment *d = &all->at[i];
		uint32_t entitlement = universe_entitlement(s->u, (enum role)d->role, d->product,
							    d->profile, d->group);
		for (size_t k = 0; k < d->members.len; k++) {
			const struct entry *e = &d->members.at[k];
			if (is_over(s, e))
				continue;
			uint32_t principal = universe_principal(
				s->u, (enum principal_kind)e->member, e->name, false);
			vec_push(s->linter->arena, &s->members,
				 (struct repeat_member){grant_key(principal, entitlement), &e->at});
		}
	}
}

static int by_key_then_place(const void *a, const void *b)
{
	const struct repeat_member *x = a, *y = b;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return location_compare(*x->at, *y->at);
}

/* The later of two places; two that share many grants are told once. */
static void warn(struct repeats *s, const struct location *a, const struct location *b)
{
	const struct location *later = location_compare(*a, *b) < 0 ? b : a,
			      *first = later == a ? b : a;
	if (later == s->last && first == s->last_other)
		return;
	s->last = later;
	s->last_other = first;
	if (report_is_full(s->linter->report, SEVERITY_WARNING))
		return;
	linter_warn(s->linter, "W0708", *later,
		    arena_printf(s->linter->arena, "also at %s:%u:%u",
				 shown_file(s->linter->arena, first->file), first->line,
				 first->column),
		    "this grant is said twice");
}

static void say(struct repeats *s, uint32_t account, uint32_t entitlement,
		const struct location *at)
{
	struct mark *m = &s->marks[entitlement];
	if (m->account == account && m->at != at)
		warn(s, m->at, at);
	*m = (struct mark){account, at};
}

static void say_list(struct repeats *s, uint32_t account, const struct entry_vec *list)
{
	for (size_t i = 0; i < list->len; i++) {
		if (!is_over(s, &list->at[i]))
			say(s, account, number_of(s, &list->at[i]), &list->at[i].at);
	}
}

static void say_members(struct repeats *s, uint32_t account, const char *name)
{
	uint32_t principal = universe_principal(s->u, PRINCIPAL_ACCOUNT, name, false);
	const struct location none = {0};
	struct repeat_member key = {grant_key(principal, 0), &none};
	size_t at = 0, end = s->members.len;
	while (at < end) {
		size_t middle = at + (end - at) / 2;
		if (s->members.at[middle].key < key.key)
			at = middle + 1;
		else
			end = middle;
	}
	for (; at < s->members.len && grant_principal(s->members.at[at].key) == principal; at++)
		say(s, account, grant_entitlement(s->members.at[at].key), s->members.at[at].at);
}

static void search_account(struct repeats *s, size_t i)
{
	const struct account *a = &s->linter->model->accounts.at[i];
	uint32_t account = (uint32_t)i + 1;
	say_list(s, account, &a->roles);
	say_list(s, account, &a->products);
	say_list(s, account, &a->apis);
	for (size_t k = 0; k < a->bundles.len; k++) {
		const struct bundle *b =
			model_find_bundle(&s->linter->index, a->bundles.at[k].text);
		const struct number_vec *numbers =
			b ? &s->bundles[b - s->linter->model->bundles.at] : NULL;
		for (size_t n = 0; numbers && n < numbers->len; n++)
			say(s, account, numbers->at[n], &a->bundles.at[k].at);
	}
	say_members(s, account, a->meta.name);
}

/* Users and groups hold by membership alone. */
static void search_others(struct repeats *s)
{
	for (size_t i = 1; i < s->members.len; i++) {
		const struct repeat_member *before = &s->members.at[i - 1], *m = &s->members.at[i];
		if (m->key == before->key &&
		    universe_principal_numbered(s->u, grant_principal(m->key))->kind !=
			    PRINCIPAL_ACCOUNT)
			warn(s, before->at, m->at);
	}
}

/* Numbers everything that accounts list before marks are made. */
static void number_accounts(struct repeats *s)
{
	const struct account_vec *all = &s->linter->model->accounts;
	struct number_vec ignored = {0};
	for (size_t i = 0; i < all->len; i++) {
		ignored.len = 0;
		number_list(s, &all->at[i].roles, &ignored);
		number_list(s, &all->at[i].products, &ignored);
		number_list(s, &all->at[i].apis, &ignored);
	}
}

void lint_repeats(struct linter *l, struct intern *strings)
{
	struct repeats s = {.linter = l, .u = universe_new(strings)};
	number_bundles(&s);
	number_accounts(&s);
	number_members(&s, &l->model->roles);
	number_members(&s, &l->model->products);
	vec_sort(&s.members, by_key_then_place);
	s.marks = arena_zalloc(l->arena, (universe_entitlements(s.u) + 1) * sizeof(*s.marks));
	for (size_t i = 0; i < l->model->accounts.len; i++) {
		if (l->model->accounts.at[i].state != STATE_ABSENT)
			search_account(&s, i);
	}
	search_others(&s);
	universe_free(s.u);
}
