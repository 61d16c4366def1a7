/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/checker.h"

#include <string.h>

/* 200 bytes each before anything is planned. What has a line of its own costs its author the line:
 * this is six times the largest organisation we know. What bundles bring costs nothing to write:
 * five thousand accounts may have two hundred grants each from them. */
#define GRANTS_MAX 4000000
#define BUNDLED_MAX 1000000

/* ---- said twice in one list ---- */

/* Names are interned: their addresses tell them apart, and any order of them will do. */
static int by_address(const char *a, const char *b)
{
	uintptr_t x = (uintptr_t)a, y = (uintptr_t)b;
	return (x > y) - (x < y);
}

static int by_grant(const struct entry *x, const struct entry *y)
{
	int order = by_address(x->name, y->name);
	order = order ? order : by_address(x->product, y->product);
	order = order ? order : by_address(x->profile, y->profile);
	order = order ? order : x->role - y->role;
	return order ? order : x->member - y->member;
}

static int by_grant_then_place(const void *a, const void *b)
{
	const struct entry *x = *(const struct entry *const *)a,
			   *y = *(const struct entry *const *)b;
	int order = by_grant(x, y);
	return order ? order : location_compare(x->at, y->at);
}

/* An entry that names nothing has an error of its own. */
static bool says_something(const struct entry *e)
{
	return e->name || e->role || (e->product && e->profile);
}

/* One finding for all that repeat the same: a list can be long. */
static void check_list(struct checker *c, const struct entry_vec *list, const char *what)
{
	VEC(, const struct entry *) sorted = {0};
	ARENA a = {0};
	if (list->len < 2)
		return;
	vec_reserve(&a, &sorted, list->len);
	for (size_t i = 0; i < list->len; i++) {
		if (says_something(&list->at[i]))
			vec_push(&a, &sorted, &list->at[i]);
	}
	vec_sort(&sorted, by_grant_then_place);
	for (size_t i = 1, first = 0; i < sorted.len; i++) {
		const struct entry *e = sorted.at[i];
		if (by_grant(sorted.at[first], e) != 0)
			first = i;
		else if (i == first + 1)
			checker_finding(c, "E0514", e->at,
					arena_printf(c->arena, "the first is at %s",
						     checker_place(c, sorted.at[first]->at)),
					"%s stands twice in the list", what);
	}
}

static int by_text_then_place(const void *a, const void *b)
{
	const struct text_item *x = a, *y = b;
	int order = by_address(x->text, y->text);
	return order ? order : location_compare(x->at, y->at);
}

static void check_bundle_list(struct checker *c, const struct text_vec *list)
{
	struct text_vec sorted = {0};
	ARENA a = {0};
	if (list->len < 2)
		return;
	vec_reserve(&a, &sorted, list->len);
	memcpy(sorted.at, list->at, list->len * sizeof(*list->at));
	sorted.len = list->len;
	vec_sort(&sorted, by_text_then_place);
	for (size_t i = 1, first = 0; i < sorted.len; i++) {
		if (sorted.at[first].text != sorted.at[i].text)
			first = i;
		else if (i == first + 1)
			checker_finding(c, "E0514", sorted.at[i].at,
					arena_printf(c->arena, "the first is at %s",
						     checker_place(c, sorted.at[first].at)),
					"bundle %s stands twice in the list",
					checker_quoted(c, sorted.at[i].text));
	}
}

void check_lists(struct checker *c)
{
	const struct model *m = c->model;
	for (size_t i = 0; i < m->accounts.len; i++) {
		check_list(c, &m->accounts.at[i].roles, "the role");
		check_list(c, &m->accounts.at[i].products, "the product profile");
		check_list(c, &m->accounts.at[i].apis, "the API");
		check_bundle_list(c, &m->accounts.at[i].bundles);
	}
	for (size_t i = 0; i < m->bundles.len; i++) {
		check_list(c, &m->bundles.at[i].roles, "the role");
		check_list(c, &m->bundles.at[i].products, "the product profile");
		check_list(c, &m->bundles.at[i].apis, "the API");
	}
	for (size_t i = 0; i < m->roles.len; i++)
		check_list(c, &m->roles.at[i].members, "the member");
	for (size_t i = 0; i < m->products.len; i++)
		check_list(c, &m->products.at[i].members, "the member");
}

/* ---- how far it expands ---- */

static size_t bundle_size(const struct bundle *b)
{
	return b->roles.len + b->products.len + b->apis.len;
}

static uint64_t count_members(const struct assignment_vec *all)
{
	uint64_t count = 0;
	for (size_t i = 0; i < all->len; i++)
		count += all->at[i].members.len;
	return count;
}

/* Grants that have a line of their own. */
static uint64_t count_lines(const struct model *m)
{
	uint64_t total = count_members(&m->roles) + count_members(&m->products);
	for (size_t i = 0; i < m->accounts.len; i++)
		total += m->accounts.at[i].roles.len + m->accounts.at[i].products.len +
			 m->accounts.at[i].apis.len;
	return total;
}

/* Grants that come through bundles; `by_bundle` gets what each of the index brings. */
static uint64_t count_bundled(const struct checker *c, uint64_t *by_bundle)
{
	const struct model *m = c->model;
	uint64_t total = 0;
	for (size_t i = 0; i < m->accounts.len; i++) {
		const struct text_vec *names = &m->accounts.at[i].bundles;
		for (size_t k = 0; k < names->len; k++) {
			const struct bundle *b = model_find_bundle(&c->index, names->at[k].text);
			if (!b)
				continue;
			by_bundle[b - m->bundles.at] += bundle_size(b);
			total += bundle_size(b);
		}
	}
	return total;
}

static void check_bundled(struct checker *c)
{
	const struct bundle_vec *bundles = &c->model->bundles;
	uint64_t *by_bundle = arena_zalloc(c->arena, (bundles->len + 1) * sizeof(*by_bundle));
	uint64_t total = count_bundled(c, by_bundle);
	size_t largest = 0;
	if (total <= BUNDLED_MAX)
		return;
	for (size_t i = 1; i < bundles->len; i++)
		largest = by_bundle[i] > by_bundle[largest] ? i : largest;
	checker_finding(
		c, "E0515", bundles->at[largest].meta.name_at, "split the set",
		"the set's bundles bring %llu grants, of which this one brings %llu; at most %d "
		"are possible",
		(unsigned long long)total, (unsigned long long)by_bundle[largest], BUNDLED_MAX);
}

void check_expansion(struct checker *c)
{
	const struct organization_vec *all = &c->model->organizations;
	uint64_t lines = count_lines(c->model);
	check_bundled(c);
	if (lines > GRANTS_MAX && all->len)
		checker_finding(c, "E0515", all->at[0].meta.name_at, "split the set",
				"the set has %llu grants; at most %d are possible",
				(unsigned long long)lines, GRANTS_MAX);
}
