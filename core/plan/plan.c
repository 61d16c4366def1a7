/* SPDX-License-Identifier: Apache-2.0 */
/* The difference between what manifests want and what is live.
 *
 * A grant is a pair of a principal and an entitlement. D are the pairs that are declared and have
 * not ended, L those that are live, S and R those that `unlisted: remove` and `unlisted: report`
 * cover. A plan adds D \ L, removes (L & S) \ D and tells of (L & R) \ D. Each name gets a number,
 * in the order of the names; so a pair is one integer, a set is a sorted array, and the difference
 * is one walk along both (plan_grants.c). Accounts come before their grants, since a rename decides
 * whose they are. Of a pair that no read can show nobody knows whether it is in L: it is told as
 * not seen, and never taken for absent (unseen.c). */
#include <string.h>

#include "core/plan/planner.h"
#include "core/util/clock.h"
#include "core/util/nearest.h"

/* ---- names ---- */

static void number_accounts(struct universe *u, const struct account_vec *accounts, bool live)
{
	for (size_t i = 0; i < accounts->len; i++)
		universe_principal(u, PRINCIPAL_ACCOUNT, accounts->at[i].meta.name, live);
}

/* Makes room for what will be known of each principal and entitlement. */
static void make_room(struct planner *p, size_t principals)
{
	size_t entitlements = universe_entitlements(p->u);
	p->declared = arena_zalloc(&p->scratch, principals * sizeof(*p->declared));
	p->held = arena_zalloc(&p->scratch, principals * sizeof(*p->held));
	p->stuck = arena_zalloc(&p->scratch, principals * sizeof(*p->stuck));
	p->deleted = arena_zalloc(&p->scratch, principals * sizeof(*p->deleted));
	p->renamed = arena_zalloc(&p->scratch, principals * sizeof(*p->renamed));
	p->entitlement_claims =
		arena_zalloc(&p->scratch, entitlements * sizeof(*p->entitlement_claims));
}

/* Numbers every name that the plan can meet, then fixes their order. Returns the number of
 * principals. */
static size_t number_names(struct planner *p)
{
	const struct live *live = p->in->live;
	const struct text_vec *users = &live->catalogue.users;
	wanted_make(p->in->wanted, p->in->index, p->u, &p->scratch, time_day(p->in->now),
		    &p->wanted);
	number_accounts(p->u, &p->in->wanted->accounts, false);
	number_accounts(p->u, &live->accounts, true);
	if (p->in->base)
		number_accounts(p->u, &p->in->base->accounts, false);
	for (size_t i = 0; i < users->len; i++)
		universe_principal(p->u, PRINCIPAL_USER, users->at[i].text, true);
	if (!live->all_seen)
		planner_number_roles(p);
	universe_rank(p->u);
	make_room(p, universe_principals(p->u));
	return universe_principals(p->u);
}

/* ---- sorted arrays ---- */

static int by_key_then_place(const void *a, const void *b)
{
	const struct wanted_pair *x = a, *y = b;
	int order = planner_by_key(a, b);
	return order ? order : location_compare(*x->declared->at, *y->declared->at);
}

/* Keeps of each pair the declaration whose place comes first in byte order. `longer` (unless it
 * is NULL) gets the others that hold longer than that one. */
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

/* Sorts live grants under the names that manifests use, and the snapshot's under the names that
 * live uses. */
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

static void collect_changes(struct planner *p)
{
	for (int phase = 0; phase < PHASE_COUNT; phase++) {
		struct change_vec *changes = &p->phases[phase];
		vec_sort(changes, planner_by_content);
		if (phase == PHASE_ACCOUNTS)
			planner_order_renames(p);
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
	p->plan->empty_manifests = is_empty_set(in->wanted);
	planner_set_policy(p);
}

/* Notes removals that a reviewer may take for the course of things although somebody has just
 * asked for them. */
static void note_new_ends(struct change_vec *changes, const bool *passed)
{
	for (size_t i = 0; i < changes->len; i++) {
		struct change *c = &changes->at[i];
		if (c->reason == REASON_EXPIRED && !c->unseen && !(passed && passed[i]) && !c->note)
			c->note = "no record has this end from before it passed: it needs "
				  "--allow-remove like any other removal";
	}
}

/* By change: whether it is on record as withheld, under a name that its account has or had. */
static const bool *find_owed(struct planner *p, const struct change_vec *changes)
{
	const char *const *addresses = p->in->withheld_before;
	size_t count = p->in->withheld_count;
	const bool *owed = change_find_all(changes, addresses, count, &p->scratch);
	bool *all = count ? arena_zalloc(&p->scratch, changes->len + 1) : NULL;
	for (size_t i = 0; all && i < changes->len; i++)
		all[i] = owed[i] || planner_had_name(p, &changes->at[i], addresses, count);
	return all;
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
	const struct guard_input input = {.changes = changes,
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
					  .owed = find_owed(p, changes),
					  .passed = grant_ends_passed(changes, p->in->ends_before,
								      time_day(p->in->now),
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

/* Finds the live account that each declared one is, and plans what becomes of it. */
static void plan_accounts(struct planner *p, size_t principals)
{
	planner_index_accounts(p);
	planner_claim_assignments(p, &p->in->wanted->roles);
	planner_claim_assignments(p, &p->in->wanted->products);
	planner_find_moves(p, principals);
	planner_accounts(p, principals);
	planner_settle_moves(p, principals);
}

static void plan_grants(struct planner *p, size_t principals)
{
	grantable_make(&p->grantable, &p->scratch, p->u, p->in->live);
	sort_declared(p);
	sort_live(p, principals);
	planner_grants(p);
	planner_unseen_ends(p);
	planner_find_unseen(p, principals);
	unseen_sort(&p->plan->unseen);
}

/* Puts the changes in the order of execution, without those that would take back an ignored
 * drift. */
static void plan_changes(struct planner *p)
{
	collect_changes(p);
	if (p->in->base)
		planner_compare(p);
}

/* States what the plan is of, and for how long. */
static void state_terms(struct planner *p)
{
	planner_digest_live(p);
	planner_find_managed(p);
	planner_find_ends(p);
	planner_shorten_life(p);
}

/* Tells who the accounts are. This comes before the guards: it may raise the risk of a change,
 * by which they judge. */
static void tell_accounts(struct planner *p)
{
	planner_collect_accounts(p);
	planner_tell_identities(p);
	planner_note_look_alikes(p);
	planner_sort_unlisted(p);
}

/* Does what depends on which removals are withheld. */
static void conclude(struct planner *p)
{
	planner_withhold_carriers(p);
	planner_check_rules(p);
	keep_warnings(p);
	planner_count_licences(p);
	plan_summarize(p->plan);
	planner_describe(p);
}

static void make(struct planner *p)
{
	planner_follow_names(p);
	size_t principals = number_names(p);
	plan_accounts(p, principals);
	plan_grants(p, principals);
	plan_changes(p);
	state_terms(p);
	tell_accounts(p);
	judge(p);
	conclude(p);
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
	if (is_same_organization(&p))
		make(&p);
	arena_done(&p.scratch);
}
