/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/check.h"

#include <string.h>

#include "core/language/checker.h"
#include "core/util/nearest.h"
#include "core/util/unicode.h"

/* ---- unique names ---- */

struct named {
	const char *name; /* what must be unique */
	struct location at;
	const char *other; /* a second part of the key; NULL */
};
VEC(named_vec, struct named);

static int by_name_then_place(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = strcmp(x->name, y->name);
	if (order == 0 && x->other && y->other)
		order = strcmp(x->other, y->other);
	return order ? order : location_compare(x->at, y->at);
}

static bool is_same_name(const struct named *a, const struct named *b)
{
	return !strcmp(a->name, b->name) &&
	       (a->other == b->other || (a->other && b->other && !strcmp(a->other, b->other)));
}

/* Reports each name but the first of its kind; `fmt` gets the quoted name and the first one's
 * place. */
static void check_unique(struct checker *c, struct named_vec *names, const char *id,
			 const char *what)
{
	vec_sort(names, by_name_then_place);
	for (size_t i = 1, first = 0; i < names->len; i++) {
		if (!is_same_name(&names->at[first], &names->at[i])) {
			first = i;
			continue;
		}
		checker_finding(c, id, names->at[i].at,
				arena_printf(c->arena, "the first is at %s",
					     checker_place(c, names->at[first].at)),
				"%s %s stands twice", what, checker_quoted(c, names->at[i].name));
	}
}

/* Names are interned, and in order in the index. */
static bool has_repeated_account(const struct model_index *index)
{
	for (size_t i = 1; i < index->accounts.len; i++) {
		if (index->accounts.at[i - 1]->meta.name == index->accounts.at[i]->meta.name)
			return true;
	}
	return false;
}

static void check_names(struct checker *c)
{
	const struct model *m = c->model;
	struct named_vec names = {0};
#define COLLECT(vector)                                                                            \
	for (size_t i = 0; i < (vector).len; i++)                                                  \
	vec_push(c->arena, &names,                                                                 \
		 (struct named){(vector).at[i].meta.name, (vector).at[i].meta.name_at, NULL})
	if (has_repeated_account(&c->index)) {
		COLLECT(m->accounts);
		check_unique(c, &names, "E0501", "TechnicalAccount");
		names.len = 0;
	}
	COLLECT(m->bundles);
	check_unique(c, &names, "E0501", "AccessBundle");
	names.len = 0;
	COLLECT(m->roles);
	check_unique(c, &names, "E0501", "AdminRole");
	names.len = 0;
	COLLECT(m->products);
	check_unique(c, &names, "E0501", "ProductAssignment");
#undef COLLECT
}

/* ---- accounts ---- */

static void check_projects(struct checker *c)
{
	struct named_vec pairs = {0};
	for (size_t i = 0; i < c->model->accounts.len; i++) {
		const struct account *a = &c->model->accounts.at[i];
		if (a->project)
			vec_push(
				c->arena, &pairs,
				(struct named){a->project, a->meta.name_at, account_credential(a)});
	}
	check_unique(c, &pairs, "E0511", "the same credential of project");
}

/* A name that a manifest declares can move on: who has it now gets another one in the same plan. */
static bool moves_on(const struct account *declared)
{
	for (size_t i = 0; i < declared->meta.previously.len; i++) {
		if (strcmp(declared->meta.previously.at[i].text, declared->meta.name) != 0)
			return declared->state != STATE_ABSENT;
	}
	return false;
}

static void check_previously(struct checker *c)
{
	struct named_vec earlier = {0};
	for (size_t i = 0; i < c->model->accounts.len; i++) {
		const struct account *a = &c->model->accounts.at[i];
		for (size_t k = 0; k < a->meta.previously.len; k++) {
			const struct text_item *p = &a->meta.previously.at[k];
			const char *name = checker_quoted(c, p->text);
			const struct account *declared = model_find_account(&c->index, p->text);
			if (!strcmp(p->text, a->meta.name))
				checker_finding(c, "E0510", p->at, "name it once",
						"the earlier name %s is the account's own", name);
			else if (declared && (a->state == STATE_ABSENT || !moves_on(declared)))
				checker_finding(
					c, "E0508", p->at,
					arena_printf(c->arena,
						     "declared at %s; if it moves on, say with "
						     "`previously` which account gets its name",
						     checker_place(c, declared->meta.name_at)),
					"the earlier name %s is an account of its own", name);
			else
				vec_push(c->arena, &earlier, (struct named){p->text, p->at, NULL});
		}
	}
	check_unique(c, &earlier, "E0509", "the earlier name");
}

static void check_bundles(struct checker *c)
{
	for (size_t i = 0; i < c->model->accounts.len; i++) {
		const struct account *a = &c->model->accounts.at[i];
		for (size_t k = 0; k < a->bundles.len; k++) {
			const struct text_item *b = &a->bundles.at[k];
			if (!model_find_bundle(&c->index, b->text))
				checker_finding(
					c, "E0502", b->at,
					checker_nearest_bundle(c, b->text,
							       "no AccessBundle has this name"),
					"unknown bundle %s", checker_quoted(c, b->text));
		}
	}
}

static void check_members(struct checker *c, const struct assignment_vec *assignments)
{
	for (size_t i = 0; i < assignments->len; i++) {
		const struct entry_vec *members = &assignments->at[i].members;
		for (size_t k = 0; k < members->len; k++) {
			const struct entry *e = &members->at[k];
			if (e->member != PRINCIPAL_ACCOUNT || !e->name)
				continue;
			const struct account *a = model_find_account(&c->index, e->name);
			if (a && a->state != STATE_ABSENT)
				continue;
			const char *name = checker_quoted(c, e->name);
			if (!a)
				checker_finding(
					c, "E0503", e->at,
					checker_nearest_account(
						c, e->name,
						"no TechnicalAccount has this name; users are "
						"{user: E-MAIL}"),
					"unknown account %s", name);
			else
				checker_finding(c, "E0507", e->at,
						"an absent account holds nothing",
						"account %s is absent", name);
		}
	}
}

/* ---- e-mail addresses ---- */

static int by_folded_then_place(const void *a, const void *b)
{
	const struct text_item *x = a, *y = b;
	int order = ascii_casecmp(x->text, y->text);
	return order ? order : location_compare(x->at, y->at);
}

static void collect_users(struct arena *a, const struct assignment_vec *from, struct text_vec *out)
{
	for (size_t i = 0; i < from->len; i++) {
		for (size_t k = 0; k < from->at[i].members.len; k++) {
			const struct entry *e = &from->at[i].members.at[k];
			const char *address;
			if (e->member != PRINCIPAL_USER || !e->name)
				continue;
			user_type_of(e->name, &address);
			vec_push(a, out, (struct text_item){address, e->at});
		}
	}
}

static void check_emails(struct checker *c)
{
	struct text_vec users = {0};
	collect_users(c->arena, &c->model->roles, &users);
	collect_users(c->arena, &c->model->products, &users);
	for (size_t i = 0; i < c->model->organizations.len; i++) {
		const struct text_vec *live = &c->model->organizations.at[i].status.users;
		for (size_t k = 0; k < live->len; k++)
			vec_push(c->arena, &users, live->at[k]);
	}
	vec_sort(&users, by_folded_then_place);
	for (size_t i = 1; i < users.len; i++) {
		const struct text_item *before = &users.at[i - 1], *u = &users.at[i];
		if (ascii_casecmp(before->text, u->text) == 0 && strcmp(before->text, u->text) != 0)
			checker_finding(c, "E0504", u->at,
					arena_printf(c->arena, "the first is at %s",
						     checker_place(c, before->at)),
					"%s and %s are one address", checker_quoted(c, u->text),
					checker_quoted(c, before->text));
	}
}

/* Where the first document's file begins; `first` when there is no document. */
static struct location first_file(const struct model *m, struct location first)
{
	const struct location none = {0}, begins[] = {
						  m->bundles.len ? m->bundles.at[0].at : none,
						  m->accounts.len ? m->accounts.at[0].at : none,
						  m->roles.len ? m->roles.at[0].at : none,
						  m->products.len ? m->products.at[0].at : none,
					  };
	struct location found = none;
	for (size_t i = 0; i < sizeof(begins) / sizeof(*begins); i++) {
		if (begins[i].file && (!found.file || location_compare(begins[i], found) < 0))
			found = begins[i];
	}
	return found.file ? (struct location){found.file, 1, 1} : first;
}

static bool is_empty(const struct model *m)
{
	return m->bundles.len + m->accounts.len + m->roles.len + m->products.len + m->drifts.len ==
		       0 &&
	       !m->dropped;
}

static void find_none(struct checker *c, struct location at)
{
	checker_finding(c, "E0512", at,
			"name a file or folder that has some, or begin with `writ init`",
			"there are no manifests");
}

static void check_organizations(struct checker *c, struct location first)
{
	const struct organization_vec *all = &c->model->organizations;
	struct location file = first_file(c->model, first);
	if (all->len == 0 && is_empty(c->model))
		find_none(c, first);
	else if (all->len == 0)
		checker_finding(c, "E0512", file, "one document of kind Organization is due",
				"the set has no Organization");
	for (size_t i = 1; i < all->len; i++)
		checker_finding(c, "E0513", all->at[i].at,
				arena_printf(c->arena, "the first is at %s",
					     checker_place(c, all->at[0].at)),
				"second Organization");
}

static void check_owner(struct checker *c, const struct metadata *meta)
{
	const char *name = meta->organization;
	if (name && !model_find_organization(c->model, name))
		checker_finding(c, "E0516", meta->organization_at, checker_organizations(c, name),
				"unknown organisation %s", checker_quoted(c, name));
}

/* Who says whose a document is must mean this one. */
static void check_owners(struct checker *c)
{
	const struct model *m = c->model;
	if (m->organizations.len != 1)
		return;
#define CHECK(list)                                                                                \
	for (size_t i = 0; i < m->list.len; i++)                                                   \
	check_owner(c, &m->list.at[i].meta)
	CHECK(bundles);
	CHECK(accounts);
	CHECK(roles);
	CHECK(products);
	CHECK(drifts);
#undef CHECK
}

void check_presence(const struct model *model, struct location at, struct report *report)
{
	ARENA scratch = {0};
	struct checker c = {.model = model, .arena = &scratch, .report = report};
	if (model->organizations.len == 0 && is_empty(model))
		find_none(&c, at);
}

void check_model(const struct model *model, struct location first, struct report *report)
{
	ARENA scratch = {0};
	struct checker c = {.model = model,
			    .arena = &scratch,
			    .report = report,
			    .nearest_steps = NEAREST_STEPS / 5}; /* validate has a second */
	model_index(model, &scratch, &c.index);
	check_names(&c);
	check_projects(&c);
	check_previously(&c);
	check_emails(&c);
	check_lists(&c);
	check_expansion(&c);
	if (checker_has_all(&c, KIND_ORGANIZATION)) {
		check_organizations(&c, first);
		check_owners(&c);
	}
	if (checker_has_all(&c, KIND_ACCESS_BUNDLE))
		check_bundles(&c);
	if (checker_has_all(&c, KIND_TECHNICAL_ACCOUNT)) {
		check_members(&c, &model->roles);
		check_members(&c, &model->products);
	}
}
