/* SPDX-License-Identifier: Apache-2.0 */
#include "core/model/declaration.h"

#include <string.h>

#include "core/util/unicode.h"

/* ---- the walk ---- */

static void walk_entries(const struct declaration_walk *walk, struct declaration_line line,
			 const struct entry_vec *entries)
{
	for (size_t i = 0; i < entries->len; i++) {
		line.entry = &entries->at[i];
		walk->line(walk->context, &line);
	}
}

static void walk_apis(const struct declaration_walk *walk, struct declaration_line line,
		      const struct entry_vec *apis)
{
	line.is_api = true;
	walk_entries(walk, line, apis);
}

static const struct entry *find_item(struct declaration_line line, const struct entry_vec *entries,
				     const struct entitlement *e)
{
	for (size_t i = 0; i < entries->len; i++) {
		line.entry = &entries->at[i];
		struct entitlement granted = declaration_entitlement(&line);
		if (entitlement_compare(&granted, e) == 0)
			return line.entry;
	}
	return NULL;
}

bool declaration_find_bundle(const struct model_index *index, const struct account *account,
			     const struct location *place, const struct entitlement *e,
			     const struct bundle **bundle, const struct entry **item)
{
	for (size_t i = 0; i < account->bundles.len; i++) {
		const struct text_item *mention = &account->bundles.at[i];
		const struct bundle *b =
			&mention->at == place ? model_find_bundle(index, mention->text) : NULL;
		if (!b)
			continue;
		struct declaration_line line = {.account = account,
						.kind = KIND_TECHNICAL_ACCOUNT,
						.mention = mention,
						.bundle = b,
						.is_api = e->api != NULL};
		*bundle = b;
		*item = find_item(line, e->api ? &b->apis : e->role ? &b->roles : &b->products, e);
		return *item != NULL;
	}
	return false;
}

static void walk_account(const struct model_index *index, const struct account *account,
			 const struct declaration_walk *walk)
{
	struct declaration_line line = {.account = account, .kind = KIND_TECHNICAL_ACCOUNT};
	if (walk->account)
		walk->account(walk->context, account);
	walk_entries(walk, line, &account->roles);
	walk_entries(walk, line, &account->products);
	walk_apis(walk, line, &account->apis);
	for (size_t i = 0; i < account->bundles.len; i++) {
		line.mention = &account->bundles.at[i];
		line.bundle = model_find_bundle(index, line.mention->text);
		if (!line.bundle)
			continue;
		walk_entries(walk, line, &line.bundle->roles);
		walk_entries(walk, line, &line.bundle->products);
		walk_apis(walk, line, &line.bundle->apis);
	}
}

static void walk_assignments(const struct declaration_walk *walk, const struct assignment_vec *all,
			     enum kind kind)
{
	for (size_t i = 0; i < all->len; i++) {
		struct declaration_line line = {.assignment = &all->at[i], .kind = kind};
		if (walk->assignment)
			walk->assignment(walk->context, line.assignment);
		walk_entries(walk, line, &line.assignment->members);
	}
}

void declaration_walk(const struct model *model, const struct model_index *index,
		      const struct declaration_walk *walk)
{
	for (size_t i = 0; i < model->accounts.len; i++) {
		if (model->accounts.at[i].state != STATE_ABSENT)
			walk_account(index, &model->accounts.at[i], walk);
	}
	walk_assignments(walk, &model->roles, KIND_ADMIN_ROLE);
	walk_assignments(walk, &model->products, KIND_PRODUCT_ASSIGNMENT);
}

struct entitlement declaration_entitlement(const struct declaration_line *line)
{
	const struct assignment *d = line->assignment;
	const struct entry *e = line->entry;
	if (line->is_api)
		return (struct entitlement){.api = e->name};
	return d ? (struct entitlement){d->product, d->profile, d->group, d->role}
		 : (struct entitlement){e->product, e->profile, e->name, e->role};
}

const struct location *declaration_place(const struct declaration_line *line)
{
	return line->mention ? &line->mention->at : &line->entry->at;
}

/* ---- as numbers ---- */

/* One half of a pair is the same for all lines of an account or an assignment. */
struct gather {
	struct universe *u;
	struct arena *arena;
	int32_t today;
	struct wanted *wanted;		 /* NULL: only pairs are asked for */
	struct pair_vec *pairs;		 /* whatever their expiry */
	uint32_t principal, entitlement; /* of the account, of the assignment */
};

static void number_account(void *context, const struct account *a)
{
	struct gather *g = context;
	g->principal = universe_principal(g->u, PRINCIPAL_ACCOUNT, a->meta.name, false);
}

static void number_assignment(void *context, const struct assignment *d)
{
	struct gather *g = context;
	g->entitlement = universe_entitlement(g->u, d->role, d->product, d->profile, d->group);
}

static uint32_t number_line(struct gather *g, const struct declaration_line *line)
{
	const struct entitlement e = declaration_entitlement(line);
	return universe_number(g->u, &e);
}

static void gather_line(void *context, const struct declaration_line *line)
{
	struct gather *g = context;
	const struct entry *e = line->entry;
	if (line->assignment)
		g->principal = universe_principal(g->u, e->member, e->name, !g->wanted);
	else
		g->entitlement = number_line(g, line);
	if (!g->wanted) {
		vec_push(g->arena, g->pairs, (struct pair){g->principal, g->entitlement});
		return;
	}
	bool expired = words_have_ended(e->words, g->today);
	vec_push(g->arena, expired ? &g->wanted->expired : &g->wanted->grants,
		 (struct declared){g->principal, g->entitlement,
				   expired ? &e->at : declaration_place(line), e->words});
}

static void gather_model(struct gather *g, const struct model *model,
			 const struct model_index *index)
{
	declaration_walk(
		model, index,
		&(struct declaration_walk){number_account, number_assignment, gather_line, g});
}

void wanted_make(const struct model *model, const struct model_index *index, struct universe *u,
		 struct arena *a, int32_t today, struct wanted *out)
{
	struct gather g = {.u = u, .arena = a, .today = today, .wanted = out};
	gather_model(&g, model, index);
}

void live_pairs(const struct model *model, const struct model_index *index, struct universe *u,
		struct arena *a, struct pair_vec *out)
{
	struct gather g = {.u = u, .arena = a, .pairs = out};
	gather_model(&g, model, index);
}

/* ---- with all that goes with it ---- */

struct collector {
	struct arena *arena;
	const struct model_index *index;
	int32_t today;
	struct declaration_vec *out;
};

static const char *owner_of(const struct collector *c, const struct entry *member)
{
	const struct account *a = member->member == PRINCIPAL_ACCOUNT
					  ? model_find_account(c->index, member->name)
					  : NULL;
	return a ? a->owner : NULL;
}

static void collect_line(void *context, const struct declaration_line *line)
{
	struct collector *c = context;
	const struct entry *e = line->entry;
	struct declaration d = {.entitlement = declaration_entitlement(line),
				.at = *declaration_place(line),
				.words = e->words,
				.kind = line->kind,
				.expired = words_have_ended(e->words, c->today)};
	if (line->account) {
		d.principal = (struct principal){line->account->meta.name, PRINCIPAL_ACCOUNT};
		d.document = line->account->meta.name;
		d.owner = line->account->owner;
	} else {
		d.principal = (struct principal){e->name, e->member};
		d.document = line->assignment->meta.name;
		d.owner = owner_of(c, e);
	}
	if (line->bundle) {
		d.bundle = line->bundle->meta.name;
		d.bundle_at = e->at;
	}
	vec_push(c->arena, c->out, d);
}

int principal_compare(const struct principal *a, const struct principal *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->name == b->name) /* most are interned */
		return 0;
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
	declaration_walk(model, index,
			 &(struct declaration_walk){.line = collect_line, .context = &c});
	vec_sort(out, by_grant_then_place);
}
