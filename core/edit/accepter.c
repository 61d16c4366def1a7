/* SPDX-License-Identifier: Apache-2.0 */
#include "core/edit/accepter.h"

#include <string.h>

#include "core/model/declaration.h"
#include "core/model/live.h"
#include "core/util/keys.h"

/* ---- what the manifests say ---- */

static void add_line(void *context, const struct declaration_line *line)
{
	struct accept *s = context;
	const struct entry *e = line->entry;
	struct entitlement what = declaration_entitlement(line);
	uint32_t principal = line->account ? universe_principal(s->u, PRINCIPAL_ACCOUNT,
								line->account->meta.name, false)
					   : universe_principal(s->u, e->member, e->name, false);
	vec_push(s->arena, &s->lines,
		 (struct accept_line){.key = grant_key(principal, universe_number(s->u, &what)),
				      .at = *declaration_place(line),
				      .document = line->account ? line->account->at
								: line->assignment->at,
				      .bundle = line->bundle ? line->bundle->meta.name : NULL,
				      .bundle_at = e->at,
				      .expired = words_have_ended(e->words, s->in->today)});
}

static int by_key(const void *a, const void *b)
{
	const struct accept_line *x = a, *y = b;
	return x->key < y->key ? -1 : x->key > y->key;
}

void accept_begin(struct accept *s, const struct accept_input *in, const struct edit_set *set,
		  struct arena *a, struct report *report)
{
	*s = (struct accept){.in = in, .set = set, .arena = a, .report = report};
	s->u = universe_new(in->strings);
	if (universe_folds_names(in->universe))
		universe_fold_names(s->u);
	declaration_walk(&set->model, &set->index,
			 &(struct declaration_walk){.line = add_line, .context = s});
	vec_sort(&s->lines, by_key);
}

void accept_end(struct accept *s)
{
	universe_free(s->u);
}

const struct accept_line *accept_first_line(const struct accept *s, uint64_t key)
{
	struct accept_line line = {.key = key};
	return vec_find(&s->lines, &line, by_key);
}

const struct accept_line *accept_next_line(const struct accept *s, const struct accept_line *l)
{
	const struct accept_line *next = vec_next(&s->lines, l);
	return next && next->key == l->key ? next : NULL;
}

/* ---- accounts ---- */

const struct account *accept_find_declared(const struct accept *s, const char *name)
{
	const struct account *found = model_find_account(&s->set->index, name);
	const struct account *live = found ? NULL : live_find(s->in->live, name);
	const struct account *base = live ? drift_base_of(s->in->base, live) : NULL;
	if (!found && base)
		found = model_find_account(&s->set->index, base->meta.name);
	for (size_t i = 0; !found && i < s->set->model.accounts.len; i++) {
		if (account_had_name(&s->set->model.accounts.at[i], name))
			found = &s->set->model.accounts.at[i];
	}
	return found;
}

const char *accept_name_after(const struct accept *s, const struct account *declared)
{
	for (size_t i = 0; i < s->changes.len; i++) {
		if (s->changes.at[i].declared == declared)
			return s->changes.at[i].name;
	}
	return declared->meta.name;
}

void accept_live_pairs_of(const struct accept *s, const char *name, struct pair_vec *out)
{
	const struct pair_vec *all = &s->in->live->grants;
	for (size_t i = 0; i < all->len; i++) {
		const struct principal *p =
			universe_principal_numbered(s->in->universe, all->at[i].principal);
		if (p->kind == PRINCIPAL_ACCOUNT && !strcmp(p->name, name))
			vec_push(s->arena, out, all->at[i]);
	}
}

bool accept_appears(const struct accept *s, const char *account, const struct entitlement *e)
{
	for (size_t i = 0; i < s->in->count; i++) {
		const struct drift_item *d = s->in->drifts[i];
		if (d->kind == DRIFT_APPEARED && d->principal->kind == PRINCIPAL_ACCOUNT &&
		    !strcmp(d->principal->name, account) &&
		    (e ? d->entitlement && !entitlement_compare(d->entitlement, e)
		       : !d->entitlement))
			return true;
	}
	return false;
}

/* ---- edits ---- */

enum accepted accept_refuse(struct accept *s, struct location at, const char *what,
			    const char *detail)
{
	report_add(s->report, SEVERITY_ERROR, "E0605", at, 0, detail, "%s", what);
	return ACCEPT_REFUSED;
}

struct edit *accept_add_edit(struct accept *s, enum edit_kind kind, struct location document)
{
	vec_push(s->arena, &s->edits, (struct edit){.kind = kind, .document = document});
	return &s->edits.at[s->edits.len - 1];
}

void accept_remove_item(struct accept *s, struct location document, struct location at)
{
	accept_add_edit(s, EDIT_REMOVE_ITEM, document)->at = at;
}
