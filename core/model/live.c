/* SPDX-License-Identifier: Apache-2.0 */
#include "core/model/live.h"

#include <string.h>

#include "core/util/compare.h"
#include "core/util/keys.h"
#include "core/util/unicode.h"

void live_drop_absent(struct account_vec *accounts)
{
	size_t kept = 0;
	for (size_t i = 0; i < accounts->len; i++) {
		if (accounts->at[i].state == STATE_ABSENT)
			continue;
		if (kept != i)
			accounts->at[kept] = accounts->at[i];
		kept++;
	}
	accounts->len = kept;
}

void live_sort(struct account_vec *accounts)
{
	for (size_t i = 1; i < accounts->len; i++) {
		if (account_order(&accounts->at[i - 1], &accounts->at[i]) > 0) {
			vec_sort(accounts, account_order);
			return;
		}
	}
}

const struct account *live_find(const struct live *live, const char *name)
{
	struct account key = {.meta.name = name};
	return vec_find(&live->accounts, &key, account_order);
}

bool live_lists_role(const struct text_vec *unseen, enum role role)
{
	for (size_t i = 0; i < unseen->len; i++) {
		if (role_find(unseen->at[i].text) == role)
			return true;
	}
	return false;
}

bool live_lists_products(const struct text_vec *unseen)
{
	for (size_t i = 0; i < unseen->len; i++) {
		if (!strcmp(unseen->at[i].text, UNSEEN_PRODUCTS))
			return true;
	}
	return false;
}

/* Lets pass what cannot be one name, without folding it. */
static bool begin_alike(const char *x, const char *y)
{
	return ascii_lower(*x) == ascii_lower(*y) || (*x & 0x80) || (*y & 0x80);
}

static bool is_same_folded(const char *x, const char *y)
{
	ARENA a = {0};
	return !strcmp(x, y) || (begin_alike(x, y) && !strcmp(text_fold(&a, x), text_fold(&a, y)));
}

bool live_lists_group(const struct entry_vec *unseen_groups, const char *group,
		      const struct entitlement *e)
{
	for (size_t i = 0; e->product && i < unseen_groups->len; i++) {
		const struct entry *unseen = &unseen_groups->at[i];
		if (is_same_folded(unseen->name, group) &&
		    (!unseen->product || is_same_folded(unseen->product, e->product)) &&
		    (!unseen->profile || is_same_folded(unseen->profile, e->profile)))
			return true;
	}
	return false;
}

static int by_group_then_profile(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(x->name, y->name);
	order = order ? order : compare_optional(x->product, y->product);
	return order ? order : compare_optional(x->profile, y->profile);
}

void live_sort_unseen_groups(struct live *live)
{
	vec_sort(&live->unseen_groups, by_group_then_profile);
}

size_t live_count_unseen_groups(const struct live *live)
{
	const struct entry_vec *all = &live->unseen_groups;
	size_t count = 0;
	for (size_t i = 0; i < all->len; i++)
		count += i == 0 || strcmp(all->at[i - 1].name, all->at[i].name) != 0;
	return count;
}

bool live_hides(const struct live *live, const struct principal *who, const struct entitlement *e)
{
	if (live->all_seen)
		return false;
	if (e->product && !e->role && who->kind != PRINCIPAL_ACCOUNT && live->products_unseen)
		return true;
	if (who->kind == PRINCIPAL_GROUP)
		return !e->role && live_lists_group(&live->unseen_groups, who->name, e);
	if (!e->role)
		return false;
	if (who->kind == PRINCIPAL_ACCOUNT) {
		const struct account *a = live_find(live, who->name);
		return a && live_lists_role(&a->unseen, e->role);
	}
	for (size_t i = 0; i < live->blind.len; i++) {
		if (live->blind.at[i].kind == PRINCIPAL_USER && live->blind.at[i].role == e->role)
			return true;
	}
	return false;
}

void live_find_blind(struct live *live, const struct account_vec *accounts,
		     const struct text_vec *of_users, struct arena *a)
{
	size_t counts[ROLE_COUNT] = {0};
	for (size_t i = 0; i < accounts->len; i++) {
		const struct text_vec *unseen = &accounts->at[i].unseen;
		for (int role = 1; unseen->len && role < ROLE_COUNT; role++)
			counts[role] += live_lists_role(unseen, role);
	}
	for (int role = 1; role < ROLE_COUNT; role++) {
		if (counts[role])
			vec_push(a, &live->blind,
				 (struct blind_spot){NULL, counts[role], role, PRINCIPAL_ACCOUNT});
	}
	for (int role = 1; role < ROLE_COUNT; role++) {
		if (live_lists_role(of_users, role))
			vec_push(a, &live->blind,
				 (struct blind_spot){NULL, live->catalogue.users.len, role,
						     PRINCIPAL_USER});
	}
}

static int32_t shrunk(size_t before, size_t after)
{
	return after < before ? (int32_t)((before - after) * 100 / before) : 0;
}

int32_t live_shrink(const struct live *base, const struct live *live)
{
	int32_t accounts = shrunk(base->accounts.len, live->accounts.len);
	int32_t grants = live->whole ? shrunk(base->grants.len, live->grants.len) : 0;
	return accounts > grants ? accounts : grants;
}

static int by_grant(const void *a, const void *b)
{
	const struct grant_words *x = a, *y = b;
	return x->key < y->key ? -1 : x->key > y->key;
}

const struct words *live_words(const struct live *live, uint32_t principal, uint32_t entitlement)
{
	const struct grant_words key = {grant_key(principal, entitlement), NULL};
	const struct grant_words *found =
		live->words ? vec_find(live->words, &key, by_grant) : NULL;
	return found ? found->words : NULL;
}
