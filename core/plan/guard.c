/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/guard.h"

#include <string.h>

#include "core/plan/judge.h"
#include "core/util/keys.h"

#define SHARE_FROM 5 /* removals from which on a share of all says something */

const char *verdict_name(enum guard_verdict verdict)
{
	static const char *const names[VERDICT_COUNT] = {"pass", "allowed", "withheld", "refused"};
	return names[verdict];
}

const char *guard_unit(const struct guard *g)
{
	bool percent = !strcmp(g->name, "maxRemovalDelta") || !strcmp(g->name, "liveShrink");
	return percent ? "%" : "";
}

const char *guard_key(const struct guard *g)
{
	static const struct {
		const char *name, *key;
	} keys[] = {
		{"maxRemovals", "policy.maxRemovals"},
		{"maxRemovalDelta", "policy.maxRemovalDelta"},
		{"maxAdminGrants", "policy.maxAdminGrants"},
		{"minHolders", "policy.minHolders"},
		{"minPersons", "policy.minPersons"},
		{"liveShrink", "policy.maxLiveShrink"},
		{"required", "policy.required"},
	};
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (!strcmp(keys[i].name, g->name))
			return keys[i].key;
	}
	return NULL;
}

const char *guard_remedy(struct arena *a, const struct guard *g)
{
	const char *key = guard_key(g);
	return arena_printf(a, "%s%s%s%s%s", g->flag ? "; allow with " : "", g->flag ? g->flag : "",
			    key ? " (" : "", key ? key : "", key ? ")" : "");
}

const struct guard *guard_find(const struct guard_vec *guards, enum guard_verdict verdict)
{
	for (size_t i = 0; i < guards->len; i++) {
		if (guards->at[i].verdict == verdict)
			return &guards->at[i];
	}
	return NULL;
}

/* ---- counting ---- */

/* Live grants of one principal, administrative ones counted by themselves. */
struct held_grants {
	int64_t admin, other;
};

static struct held_grants count_held(const struct judge *j, uint32_t principal)
{
	const struct key_vec pairs = {.at = (uint64_t *)(uintptr_t)j->in->pairs,
				      .len = j->in->count};
	struct held_grants held = {0};
	for (size_t i = keys_from(&pairs, grant_key(principal, 0));
	     i < pairs.len && grant_principal(pairs.at[i]) == principal; i++) {
		const struct entitlement *e =
			universe_entitlement_at(j->u, grant_entitlement(pairs.at[i]));
		*(judge_is_admin(j, e) ? &held.admin : &held.other) += 1;
	}
	return held;
}

static bool gives_right(const struct judge *j, const struct change *c)
{
	return c->type == CHANGE_GRANT && c->action == ACTION_CREATE &&
	       judge_is_admin(j, c->entitlement);
}

/* Whether a change that moves a name to another credential gives that one rights: those that the
 * name holds, those that no read would show, and those that this plan gives it. */
static bool gives_by_name(const struct judge *j, size_t i)
{
	const struct change_vec *all = j->in->changes;
	uint32_t principal = j->in->ranks[i].principal;
	bool gives = false;
	if (!change_moves_identity(&all->at[i]))
		return false;
	for (size_t k = 0; k < all->len; k++)
		gives |= j->in->ranks[k].principal == principal && gives_right(j, &all->at[k]);
	return gives || count_held(j, principal).admin ||
	       provider_hides_role(j->in->reader, j->in->session, all->at[i].principal,
				   all->at[i].before);
}

static bool gives_rights(const struct judge *j, size_t i)
{
	return gives_right(j, &j->in->changes->at[i]) || gives_by_name(j, i);
}

/* Counts what goes with deleted accounts, as live holds it now. */
static void count_lost(struct judge *j, size_t i)
{
	if (j->in->changes->at[i].type != CHANGE_ACCOUNT)
		return;
	struct held_grants held = count_held(j, j->in->ranks[i].principal);
	j->roles.with_accounts += held.admin;
	j->products.with_accounts += held.other;
}

static struct tally *tally_of(struct judge *j, const struct change *c)
{
	if (c->type == CHANGE_ACCOUNT)
		return &j->accounts;
	if (c->type == CHANGE_PROJECT)
		return &j->projects;
	return judge_is_admin(j, c->entitlement) ? &j->roles : &j->products;
}

/* A share is a part of what is live or may be live, so that 100% is all there is. */
static void count_live(struct judge *j)
{
	j->accounts.live = (int64_t)j->in->live->accounts.len;
	for (size_t i = 0; i < j->in->count; i++) {
		const struct entitlement *e =
			universe_entitlement_at(j->u, (uint32_t)j->in->pairs[i]);
		if (judge_is_admin(j, e))
			j->roles.live++;
		else
			j->products.live++;
	}
}

/* A grant whose end was on record before it passed needs only the consent that is for such ends.
 * An end that was past when it was first written is a removal like any other. */
static bool is_agreed_end(const struct judge *j, size_t i)
{
	return j->in->changes->at[i].reason == REASON_EXPIRED && j->in->consent.expired &&
	       j->in->passed && j->in->passed[i];
}

static bool is_unseen(const struct judge *j, size_t i)
{
	return j->in->unseen ? j->in->unseen[i] : j->in->changes->at[i].unseen;
}

static void count_changes(struct judge *j)
{
	for (size_t i = 0; i < j->in->changes->len; i++) {
		const struct change *c = &j->in->changes->at[i];
		if (!judge_is_ahead(j, i))
			continue;
		j->admin_grants += c->risk == RISK_ADMIN_GRANT || gives_rights(j, i);
		if (c->action != ACTION_DELETE || is_agreed_end(j, i))
			continue;
		struct tally *t = tally_of(j, c);
		t->deletes++;
		t->live += is_unseen(j, i);
		count_lost(j, i);
	}
}

/* ---- consent to remove ---- */

static bool is_over_share(int64_t part, int64_t whole, int64_t percent)
{
	return part * 100 > whole * percent;
}

static int64_t all_deletes(const struct judge *j)
{
	return j->roles.deletes + j->products.deletes + j->accounts.deletes + j->projects.deletes;
}

static bool is_consented(const struct judge *j, const struct tally *t)
{
	const struct consent *c = &j->in->consent;
	if (c->removals == CONSENT_COUNT)
		return all_deletes(j) <= c->amount;
	return c->removals == CONSENT_PERCENT &&
	       !is_over_share(t->deletes + t->with_accounts, t->live, c->amount);
}

static const char *removal_flag(const struct judge *j)
{
	return arena_printf(j->arena, "--allow-remove %lld", (long long)all_deletes(j));
}

/* Withholds a class, all or nothing; returns what became of it. */
static enum guard_verdict judge_class(struct judge *j, const struct tally *t, bool over)
{
	bool consented = is_consented(j, t);
	if (!over || t->deletes == 0)
		return VERDICT_PASS;
	for (size_t i = 0; i < j->in->changes->len && !consented; i++) {
		const struct change *c = &j->in->changes->at[i];
		if (judge_is_ahead(j, i) && c->action == ACTION_DELETE && tally_of(j, c) == t &&
		    !is_agreed_end(j, i))
			j->out->withheld[i] = WITHHELD_CONSENT;
	}
	return consented ? VERDICT_ALLOWED : VERDICT_WITHHELD;
}

/* Whether an earlier apply withheld some of this class. What it lacked consent for is not
 * carried out merely because the rest of the class went another way since. */
static bool is_owed(struct judge *j, const struct tally *t)
{
	for (size_t i = 0; j->in->owed && i < j->in->changes->len; i++) {
		const struct change *c = &j->in->changes->at[i];
		if (j->in->owed[i] && c->action == ACTION_DELETE && judge_is_ahead(j, i) &&
		    tally_of(j, c) == t)
			return true;
	}
	return false;
}

static void judge_removals(struct judge *j)
{
	const struct policy *policy = &j->in->policy;
	int64_t products = j->products.deletes + j->products.with_accounts;
	bool many = products > policy->max_removals;
	bool share = products >= SHARE_FROM &&
		     is_over_share(products, j->products.live, policy->max_removal_delta);
	bool owed = is_owed(j, &j->products);
	int64_t percent =
		j->products.live ? (products * 100 + j->products.live - 1) / j->products.live : 0;
	enum guard_verdict accounts = judge_class(j, &j->accounts, j->accounts.deletes > 0);
	enum guard_verdict verdict = judge_class(j, &j->products, many || share || owed);
	if (j->products.deletes == 0) /* all that goes, goes with its account */
		verdict = accounts;
	const char *flag = removal_flag(j);
	judge_add(j, (struct guard){"maxRemovals", NULL, many ? flag : NULL, policy->max_removals,
				    products, many ? verdict : VERDICT_PASS});
	judge_add(j, (struct guard){"maxRemovalDelta", NULL, share ? flag : NULL,
				    policy->max_removal_delta, percent,
				    share ? verdict : VERDICT_PASS});
	if (owed && !many && !share)
		judge_add(j, (struct guard){"withheldBefore", NULL, flag, 0, j->products.deletes,
					    verdict});
	verdict = judge_class(j, &j->roles, j->roles.deletes > 0);
	judge_add(j, (struct guard){"roleRemovals", NULL, j->roles.deletes ? flag : NULL, 0,
				    j->roles.deletes, verdict});
	judge_add(j, (struct guard){"accountDeletes", NULL, j->accounts.deletes ? flag : NULL, 0,
				    j->accounts.deletes, accounts});
	if (j->projects.deletes)
		judge_add(j, (struct guard){"projectDeletes", NULL, flag, 0, j->projects.deletes,
					    judge_class(j, &j->projects, true)});
}

/* ---- what refuses the whole ---- */

static enum guard_verdict verdict_of(bool over, bool allowed)
{
	return !over ? VERDICT_PASS : allowed ? VERDICT_ALLOWED : VERDICT_REFUSED;
}

static void judge_admin_grants(struct judge *j)
{
	int64_t limit = j->in->policy.max_admin_grants, value = j->admin_grants;
	bool over = value > limit;
	const char *flag =
		over ? arena_printf(j->arena, "--allow-admin-grants %lld", (long long)value) : NULL;
	judge_add(j, (struct guard){"maxAdminGrants", NULL, flag, limit, value,
				    verdict_of(over, value <= j->in->consent.admin_grants)});
}

/* If a service answered with half of an organisation, the other half would be made anew, or
 * taken for gone. */
static void judge_shrink(struct judge *j)
{
	int64_t limit = j->in->policy.max_live_shrink, value = j->in->live_shrink;
	bool over = value > limit;
	if (value > 0)
		judge_add(j, (struct guard){"liveShrink", NULL, over ? "--allow-live-shrink" : NULL,
					    limit, value,
					    verdict_of(over, j->in->consent.live_shrink)});
}

/* Nobody means to delete every account there is: a set of manifests was not found, or lost. */
static bool is_emptied(const struct judge *j)
{
	size_t deleted = 0;
	for (size_t i = 0; i < j->in->changes->len; i++) {
		const struct change *c = &j->in->changes->at[i];
		if (c->action == ACTION_CREATE)
			return false;
		deleted += c->type == CHANGE_ACCOUNT && c->action == ACTION_DELETE;
	}
	return deleted > 1 && deleted >= j->in->live->accounts.len;
}

static void judge_emptiness(struct judge *j)
{
	if ((j->in->empty_manifests || is_emptied(j)) && all_deletes(j) > 0)
		judge_add(j, (struct guard){"emptyManifests", NULL, NULL, 0, all_deletes(j),
					    VERDICT_REFUSED});
}

/* ---- the whole ---- */

void guard_judge(const struct guard_input *input, struct arena *a, struct judgement *out)
{
	struct judge j = {.in = input, .u = input->universe, .arena = a, .out = out};
	*out = (struct judgement){.withheld = arena_zalloc(a, input->changes->len + 1)};
	count_live(&j);
	count_changes(&j);
	judge_removals(&j);
	judge_own_rights(&j);
	judge_replacements(&j);
	judge_admin_grants(&j);
	judge_holders(&j);
	judge_required(&j);
	judge_shrink(&j);
	judge_emptiness(&j);
}

void guard_judge_again(const struct guard_input *input, struct arena *a, struct judgement *out)
{
	struct judge j = {.in = input, .u = input->universe, .arena = a, .out = out};
	out->guards = (struct guard_vec){0};
	judge_own_rights(&j);
	judge_replacements(&j);
	judge_holders(&j);
}
