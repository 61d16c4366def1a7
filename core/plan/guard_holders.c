/* SPDX-License-Identifier: Apache-2.0 */
/* Who must keep what: the holders of a role, and those whom the operator requires. */
#include <string.h>

#include "core/language/config.h"
#include "core/plan/judge.h"
#include "core/util/compare.h"
#include "core/util/keys.h"

const char *guard_role_text(struct arena *a, const struct entitlement *e)
{
	const char *scope = e->group ? e->group : e->product;
	if (!scope)
		return role_table[e->role].name;
	return e->profile ? arena_printf(a, "%s of %s / %s", role_table[e->role].name, scope,
					 e->profile)
			  : arena_printf(a, "%s of %s", role_table[e->role].name, scope);
}

bool guard_is_kept(const struct policy *policy, const struct entitlement *e)
{
	return policy->min_holders[e->role] > 0 ||
	       (e->role == ROLE_SYSTEM_ADMINISTRATOR && policy->min_persons > 0);
}

/* ---- holders of roles ---- */

/* One role in one scope whose holders must be kept: how many hold it after the removals judged
 * so far, and how many would if nothing were withheld. */
struct seats {
	uint32_t rank;
	const struct entitlement *role;
	int64_t holders, persons;
	int64_t holders_wanted, persons_wanted;
	bool touched, withheld;
};
VEC(seats_vec, struct seats);

static struct seats *find_seats(struct seats_vec *all, uint32_t rank)
{
	for (size_t i = 0; i < all->len; i++) {
		if (all->at[i].rank == rank)
			return &all->at[i];
	}
	return NULL;
}

static void find_kept(const struct judge *j, struct arena *a, struct seats_vec *out)
{
	for (uint32_t rank = 0; rank < universe_entitlements(j->u); rank++) {
		const struct entitlement *e = universe_entitlement_at(j->u, rank);
		if (e->role && guard_is_kept(&j->in->policy, e))
			vec_push(a, out, (struct seats){.rank = rank, .role = e});
	}
}

static void seat(struct seats *s, const struct principal *who, int by)
{
	s->holders += by;
	if (who->kind == PRINCIPAL_USER)
		s->persons += by;
}

/* Counts the holders that a read shows and those that this run adds: grants come before
 * removals, and the barrier reads them back. Grants that a person makes may come late, and do
 * not count. */
static void fill_seats(const struct judge *j, struct seats_vec *all)
{
	for (size_t i = 0; i < j->in->count && all->len; i++) {
		struct seats *s = find_seats(all, (uint32_t)j->in->pairs[i]);
		if (s)
			seat(s, universe_principal_at(j->u, grant_principal(j->in->pairs[i])), 1);
	}
	for (size_t i = 0; i < j->in->changes->len && all->len; i++) {
		const struct change *c = &j->in->changes->at[i];
		bool given = c->type == CHANGE_GRANT && c->action == ACTION_CREATE && !c->unseen &&
			     !change_is_manual(c) && judge_is_ahead(j, i);
		struct seats *s = given ? find_seats(all, j->in->ranks[i].entitlement) : NULL;
		if (s)
			seat(s, c->principal, 1);
	}
	for (size_t i = 0; i < all->len; i++) {
		all->at[i].holders_wanted = all->at[i].holders;
		all->at[i].persons_wanted = all->at[i].persons;
	}
}

static bool is_held(const struct judge *j, uint32_t principal, uint32_t entitlement)
{
	const struct key_vec pairs = {.at = (uint64_t *)(uintptr_t)j->in->pairs,
				      .len = j->in->count};
	return keys_have(&pairs, grant_key(principal, entitlement));
}

/* Whether a read shows that the principal lacks it. */
static bool is_seen_absent(const struct judge *j, const struct change *c,
			   const struct entitlement *e)
{
	return provider_sees(j->in->reader, j->in->session, c->principal, c->before, e);
}

static int64_t persons_limit(const struct judge *j, const struct seats *s)
{
	return s->role->role == ROLE_SYSTEM_ADMINISTRATOR ? j->in->policy.min_persons : 0;
}

/* What a removal does to one kept role. */
struct loss {
	bool possible, sure; /* it may take a holder; it does */
};

static struct loss loss_of(const struct judge *j, size_t i, const struct seats *s)
{
	const struct change *c = &j->in->changes->at[i];
	const struct change_rank *r = &j->in->ranks[i];
	if (c->type == CHANGE_PROJECT || (c->type == CHANGE_GRANT && r->entitlement != s->rank))
		return (struct loss){false, false};
	bool held = is_held(j, r->principal, s->rank);
	bool possible = held || c->type == CHANGE_GRANT || !is_seen_absent(j, c, s->role);
	return (struct loss){possible, held};
}

static bool is_too_few(const struct judge *j, const struct seats *s, const struct principal *who,
		       bool sure)
{
	bool person = who->kind == PRINCIPAL_USER;
	int64_t holders = s->holders - sure, persons = s->persons - (sure && person);
	return holders < j->in->policy.min_holders[s->role->role] ||
	       (person && persons < persons_limit(j, s));
}

/* Whether a removal may go below the limit. A grant with an end was given so that it ends; but
 * the last system administrators stay all the same. */
static bool may_end(const struct judge *j, size_t i, const struct seats *s)
{
	return judge_has_ended(j, i) && s->role->role != ROLE_SYSTEM_ADMINISTRATOR;
}

static void judge_removal(struct judge *j, size_t i, struct seats_vec *all)
{
	const struct change *c = &j->in->changes->at[i];
	bool due = judge_is_due(j, i), keep = false;
	for (size_t k = 0; k < all->len; k++) {
		struct seats *s = &all->at[k];
		struct loss loss = loss_of(j, i, s);
		bool person = c->principal->kind == PRINCIPAL_USER;
		s->touched |= loss.possible;
		s->holders_wanted -= loss.sure;
		s->persons_wanted -= loss.sure && person;
		bool few = loss.possible && !may_end(j, i, s) &&
			   is_too_few(j, s, c->principal, loss.sure);
		s->withheld |= few;
		keep |= few;
	}
	if (!due)
		return;
	if (keep) {
		j->out->withheld[i] = WITHHELD_HOLDERS;
		return;
	}
	for (size_t k = 0; k < all->len; k++) {
		if (loss_of(j, i, &all->at[k]).sure)
			seat(&all->at[k], c->principal, -1);
	}
}

static void add_holder_guards(struct judge *j, const struct seats *s)
{
	int64_t limit = j->in->policy.min_holders[s->role->role], persons = persons_limit(j, s);
	bool few = s->holders_wanted < limit, few_persons = s->persons_wanted < persons;
	const char *role = guard_role_text(j->arena, s->role);
	enum guard_verdict verdict = s->withheld ? VERDICT_WITHHELD : VERDICT_PASS;
	if (!s->touched)
		return;
	judge_add(j, (struct guard){"minHolders", role, NULL, limit, s->holders_wanted,
				    few ? verdict : VERDICT_PASS});
	if (persons)
		judge_add(j, (struct guard){"minPersons", role, NULL, persons, s->persons_wanted,
					    few_persons ? verdict : VERDICT_PASS});
}

void judge_holders(struct judge *j)
{
	ARENA a = {0};
	struct seats_vec all = {0};
	find_kept(j, &a, &all);
	fill_seats(j, &all);
	for (size_t i = 0; i < j->in->changes->len && all.len; i++) {
		const struct change *c = &j->in->changes->at[i];
		if (c->action == ACTION_DELETE && judge_is_ahead(j, i))
			judge_removal(j, i, &all);
	}
	for (size_t i = 0; i < all.len; i++)
		add_holder_guards(j, &all.at[i]);
}

/* ---- replacements ---- */

/* Whether a grant is wanted and will not be there when removals begin. */
static bool is_unmet(const struct judge *j, size_t i)
{
	const struct change *c = &j->in->changes->at[i];
	if (c->type != CHANGE_GRANT || c->action != ACTION_CREATE)
		return false;
	if (j->in->unmet && j->in->unmet[i])
		return true;
	return judge_is_ahead(j, i) && (change_is_manual(c) || (c->unseen && !c->idle));
}

static bool is_blocked(const struct judge *j, const struct entitlement *e)
{
	for (size_t i = 0; i < j->in->blocked_count; i++) {
		if (j->in->blocked[i] && entitlement_compare(j->in->blocked[i], e) == 0)
			return true;
	}
	return false;
}

static bool is_not_listed(const struct judge *j, size_t i)
{
	enum reason reason = j->in->changes->at[i].reason;
	return reason == REASON_NOT_LISTED || (reason == REASON_EXPIRED && !judge_has_ended(j, i));
}

void judge_replacements(struct judge *j)
{
	ARENA a = {0};
	const struct change_vec *all = j->in->changes;
	bool *unmet = arena_zalloc(&a, universe_entitlements(j->u) + 1);
	int64_t withheld = 0;
	for (size_t i = 0; i < all->len; i++) {
		if (is_unmet(j, i))
			unmet[j->in->ranks[i].entitlement] = true;
	}
	for (size_t i = 0; i < all->len && !j->in->consent.unreplaced; i++) {
		const struct change *c = &all->at[i];
		if (c->type != CHANGE_GRANT || c->action != ACTION_DELETE || !is_not_listed(j, i) ||
		    !judge_is_due(j, i))
			continue;
		if (!unmet[j->in->ranks[i].entitlement] && !is_blocked(j, c->entitlement))
			continue;
		j->out->withheld[i] = WITHHELD_REPLACEMENT;
		withheld++;
	}
	if (withheld)
		judge_add(j, (struct guard){"replacement", NULL, "--allow-unreplaced", 0, withheld,
					    VERDICT_WITHHELD});
}

/* ---- who must keep a role ---- */

static bool is_holder(const struct required_holder *r, const struct principal *p)
{
	if (p->kind == PRINCIPAL_ACCOUNT)
		return r->account && !strcmp(r->account, p->name);
	if (p->kind == PRINCIPAL_PROJECT)
		return false;
	if (p->kind == PRINCIPAL_USER)
		return r->user && !strcasecmp(r->user, p->name); /* manifests have ASCII here */
	return r->user_group && !strcmp(r->user_group, p->name);
}

static bool is_required(const struct required_holder *r, const struct entitlement *e)
{
	return e->role == r->role && is_same_text(e->product, r->product) &&
	       is_same_text(e->profile, r->profile) && is_same_text(e->group, r->group);
}

static bool holds_live(const struct judge *j, const struct required_holder *r)
{
	for (size_t i = 0; i < j->in->count; i++) {
		uint64_t pair = j->in->pairs[i];
		if (is_required(r, universe_entitlement_at(j->u, (uint32_t)pair)) &&
		    is_holder(r, universe_principal_at(j->u, grant_principal(pair))))
			return true;
	}
	return false;
}

/* Whether the holder has the role once all is carried out, a person's part included. */
static bool holds_after(const struct judge *j, const struct required_holder *r)
{
	bool holds = holds_live(j, r);
	for (size_t i = 0; i < j->in->changes->len; i++) {
		const struct change *c = &j->in->changes->at[i];
		if (!judge_is_due(j, i) || !is_holder(r, c->principal))
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
	return arena_printf(a, "%s as %s", holder, guard_role_text(a, &e));
}

void judge_required(struct judge *j)
{
	const struct operator_policy *o = j->in->operator_policy;
	for (size_t i = 0; o && i < o->required.len; i++) {
		const struct required_holder *r = &o->required.at[i];
		bool holds = holds_after(j, r);
		judge_add(j, (struct guard){"required", required_text(j->arena, r), NULL, 1, holds,
					    holds ? VERDICT_PASS : VERDICT_REFUSED});
	}
}
