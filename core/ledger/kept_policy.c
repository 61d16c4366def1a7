/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/kept_policy.h"

#include <stddef.h>

/* The limits that are one number, in the order in which they are written. */
static const struct {
	const char *key;
	size_t at;
} limits[] = {
	{"maxAdminGrants", offsetof(struct guards, max_admin_grants)},
	{"maxRemovalDelta", offsetof(struct guards, max_removal_delta)},
	{"maxRemovals", offsetof(struct guards, max_removals)},
	{"minPersons", offsetof(struct guards, min_persons)},
};
#define LIMITS (sizeof(limits) / sizeof(*limits))

static const int32_t *limit_of(const struct guards *g, size_t i)
{
	return (const int32_t *)((const char *)g + limits[i].at);
}

/* Without the brace that closes it. A role that nobody need hold is left out. */
static void put_limits(struct str *out, const char *key, const struct guards *g)
{
	json_put_key(out, key);
	str_addc(out, '{');
	for (size_t i = 0; i < LIMITS; i++) {
		if (*limit_of(g, i) >= 0)
			json_put_number(out, limits[i].key, *limit_of(g, i));
	}
	json_put_key(out, "minHolders");
	str_addc(out, '{');
	for (int role = 1; role < ROLE_COUNT; role++) {
		if (g->min_holders[role] > 0)
			json_put_number(out, role_table[role].name, g->min_holders[role]);
	}
	str_addc(out, '}');
}

void kept_policy_put(struct str *out, const struct guards *g, const struct guards *set)
{
	if (!g)
		return;
	put_limits(out, "policy", g);
	if (set) {
		put_limits(out, "manifests", set);
		str_addc(out, '}');
	}
	str_addc(out, '}');
}

static bool take_number(struct json_span object, const char *key, int32_t *out)
{
	struct json_span value;
	int64_t number;
	if (!json_member(object, key, &value) || !json_number(value, &number) || number < 0 ||
	    number > INT32_MAX)
		return false;
	*out = (int32_t)number;
	return true;
}

const struct guards *kept_policy_find_set(struct arena *a, struct json_span object)
{
	struct json_span policy, set, holders;
	struct guards *g = arena_alloc(a, sizeof(*g));
	*g = (struct guards)GUARDS_UNSAID;
	if (!json_member(object, "policy", &policy) || !json_member(policy, "manifests", &set))
		return NULL;
	for (size_t i = 0; i < LIMITS; i++)
		take_number(set, limits[i].key, (int32_t *)((char *)g + limits[i].at));
	for (int role = 1; role < ROLE_COUNT && json_member(set, "minHolders", &holders); role++)
		take_number(holders, role_table[role].name, &g->min_holders[role]);
	return g;
}

const struct guards *kept_policy_find(struct arena *a, struct json_span object)
{
	struct json_span policy, holders;
	struct guards *g = arena_zalloc(a, sizeof(*g));
	if (!json_member(object, "policy", &policy) || !json_member(policy, "minHolders", &holders))
		return NULL;
	for (size_t i = 0; i < LIMITS; i++) {
		if (!take_number(policy, limits[i].key, (int32_t *)((char *)g + limits[i].at)))
			return NULL;
	}
	for (int role = 1; role < ROLE_COUNT; role++) /* one that is not said is 0 */
		take_number(holders, role_table[role].name, &g->min_holders[role]);
	return g;
}
