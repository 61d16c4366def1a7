/* SPDX-License-Identifier: Apache-2.0 */
/* model_text.h - what a model says, without where it says it, as text to be compared. */
#ifndef TEST_MODEL_TEXT_H
#define TEST_MODEL_TEXT_H

#include "core/model/model.h"
#include "core/util/str.h"

static inline const char *said(const char *text)
{
	return text ? text : "(unsaid)";
}

static inline void add_entries(struct str *out, const char *what, const struct entry_vec *entries)
{
	for (size_t i = 0; i < entries->len; i++) {
		const struct entry *e = &entries->at[i];
		const struct words *w = e->words;
		str_printf(out, "  %s %d %d|%s|%s|%s|%s|%s|%d\n", what, e->role, e->member,
			   said(e->product), said(e->profile), said(e->name),
			   said(w ? w->reason : NULL), said(w ? w->ticket : NULL),
			   w ? w->expires : DATE_NONE);
	}
}

static inline void add_meta(struct str *out, const char *kind, const struct metadata *m)
{
	str_printf(out, "%s %s labels %d\n", kind, said(m->name), m->has_labels);
	for (size_t i = 0; i < m->labels.len; i++)
		str_printf(out, "  %s=%s\n", m->labels.at[i].key, m->labels.at[i].value);
	for (size_t i = 0; i < m->previously.len; i++)
		str_printf(out, "  previously %s\n", m->previously.at[i].text);
}

static inline void add_account_text(struct str *out, const struct account *a)
{
	add_meta(out, "account", &a->meta);
	str_printf(out, "  %s|%s|%s|%s|%d%d%d%d%d%d%d\n", said(a->description), said(a->owner),
		   said(a->project), said(a->credential), a->unlisted, a->state, a->has_apis,
		   a->has_bundles, a->has_roles, a->has_products, a->protect);
	for (size_t i = 0; i < a->bundles.len; i++)
		str_printf(out, "  bundle %s\n", a->bundles.at[i].text);
	add_entries(out, "role", &a->roles);
	add_entries(out, "product", &a->products);
	add_entries(out, "api", &a->apis);
}

static inline void add_assignments(struct str *out, const char *kind,
				   const struct assignment_vec *all)
{
	for (size_t i = 0; i < all->len; i++) {
		const struct assignment *a = &all->at[i];
		add_meta(out, kind, &a->meta);
		str_printf(out, "  %d|%s|%s|%s|%d\n", a->role, said(a->product), said(a->profile),
			   said(a->group), a->unlisted);
		add_entries(out, "member", &a->members);
	}
}

/* Accounts, bundles and assignments, in the order of the files; in `a`. */
static inline const char *model_text(struct arena *a, const struct model *m)
{
	struct str out = STR(a);
	for (size_t i = 0; i < m->accounts.len; i++)
		add_account_text(&out, &m->accounts.at[i]);
	for (size_t i = 0; i < m->bundles.len; i++) {
		add_meta(&out, "bundle", &m->bundles.at[i].meta);
		add_entries(&out, "role", &m->bundles.at[i].roles);
		add_entries(&out, "product", &m->bundles.at[i].products);
		add_entries(&out, "api", &m->bundles.at[i].apis);
	}
	add_assignments(&out, "role", &m->roles);
	add_assignments(&out, "product", &m->products);
	return str_text(&out);
}

#endif
