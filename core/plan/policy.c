/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/policy.h"

#include <stdlib.h>
#include <string.h>

#include "core/language/config.h"

const struct policy policy_default = {.max_removals = 20,
				      .max_removal_delta = 25,
				      .max_admin_grants = 5,
				      .max_live_shrink = 25,
				      .min_persons = 1,
				      .min_holders = {[ROLE_SYSTEM_ADMINISTRATOR] = 2}};

static int32_t stricter(int32_t ours, int32_t theirs)
{
	return theirs >= 0 && theirs < ours ? theirs : ours;
}

static int32_t more(int32_t ours, int32_t theirs)
{
	return theirs > ours ? theirs : ours;
}

static int32_t said_or(int32_t said, int32_t otherwise)
{
	return said >= 0 ? said : otherwise;
}

struct policy policy_of(const struct operator_policy *said)
{
	struct policy p = policy_default;
	if (!said)
		return p;
	const struct guards *g = &said->guards;
	p.max_removals = said_or(g->max_removals, p.max_removals);
	p.max_removal_delta = said_or(g->max_removal_delta, p.max_removal_delta);
	p.max_admin_grants = said_or(g->max_admin_grants, p.max_admin_grants);
	p.max_live_shrink = said_or(said->max_live_shrink, p.max_live_shrink);
	p.min_persons = said_or(g->min_persons, p.min_persons);
	for (int role = 0; role < ROLE_COUNT; role++)
		p.min_holders[role] = said_or(g->min_holders[role], p.min_holders[role]);
	return p;
}

struct policy policy_tighten(struct policy policy, const struct guards *g)
{
	policy.max_removals = stricter(policy.max_removals, g->max_removals);
	policy.max_removal_delta = stricter(policy.max_removal_delta, g->max_removal_delta);
	policy.max_admin_grants = stricter(policy.max_admin_grants, g->max_admin_grants);
	policy.min_persons = more(policy.min_persons, g->min_persons);
	for (int role = 0; role < ROLE_COUNT; role++)
		policy.min_holders[role] = more(policy.min_holders[role], g->min_holders[role]);
	return policy;
}

struct policy policy_strictest(struct policy a, struct policy b)
{
	a.max_removals = stricter(a.max_removals, b.max_removals);
	a.max_removal_delta = stricter(a.max_removal_delta, b.max_removal_delta);
	a.max_admin_grants = stricter(a.max_admin_grants, b.max_admin_grants);
	a.max_live_shrink = stricter(a.max_live_shrink, b.max_live_shrink);
	a.min_persons = more(a.min_persons, b.min_persons);
	for (int role = 0; role < ROLE_COUNT; role++)
		a.min_holders[role] = more(a.min_holders[role], b.min_holders[role]);
	return a;
}

/* ---- what held before ---- */

static void loosen(struct arena *a, struct loosened_vec *out, const char *name, int64_t before,
		   int64_t now)
{
	if (now > before)
		vec_push(a, out, (struct loosened){name, NULL, before, now});
}

void policy_find_loosened(const struct policy *before, const struct policy *now, struct arena *a,
			  struct loosened_vec *out)
{
	loosen(a, out, "maxRemovals", before->max_removals, now->max_removals);
	loosen(a, out, "maxRemovalDelta", before->max_removal_delta, now->max_removal_delta);
	loosen(a, out, "maxAdminGrants", before->max_admin_grants, now->max_admin_grants);
	for (int role = 1; role < ROLE_COUNT; role++) {
		if (now->min_holders[role] < before->min_holders[role])
			vec_push(a, out,
				 (struct loosened){"minHolders", role_table[role].name,
						   before->min_holders[role],
						   now->min_holders[role]});
	}
	if (now->min_persons < before->min_persons)
		vec_push(a, out,
			 (struct loosened){"minPersons", NULL, before->min_persons,
					   now->min_persons});
}

struct guards policy_as_guards(const struct policy *p)
{
	struct guards g = {.max_removals = p->max_removals,
			   .max_removal_delta = p->max_removal_delta,
			   .max_admin_grants = p->max_admin_grants,
			   .min_persons = p->min_persons};
	memcpy(g.min_holders, p->min_holders, sizeof(g.min_holders));
	return g;
}

struct guards policy_stricter_than(const struct policy *p, const struct policy *other)
{
	struct guards g = GUARDS_UNSAID;
	if (p->max_removals < other->max_removals)
		g.max_removals = p->max_removals;
	if (p->max_removal_delta < other->max_removal_delta)
		g.max_removal_delta = p->max_removal_delta;
	if (p->max_admin_grants < other->max_admin_grants)
		g.max_admin_grants = p->max_admin_grants;
	if (p->min_persons > other->min_persons)
		g.min_persons = p->min_persons;
	for (int role = 1; role < ROLE_COUNT; role++) {
		if (p->min_holders[role] > other->min_holders[role])
			g.min_holders[role] = p->min_holders[role];
	}
	return g;
}

bool consent_parse(const char *text, struct consent *out)
{
	size_t digits = strspn(text, "0123456789");
	bool percent = text[digits] == '%';
	if (digits == 0 || digits > 9 || text[digits + percent] != '\0')
		return false;
	long amount = strtol(text, NULL, 10);
	if (percent && amount > 100)
		return false;
	out->removals = percent ? CONSENT_PERCENT : CONSENT_COUNT;
	out->amount = (int32_t)amount;
	return true;
}

void consent_add_options(struct str *out, const struct consent *c)
{
	if (c->removals != CONSENT_NONE)
		str_printf(out, " --allow-remove %d%s", (int)c->amount,
			   c->removals == CONSENT_PERCENT ? "%" : "");
	if (c->admin_grants >= 0)
		str_printf(out, " --allow-admin-grants %d", (int)c->admin_grants);
	if (c->live_shrink)
		str_add(out, " --allow-live-shrink");
	if (c->expired)
		str_add(out, " --allow-expired");
	if (c->unreplaced)
		str_add(out, " --allow-unreplaced");
}

struct consent consent_merge(struct consent a, const struct consent *given)
{
	if (given->removals != CONSENT_NONE) {
		a.removals = given->removals;
		a.amount = given->amount;
	}
	a.admin_grants = more(a.admin_grants, given->admin_grants);
	a.live_shrink |= given->live_shrink;
	a.expired |= given->expired;
	a.unreplaced |= given->unreplaced;
	return a;
}
