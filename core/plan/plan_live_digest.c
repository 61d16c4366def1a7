/* SPDX-License-Identifier: Apache-2.0 */
/* The digest of what a plan was made from. */
#include <string.h>

#include "core/plan/planner.h"
#include "core/util/str.h"

/* The names of each entitlement, by rank, as they go into the digest. */
static const struct str *name_entitlements(struct planner *p)
{
	size_t count = universe_entitlements(p->u);
	struct str *names = arena_alloc(&p->scratch, count * sizeof(*names));
	for (size_t i = 0; i < count; i++) {
		const struct entitlement *e = universe_entitlement_at(p->u, (uint32_t)i);
		const char *parts[] = {role_table[e->role].name, e->product, e->profile, e->group};
		names[i] = (struct str)STR(&p->scratch);
		for (size_t k = 0; k < sizeof(parts) / sizeof(*parts); k++) {
			str_add(&names[i], parts[k] ? parts[k] : "");
			str_addc(&names[i], '\0');
		}
		if (e->api)
			str_addn(&names[i], e->api, strlen(e->api) + 1);
	}
	return names;
}

/* A digest of what is live: every account's name and every grant, in their order. */
void planner_digest_live(struct planner *p)
{
	struct sha256 *s = sha256_new();
	const struct account_vec *accounts = &p->in->live->accounts;
	const struct str *names = name_entitlements(p);
	for (size_t i = 0; i < accounts->len; i++)
		sha256_add_text(s, accounts->at[i].meta.name);
	uint32_t last = UINT32_MAX;
	for (size_t i = 0; i < p->live.len; i++) {
		const struct str *entitlement = &names[grant_entitlement(p->live.at[i])];
		if (grant_principal(p->live.at[i]) != last) {
			last = grant_principal(p->live.at[i]);
			sha256_add_text(s, universe_principal_at(p->u, last)->name);
		}
		sha256_add(s, entitlement->at, entitlement->len);
	}
	sha256_end(s, p->plan->live_digest);
}
