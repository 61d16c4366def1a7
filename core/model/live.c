/* SPDX-License-Identifier: Apache-2.0 */
#include "core/model/live.h"

#include "core/util/keys.h"
#include <string.h>

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

static int by_name(const void *a, const void *b)
{
	const struct account *x = a, *y = b;
	return strcmp(x->meta.name, y->meta.name);
}

void live_sort(struct account_vec *accounts)
{
	for (size_t i = 1; i < accounts->len; i++) {
		if (by_name(&accounts->at[i - 1], &accounts->at[i]) > 0) {
			vec_sort(accounts, by_name);
			return;
		}
	}
}

const struct account *live_find(const struct live *live, const char *name)
{
	struct account key = {.meta.name = name};
	return vec_find(&live->accounts, &key, by_name);
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
