/* SPDX-License-Identifier: Apache-2.0 */
/* What a made plan answers of itself: its accounts, its counts, whether it will be refused, and the
 * order of its changes. */
#include <string.h>

#include "core/plan/plan.h"

/* Of two accounts with one name, the one that has it after the plan comes before the one that
 * loses it. */
static int by_name_behind(const void *a, const void *b)
{
	const struct account *const *x = a, *const *y = b;
	int order = account_by_name(a, b);
	return order ? order : (*x)->former - (*y)->former;
}

void plan_sort_accounts(struct plan *plan)
{
	vec_sort(&plan->accounts, by_name_behind);
}

static const struct account *find_account(const struct plan *plan, const char *name)
{
	struct account key = {.meta.name = name};
	const struct account *probe = &key;
	const struct account **found = vec_find(&plan->accounts, &probe, by_name_behind);
	return found ? *found : NULL;
}

const char *plan_email(const struct plan *plan, const struct change *c)
{
	if (c->principal->kind == PRINCIPAL_USER)
		return c->principal->name;
	const struct account *a = find_account(plan, c->principal->name);
	return a ? a->email : NULL;
}

const char *plan_account_id(const struct plan *plan, const struct change *c)
{
	bool account = c->principal->kind == PRINCIPAL_ACCOUNT;
	const struct account *a = account ? find_account(plan, c->principal->name) : NULL;
	return a ? a->id : NULL;
}

void plan_attest(struct plan *plan, const struct attestation_vec *all)
{
	for (size_t i = 0; i < plan->changes.len && all->len; i++) {
		struct change *c = &plan->changes.at[i];
		c->attested = attestation_find(all, c, plan_account_id(plan, c));
		plan->summary.attested += c->attested != NULL;
	}
}

void plan_summarize(struct plan *plan)
{
	struct summary s = {.unlisted = plan->unlisted.len, .blocked = plan->blocked.len};
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		s.add += c->action == ACTION_CREATE;
		s.change += c->action == ACTION_UPDATE;
		s.remove += c->action == ACTION_DELETE;
		s.manual += change_is_manual(c);
		s.attested += c->attested != NULL;
		s.withheld += c->withheld != WITHHELD_NOT;
	}
	s.unseen = unseen_pairs(&plan->unseen);
	plan->summary = s;
}

size_t plan_pending(const struct plan *plan)
{
	size_t count = 0;
	for (size_t i = 0; i < plan->changes.len; i++)
		count += !plan->changes.at[i].idle && !plan->changes.at[i].attested;
	return count;
}

bool plan_is_refused_for(const struct diagnostic *d)
{
	static const char *const ids[] = {PLAN_WARNS_OLDER, PLAN_WARNS_UNTOLD,
					  PLAN_WARNS_OTHER_LEDGER};
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		if (!strcmp(d->id, ids[i]))
			return true;
	}
	return false;
}

bool plan_will_be_refused(const struct plan *plan)
{
	for (size_t i = 0; i < plan->warnings.len; i++) {
		if (plan_is_refused_for(&plan->warnings.at[i]))
			return true;
	}
	return false;
}

bool plan_says_all(const struct plan *plan)
{
	for (size_t i = 0; i < plan->warnings.len; i++) {
		if (!strcmp(plan->warnings.at[i].id, PLAN_WARNS_LEFT_OUT))
			return false;
	}
	return true;
}

static uint32_t number_entitlement(struct universe *u, const struct entitlement *e)
{
	return universe_number(u, e);
}

void plan_rank(struct plan *plan, struct intern *strings)
{
	struct universe *u = universe_new(strings);
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < plan->changes.len; i++) {
			struct change *c = &plan->changes.at[i];
			uint32_t principal = universe_principal(u, c->principal->kind,
								c->principal->name, false);
			uint32_t entitlement =
				c->entitlement ? number_entitlement(u, c->entitlement) : 0;
			if (pass == 0)
				continue;
			c->principal_rank = universe_principal_rank(u, principal);
			if (c->entitlement)
				c->entitlement_rank = universe_entitlement_rank(u, entitlement);
		}
		if (pass == 0)
			universe_rank(u);
	}
	universe_free(u);
}
