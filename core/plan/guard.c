/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/guard.h"

#include <string.h>

#include "core/language/config.h"
#include "core/plan/plan.h"

const struct policy policy_default = {.max_removals = 20,
				      .max_removal_delta = 25,
				      .max_admin_grants = 5,
				      .min_holders = 2,
				      .max_live_shrink = 25};

static int32_t stricter(int32_t ours, int32_t theirs)
{
	return theirs >= 0 && theirs < ours ? theirs : ours;
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
	p.max_removals = said_or(said->guards.max_removals, p.max_removals);
	p.max_removal_delta = said_or(said->guards.max_removal_delta, p.max_removal_delta);
	p.max_admin_grants = said_or(said->guards.max_admin_grants, p.max_admin_grants);
	p.min_holders = said_or(said->guards.min_holders[ROLE_SYSTEM_ADMINISTRATOR], p.min_holders);
	p.max_live_shrink = said_or(said->max_live_shrink, p.max_live_shrink);
	return p;
}

struct policy policy_tighten(struct policy policy, const struct guards *g)
{
	policy.max_removals = stricter(policy.max_removals, g->max_removals);
	policy.max_removal_delta = stricter(policy.max_removal_delta, g->max_removal_delta);
	policy.max_admin_grants = stricter(policy.max_admin_grants, g->max_admin_grants);
	int32_t holders = g->min_holders[ROLE_SYSTEM_ADMINISTRATOR];
	if (holders > policy.min_holders)
		policy.min_holders = holders;
	return policy;
}

struct policy policy_strictest(struct policy a, struct policy b)
{
	a.max_live_shrink = stricter(a.max_live_shrink, b.max_live_shrink);
	return policy_tighten(
		a, &(struct guards){.max_removals = b.max_removals,
				    .max_removal_delta = b.max_removal_delta,
				    .max_admin_grants = b.max_admin_grants,
				    .min_holders = {[ROLE_SYSTEM_ADMINISTRATOR] = b.min_holders}});
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

const struct guard *guard_find(const struct plan *plan, enum guard_verdict verdict)
{
	for (size_t i = 0; i < plan->guards.len; i++) {
		if (plan->guards.at[i].verdict == verdict)
			return &plan->guards.at[i];
	}
	return NULL;
}

/* ---- counting ---- */

/* Of one class of deletes: how many there are in changes[], how many grants go with accounts, and
 * how many of the class are live. */
struct guard_tally {
	int64_t deletes, with_accounts, live;
};

struct judge {
	struct plan *plan;
	const struct guard_input *in;
	const struct universe *u;
	struct arena *arena;
	struct guard_tally roles, products, accounts;
	int64_t admin_grants;
};

/* Whether the change is still to be made. */
static bool is_ahead(const struct judge *j, size_t i)
{
	return !j->in->settled || !j->in->settled[i];
}

static void count_live(struct judge *j)
{
	j->accounts.live = (int64_t)j->in->live->accounts.len;
	for (size_t i = 0; i < j->in->count; i++) {
		if (universe_entitlement_at(j->u, (uint32_t)j->in->pairs[i])->role)
			j->roles.live++;
		else
			j->products.live++;
	}
}

static struct guard_tally *tally_of(struct judge *j, const struct change *c)
{
	if (c->type == CHANGE_ACCOUNT)
		return &j->accounts;
	return c->entitlement->role ? &j->roles : &j->products;
}

static void count_changes(struct judge *j)
{
	for (size_t i = 0; i < j->plan->changes.len; i++) {
		const struct change *c = &j->plan->changes.at[i];
		if (!is_ahead(j, i))
			continue;
		j->admin_grants += c->risk == RISK_ADMIN_GRANT;
		if (c->action != ACTION_DELETE)
			continue;
		struct guard_tally *t = tally_of(j, c);
		t->deletes++;
		t->live += c->unseen; /* it may be there, and 100% is all there is */
		j->roles.with_accounts += c->lost_roles;
		j->products.with_accounts += c->lost_products;
	}
}

/* ---- consent to remove ---- */

static bool is_over_share(int64_t part, int64_t whole, int64_t percent)
{
	return part * 100 > whole * percent;
}

static int64_t all_deletes(const struct judge *j)
{
	return j->roles.deletes + j->products.deletes + j->accounts.deletes;
}

static bool is_consented(const struct judge *j, const struct guard_tally *t)
{
	const struct consent *c = &j->plan->consent;
	if (c->removals == CONSENT_COUNT)
		return all_deletes(j) <= c->amount;
	return c->removals == CONSENT_PERCENT &&
	       !is_over_share(t->deletes + t->with_accounts, t->live, c->amount);
}

static void add_guard(struct judge *j, struct guard g)
{
	vec_push(j->arena, &j->plan->guards, g);
}

static const char *removal_flag(const struct judge *j)
{
	return arena_printf(j->arena, "--allow-remove %lld", (long long)all_deletes(j));
}

/* Withholds a class, all or nothing; returns what became of it. */
static enum guard_verdict judge_class(struct judge *j, const struct guard_tally *t, bool over)
{
	bool consented = is_consented(j, t);
	if (!over || t->deletes == 0)
		return VERDICT_PASS;
	for (size_t i = 0; i < j->plan->changes.len; i++) {
		struct change *c = &j->plan->changes.at[i];
		if (is_ahead(j, i) && c->action == ACTION_DELETE && tally_of(j, c) == t)
			c->withheld = !consented;
	}
	return consented ? VERDICT_ALLOWED : VERDICT_WITHHELD;
}

static void judge_removals(struct judge *j)
{
	const struct policy *policy = &j->plan->policy;
	int64_t products = j->products.deletes + j->products.with_accounts;
	bool many = products > policy->max_removals;
	bool share = is_over_share(products, j->products.live, policy->max_removal_delta);
	int64_t percent =
		j->products.live ? (products * 100 + j->products.live - 1) / j->products.live : 0;
	enum guard_verdict accounts = judge_class(j, &j->accounts, j->accounts.deletes > 0);
	enum guard_verdict verdict = judge_class(j, &j->products, many || share);
	if (j->products.deletes == 0) /* what goes, goes with accounts */
		verdict = accounts;
	const char *flag = removal_flag(j);
	add_guard(j, (struct guard){"maxRemovals", NULL, many ? flag : NULL, policy->max_removals,
				    products, many ? verdict : VERDICT_PASS});
	add_guard(j, (struct guard){"maxRemovalDelta", NULL, share ? flag : NULL,
				    policy->max_removal_delta, percent,
				    share ? verdict : VERDICT_PASS});
	verdict = judge_class(j, &j->roles, j->roles.deletes > 0);
	add_guard(j, (struct guard){"roleRemovals", NULL, j->roles.deletes ? flag : NULL, 0,
				    j->roles.deletes, verdict});
	add_guard(j, (struct guard){"accountDeletes", NULL, j->accounts.deletes ? flag : NULL, 0,
				    j->accounts.deletes, accounts});
}

static void judge_admin_grants(struct judge *j)
{
	int64_t limit = j->plan->policy.max_admin_grants, value = j->admin_grants;
	bool over = value > limit, allowed = value <= j->plan->consent.admin_grants;
	add_guard(j, (struct guard){"maxAdminGrants", NULL,
				    over ? arena_printf(j->arena, "--allow-admin-grants %lld",
							(long long)value)
					 : NULL,
				    limit, value,
				    !over     ? VERDICT_PASS
				    : allowed ? VERDICT_ALLOWED
					      : VERDICT_REFUSED});
}

/* ---- holders of roles ---- */

/* By entitlement rank. */
struct holders {
	int32_t live, added, taken, withheld;
};

/* The plan's account deletions, by principal rank; NULL where the account stays. */
static const struct change **find_deletions(const struct judge *j, struct arena *a)
{
	const struct change **out = arena_zalloc(a, universe_principals(j->u) * sizeof(*out));
	for (size_t i = 0; i < j->plan->changes.len; i++) {
		const struct change *c = &j->plan->changes.at[i];
		if (c->type == CHANGE_ACCOUNT && c->action == ACTION_DELETE)
			out[c->principal_rank] = c;
	}
	return out;
}

static void count_holders(const struct judge *j, struct arena *a, struct holders *h)
{
	const struct change **deletions = find_deletions(j, a);
	for (size_t i = 0; i < j->in->count; i++) {
		const struct change *c = deletions[j->in->pairs[i] >> 32];
		struct holders *of = &h[(uint32_t)j->in->pairs[i]];
		of->live++;
		if (c)
			*(c->withheld ? &of->withheld : &of->taken) += 1;
	}
	for (size_t i = 0; i < j->plan->changes.len; i++) {
		const struct change *c = &j->plan->changes.at[i];
		if (c->type != CHANGE_GRANT || c->unseen || !is_ahead(j, i))
			continue; /* what is not seen is no live holder that could be lost */
		struct holders *of = &h[c->entitlement_rank];
		if (c->action == ACTION_CREATE)
			of->added += !change_is_manual(c); /* a person may be late */
		else
			*(c->withheld ? &of->withheld : &of->taken) += 1;
	}
}

static const char *role_text(struct arena *a, const struct entitlement *e)
{
	const char *scope = e->group ? e->group : e->product;
	if (!scope)
		return role_table[e->role].name;
	return e->profile ? arena_printf(a, "%s of %s / %s", role_table[e->role].name, scope,
					 e->profile)
			  : arena_printf(a, "%s of %s", role_table[e->role].name, scope);
}

static void judge_holders(struct judge *j)
{
	ARENA a = {0};
	int64_t limit = j->plan->policy.min_holders;
	size_t entitlements = universe_entitlements(j->u);
	struct holders *h = arena_zalloc(&a, entitlements * sizeof(*h));
	count_holders(j, &a, h);
	for (uint32_t i = 0; i < entitlements; i++) {
		const struct entitlement *e = universe_entitlement_at(j->u, i);
		if (!e->role || !(h[i].taken || h[i].withheld))
			continue;
		int64_t left = h[i].live + h[i].added - h[i].taken;
		enum guard_verdict verdict = VERDICT_PASS;
		if (h[i].taken && left < limit)
			verdict = VERDICT_REFUSED;
		else if (left - h[i].withheld < limit)
			verdict = VERDICT_WITHHELD;
		add_guard(j, (struct guard){"minHolders", role_text(j->arena, e), NULL, limit,
					    left - h[i].withheld, verdict});
	}
}

/* ---- who must keep a role ---- */

static bool is_holder(const struct required_holder *r, const struct principal *p)
{
	if (p->kind == PRINCIPAL_ACCOUNT)
		return r->account && !strcmp(r->account, p->name);
	if (p->kind == PRINCIPAL_USER)
		return r->user && !strcasecmp(r->user, p->name); /* ASCII, as manifests have it */
	return r->user_group && !strcmp(r->user_group, p->name);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool is_required(const struct required_holder *r, const struct entitlement *e)
{
	return e->role == r->role && same_text(e->product, r->product) &&
	       same_text(e->profile, r->profile) && same_text(e->group, r->group);
}

static bool holds_live(const struct judge *j, const struct required_holder *r)
{
	for (size_t i = 0; i < j->in->count; i++) {
		uint64_t pair = j->in->pairs[i];
		if (is_required(r, universe_entitlement_at(j->u, (uint32_t)pair)) &&
		    is_holder(r, universe_principal_at(j->u, (uint32_t)(pair >> 32))))
			return true;
	}
	return false;
}

/* Whether the holder has the role once the plan is carried out, a person's part included. */
static bool holds_after(const struct judge *j, const struct required_holder *r)
{
	bool holds = holds_live(j, r);
	for (size_t i = 0; i < j->plan->changes.len; i++) {
		const struct change *c = &j->plan->changes.at[i];
		if (c->withheld || !is_ahead(j, i) || !is_holder(r, c->principal))
			continue;
		if (c->type == CHANGE_GRANT ? is_required(r, c->entitlement)
					    : c->action == ACTION_DELETE)
			holds = c->action == ACTION_CREATE;
	}
	return holds;
}

static const char *required_text(struct arena *a, const struct required_holder *r)
{
	const struct entitlement e = {r->product, r->profile, r->group, r->role};
	const char *holder = r->account ? r->account : r->user ? r->user : r->user_group;
	return arena_printf(a, "%s as %s", holder, role_text(a, &e));
}

static void judge_required(struct judge *j)
{
	const struct operator_policy *o = j->in->operator_policy;
	for (size_t i = 0; o && i < o->required.len; i++) {
		const struct required_holder *r = &o->required.at[i];
		bool holds = holds_after(j, r);
		add_guard(j, (struct guard){"required", required_text(j->arena, r), NULL, 1, holds,
					    holds ? VERDICT_PASS : VERDICT_REFUSED});
	}
}

/* The live name as changes say it: what is taken from an account that is renamed is taken under its
 * new name. */
static const char *said_name(const struct judge *j, const char *live_name)
{
	for (size_t i = 0; i < j->plan->changes.len; i++) {
		const struct change *c = &j->plan->changes.at[i];
		if (c->reason == REASON_RENAMED && !strcmp(c->before->meta.name, live_name))
			return c->principal->name;
	}
	return live_name;
}

static bool is_needed(const struct judge *j, const struct change *c)
{
	const struct pair_vec *needs = j->in->live->own_needs;
	for (size_t i = 0; needs && i < needs->len; i++) {
		if (universe_principal_rank(j->u, needs->at[i].principal) == c->principal_rank &&
		    universe_entitlement_rank(j->u, needs->at[i].entitlement) ==
			    c->entitlement_rank)
			return true;
	}
	return !needs || c->type == CHANGE_ACCOUNT;
}

/* What would take rights from the very credential that carries the plan out. */
static void judge_own_rights(struct judge *j)
{
	const char *own = j->in->live->own;
	int64_t losses = 0;
	if (!own)
		return;
	own = said_name(j, own);
	for (size_t i = 0; i < j->plan->changes.len; i++) {
		const struct change *c = &j->plan->changes.at[i];
		losses += is_ahead(j, i) && c->action == ACTION_DELETE && !c->withheld &&
			  c->principal->kind == PRINCIPAL_ACCOUNT &&
			  !strcmp(c->principal->name, own) && is_needed(j, c);
	}
	add_guard(j, (struct guard){"ownRights", own, NULL, 0, losses,
				    losses ? VERDICT_REFUSED : VERDICT_PASS});
}

/* A service that answers with half of an organisation would have its other half made anew, or taken
 * for gone. */
static void judge_shrink(struct judge *j)
{
	int64_t limit = j->plan->policy.max_live_shrink, value = j->plan->live_shrink;
	bool over = value > limit, allowed = j->plan->consent.live_shrink;
	if (value <= 0)
		return;
	add_guard(j, (struct guard){"liveShrink", NULL, over ? "--allow-live-shrink" : NULL, limit,
				    value,
				    !over     ? VERDICT_PASS
				    : allowed ? VERDICT_ALLOWED
					      : VERDICT_REFUSED});
}

void guard_judge(struct plan *plan, const struct guard_input *input, struct arena *a)
{
	struct judge j = {.plan = plan, .in = input, .u = input->universe, .arena = a};
	plan->guards.len = 0;
	count_live(&j);
	count_changes(&j);
	judge_removals(&j);
	judge_admin_grants(&j);
	judge_holders(&j);
	judge_required(&j);
	judge_own_rights(&j);
	judge_shrink(&j);
	if (input->empty_manifests && all_deletes(&j) > 0)
		add_guard(&j, (struct guard){"emptyManifests", NULL, NULL, 0, all_deletes(&j),
					     VERDICT_REFUSED});
}
