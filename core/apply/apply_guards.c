/* SPDX-License-Identifier: Apache-2.0 */
/* Guards hold at every step: before the first request, at the barrier, before each batch that takes
 * from who must be kept, and after the last read. */
#include <string.h>

#include "core/apply/applier.h"
#include "core/model/live.h"
#include "core/util/clock.h"
#include "core/util/keys.h"

static const struct entitlement *const *blocked_of(const struct applier *p)
{
	const struct blocked_vec *all = &p->plan->blocked;
	const struct entitlement **out = arena_alloc(p->arena, (all->len + 1) * sizeof(*out));
	for (size_t i = 0; i < all->len; i++)
		out[i] = all->at[i].entitlement;
	return out;
}

/* A look at what a plan is about shows less than the read that the plan was made of. What that one
 * lacked is in the plan. */
static int32_t find_shrink(const struct applier *p, const struct reread *v)
{
	int32_t now = p->in->base ? live_shrink(p->in->base, &v->live) : 0;
	return now > p->plan->live_shrink ? now : p->plan->live_shrink;
}

/* Ends that are on record, under the names that the plan gives. */
static const bool *find_passed(const struct applier *p)
{
	struct grant_end_vec *ends = grant_ends_join(&p->view.ends, p->plan->base_ends, p->arena);
	grant_ends_move(ends, &p->plan->changes, applier_new_renames(p, false), p->arena);
	return grant_ends_passed(&p->plan->changes, ends, time_day(p->in->now), p->arena);
}

static struct guard_input input_of(const struct applier *p, const struct reread *v)
{
	return (struct guard_input){.blocked = blocked_of(p),
				    .blocked_count = p->plan->blocked.len,
				    .changes = &p->plan->changes,
				    .ranks = v->ranks,
				    .universe = v->universe,
				    .live = &v->live,
				    .pairs = v->pairs.at,
				    .count = v->pairs.len,
				    .reader = v->reader,
				    .session = p->in->session,
				    .policy = p->policy,
				    .consent = p->consent,
				    .operator_policy = p->in->operator_policy,
				    .live_shrink = find_shrink(p, v),
				    .unseen = v->unseen,
				    .owed = change_find_all(&p->plan->changes, p->view.withheld.at,
							    p->view.withheld.len, p->arena),
				    .passed = find_passed(p),
				    .unvouched = !p->vouched};
}

/* What a reviewed plan withholds stays withheld, but for want of consent that was given since. */
static void keep_withheld(struct applier *p)
{
	bool given = p->in->given.removals != CONSENT_NONE;
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		const struct change *c = &p->plan->changes.at[i];
		bool allowed = c->withheld == WITHHELD_CONSENT && given;
		if (!p->out->withheld[i] && !allowed)
			p->out->withheld[i] = c->withheld;
	}
}

static struct error *refuse(const struct applier *p, const struct guard *g)
{
	return error_new(ERROR_GUARD,
			 "guard %s%s%s refuses: %lld%s, limit %lld%s; nothing %swas changed%s",
			 g->name, g->subject ? " of " : "", g->subject ? g->subject : "",
			 (long long)g->value, guard_unit(g), (long long)g->limit, guard_unit(g),
			 p->resumed ? "more " : "", guard_remedy(p->arena, g));
}

static bool was_sent(const struct applier *p, size_t i)
{
	enum fate fate = p->out->fates[i];
	const struct recalled *r = &p->recalled[i];
	return fate == FATE_DONE || fate == FATE_UNKNOWN || fate == FATE_LATE ||
	       (p->resumed && r->sent && r->fate != FATE_FAILED);
}

/* What this run has taken: accounts, and one by one. */
struct taken_rights {
	bool *accounts; /* by rank of the principal */
	struct key_vec pairs;
};

static void find_taken(const struct applier *p, const struct reread *v, struct arena *a,
		       struct taken_rights *out)
{
	out->accounts = arena_zalloc(a, universe_principals(v->universe) + 1);
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		const struct change *c = &p->plan->changes.at[i];
		const struct change_rank *r = &v->ranks[i];
		if (c->action != ACTION_DELETE || !was_sent(p, i))
			continue;
		if (c->type == CHANGE_ACCOUNT)
			out->accounts[r->principal] = true;
		else if (c->type == CHANGE_GRANT)
			vec_push(a, &out->pairs, grant_key(r->principal, r->entitlement));
	}
	keys_sort_once(&out->pairs);
}

/* Who holds what, without what this run has taken: a read that lags may still show it. */
static struct key_vec pairs_that_count(const struct applier *p, const struct reread *v,
				       struct arena *a)
{
	struct taken_rights taken = {0};
	struct key_vec left = {0};
	find_taken(p, v, a, &taken);
	vec_reserve(a, &left, v->pairs.len + 1);
	for (size_t i = 0; i < v->pairs.len; i++) {
		uint64_t pair = v->pairs.at[i];
		if (!taken.accounts[grant_principal(pair)] && !keys_have(&taken.pairs, pair))
			vec_push(a, &left, pair);
	}
	return left;
}

struct error *applier_judge(struct applier *p, const struct reread *v, const bool *settled)
{
	ARENA a = {0};
	struct guard_input input = input_of(p, v);
	const struct key_vec pairs = pairs_that_count(p, v, &a);
	struct judgement judgement;
	input.pairs = pairs.at;
	input.count = pairs.len;
	input.settled = settled;
	input.empty_manifests = p->plan->empty_manifests;
	guard_judge(&input, p->arena, &judgement);
	p->out->withheld = judgement.withheld;
	p->out->guards = judgement.guards;
	/* What an unsaved plan was made of was read before a person was asked. */
	p->judged = p->in->saved;
	keep_withheld(p);
	const struct guard *g = guard_find(&judgement.guards, VERDICT_REFUSED);
	return g ? refuse(p, g) : NULL;
}

/* ---- in mid-run ---- */

/* Whether change i is still to come: a step that waits for a person is made some time, and what it
 * takes is missed then. */
static bool is_to_come(const struct applier *p, size_t i)
{
	return p->out->fates[i] == FATE_NOT_TRIED || p->out->fates[i] == FATE_MANUAL;
}

static bool *settled_by_now(const struct applier *p, struct arena *a)
{
	bool *settled = arena_zalloc(a, p->plan->changes.len + 1);
	for (size_t i = 0; i < p->plan->changes.len; i++)
		settled[i] = !is_to_come(p, i);
	return settled;
}

/* By change: whether its grant is not known to be there. */
static bool *unmet_by_now(const struct applier *p, struct arena *a)
{
	bool *unmet = arena_zalloc(a, p->plan->changes.len + 1);
	for (size_t i = 0; i < p->plan->changes.len; i++)
		unmet[i] = p->out->fates[i] != FATE_DONE;
	return unmet;
}

static const char *withheld_words(enum withheld why)
{
	if (why == WITHHELD_REPLACEMENT)
		return "what is to come in its place is not there";
	if (why == WITHHELD_CARRIER)
		return "it alone carries a product profile that stays";
	return why == WITHHELD_OWN
		       ? "writ needs it itself"
		       : "live has changed: with it too few would hold what somebody must keep";
}

const char *applier_unnamed_words(const struct applier *p, const char *unnamed)
{
	return arena_printf(p->arena, "it holds by now what the plan does not name: %s", unnamed);
}

static void withhold(struct applier *p, size_t i, enum withheld why, const char *words)
{
	p->out->withheld[i] = why;
	p->out->steps[i] = NULL;
	applier_set_fate(p, i, FATE_WITHHELD, words);
	if (p->begun)
		applier_record_fates(p, ENTRY_RECONCILED, &i, 1);
}

/* Judges the removals that are left, by live as it is now. A removal that a guard no longer allows
 * is withheld for the rest of the run, and nobody is asked to make it; with `steps` alone what is
 * not sent stays as it is, for whoever resumes the run. */
static void judge_rest(struct applier *p, const struct reread *v, bool steps)
{
	ARENA a = {0};
	struct guard_input input = input_of(p, v);
	const struct key_vec pairs = pairs_that_count(p, v, &a);
	size_t count = p->plan->changes.len;
	struct judgement judgement = {.withheld = arena_alloc(&a, count + 1)};
	memcpy(judgement.withheld, p->out->withheld, count);
	input.pairs = pairs.at;
	input.count = pairs.len;
	input.settled = settled_by_now(p, &a);
	input.unmet = unmet_by_now(p, &a);
	guard_judge_again(&input, p->arena, &judgement);
	for (size_t i = 0; i < count; i++) {
		bool judged = (steps ? p->out->fates[i] == FATE_MANUAL : is_to_come(p, i)) &&
			      !p->out->attested[i];
		enum withheld why = judgement.withheld[i];
		const char *unnamed = judged && !why ? reread_unnamed(v, i, &a) : NULL;
		if (judged && why)
			withhold(p, i, why, withheld_words(why));
		else if (unnamed) /* nobody consented to that */
			withhold(p, i, WITHHELD_CONSENT, applier_unnamed_words(p, unnamed));
	}
}

struct error *applier_look_again(struct applier *p, const struct reread *v)
{
	TRY(reread_check_identities(v, "nothing more was sent"));
	judge_rest(p, v, false);
	return NULL;
}

static bool takes_kept(const struct applier *p, size_t i)
{
	const struct reread_input input = applier_look(p, true);
	return reread_takes_kept(&input, &p->plan->changes.at[i]);
}

struct error *applier_judge_batch(struct applier *p, const size_t *numbers, size_t len)
{
	struct reread v = {0};
	bool kept = false;
	for (size_t i = 0; i < len && !p->judged; i++)
		kept |= takes_kept(p, numbers[i]);
	if (!kept)
		return NULL;
	TRY(applier_read(p, true, &v));
	struct error *error = applier_look_again(p, &v);
	p->judged = !error;
	reread_done(&v);
	return error;
}

/* ---- at the end ---- */

/* Whether change i, carried out, took a holder of the role that counts. */
static bool took_holder(const struct applier *p, size_t i, const struct entitlement *role)
{
	const struct change *c = &p->plan->changes.at[i];
	bool may_end = c->reason == REASON_EXPIRED && role->role != ROLE_SYSTEM_ADMINISTRATOR;
	if (c->action != ACTION_DELETE || !was_sent(p, i) || may_end)
		return false;
	if (c->type == CHANGE_GRANT)
		return entitlement_compare(c->entitlement, role) == 0;
	for (size_t k = 0; c->lost && k < c->lost->len; k++) {
		if (entitlement_compare(c->lost->at[k], role) == 0)
			return true;
	}
	return false;
}

static bool took_any(const struct applier *p, const struct entitlement *role, bool person)
{
	bool took = false;
	for (size_t i = 0; i < p->plan->changes.len && !took; i++)
		took = took_holder(p, i, role) &&
		       (!person || p->plan->changes.at[i].principal->kind == PRINCIPAL_USER);
	return took;
}

static struct error *judge_role(const struct applier *p, const struct reread *v,
				const struct key_vec *pairs, uint32_t rank)
{
	const struct entitlement *e = universe_entitlement_at(v->universe, rank);
	int64_t holders = 0, persons = 0, limit = p->policy.min_holders[e->role];
	int64_t min_persons = e->role == ROLE_SYSTEM_ADMINISTRATOR ? p->policy.min_persons : 0;
	for (size_t k = 0; k < pairs->len; k++) {
		uint32_t who = grant_principal(pairs->at[k]);
		if (grant_entitlement(pairs->at[k]) != rank)
			continue;
		holders++;
		persons += universe_principal_at(v->universe, who)->kind == PRINCIPAL_USER;
	}
	bool few = holders < limit && took_any(p, e, false);
	if (!few && (persons >= min_persons || !took_any(p, e, true)))
		return NULL;
	int64_t count = few ? holders : persons;
	return error_new(ERROR_PARTIAL,
			 "%lld %shold%s %s now, limit %lld: somebody else took some while this "
			 "run did; give it to somebody (a new plan tells who is to have it), then "
			 "resume",
			 (long long)count,
			 few	      ? ""
			 : count == 1 ? "user "
				      : "users ",
			 count == 1 ? "s" : "", guard_role_text(p->arena, e),
			 (long long)(few ? limit : min_persons));
}

static struct error *judge_end(const struct applier *p, const struct reread *v)
{
	ARENA a = {0};
	const struct key_vec pairs = pairs_that_count(p, v, &a);
	for (uint32_t rank = 0; rank < universe_entitlements(v->universe); rank++) {
		const struct entitlement *e = universe_entitlement_at(v->universe, rank);
		if (e->role && guard_is_kept(&p->policy, e))
			TRY(judge_role(p, v, &pairs, rank));
	}
	return NULL;
}

/* Whether this run took, or asks somebody to take, what somebody must keep. */
static bool took_kept(const struct applier *p)
{
	bool took = false;
	for (size_t i = 0; i < p->plan->changes.len && !took; i++)
		took = takes_kept(p, i) && (was_sent(p, i) || p->out->fates[i] == FATE_MANUAL);
	return took;
}

struct error *applier_judge_end(struct applier *p)
{
	struct reread v = {0};
	if (!took_kept(p))
		return NULL;
	TRY(applier_read(p, true, &v));
	judge_rest(p, &v, true);
	struct error *error = judge_end(p, &v);
	reread_done(&v);
	return error;
}
