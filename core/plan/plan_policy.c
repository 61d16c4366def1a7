/* SPDX-License-Identifier: Apache-2.0 */
/* The limits and rules that a plan is made under, and which of them were stricter before. */
#include <string.h>

#include "core/plan/planner.h"
#include "core/util/digest.h"

/* A proposal may loosen a limit together with the change that the limit would stop. */
static void find_loosened(struct planner *p)
{
	const struct guards *said = p->in->guards_before;
	if (!said)
		return;
	struct policy before = policy_tighten(policy_of(p->in->operator_policy), said);
	policy_find_loosened(&before, &p->plan->policy, p->arena, &p->plan->loosened);
	if (p->plan->loosened.len)
		p->plan->policy_before = p->in->guards_of;
}

static bool is_told(const struct line_vec *lines, const char *line)
{
	for (size_t i = 0; i < lines->len; i++) {
		if (!strcmp(lines->at[i], line))
			return true;
	}
	return false;
}

static void add_lost_rules(struct planner *p, const struct earlier_rules *before)
{
	const struct rules *now[] = {&p->organization->rules, p->in->operator_rules};
	struct plan *plan = p->plan;
	struct line_vec lost = {0};
	size_t told = plan->lost_rules.len;
	if (before->rules)
		rules_find_lost(before->rules, now, p->arena, &lost);
	for (size_t i = 0; i < lost.len; i++) {
		if (!is_told(&plan->lost_rules, lost.at[i]))
			vec_push(p->arena, &plan->lost_rules, lost.at[i]);
	}
	if (plan->lost_rules.len == told)
		return;
	plan->rules_before =
		told ? arena_printf(p->arena, "%s and %s", plan->rules_before, before->of)
		     : before->of;
}

/* Once a branch is merged, the commit where it began is its own, so rules that it dropped show
 * only against the last apply. A rule that is newer than the last apply shows only against where
 * the branch began. */
static void find_lost_rules(struct planner *p)
{
	for (size_t i = 0; i < 2; i++)
		add_lost_rules(p, &p->in->rules_before[i]);
}

static void digest_policy(struct plan *plan)
{
	struct sha256 *s = sha256_new();
	sha256_add(s, &plan->policy, sizeof(plan->policy));
	sha256_end(s, plan->policy_digest);
}

void planner_set_policy(struct planner *p)
{
	p->plan->policy =
		policy_tighten(policy_of(p->in->operator_policy), &p->organization->guards);
	find_loosened(p);
	find_lost_rules(p);
	digest_policy(p->plan);
}
