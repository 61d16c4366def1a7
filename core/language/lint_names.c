/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/language/linter.h"
#include "core/model/look_alikes.h"
#include "core/util/unicode.h"

struct name_lint {
	struct linter *linter;
	struct look_alikes names;
};

static void add(struct name_lint *n, enum name_class class, const char *name, struct location at)
{
	look_alikes_add(&n->names, n->linter->arena, class, name, at);
}

/* Of a list whose items name a group, or of one whose items name an API. */
static void add_entries(struct name_lint *n, const struct entry_vec *list)
{
	for (size_t i = 0; i < list->len; i++) {
		const struct entry *e = &list->at[i];
		add(n, NAME_PRODUCT, e->product, e->at);
		add(n, NAME_PROFILE, e->profile, e->at);
		add(n, NAME_GROUP, e->role ? e->name : NULL, e->at);
	}
}

static void add_apis(struct name_lint *n, const struct entry_vec *list)
{
	for (size_t i = 0; i < list->len; i++)
		add(n, NAME_API, list->at[i].name, list->at[i].at);
}

static void add_assignments(struct name_lint *n, const struct assignment_vec *all)
{
	for (size_t i = 0; i < all->len; i++) {
		const struct assignment *d = &all->at[i];
		add(n, NAME_PRODUCT, d->product, d->at);
		add(n, NAME_PROFILE, d->profile, d->at);
		add(n, NAME_GROUP, d->group, d->at);
		for (size_t k = 0; k < d->members.len; k++) {
			const struct entry *e = &d->members.at[k];
			if (e->member == PRINCIPAL_GROUP)
				add(n, NAME_GROUP, e->name, e->at);
			else if (e->member == PRINCIPAL_USER)
				add(n, NAME_USER, e->name, e->at);
		}
	}
}

static void add_organization(struct name_lint *n, const struct organization *o)
{
	add_entries(n, &o->enterprise_storage);
	add_entries(n, &o->status.products);
	for (size_t i = 0; i < o->status.groups.len; i++)
		add(n, NAME_GROUP, o->status.groups.at[i].text, o->status.groups.at[i].at);
	for (size_t i = 0; i < o->status.users.len; i++)
		add(n, NAME_USER, o->status.users.at[i].text, o->status.users.at[i].at);
}

static void add_model(struct name_lint *n, const struct model *m)
{
	add_organization(n, n->linter->organization);
	for (size_t i = 0; i < m->accounts.len; i++) {
		const struct account *a = &m->accounts.at[i];
		add(n, NAME_ACCOUNT, a->meta.name, a->meta.name_at);
		add_entries(n, &a->roles);
		add_entries(n, &a->products);
		add_apis(n, &a->apis);
		add(n, NAME_CREDENTIAL, a->credential, a->meta.name_at);
		add(n, NAME_PROJECT, a->project, a->meta.name_at);
	}
	for (size_t i = 0; i < m->bundles.len; i++) {
		add(n, NAME_BUNDLE, m->bundles.at[i].meta.name, m->bundles.at[i].meta.name_at);
		add_entries(n, &m->bundles.at[i].roles);
		add_entries(n, &m->bundles.at[i].products);
		add_apis(n, &m->bundles.at[i].apis);
	}
	add_assignments(n, &m->roles);
	add_assignments(n, &m->products);
}

static void lint_name(struct linter *l, const struct class_name *n)
{
	const char *odd = look_alikes_odd(l->arena, n->name);
	if (odd)
		linter_warn(l, "W0717", n->at, "write it in one script, with plain spaces", "%s %s",
			    quoted(l->arena, n->name), odd);
	if (text_has_outer_space(n->name) || !text_is_composed(n->name, strlen(n->name)))
		linter_warn(l, "W0714", n->at, "rename it in the service", "name %s %s",
			    quoted(l->arena, n->name),
			    text_has_outer_space(n->name) ? "begins or ends with white space"
							  : "is not in normal form C");
}

void lint_names(struct linter *l)
{
	struct name_lint n = {.linter = l};
	add_model(&n, l->model);
	look_alikes_sort(&n.names, l->arena);
	for (size_t i = 0; i < n.names.names.len; i++) {
		const struct class_name *name = &n.names.names.at[i];
		if (report_is_full(l->report, SEVERITY_WARNING))
			return;
		lint_name(l, name);
		if (i && look_alikes_are(&n.names, name - 1, name))
			linter_warn(l, "W0709", name->at, "choose names that differ to the eye",
				    "%s looks like %s", quoted(l->arena, name->name),
				    quoted(l->arena, name[-1].name));
	}
}
