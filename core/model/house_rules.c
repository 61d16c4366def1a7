/* SPDX-License-Identifier: Apache-2.0 */
#include "core/model/house_rules.h"

#include "core/model/access.h"
#include "core/util/unicode.h"

static enum rule_sort sort_of(const struct entitlement *e)
{
	if (e->role != ROLE_NONE)
		return RULE_SORT_ROLE;
	return e->api ? RULE_SORT_API : RULE_SORT_PRODUCT;
}

/* A service may take no notice of case, and then a rule must not be led around by it. */
static bool is_said(const char *said, const char *name)
{
	return !said || said == name || (name && !ascii_casecmp(said, name));
}

bool rule_grant_takes(const struct rule_grant *g, const struct entitlement *e)
{
	if (g->any != RULE_SORT_NONE)
		return g->any == sort_of(e);
	return g->role == e->role && (!e->api || g->api) && is_said(g->api, e->api) &&
	       is_said(g->product, e->product) && is_said(g->profile, e->profile) &&
	       is_said(g->group, e->group);
}

int rule_apart_find(const struct rule_apart *rule, const struct entitlement *e)
{
	for (size_t i = 0; i < rule->grants.len; i++) {
		if (rule_grant_takes(&rule->grants.at[i], e))
			return (int)i;
	}
	return -1;
}
