/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/snapshot_diff.h"

#include <assert.h>
#include <string.h>

#include "core/model/live.h"
#include "core/util/keys.h"

static void sort_pairs(const struct live *live, const struct universe *u, struct arena *a,
		       struct key_vec *out)
{
	for (size_t i = 0; i < live->grants.len; i++)
		vec_push(a, out,
			 grant_key(universe_principal_rank(u, live->grants.at[i].principal),
				   universe_entitlement_rank(u, live->grants.at[i].entitlement)));
	keys_sort_once(out);
}

/* `other` is the side that does not have it. */
static void add_grant(struct change_vec *out, struct arena *a, const struct universe *u,
		      uint64_t key, enum action action, const struct live *other)
{
	const struct principal *who = universe_principal_at(u, grant_principal(key));
	const struct entitlement *e = universe_entitlement_at(u, grant_entitlement(key));
	vec_push(a, out,
		 (struct change){.type = CHANGE_GRANT,
				 .action = action,
				 .principal = who,
				 .entitlement = e,
				 .unseen = live_hides(other, who, e)});
}

static void contrast_grants(const struct live *before, const struct live *after,
			    const struct universe *u, struct arena *a, struct change_vec *out)
{
	struct key_vec old = {0}, new = {0};
	size_t i = 0, k = 0;
	sort_pairs(before, u, a, &old);
	sort_pairs(after, u, a, &new);
	while (i < old.len || k < new.len) {
		if (k == new.len || (i < old.len && old.at[i] < new.at[k]))
			add_grant(out, a, u, old.at[i++], ACTION_DELETE, after);
		else if (i == old.len || new.at[k] < old.at[i])
			add_grant(out, a, u, new.at[k++], ACTION_CREATE, before);
		else
			i++, k++;
	}
}

static void add_account(struct change_vec *out, struct arena *a, const struct account *before,
			const struct account *after)
{
	assert(before || after);
	struct principal *p = arena_alloc(a, sizeof(*p));
	struct change c = {.type = CHANGE_ACCOUNT, .before = before, .after = after};
	*p = (struct principal){(after ? after : before)->meta.name, PRINCIPAL_ACCOUNT};
	c.principal = p;
	c.action = !before ? ACTION_CREATE : !after ? ACTION_DELETE : ACTION_UPDATE;
	c.reason = REASON_CHANGED;
	if (before && after)
		c.attributes = account_difference(before, after, ATTRIBUTE_ALL) |
			       account_difference(after, before, ATTRIBUTE_ALL);
	if (c.action != ACTION_UPDATE || c.attributes)
		vec_push(a, out, c);
}

void snapshot_diff_make(const struct live *before, const struct live *after,
			const struct universe *u, struct arena *a, struct change_vec *out)
{
	const struct account_vec *old = &before->accounts, *new = &after->accounts;
	size_t i = 0, k = 0;
	while (i < old->len || k < new->len) {
		int order = i == old->len   ? 1
			    : k == new->len ? -1
					    : strcmp(old->at[i].meta.name, new->at[k].meta.name);
		const struct account *left = order <= 0 ? &old->at[i++] : NULL;
		const struct account *right = order >= 0 ? &new->at[k++] : NULL;
		add_account(out, a, left, right);
	}
	contrast_grants(before, after, u, a, out);
}
