/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of accounts themselves. */
#include "core/edit/accepter.h"

#include <string.h>

static void set_field(struct accept *s, const struct account *declared, const char *parent,
		      const char *below, const char *key, const char *value)
{
	struct edit *e = accept_add_edit(s, value ? EDIT_SET : EDIT_UNSET, declared->at);
	e->parents[0] = parent;
	e->parents[1] = below;
	e->key = key;
	e->value = value;
}

/* Calls for an edit where the manifest says something else; what it does not say is not compared
 * with live. */
static void change_text(struct accept *s, const struct account *declared, const char *key,
			const char *said, const char *live)
{
	if (said && said != live)
		set_field(s, declared, "spec", NULL, key, live);
}

static void change_credential(struct accept *s, const struct account *declared,
			      const struct account *live)
{
	const char *name = accept_name_after(s, declared), *due = account_credential(live);
	const char *said = declared->credential ? declared->credential : name;
	if (!strcmp(said, due))
		return;
	set_field(s, declared, "spec", NULL, "credential", strcmp(due, name) ? due : NULL);
}

static void change_labels(struct accept *s, const struct account *declared,
			  const struct account *live)
{
	const struct label_vec *said = &declared->meta.labels, *due = &live->meta.labels;
	for (size_t i = 0; i < due->len; i++) {
		if (label_find(said, due->at[i].key) != due->at[i].value)
			set_field(s, declared, "metadata", "labels", due->at[i].key,
				  due->at[i].value);
	}
	for (size_t i = 0; i < said->len; i++) {
		if (!label_find(due, said->at[i].key))
			set_field(s, declared, "metadata", "labels", said->at[i].key, NULL);
	}
}

/* Members that are this account, in all documents: renamed, or removed when `name` is NULL. */
static void change_members(struct accept *s, const struct assignment_vec *all,
			   const struct account *declared, const char *name)
{
	for (size_t i = 0; i < all->len; i++) {
		for (size_t k = 0; k < all->at[i].members.len; k++) {
			const struct entry *m = &all->at[i].members.at[k];
			if (m->member != PRINCIPAL_ACCOUNT ||
			    strcmp(m->name, declared->meta.name) != 0)
				continue;
			struct edit *e = accept_add_edit(
				s, name ? EDIT_RENAME_MEMBER : EDIT_REMOVE_ITEM, all->at[i].at);
			e->at = m->at;
			e->value = name;
		}
	}
}

static void rename_account(struct accept *s, const struct account *declared, const char *name)
{
	const struct text_vec *previously = &declared->meta.previously;
	set_field(s, declared, "metadata", NULL, "name", name);
	for (size_t i = 0; i < previously->len; i++) {
		if (!strcmp(previously->at[i].text, name))
			accept_remove_item(s, declared->at, previously->at[i].at);
	}
	struct edit *e = accept_add_edit(s, EDIT_ADD_ITEM, declared->at);
	e->parents[0] = "metadata";
	e->key = "previously";
	e->item.bare = declared->meta.name;
	change_members(s, &s->set->model.roles, declared, name);
	change_members(s, &s->set->model.products, declared, name);
	uint32_t old = universe_principal(s->u, PRINCIPAL_ACCOUNT, declared->meta.name, false);
	uint32_t now = universe_principal(s->u, PRINCIPAL_ACCOUNT, name, false);
	vec_push(s->arena, &s->effects,
		 (struct effect){.kind = EFFECT_RENAME, .principal = old, .now = now});
}

static void change_attributes(struct accept *s, const struct account *declared,
			      const struct account *live, unsigned set)
{
	if (set & ATTRIBUTE_DESCRIPTION)
		change_text(s, declared, "description", declared->description, live->description);
	if (set & ATTRIBUTE_OWNER)
		change_text(s, declared, "owner", declared->owner, live->owner);
	if (set & ATTRIBUTE_PROJECT)
		change_text(s, declared, "project", declared->project, live->project);
	if (set & ATTRIBUTE_CREDENTIAL)
		change_credential(s, declared, live);
	if (set & ATTRIBUTE_LABELS && declared->meta.has_labels)
		change_labels(s, declared, live);
}

enum accepted accept_changed(struct accept *s, const struct drift_item *d)
{
	const struct account *live = d->after;
	const struct account *declared = accept_find_declared(s, live->meta.name);
	if (!declared || declared->state == STATE_ABSENT)
		return ACCEPT_NOTHING;
	bool renamed = strcmp(d->before->meta.name, live->meta.name) != 0 &&
		       strcmp(declared->meta.name, live->meta.name) != 0;
	/* A credential that kept its name is no longer the default one. */
	unsigned set =
		d->attributes | (renamed && live->credential ? (unsigned)ATTRIBUTE_CREDENTIAL : 0);
	size_t edits = s->edits.len;
	vec_push(s->arena, &s->changes,
		 (struct accept_change){declared, live,
					renamed ? live->meta.name : declared->meta.name, set});
	if (renamed)
		rename_account(s, declared, live->meta.name);
	change_attributes(s, declared, live, set);
	if (s->edits.len > edits)
		return ACCEPT_WRITTEN;
	s->changes.len--;
	return ACCEPT_NOTHING;
}

enum accepted accept_new_account(struct accept *s, const struct drift_item *d)
{
	const struct account *declared = accept_find_declared(s, d->principal->name);
	if (declared && declared->state == STATE_ABSENT)
		return accept_refuse(s, declared->at,
				     "the account is declared absent, and it is live",
				     "take \"state: absent\" out first");
	if (declared)
		return ACCEPT_NOTHING;
	accept_document_account(s, d->after);
	return ACCEPT_WRITTEN;
}

enum accepted accept_lost_account(struct accept *s, const struct drift_item *d)
{
	const struct account *declared = model_find_account(&s->set->index, d->principal->name);
	if (!declared || declared->state == STATE_ABSENT)
		return ACCEPT_NOTHING;
	if (declared->protect)
		return accept_refuse(s, declared->at, "the account is protected, and it is gone",
				     "take \"protect\" or the document out by hand");
	accept_add_edit(s, EDIT_REMOVE_DOCUMENT, declared->at);
	change_members(s, &s->set->model.roles, declared, NULL);
	change_members(s, &s->set->model.products, declared, NULL);
	uint32_t number = universe_principal(s->u, PRINCIPAL_ACCOUNT, declared->meta.name, false);
	vec_push(s->arena, &s->effects, (struct effect){.kind = EFFECT_DROP, .principal = number});
	s->dropped++;
	return ACCEPT_WRITTEN;
}
