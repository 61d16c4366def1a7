/* SPDX-License-Identifier: Apache-2.0 */
#include "core/record/rewind.h"

#include <stdlib.h>
#include <string.h>

#include "core/model/live.h"
#include "core/util/keys.h"

struct rewinder {
	const struct live *live, *last;
	struct universe *u;
	struct arena *arena;
	struct live *out;
	struct key_vec gone; /* pairs to take out */
	/* Accounts that the run made: they go with all they have been given since. */
	struct key_vec made;
	struct key_vec renamed; /* principal as it is now, and as it was */
};

static uint32_t account_number(struct rewinder *r, const char *name)
{
	return universe_principal(r->u, PRINCIPAL_ACCOUNT, name, false);
}

/* The copy of a live account. The list of copies begins as the live list does. */
static struct account *find_account(struct rewinder *r, const char *name)
{
	const struct account *live = live_find(r->live, name);
	return live ? &r->out->accounts.at[live - r->live->accounts.at] : NULL;
}

/* What was not seen when it was asked for may have been there without the run. */
static void hide(struct rewinder *r, const struct change *c)
{
	const struct entitlement *e = c->entitlement;
	struct account *account = c->principal->kind == PRINCIPAL_ACCOUNT
					  ? find_account(r, c->principal->name)
					  : NULL;
	r->out->all_seen = false;
	if (c->principal->kind == PRINCIPAL_GROUP && !e->role)
		vec_push(r->arena, &r->out->unseen_groups,
			 (struct entry){.name = c->principal->name,
					.product = e->product,
					.profile = e->profile});
	if (account && e->role)
		account_hide_role(account, e->role, r->arena);
}

static void undo_grant(struct rewinder *r, const struct change *c)
{
	const struct entitlement *e = c->entitlement;
	uint32_t principal =
		universe_principal(r->u, c->principal->kind, c->principal->name, false);
	uint32_t entitlement = universe_number(r->u, e);
	if (c->action == ACTION_CREATE && c->unseen)
		hide(r, c);
	if (c->action == ACTION_CREATE)
		vec_push(r->arena, &r->gone, grant_key(principal, entitlement));
	else
		vec_push(r->arena, &r->out->grants, (struct pair){principal, entitlement});
}

static void undo_create(struct rewinder *r, const struct change *c)
{
	struct account *account = find_account(r, c->after->meta.name);
	if (account)
		account->state = STATE_ABSENT;
	vec_push(r->arena, &r->made, account_number(r, c->after->meta.name));
}

static void undo_delete(struct rewinder *r, const struct change *c)
{
	const char *name = c->before->meta.name;
	const struct account *known = r->last ? live_find(r->last, name) : NULL;
	uint32_t number = account_number(r, name);
	struct account account = known ? *known : *c->before;
	account.state = STATE_PRESENT;
	vec_push(r->arena, &r->out->accounts, account);
	for (size_t i = 0; known && i < r->last->grants.len; i++) {
		if (r->last->grants.at[i].principal == number)
			vec_push(r->arena, &r->out->grants, r->last->grants.at[i]);
	}
}

static void undo_update(struct rewinder *r, const struct change *c)
{
	struct account *account = find_account(r, c->after->meta.name);
	if (!account)
		return;
	if (c->reason == REASON_RENAMED) {
		account->credential = account_credential(account);
		account->meta.name = c->before->meta.name;
		vec_push(r->arena, &r->renamed,
			 grant_key(account_number(r, c->after->meta.name),
				   account_number(r, c->before->meta.name)));
	}
	account_copy(account, c->before, c->attributes);
}

/* Orders pairs of a principal and its new number by the principal. */
static int by_high_half(const void *a, const void *b)
{
	uint32_t x = grant_principal(*(const uint64_t *)a);
	uint32_t y = grant_principal(*(const uint64_t *)b);
	return x < y ? -1 : x > y;
}

static void take_out(struct rewinder *r)
{
	struct pair_vec *grants = &r->out->grants;
	size_t kept = 0;
	keys_sort(&r->gone);
	for (size_t i = 0; i < grants->len && r->gone.len; i++) {
		uint64_t key = grant_key(grants->at[i].principal, grants->at[i].entitlement);
		if (!keys_have(&r->gone, key))
			grants->at[kept++] = grants->at[i];
	}
	if (r->gone.len)
		grants->len = kept;
}

/* Leaves out what made accounts hold; moves what renamed ones hold. */
static void follow_accounts(struct rewinder *r)
{
	struct pair_vec *grants = &r->out->grants;
	size_t kept = 0;
	keys_sort(&r->made);
	keys_sort(&r->renamed);
	for (size_t i = 0; i < grants->len; i++) {
		struct pair pair = grants->at[i];
		uint64_t key = grant_key(pair.principal, 0);
		if (keys_have(&r->made, pair.principal))
			continue;
		const uint64_t *found = vec_find(&r->renamed, &key, by_high_half);
		if (found)
			pair.principal = (uint32_t)*found;
		grants->at[kept++] = pair;
	}
	grants->len = kept;
}

static void undo_account(struct rewinder *r, const struct change *c)
{
	if (c->action == ACTION_CREATE)
		undo_create(r, c);
	else if (c->action == ACTION_DELETE)
		undo_delete(r, c);
	else
		undo_update(r, c);
}

static void copy_lists(struct rewinder *r, const struct live *live)
{
	*r->out = *live;
	r->out->accounts = (struct account_vec){0};
	r->out->grants = (struct pair_vec){0};
	r->out->unseen_groups = (struct entry_vec){0};
	for (size_t i = 0; i < live->unseen_groups.len; i++)
		vec_push(r->arena, &r->out->unseen_groups, live->unseen_groups.at[i]);
	vec_reserve(r->arena, &r->out->accounts, live->accounts.len + 1);
	vec_reserve(r->arena, &r->out->grants, live->grants.len + 1);
	for (size_t i = 0; i < live->accounts.len; i++)
		vec_push(r->arena, &r->out->accounts, live->accounts.at[i]);
	for (size_t i = 0; i < live->grants.len; i++)
		vec_push(r->arena, &r->out->grants, live->grants.at[i]);
}

void rewind_plan(const struct plan *plan, const bool *done, const struct live *live,
		 const struct live *last, struct universe *u, struct arena *a, struct live *out)
{
	struct rewinder r = {.live = live, .last = last, .u = u, .arena = a, .out = out};
	copy_lists(&r, live);
	/* Grants of a renamed account stand under its new name: they go first. */
	for (size_t i = 0; i < plan->changes.len; i++) {
		if (done[i] && plan->changes.at[i].type == CHANGE_GRANT)
			undo_grant(&r, &plan->changes.at[i]);
	}
	take_out(&r);
	for (size_t i = 0; i < plan->changes.len; i++) {
		if (done[i] && plan->changes.at[i].type == CHANGE_ACCOUNT)
			undo_account(&r, &plan->changes.at[i]);
	}
	follow_accounts(&r);
	live_drop_absent(&out->accounts);
	live_sort(&out->accounts);
	live_sort_unseen_groups(out);
	for (size_t i = 0; i < out->accounts.len; i++)
		account_number(&r, out->accounts.at[i].meta.name);
}

/* ---- what is there already ---- */

static void number_pairs(const struct live *live, struct arena *a, struct key_vec *out)
{
	for (size_t i = 0; i < live->grants.len; i++)
		vec_push(a, out,
			 grant_key(live->grants.at[i].principal, live->grants.at[i].entitlement));
	keys_sort(out);
}

static bool has_grant(const struct key_vec *pairs, struct universe *u, const struct change *c)
{
	const struct entitlement *e = c->entitlement;
	uint64_t key =
		grant_key(universe_principal(u, c->principal->kind, c->principal->name, false),
			  universe_number(u, e));
	return keys_have(pairs, key);
}

/* Whether an organisation has a change's result. */
static bool has_result(const struct change *c, const struct live *in, const struct key_vec *pairs,
		       struct universe *u)
{
	if (c->type == CHANGE_GRANT)
		return has_grant(pairs, u, c) == (c->action == ACTION_CREATE);
	if (c->type == CHANGE_PROJECT)
		return true; /* no snapshot has projects */
	if (c->action == ACTION_DELETE)
		return !live_find(in, c->before->meta.name);
	const struct account *known = live_find(in, c->after->meta.name);
	if (c->action == ACTION_CREATE)
		return known;
	if (known && c->reason == REASON_RENAMED && c->before && known->id && c->before->id &&
	    strcmp(known->id, c->before->id) != 0)
		return false; /* that is the account that had the name before */
	return known && !(account_difference(known, c->after, c->attributes) & c->attributes);
}

void rewind_drop_recorded(const struct plan *plan, const struct live *last, struct universe *u,
			  struct arena *a, bool *done)
{
	struct key_vec pairs = {0};
	number_pairs(last, a, &pairs);
	for (size_t i = 0; i < plan->changes.len; i++) {
		if (done[i] && has_result(&plan->changes.at[i], last, &pairs, u))
			done[i] = false;
	}
}

void rewind_drop_missing(const struct plan *plan, const struct live *live, struct universe *u,
			 struct arena *a, bool *done)
{
	struct key_vec pairs = {0};
	number_pairs(live, a, &pairs);
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		if (done[i] && !c->unseen && !has_result(c, live, &pairs, u))
			done[i] = false;
	}
}
