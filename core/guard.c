#include "core/guard.h"

#include <string.h>

#include "core/plan.h"

const struct policy policy_default = {
	.max_removals = 20, .max_removal_delta = 25, .max_admin_grants = 5, .min_holders = 2};

static int32_t stricter(int32_t ours, int32_t theirs)
{
	return theirs >= 0 && theirs < ours ? theirs : ours;
}

struct policy policy_tighten(struct policy policy, const struct guards *g)
{
	policy.max_removals = stricter(policy.max_removals, g->max_removals);
	policy.max_removal_delta = stricter(policy.max_removal_delta, g->max_removal_delta);
	policy.max_admin_grants = stricter(policy.max_admin_grants, g->max_admin_grants);
	if (g->min_holders > policy.min_holders)
		policy.min_holders = g->min_holders;
	return policy;
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

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[VERDICT_COUNT] = {"pass", "allowed", "withheld", "refused"};
	return names[verdict];
}

const struct guard *guard_find(const struct plan *plan, enum verdict verdict)
{
	for (size_t i = 0; i < plan->guards.len; i++) {
		if (plan->guards.at[i].verdict == verdict)
			return &plan->guards.at[i];
	}
	return NULL;
}

/* ---- counting ---- */

/* Of one class of deletes: how many there are in changes[], how many grants go with accounts, and how many of the
 * class are live. */
struct tally {
	int64_t deletes, with_accounts, live;
};

struct judge {
	struct plan *plan;
	const struct universe *u;
	struct arena *arena;
	struct tally roles, products, accounts;
	int64_t admin_grants;
};

static void count_live(struct judge *j, const struct live *live, const uint64_t *pairs,
		       size_t count)
{
	j->accounts.live = (int64_t)live->accounts.len;
	for (size_t i = 0; i < count; i++) {
		if (universe_entitlement_at(j->u, (uint32_t)pairs[i])->role)
			j->roles.live++;
		else
			j->products.live++;
	}
}

static struct tally *tally_of(struct judge *j, const struct change *c)
{
	if (c->type == CHANGE_ACCOUNT)
		return &j->accounts;
	return c->entitlement->role ? &j->roles : &j->products;
}

static void count_changes(struct judge *j)
{
	for (size_t i = 0; i < j->plan->changes.len; i++) {
		const struct change *c = &j->plan->changes.at[i];
		j->admin_grants += c->risk == RISK_ADMIN_GRANT;
		if (c->action != ACTION_DELETE)
			continue;
		tally_of(j, c)->deletes++;
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

static bool is_consented(const struct judge *j, const struct tally *t)
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
static enum verdict judge_class(struct judge *j, const struct tally *t, bool over)
{
	bool consented = is_consented(j, t);
	if (!over || t->deletes == 0)
		return VERDICT_PASS;
	for (size_t i = 0; i < j->plan->changes.len; i++) {
		struct change *c = &j->plan->changes.at[i];
		if (c->action == ACTION_DELETE && tally_of(j, c) == t)
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
	enum verdict verdict = judge_class(j, &j->products, many || share);
	const char *flag = removal_flag(j);
	add_guard(j, (struct guard){"maxRemovals", NULL, many ? flag : NULL, policy->max_removals,
				    products, many ? verdict : VERDICT_PASS});
	add_guard(j, (struct guard){"maxRemovalDelta", NULL, share ? flag : NULL,
				    policy->max_removal_delta, percent,
				    share ? verdict : VERDICT_PASS});
	verdict = judge_class(j, &j->roles, j->roles.deletes > 0);
	add_guard(j, (struct guard){"roleRemovals", NULL, j->roles.deletes ? flag : NULL, 0,
				    j->roles.deletes, verdict});
	verdict = judge_class(j, &j->accounts, j->accounts.deletes > 0);
	add_guard(j, (struct guard){"accountDeletes", NULL, j->accounts.deletes ? flag : NULL, 0,
				    j->accounts.deletes, verdict});
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

static void count_holders(const struct judge *j, struct arena *a, const uint64_t *pairs,
			  size_t count, struct holders *h)
{
	const struct change **deletions = find_deletions(j, a);
	for (size_t i = 0; i < count; i++) {
		const struct change *c = deletions[pairs[i] >> 32];
		struct holders *of = &h[(uint32_t)pairs[i]];
		of->live++;
		if (c)
			*(c->withheld ? &of->withheld : &of->taken) += 1;
	}
	for (size_t i = 0; i < j->plan->changes.len; i++) {
		const struct change *c = &j->plan->changes.at[i];
		if (c->type != CHANGE_GRANT || c->unseen)
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

static void judge_holders(struct judge *j, const uint64_t *pairs, size_t count)
{
	ARENA a = {0};
	int64_t limit = j->plan->policy.min_holders;
	size_t entitlements = universe_entitlements(j->u);
	struct holders *h = arena_zalloc(&a, entitlements * sizeof(*h));
	count_holders(j, &a, pairs, count, h);
	for (uint32_t i = 0; i < entitlements; i++) {
		const struct entitlement *e = universe_entitlement_at(j->u, i);
		if (!e->role || !(h[i].taken || h[i].withheld))
			continue;
		int64_t left = h[i].live + h[i].added - h[i].taken;
		enum verdict verdict = VERDICT_PASS;
		if (h[i].taken && left < limit)
			verdict = VERDICT_REFUSED;
		else if (left - h[i].withheld < limit)
			verdict = VERDICT_WITHHELD;
		add_guard(j, (struct guard){"minHolders", role_text(j->arena, e), NULL, limit,
					    left - h[i].withheld, verdict});
	}
}

void guard_judge(struct plan *plan, const struct universe *u, const struct live *live,
		 const uint64_t *pairs, size_t count, bool empty_manifests, struct arena *a)
{
	struct judge j = {.plan = plan, .u = u, .arena = a};
	plan->guards.len = 0;
	count_live(&j, live, pairs, count);
	count_changes(&j);
	judge_removals(&j);
	judge_admin_grants(&j);
	judge_holders(&j, pairs, count);
	if (empty_manifests && all_deletes(&j) > 0)
		add_guard(&j, (struct guard){"emptyManifests", NULL, NULL, 0, all_deletes(&j),
					     VERDICT_REFUSED});
}
