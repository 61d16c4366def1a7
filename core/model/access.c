/* SPDX-License-Identifier: Apache-2.0 */
#include "core/model/access.h"

#include <assert.h>
#include <string.h>

#include "core/util/compare.h"
#include "core/util/unicode.h"

/* Open addressing over numbers; 0 marks a free slot, so numbers are kept plus one. */
struct number_map {
	uint32_t *slots;
	size_t size, count;
};

struct universe {
	struct intern *strings;
	struct arena arena;
	VEC(, struct principal) principals;
	VEC(, const char *) keys; /* of principals: the name, users folded */
	VEC(, struct entitlement) entitlements;
	VEC(, struct entitlement) folded; /* keys of entitlements; only with folds_names */
	struct number_map principal_map, entitlement_map;
	uint32_t *principal_ranks, *entitlement_ranks; /* by number */
	uint32_t *principal_order, *entitlement_order; /* by rank */
	uint32_t expected; /* the principal that is likely asked for next */
	bool folds_names, has_types;
};

struct universe *universe_new(struct intern *strings)
{
	struct universe *u = xmalloc(sizeof(*u));
	memset(u, 0, sizeof(*u));
	u->strings = strings;
	return u;
}

void universe_free(struct universe *u)
{
	if (!u)
		return;
	free(u->principal_map.slots);
	free(u->entitlement_map.slots);
	arena_done(&u->arena);
	free(u);
}

static uint64_t hash_pointer(const char *text)
{
	return text ? intern_hash(text) : 0;
}

static uint64_t principal_hash(const char *key, enum principal_kind kind)
{
	return hash_pointer(key) ^ kind;
}

static uint64_t entitlement_hash(const struct entitlement *e)
{
	uint64_t h = hash_pointer(e->product);
	h = h * 31 + hash_pointer(e->profile);
	h = h * 31 + hash_pointer(e->group) + e->role;
	return h * 31 + hash_pointer(e->api);
}

static bool is_entitlement(const struct entitlement *a, const struct entitlement *b)
{
	return a->role == b->role && a->product == b->product && a->profile == b->profile &&
	       a->group == b->group && a->api == b->api;
}

/* What an entitlement is found by. */
static const struct entitlement *entitlement_key(const struct universe *u, uint32_t number)
{
	return u->folds_names ? &u->folded.at[number] : &u->entitlements.at[number];
}

static uint64_t hash_of(const struct universe *u, const struct number_map *map, uint32_t number)
{
	if (map == &u->principal_map)
		return principal_hash(u->keys.at[number], u->principals.at[number].kind);
	return entitlement_hash(entitlement_key(u, number));
}

static void make_room(const struct universe *u, struct number_map *map)
{
	if (map->count * 4 < map->size * 3)
		return;
	size_t size = map->size ? map->size * 2 : 256;
	uint32_t *slots = xmalloc(size * sizeof(*slots));
	memset(slots, 0, size * sizeof(*slots));
	for (size_t i = 0; i < map->size; i++) {
		if (!map->slots[i])
			continue;
		size_t at = hash_of(u, map, map->slots[i] - 1);
		while (slots[at & (size - 1)])
			at++;
		slots[at & (size - 1)] = map->slots[i];
	}
	free(map->slots);
	map->slots = slots;
	map->size = size;
}

void universe_fold_names(struct universe *u)
{
	assert(u->principals.len == 0 && u->entitlements.len == 0);
	u->folds_names = true;
}

bool universe_folds_names(const struct universe *u)
{
	return u->folds_names;
}

static const char *fold_name(struct universe *u, const char *name)
{
	ARENA a = {0};
	return name ? intern(u->strings, text_fold(&a, name)) : NULL;
}

/* Users fold to one key; the key is interned too, so that keys compare by address. */
static const char *principal_key(struct universe *u, enum principal_kind kind, const char *name)
{
	char folded[OBJECT_KEY_MAX];
	if (kind == PRINCIPAL_GROUP && u->folds_names)
		return fold_name(u, name);
	size_t len = kind == PRINCIPAL_USER ? intern_len(name) : sizeof(folded);
	if (len >= sizeof(folded))
		return name;
	for (size_t i = 0; i <= len; i++)
		folded[i] = ascii_lower(name[i]);
	return intern_n(u->strings, folded, len);
}

static bool is_principal(const struct universe *u, uint32_t number, enum principal_kind kind,
			 const char *key)
{
	return number < u->principals.len && u->keys.at[number] == key &&
	       u->principals.at[number].kind == kind;
}

/* False when there is none; then *out is the free slot. */
static bool seek_principal(struct universe *u, enum principal_kind kind, const char *key,
			   uint32_t *out)
{
	struct number_map *map = &u->principal_map;
	make_room(u, map);
	for (size_t at = principal_hash(key, kind);; at++) {
		uint32_t slot = map->slots[at & (map->size - 1)];
		*out = slot ? slot - 1 : (uint32_t)(at & (map->size - 1));
		if (!slot || is_principal(u, slot - 1, kind, key))
			return slot;
	}
}

static uint32_t find_principal(struct universe *u, enum principal_kind kind, const char *name,
			       const char *key)
{
	struct number_map *map = &u->principal_map;
	uint32_t at;
	if (seek_principal(u, kind, key, &at))
		return at;
	vec_push(&u->arena, &u->principals, (struct principal){name, kind});
	vec_push(&u->arena, &u->keys, key);
	map->slots[at] = (uint32_t)u->principals.len;
	map->count++;
	return (uint32_t)u->principals.len - 1;
}

void universe_user_type(struct universe *u, uint32_t number, enum user_type type)
{
	u->principals.at[number].type = type;
	u->has_types = true;
}

/* The name without its type where that names the entry which live calls by the address alone. */
static const char *plain_user(struct universe *u, const char *name)
{
	const char *address;
	enum user_type type = user_type_of(name, &address);
	if (type == USER_ANY)
		return name;
	const char *key = principal_key(u, PRINCIPAL_USER, intern(u->strings, address));
	uint32_t number;
	if (!seek_principal(u, PRINCIPAL_USER, key, &number) ||
	    u->principals.at[number].type != type)
		return name;
	return u->principals.at[number].name;
}

/* Manifests, live and the plan walk the same accounts in the same order, so that most are found
 * without the map, whose slots lie all over memory. */
uint32_t universe_principal(struct universe *u, enum principal_kind kind, const char *name,
			    bool live)
{
	if (u->has_types && kind == PRINCIPAL_USER)
		name = plain_user(u, name);
	const char *key = principal_key(u, kind, name);
	uint32_t number = u->expected;
	if (!is_principal(u, number, kind, key))
		number = find_principal(u, kind, name, key);
	if (live)
		u->principals.at[number].name = name;
	u->expected = number + 1;
	return number;
}

uint32_t universe_entitlement(struct universe *u, enum role role, const char *product,
			      const char *profile, const char *group)
{
	const struct entitlement e = {product, profile, group, role};
	return universe_number(u, &e);
}

uint32_t universe_number(struct universe *u, const struct entitlement *e)
{
	struct entitlement key = *e;
	struct number_map *map = &u->entitlement_map;
	if (u->folds_names)
		key = (struct entitlement){fold_name(u, e->product), fold_name(u, e->profile),
					   fold_name(u, e->group), e->role, fold_name(u, e->api)};
	make_room(u, map);
	size_t at = entitlement_hash(&key);
	for (;; at++) {
		uint32_t slot = map->slots[at & (map->size - 1)];
		if (!slot)
			break;
		if (is_entitlement(entitlement_key(u, slot - 1), &key))
			return slot - 1;
	}
	vec_push(&u->arena, &u->entitlements, *e);
	if (u->folds_names)
		vec_push(&u->arena, &u->folded, key);
	map->slots[at & (map->size - 1)] = (uint32_t)u->entitlements.len;
	map->count++;
	return (uint32_t)u->entitlements.len - 1;
}

/* ---- order ---- */

static int place_of(const struct entitlement *e)
{
	return entitlement_is_product(e) ? ROLE_COUNT + 1 : e->api ? ROLE_COUNT : (int)e->role;
}

int entitlement_compare(const struct entitlement *a, const struct entitlement *b)
{
	int order = place_of(a) - place_of(b);
	order = order ? order : compare_optional(a->product, b->product);
	order = order ? order : compare_optional(a->profile, b->profile);
	order = order ? order : compare_optional(a->group, b->group);
	return order ? order : compare_optional(a->api, b->api);
}

/* The name without what differs between a name and a code ("I/O Management API",
 * "AdobeIOManagementAPISDK"). */
static void squeeze(const char *name, char *out, size_t size)
{
	size_t len = 0;
	for (; *name && len + 1 < size; name++) {
		char c = ascii_lower(*name);
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			out[len++] = c;
	}
	out[len] = '\0';
}

bool api_has_word(const char *api, const char *word)
{
	char name[OBJECT_KEY_MAX];
	squeeze(api, name, sizeof(name));
	return strstr(name, word) != NULL;
}

bool api_is_admin(const char *api)
{
	static const char *const words[] = {"usermanagement", "usermgmt", "iomanagement",
					    "storagemanagement"};
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (api_has_word(api, words[i]))
			return true;
	}
	return false;
}

/* An API that hands out rights stands behind the system administrator and before all other roles.
 */
uint8_t entitlement_power(const struct entitlement *e)
{
	if (e->role != ROLE_NONE)
		return (uint8_t)(2 * role_table[e->role].rank);
	return e->api && api_is_admin(e->api) ? 3 : POWER_NONE;
}

static int by_principal(const void *a, const void *b, void *context)
{
	const struct universe *u = context;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int order = u->principals.at[x].kind - u->principals.at[y].kind;
	return order ? order : strcmp(u->keys.at[x], u->keys.at[y]);
}

static int by_entitlement(const void *a, const void *b, void *context)
{
	const struct universe *u = context;
	return entitlement_compare(&u->entitlements.at[*(const uint32_t *)a],
				   &u->entitlements.at[*(const uint32_t *)b]);
}

static uint32_t *rank(struct universe *u, size_t count, uint32_t **order,
		      int (*compare)(const void *, const void *, void *))
{
	uint32_t *ranks = arena_alloc(&u->arena, count * sizeof(*ranks));
	*order = arena_alloc(&u->arena, count * sizeof(**order));
	for (size_t i = 0; i < count; i++)
		(*order)[i] = (uint32_t)i;
	for (size_t i = 1; i < count; i++) {
		if (compare(&(*order)[i - 1], &(*order)[i], u) > 0) {
			qsort_r(*order, count, sizeof(**order), compare, u);
			break;
		}
	}
	for (size_t i = 0; i < count; i++)
		ranks[(*order)[i]] = (uint32_t)i;
	return ranks;
}

void universe_rank(struct universe *u)
{
	u->principal_ranks = rank(u, u->principals.len, &u->principal_order, by_principal);
	u->entitlement_ranks = rank(u, u->entitlements.len, &u->entitlement_order, by_entitlement);
}

uint32_t universe_principal_rank(const struct universe *u, uint32_t number)
{
	return u->principal_ranks[number];
}

uint32_t universe_entitlement_rank(const struct universe *u, uint32_t number)
{
	return u->entitlement_ranks[number];
}

uint32_t universe_principal_number(const struct universe *u, uint32_t at)
{
	return u->principal_order[at];
}

uint32_t universe_entitlement_number(const struct universe *u, uint32_t at)
{
	return u->entitlement_order[at];
}

const struct principal *universe_principal_at(const struct universe *u, uint32_t at)
{
	return &u->principals.at[u->principal_order[at]];
}

const struct entitlement *universe_entitlement_at(const struct universe *u, uint32_t at)
{
	return &u->entitlements.at[u->entitlement_order[at]];
}

const struct principal *universe_principal_numbered(const struct universe *u, uint32_t number)
{
	return &u->principals.at[number];
}

const struct entitlement *universe_entitlement_numbered(const struct universe *u, uint32_t number)
{
	return &u->entitlements.at[number];
}

size_t universe_principals(const struct universe *u)
{
	return u->principals.len;
}

size_t universe_entitlements(const struct universe *u)
{
	return u->entitlements.len;
}
