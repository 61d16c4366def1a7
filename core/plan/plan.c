/* SPDX-License-Identifier: Apache-2.0 */
/* How a plan is made, from its input to what is told of it; plan_make(), the last function, has the
 * order. Each step is a function of planner.h.
 *
 * A grant is a pair of a principal and an entitlement. Each name gets a number, in the order of the
 * names; so a pair is one integer, a set of grants is a sorted array (plan_pairs.c), and the
 * difference between what is wanted and what is live is one walk along both (plan_grants.c).
 * Accounts come before their grants, since a rename decides whose they are. Of a grant that no read
 * can show nobody knows whether it is live: it is told as not seen, and never taken for absent
 * (unseen.c). */
#include <string.h>

#include "core/plan/planner.h"
#include "core/util/clock.h"
#include "core/util/nearest.h"

/* ---- what the plan is of ---- */

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

/* Begins the plan with what is known before anything is compared. */
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
	planner_number_projects(p);
	if (!live->all_seen)
		planner_number_roles(p);
	universe_rank(p->u);
	make_room(p, universe_principals(p->u));
	return universe_principals(p->u);
}

/* ---- the difference ---- */

/* Finds the live account that each declared one is, and plans what becomes of it. */
static void plan_accounts(struct planner *p, size_t principals)
{
	planner_index_accounts(p);
	planner_claim_assignments(p, &p->in->wanted->roles);
	planner_claim_assignments(p, &p->in->wanted->products);
	planner_find_moves(p, principals);
	planner_add_account_changes(p, principals);
	planner_add_projects(p);
}

/* Plans which grants are added and removed, and counts those of which no read tells. */
static void plan_grants(struct planner *p, size_t principals)
{
	grantable_make(&p->grantable, &p->scratch, p->u, p->in->live);
	planner_sort_declared(p);
	planner_sort_live(p, principals);
	planner_add_grant_changes(p);
	planner_add_unseen_ends(p);
	planner_find_unseen(p, principals);
	unseen_sort(&p->plan->unseen);
}

/* Puts the changes in the order of execution: phase by phase, and in each by the order of names. */
static void order_changes(struct planner *p)
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

/* ---- what is told of it ---- */

/* What the next plans and whoever applies this one compare with. */
static void state_terms(struct planner *p)
{
	planner_digest_live(p);
	planner_find_managed(p);
	planner_find_ends(p);
	planner_find_extended(p);
	planner_shorten_life(p);
}

/* Who the accounts are. It may raise the risk of a change. */
static void tell_accounts(struct planner *p)
{
	planner_collect_accounts(p);
	planner_tell_identities(p);
	planner_note_look_alikes(p);
	planner_sort_unlisted(p);
}

static void keep_warnings(const struct planner *p)
{
	struct report found = {.arena = p->arena};
	report_join(&found, p->report);
	report_sort(&found);
	p->plan->warnings = found.items;
}

/* Gives each change its steps for a person and its note, and the plan its price: the provider has
 * the words. */
static void describe(struct planner *p)
{
	const struct provider_reader *r = p->in->reader;
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		struct change *c = &p->plan->changes.at[i];
		if (change_is_manual(c))
			c->steps = provider_describe(r, p->in->session, p->arena, c,
						     plan_email(p->plan, c));
		if (!c->note)
			c->note = provider_note(r, p->in->session, p->arena, p->plan, c);
	}
	provider_price(r, p->in->session, p->plan, &p->plan->cost);
}

/* What depends on which removals are withheld. */
static void conclude(struct planner *p)
{
	planner_withhold_carriers(p);
	planner_check_rules(p);
	keep_warnings(p);
	planner_count_licences(p);
	plan_summarize(p->plan);
	describe(p);
}

static void make(struct planner *p)
{
	planner_follow_names(p);
	size_t principals = number_names(p);
	plan_accounts(p, principals);
	plan_grants(p, principals);
	order_changes(p);
	if (p->in->base)
		planner_compare_base(p); /* drops changes that would take back an ignored drift */
	planner_find_whole_bundles(p);
	state_terms(p);
	tell_accounts(p); /* before the guards, which judge by the risk of a change */
	planner_judge(p);
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
