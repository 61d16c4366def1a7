/* SPDX-License-Identifier: Apache-2.0 */
/* Grants that a rule keeps apart from one that is live and in no manifest. Grants that are all
 * in manifests were looked at by lint_model(). */
#include "core/plan/planner.h"

/* Finds what the plan takes away; what is withheld stays. */
static void find_removed(struct planner *p, struct key_vec *out)
{
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		const struct change *c = &p->plan->changes.at[i];
		if (c->type == CHANGE_GRANT && c->action == ACTION_DELETE && !c->withheld)
			vec_push(&p->scratch, out,
				 grant_key(c->principal_rank, c->entitlement_rank));
	}
	keys_sort_once(out);
}

static bool is_declared(const struct planner *p, uint64_t key)
{
	const struct wanted_pair like = {key, NULL};
	return vec_find(&p->grants, &like, planner_by_key) != NULL;
}

static void tell(struct planner *p, const struct rule_apart *rule, const struct change *c,
		 const struct entitlement *held)
{
	struct arena *a = p->report->arena;
	report_add(p->report, rule->weight == WEIGHT_ERROR ? SEVERITY_ERROR : SEVERITY_WARNING,
		   "W0722", c->at, 0,
		   arena_printf(a, "%s:%u keeps them apart%s%s; take that one away first",
				shown_file(a, rule->at.file), rule->at.line,
				rule->reason ? ": " : "",
				rule->reason ? quoted_words(a, rule->reason) : ""),
		   "%s is to hold this beside %s, which is live and no manifest lists",
		   quoted(a, c->principal->name), entitlement_address(a, held));
}

static void check_change(struct planner *p, const struct rule_apart *rule, const struct change *c,
			 const struct key_vec *removed)
{
	int mine = rule_apart_find(rule, c->entitlement);
	size_t from = keys_from(&p->live, grant_key(c->principal_rank, 0));
	for (size_t i = from;
	     mine >= 0 && i < p->live.len && grant_principal(p->live.at[i]) == c->principal_rank;
	     i++) {
		uint64_t key = p->live.at[i];
		const struct entitlement *held =
			universe_entitlement_at(p->u, grant_entitlement(key));
		int other = rule_apart_find(rule, held);
		if (other >= 0 && other != mine && !is_declared(p, key) && !keys_have(removed, key))
			tell(p, rule, c, held);
	}
}

static void check_grants(struct planner *p, const struct rule_apart *rule,
			 const struct key_vec *removed)
{
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		const struct change *c = &p->plan->changes.at[i];
		if (c->type == CHANGE_GRANT && c->action == ACTION_CREATE)
			check_change(p, rule, c, removed);
	}
}

void planner_check_rules(struct planner *p)
{
	const struct rules *sides[] = {p->in->operator_rules, &p->organization->rules};
	struct key_vec removed = {0};
	find_removed(p, &removed);
	for (size_t i = 0; i < sizeof(sides) / sizeof(*sides); i++) {
		for (size_t k = 0; sides[i] && k < sides[i]->apart.len; k++)
			check_grants(p, &sides[i]->apart.at[k], &removed);
	}
}
