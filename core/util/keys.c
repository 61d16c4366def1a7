/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/keys.h"

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

void keys_sort(struct key_vec *keys)
{
	vec_sort(keys, by_value);
}

void keys_sort_once(struct key_vec *keys)
{
	size_t kept = 0;
	keys_sort(keys);
	for (size_t i = 0; i < keys->len; i++) {
		if (!kept || keys->at[kept - 1] != keys->at[i])
			keys->at[kept++] = keys->at[i];
	}
	keys->len = kept;
}

size_t keys_from(const struct key_vec *keys, uint64_t key)
{
	size_t low = 0, high = keys->len;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (keys->at[middle] < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool keys_have(const struct key_vec *keys, uint64_t key)
{
	size_t at = keys_from(keys, key);
	return at < keys->len && keys->at[at] == key;
}
