/* SPDX-License-Identifier: Apache-2.0 */
/* keys.h - sets of 64-bit keys as sorted arrays. A grant is one: its principal in the high half,
 * its entitlement in the low one. */
#ifndef WRIT_KEYS_H
#define WRIT_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/util/vec.h"

VEC(key_vec, uint64_t);

static inline uint64_t grant_key(uint32_t principal, uint32_t entitlement)
{
	return (uint64_t)principal << 32 | entitlement;
}

static inline uint32_t grant_principal(uint64_t key)
{
	return (uint32_t)(key >> 32);
}

static inline uint32_t grant_entitlement(uint64_t key)
{
	return (uint32_t)key;
}

/* Ascending; what stands twice stays so. */
void keys_sort(struct key_vec *keys);

/* Ascending, each once. */
void keys_sort_once(struct key_vec *keys);

/* Of sorted keys: the index of the first that is not below `key`; `len` when all are. */
size_t keys_from(const struct key_vec *keys, uint64_t key);

/* Whether sorted keys have it. */
bool keys_have(const struct key_vec *keys, uint64_t key);

#endif
