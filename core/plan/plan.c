/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/plan/planner.h"
#include "core/util/clock.h"
#include "core/util/nearest.h"

/* ---- sorted arrays ---- */

static int by_key_then_place(const void *a, const void *b)
{
	const struct wanted_pair *x = a, *y = b;
	int order = planner_by_key(a, b);
	return order ? order : location_compare(*x->declared->at, *y->declared->at);
}

/* Said twice counts once: the first in byte order of place. `longer` (NULL: nothing) gets what
 * holds longer than that. */
static void sort_once(struct arena *a, struct wanted_vec *pairs, struct wanted_vec *longer)
{
	size_t kept = 0;
	vec_sort(pairs, by_key_then_place);
	for (size_t i = 0; i < pairs->len; i++) {
		if (!kept || pairs->at[kept - 1].key != pairs->at[i].key)
			pairs->at[kept++] = pairs->at[i];
		else if (longer &&
			 planner_last_day(&pairs->at[i]) > planner_last_day(&pairs->at[kept - 1]))
			vec_push(a, longer, pairs->at[i]);
	}
	pairs->len = kept;
}

static void sort_declared(struct planner *p)
{
	vec_reserve(&p->scratch, &p->grants, p->wanted.grants.len);
	for (size_t i = 0; i < p->wanted.grants.len; i++) {
		const struct declared *d = &p->wanted.grants.at[i];
		vec_push(&p->scratch, &p->grants,
			 (struct wanted_pair){make_key(p->u, d->principal, d->entitlement), d});
	}
	for (size_t i = 0; i < p->wanted.expired.len; i++) {
		const struct declared *d = &p->wanted.expired.at[i];
		vec_push(&p->scratch, &p->expired,
			 (struct wanted_pair){make_key(p->u, d->principal, d->entitlement), d});
	}
	sort_once(&p->scratch, &p->grants, &p->longer);
	sort_once(&p->scratch, &p->expired, NULL);
}

/* Grants of an account that is being renamed count as those of its new name. */
static uint32_t *renames(struct planner *p, size_t principals)
{
	uint32_t *to = arena_alloc(&p->scratch, principals * sizeof(*to));
	for (size_t i = 0; i < principals; i++)
		to[i] = (uint32_t)i;
	for (size_t i = 0; i < p->phases[PHASE_ACCOUNTS].len; i++) {
		const struct change *c = &p->phases[PHASE_ACCOUNTS].at[i];
		if (c->reason != REASON_RENAMED)
			continue;
		to[planner_account_rank(p, c->before->meta.name, true)] = c->principal_rank;
	}
	return to;
}

/* Live grants under the names that manifests know, and the snapshot's under those of live. */
static void sort_live(struct planner *p, size_t principals)
{
	const struct pair_vec *pairs = &p->in->live->grants;
	const uint32_t *to = p->names = renames(p, principals);
	vec_reserve(&p->scratch, &p->live, pairs->len);
	for (size_t i = 0; i < pairs->len; i++) {
		uint64_t key = make_key(p->u, pairs->at[i].principal, pairs->at[i].entitlement);
		vec_push(&p->scratch, &p->live,
			 grant_key(to[grant_principal(key)], grant_entitlement(key)));
	}
	keys_sort_once(&p->live);
	if (p->in->base)
		planner_sort_base(p, to);
}

/* ---- the whole ---- */

/* Numbers every name that the plan can meet, then fixes their order. Returns the number of
 * principals. */
static size_t number_names(struct planner *p)
{
	const struct model *m = p->in->wanted;
	size_t most = 0;
	wanted_make(m, p->in->index, p->u, &p->scratch, time_day(p->in->now), &p->wanted);
	for (size_t i = 0; i < m->accounts.len; i++)
		universe_principal(p->u, PRINCIPAL_ACCOUNT, m->accounts.at[i].meta.name, false);
	for (size_t i = 0; i < p->in->live->accounts.len; i++)
		universe_principal(p->u, PRINCIPAL_ACCOUNT, p->in->live->accounts.at[i].meta.name,
				   true);
	for (size_t i = 0; p->in->base && i < p->in->base->accounts.len; i++)
		universe_principal(p->u, PRINCIPAL_ACCOUNT, p->in->base->accounts.at[i].meta.name,
				   false);
	for (size_t i = 0; i < p->in->live->catalogue.users.len; i++)
		universe_principal(p->u, PRINCIPAL_USER, p->in->live->catalogue.users.at[i].text,
				   true);
	if (!p->in->live->all_seen)
		planner_number_roles(p);
	universe_rank(p->u);
	most = universe_principals(p->u);
	p->declared = arena_zalloc(&p->scratch, most * sizeof(*p->declared));
	p->held = arena_zalloc(&p->scratch, most * sizeof(*p->held));
	p->deleted = arena_zalloc(&p->scratch, most * sizeof(*p->deleted));
	p->renamed = arena_zalloc(&p->scratch, most * sizeof(*p->renamed));
	p->entitlement_claims = arena_zalloc(&p->scratch, universe_entitlements(p->u) *
								  sizeof(*p->entitlement_claims));
	return most;
}

static int by_content(const void *a, const void *b)
{
	const struct change *x = a, *y = b;
	if (x->principal_rank != y->principal_rank)
		return x->principal_rank < y->principal_rank ? -1 : 1;
	return (x->entitlement_rank > y->entitlement_rank) -
	       (x->entitlement_rank < y->entitlement_rank);
}

struct ordered {
	struct change change;
	size_t depth;
};
VEC(ordered_vec, struct ordered);

/* Behind how many renames one stands: its new name is free once each of them is made. */
static size_t rename_depth(const struct planner *p, const struct change *c)
{
	size_t depth = 0;
	uint32_t rank = c->principal_rank;
	while (c->reason == REASON_RENAMED && p->takers[rank] && depth < p->phases[0].len) {
		rank = p->takers[rank] - 1;
		depth++;
	}
	return depth;
}

static int by_depth(const void *a, const void *b)
{
	const struct ordered *x = a, *y = b;
	if (x->depth != y->depth)
		return x->depth < y->depth ? -1 : 1;
	return by_content(&x->change, &y->change);
}

static bool has_rename(const struct change_vec *changes)
{
	for (size_t i = 0; i < changes->len; i++) {
		if (changes->at[i].reason == REASON_RENAMED)
			return true;
	}
	return false;
}

/* No two accounts have one name on the way: a rename comes after the one that frees its name. */
static void order_renames(struct planner *p)
{
	struct change_vec *changes = &p->phases[PHASE_ACCOUNTS];
	struct ordered_vec all = {0};
	p->takers = arena_zalloc(&p->scratch, universe_principals(p->u) * sizeof(*p->takers));
	for (size_t i = 0; i < changes->len; i++) {
		const struct change *c = &changes->at[i];
		if (c->reason == REASON_RENAMED)
			p->takers[planner_account_rank(p, c->before->meta.name, true)] =
				c->principal_rank + 1;
	}
	for (size_t i = 0; i < changes->len; i++)
		vec_push(&p->scratch, &all,
			 (struct ordered){changes->at[i], rename_depth(p, &changes->at[i])});
	vec_sort(&all, by_depth);
	for (size_t i = 0; i < changes->len; i++)
		changes->at[i] = all.at[i].change;
}

static void collect_changes(struct planner *p)
{
	for (int phase = 0; phase < PHASE_COUNT; phase++) {
		struct change_vec *changes = &p->phases[phase];
		vec_sort(changes, by_content);
		if (phase == PHASE_ACCOUNTS && has_rename(changes))
			order_renames(p);
		for (size_t i = 0; i < changes->len; i++) {
			if (planner_is_targeted(p, changes->at[i].principal))
				vec_push(p->arena, &p->plan->changes, changes->at[i]);
		}
	}
}

static bool is_same_organization(struct planner *p)
{
	const struct organization *o = p->organization;
	const struct live *live = p->in->live;
	if (strcmp(o->meta.name, live->organization) != 0) {
		report_add(p->report, SEVERITY_ERROR, "E0601", o->meta.name_at, 0,
			   "plan against the organisation that the manifests describe",
			   "the live organisation is \"%s\"", live->organization);
		return false;
	}
	if (o->org_id && live->org_id && strcmp(o->org_id, live->org_id) != 0) {
		report_add(p->report, SEVERITY_ERROR, "E0601", o->org_id_at, 0,
			   "plan against the organisation that the manifests describe",
			   "the live orgId is \"%s\"", live->org_id);
		return false;
	}
	return true;
}

static bool is_empty_set(const struct model *m)
{
	return m->accounts.len == 0 && m->roles.len == 0 && m->products.len == 0;
}

/* Who proposes a change may propose in the same breath that no guard looks at it. */
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

/* A merged branch began at itself: what it dropped shows against the last apply. A rule that is
 * newer than that shows against where the branch began. */
static void find_lost_rules(struct planner *p)
{
	for (size_t i = 0; i < 2; i++)
		add_lost_rules(p, &p->in->rules_before[i]);
}

static void start(struct planner *p)
{
	const struct plan_input *in = p->in;
	const struct organization *o = &in->wanted->organizations.at[0];
	p->organization = o;
	p->plan->organization = o->meta.name;
	p->plan->org_id = o->org_id;
	p->plan->provider = in->reader->name;
	p->plan->source = in->live->source;
	p->plan->target = in->target;
	if (in->left_out)
		p->plan->left_out = *in->left_out;
	p->plan->restores = in->restores;
	p->plan->created = p->plan->read_at = in->now;
	p->plan->expires = in->now + PLAN_LIFE;
	p->plan->consent = in->consent;
	p->plan->policy = policy_tighten(policy_of(in->operator_policy), &o->guards);
	find_loosened(p);
	find_lost_rules(p);
	p->plan->empty_manifests = is_empty_set(in->wanted);
	planner_digest_policy(p->plan);
}

/* What a reviewer may take for the course of things, and is a removal that somebody asked for. */
static void note_new_ends(struct change_vec *changes, const bool *passed)
{
	for (size_t i = 0; i < changes->len; i++) {
		struct change *c = &changes->at[i];
		if (c->reason == REASON_EXPIRED && !c->unseen && !(passed && passed[i]) && !c->note)
			c->note = "no record has this end from before it passed: it needs "
				  "--allow-remove like any other removal";
	}
}

static void judge(struct planner *p)
{
	struct plan *plan = p->plan;
	struct change_vec *changes = &plan->changes;
	struct change_rank *ranks = arena_alloc(&p->scratch, (changes->len + 1) * sizeof(*ranks));
	struct judgement judgement;
	for (size_t i = 0; i < changes->len; i++)
		ranks[i] = (struct change_rank){changes->at[i].principal_rank,
						changes->at[i].entitlement_rank};
	const struct entitlement **blocked =
		arena_alloc(&p->scratch, (plan->blocked.len + 1) * sizeof(*blocked));
	for (size_t i = 0; i < plan->blocked.len; i++)
		blocked[i] = plan->blocked.at[i].entitlement;
	const struct guard_input input = {
		.changes = changes,
		.blocked = blocked,
		.blocked_count = plan->blocked.len,
		.ranks = ranks,
		.universe = p->u,
		.live = p->in->live,
		.pairs = p->live.at,
		.count = p->live.len,
		.reader = p->in->reader,
		.session = p->in->session,
		.policy = plan->policy,
		.consent = plan->consent,
		.operator_policy = p->in->operator_policy,
		.empty_manifests = plan->empty_manifests,
		.live_shrink = plan->live_shrink,
		.owed = change_find_all(changes, p->in->withheld_before, p->in->withheld_count,
					&p->scratch),
		.passed = grant_ends_passed(changes, p->in->ends_before, time_day(p->in->now),
					    &p->scratch)};
	guard_judge(&input, p->arena, &judgement);
	note_new_ends(changes, input.passed);
	for (size_t i = 0; i < changes->len; i++)
		changes->at[i].withheld = judgement.withheld[i];
	plan->guards = judgement.guards;
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

static void keep_warnings(const struct planner *p)
{
	struct report found = {.arena = p->arena};
	report_join(&found, p->report);
	report_sort(&found);
	p->plan->warnings = found.items;
}

void plan_make(const struct plan_input *input, struct arena *a, struct report *report,
	       struct plan *out)
{
	struct planner p = {.in = input,
			    .u = input->universe,
			    .arena = a,
			    .report = report,
			    .plan = out,
			    .nearest_steps = NEAREST_STEPS};
	p.three_way = (struct drift_input){input->universe, input->base, input->live, input->reader,
					   input->session};
	start(&p);
	if (!is_same_organization(&p))
		return;
	size_t principals = number_names(&p);
	grantable_make(&p.grantable, &p.scratch, p.u, input->live);
	planner_index_accounts(&p);
	planner_claim_assignments(&p, &input->wanted->roles);
	planner_claim_assignments(&p, &input->wanted->products);
	planner_find_moves(&p, principals);
	planner_accounts(&p, principals);
	planner_settle_moves(&p, principals);
	sort_declared(&p);
	sort_live(&p, principals);
	planner_grants(&p);
	planner_unseen_ends(&p);
	planner_find_unseen(&p, principals);
	unseen_sort(&out->unseen);
	planner_digest_live(&p);
	planner_find_managed(&p);
	planner_find_ends(&p);
	collect_changes(&p);
	if (input->base)
		planner_compare(&p);
	planner_shorten_life(&p);
	planner_collect_accounts(&p);
	planner_tell_identities(&p);
	planner_note_look_alikes(&p);
	planner_sort_unlisted(&p);
	judge(&p);
	planner_withhold_carriers(&p);
	planner_check_rules(&p);
	keep_warnings(&p);
	planner_count_licences(&p);
	plan_summarize(out);
	planner_describe(&p);
	arena_done(&p.scratch);
}
