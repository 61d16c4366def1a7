/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of accounts: made, changed, renamed, deleted. */
#include <string.h>

#include "core/contract/rules.h"
#include "core/model/live.h"
#include "core/plan/planner.h"
#include "core/util/clock.h"

/* The account in the snapshot: under its name, or else under an earlier one. */
static const struct account *find_base(const struct planner *p, const struct account *a)
{
	if (p->in->exact || !p->in->base)
		return p->in->exact ? a : NULL;
	const struct account *base = live_find(p->in->base, a->meta.name);
	for (size_t i = 0; !base && i < a->meta.previously.len; i++)
		base = live_find(p->in->base, a->meta.previously.at[i].text);
	return base;
}

/* The live account that the snapshot knew as `a`: it was renamed since. */
static const struct account *find_moved(struct planner *p, const struct account *a)
{
	const struct account *base = find_base(p, a);
	if (!base || !base->id)
		return NULL;
	for (const struct account **live = planner_with_id(p, base);
	     live && account_by_id(live, &base) == 0; live = vec_next(&p->by_id, live)) {
		uint32_t rank = planner_account_rank(p, (*live)->meta.name, true);
		if (!p->declared[rank] && !p->renamed[rank])
			return *live;
	}
	return NULL;
}

uint32_t planner_account_rank(struct planner *p, const char *name, bool live)
{
	uint32_t number = universe_principal(p->u, PRINCIPAL_ACCOUNT, name, live);
	return universe_principal_rank(p->u, number);
}

static struct change account_change(struct planner *p, uint32_t rank, enum action action,
				    enum reason reason, struct location at)
{
	return (struct change){
		.principal = universe_principal_at(p->u, rank),
		.principal_rank = rank,
		.action = action,
		.type = CHANGE_ACCOUNT,
		.reason = reason,
		.risk = action == ACTION_DELETE ? RISK_ACCOUNT_DELETE : RISK_ORDINARY,
		.via = provider_can_account(p->in->reader, p->in->session),
		.at = at,
	};
}

static void delete_account(struct planner *p, uint32_t rank, enum reason reason, struct location at)
{
	struct change c = account_change(p, rank, ACTION_DELETE, reason, at);
	c.before = p->held[rank];
	planner_add_change(p, c);
	p->deleted[rank] = (uint32_t)p->phases[PHASE_DELETE].len;
}

/* Whether the service cannot have the account so, as things are there; then it is left alone, and
 * all else goes on. */
static bool is_stuck(struct planner *p, uint32_t rank, const struct change *c)
{
	const struct account *a = c->after;
	rules_check_account(planner_service(p), p->arena, a, p->report);
	p->stuck[rank] = provider_check_account(p->in->reader, p->in->session, p->arena, a);
	if (p->stuck[rank] && planner_is_targeted(p, c->principal))
		vec_push(p->arena, &p->plan->blocked,
			 (struct blocked_item){.principal = c->principal,
					       .at = a->meta.name_at,
					       .message = p->stuck[rank]});
	return p->stuck[rank];
}

static void claim_name(struct planner *p, const struct account *live)
{
	if (live)
		p->renamed[planner_account_rank(p, live->meta.name, true)] = true;
}

/* Whether the account is in the same project as when the snapshot was made, and the project was
 * renamed since. Then manifests still have the project's old name. */
static bool is_project_renamed(const struct planner *p, const struct account *a,
			       const struct account *live)
{
	const struct account *base = find_base(p, a);
	return (p->in->reader->fixed & ATTRIBUTE_PROJECT) && base && base->id && live->id &&
	       !strcmp(base->id, live->id) && base->project && live->project && a->project &&
	       strcmp(base->project, live->project) != 0 && !strcmp(base->project, a->project);
}

/* What is wanted, with the project under its present name. */
static const struct account *follow_project(struct planner *p, const struct account *a,
					    const struct account *live)
{
	if (!live || !is_project_renamed(p, a, live))
		return a;
	struct account *same = arena_alloc(p->arena, sizeof(*same));
	*same = *a;
	same->project = live->project;
	report_add(p->report, SEVERITY_WARNING, "W0716", a->meta.name_at, 0,
		   "say its present title, or give it back the old one in the service",
		   "the project of account %s was renamed from %s to %s; the account is the same",
		   quoted(p->arena, a->meta.name), quoted(p->arena, a->project),
		   quoted(p->arena, live->project));
	return same;
}

/* Whether the credential has an earlier name of the account: one that its manifest says, or that
 * the ledger knows of earlier runs. */
static bool had_name(const struct planner *p, const struct account *a, const struct account *live)
{
	const char *credential = account_credential(live);
	return account_had_name(a, credential) ||
	       former_names_has(p->in->former, a->meta.name, credential, live->id);
}

/* A credential that is not said stays what it was before a rename, unless the service has no other
 * name of an account than that. */
static unsigned compared_of(const struct planner *p, const struct account *a,
			    const struct account *before)
{
	unsigned compared = p->in->reader->attributes & ~p->in->live->unknown;
	bool stays = !a->credential && !p->in->exact && !p->in->reader->names_are_credentials;
	if (stays && (account_had_name(a, before->meta.name) || had_name(p, a, before)))
		compared &= ~(unsigned)ATTRIBUTE_CREDENTIAL;
	return compared;
}

/* The credential of an account that gets another name stays what it is. Where neither the manifest
 * nor the service says why, only the ledger of this run knows. */
static void check_kept(struct planner *p, const struct account *a, const struct account *before)
{
	const char *credential = account_credential(before);
	if (a->credential || p->in->exact || p->in->reader->names_are_credentials ||
	    !strcmp(credential, a->meta.name) || account_had_name(a, credential))
		return;
	report_add(p->report, SEVERITY_WARNING, "W0723", a->meta.name_at, 0,
		   arena_printf(p->arena, "say `credential: %s`, or keep that name in `previously`",
				credential),
		   "account %s keeps its credential %s, which its manifest does not say: a plan "
		   "without this ledger would move it to another one",
		   quoted(p->arena, a->meta.name), quoted(p->arena, credential));
}

static void plan_account(struct planner *p, uint32_t rank)
{
	const struct account *a = p->declared[rank], *renamed = p->moved[rank];
	const struct account *live = renamed ? NULL : p->held[rank];
	if (!live && !renamed)
		renamed = p->moved[rank] = find_moved(p, a);
	const struct account *before = live ? live : renamed;
	if (a->state == STATE_ABSENT) {
		if (before)
			delete_account(p, planner_account_rank(p, before->meta.name, true),
				       REASON_STATE_ABSENT, a->state_at.file ? a->state_at : a->at);
		return;
	}
	enum action action = before ? ACTION_UPDATE : ACTION_CREATE;
	enum reason reason = renamed ? REASON_RENAMED : before ? REASON_CHANGED : REASON_ADDED;
	a = follow_project(p, a, before);
	unsigned differ = before ? account_difference(before, a, compared_of(p, a, before)) : 0;
	if (live && !differ)
		return;
	struct change c = account_change(p, rank, action, reason, a->at);
	claim_name(p, renamed);
	if (renamed)
		check_kept(p, a, renamed);
	c.before = before;
	c.after = a;
	c.attributes = differ;
	if (!is_stuck(p, rank, &c))
		planner_add_change(p, c);
}

/* Whether the snapshot has this very account: one that somebody made under the name of another is
 * nobody's here. */
static bool is_of_base(const struct planner *p, const struct account *live)
{
	const struct account *base = p->in->base ? drift_base_of(p->in->base, live) : NULL;
	return base && (!base->id || !live->id || !strcmp(base->id, live->id));
}

/* What becomes of a live account that no manifest declares is for the Organization document to
 * say. */
static void plan_undeclared(struct planner *p, uint32_t rank)
{
	const struct account *live = p->held[rank];
	if (p->declared[rank] || p->renamed[rank] || p->deleted[rank])
		return;
	bool known = p->in->exact || is_of_base(p, live);
	bool pruned = known && p->in->prune && p->organization->unlisted != UNLISTED_KEEP;
	bool whole = p->plan->left_out.len == 0; /* else a file left out may declare it */
	if (whole && (p->organization->unlisted == UNLISTED_REMOVE || pruned))
		delete_account(p, rank, REASON_UNDECLARED, p->organization->at);
	else if (p->organization->unlisted != UNLISTED_KEEP)
		planner_add_unlisted(p, rank, NULL, p->organization->at)->was_known = known;
}

void planner_index_accounts(struct planner *p)
{
	for (size_t i = 0; i < p->in->index->accounts.len; i++) {
		const struct account *a = p->in->index->accounts.at[i];
		p->declared[planner_account_rank(p, a->meta.name, false)] =
			account_with_apis(a, p->in->index, p->arena, time_day(p->in->now));
	}
	for (size_t i = 0; i < p->in->live->accounts.len; i++) {
		const struct account *a = &p->in->live->accounts.at[i];
		p->held[planner_account_rank(p, a->meta.name, true)] = a;
	}
}

void planner_add_account_changes(struct planner *p, size_t principals)
{
	/* First what manifests say, then what the snapshot makes likely, since one account
	 * becomes only one other. */
	for (uint32_t rank = 0; rank < principals; rank++)
		claim_name(p, p->moved[rank]);
	for (uint32_t rank = 0; rank < principals; rank++) {
		if (p->declared[rank])
			plan_account(p, rank);
	}
	for (uint32_t rank = 0; rank < principals; rank++) {
		if (p->held[rank])
			plan_undeclared(p, rank);
	}
}

/* ---- the accounts that a plan names ---- */

/* What is said of an account, with what the service assigned to it. */
static struct account *describe_account(struct planner *p, const struct account *said,
					const struct account *live)
{
	struct account *a = arena_zalloc(p->arena, sizeof(*a));
	a->meta.name = said->meta.name;
	a->credential = account_credential(said);
	a->project = said->project || !live ? said->project : live->project;
	a->apis = said->apis; /* as manifests spell them */
	a->id = live ? live->id : NULL;
	a->email = live ? live->email : NULL;
	return a;
}

static void add_former(struct planner *p, const struct account *then, const struct account *live)
{
	struct account *a = describe_account(p, then, live);
	a->former = true;
	vec_push(p->arena, &p->plan->accounts, a);
}

/* What is on record of an account that somebody renamed in the service has the name of before. */
static void add_renamed(struct planner *p, const char *now, const struct account *live)
{
	const char *then = planner_base_name(p, live);
	if (then && strcmp(then, now) != 0 && !live_find(p->in->live, then))
		add_former(p, live_find(p->in->base, then), live);
}

static void add_account(struct planner *p, const struct change *c)
{
	const struct account *said = planner_holder(p, c->principal_rank);
	const struct account *live = c->before ? c->before : planner_live(p, c->principal_rank);
	if (!said)
		return;
	struct account *now = describe_account(p, said, live);
	if (live && !(c->type == CHANGE_ACCOUNT && (c->attributes & ATTRIBUTE_CREDENTIAL)))
		now->credential = account_credential(live);
	vec_push(p->arena, &p->plan->accounts, now);
	if (c->before && strcmp(said->meta.name, c->before->meta.name) != 0)
		add_former(p, c->before, live);
	else
		add_renamed(p, said->meta.name, live);
}

/* Each account that a change is about, once; changes of one account stand together in
 * each phase. */
void planner_collect_accounts(struct planner *p)
{
	bool *seen = arena_zalloc(&p->scratch, universe_principals(p->u));
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		const struct change *c = &p->plan->changes.at[i];
		if (c->principal->kind != PRINCIPAL_ACCOUNT || seen[c->principal_rank])
			continue;
		seen[c->principal_rank] = true;
		add_account(p, c);
	}
	plan_sort_accounts(p->plan);
}
