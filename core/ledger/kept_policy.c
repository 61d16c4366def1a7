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

void kept_policy_put(struct str *out, const struct guards *g)
{
	if (!g)
		return;
	json_put_key(out, "policy");
	str_addc(out, '{');
	for (size_t i = 0; i < LIMITS; i++)
		json_put_number(out, limits[i].key, *limit_of(g, i));
	json_put_key(out, "minHolders");
	str_addc(out, '{');
	for (int role = 1; role < ROLE_COUNT; role++) {
		if (g->min_holders[role])
			json_put_number(out, role_table[role].name, g->min_holders[role]);
	}
	str_add(out, "}}");
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
