/* SPDX-License-Identifier: Apache-2.0 */
/* The third leg of a plan, the last snapshot: who moved, manifests or somebody else, and what
 * becomes of each drift. */
#include <assert.h>
#include <string.h>

#include "core/model/live.h"
#include "core/plan/drift_ignore.h"
#include "core/plan/planner.h"
#include "core/util/clock.h"

static enum mover grant_mover(const struct planner *p, const struct change *c)
{
	uint64_t key = grant_key(c->principal_rank, c->entitlement_rank);
	bool was = keys_have(&p->base, key);
	return was == (c->action == ACTION_CREATE) ? MOVER_DRIFT : MOVER_PENDING;
}

/* Who moved an account away from what the snapshot says, judged attribute by attribute. */
static enum mover account_mover(const struct planner *p, const struct change *c)
{
	const struct account *base = c->before ? drift_base_of(p->in->base, c->before)
					       : live_find(p->in->base, c->after->meta.name);
	if (c->action != ACTION_UPDATE)
		return !base == (c->action == ACTION_CREATE) ? MOVER_PENDING : MOVER_DRIFT;
	if (!base)
		return MOVER_PENDING;
	assert(c->before && c->after); /* an update has both */
	unsigned live = account_difference(base, c->before, c->attributes) |
			account_difference(c->before, base, c->attributes);
	unsigned wanted = account_difference(base, c->after, c->attributes);
	bool moved = strcmp(base->meta.name, c->before->meta.name) != 0;
	bool elsewhere = moved && c->reason == REASON_RENAMED &&
			 strcmp(base->meta.name, c->after->meta.name) != 0;
	if ((live & wanted) || elsewhere)
		return MOVER_CONFLICT;
	return live == c->attributes && (live || moved) ? MOVER_DRIFT : MOVER_PENDING;
}

static void find_movers(struct planner *p)
{
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		struct change *c = &p->plan->changes.at[i];
		if (c->type != CHANGE_PROJECT) /* no snapshot has projects */
			c->mover =
				c->type == CHANGE_GRANT ? grant_mover(p, c) : account_mover(p, c);
	}
}

/* A change of changes[], found by what it changes. */
struct change_place {
	uint64_t key;
	size_t at;
};
VEC(change_place_vec, struct change_place);

static uint64_t place_key(uint32_t principal, const struct entitlement *e, uint32_t rank)
{
	return grant_key(principal, e ? rank + 1 : 0);
}

static int by_place(const void *a, const void *b)
{
	const struct change_place *x = a, *y = b;
	return x->key < y->key ? -1 : x->key > y->key;
}

static void index_changes(struct planner *p, struct change_place_vec *out)
{
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		const struct change *c = &p->plan->changes.at[i];
		uint64_t key = place_key(c->principal_rank, c->entitlement, c->entitlement_rank);
		vec_push(&p->scratch, out, (struct change_place){key, i});
	}
	vec_sort(out, by_place);
}

static struct change *change_of(const struct planner *p, const struct change_place_vec *places,
				const struct drift_item *d)
{
	struct change_place key = {
		place_key(p->names[d->principal_rank], d->entitlement, d->entitlement_rank), 0};
	const struct change_place *found = vec_find(places, &key, by_place);
	return found ? &p->plan->changes.at[found->at] : NULL;
}

static bool is_declared(const struct planner *p, const struct drift_item *d)
{
	struct wanted_pair key = {grant_key(p->names[d->principal_rank], d->entitlement_rank),
				  NULL};
	if (!d->entitlement)
		return p->declared[p->names[d->principal_rank]];
	return vec_find(&p->grants, &key, planner_by_key);
}

/* Whether manifests say anything of what they do not want. A document that keeps what it does not
 * list says nothing of it; of an account the Organization is that document, unless one says that
 * the account is absent. A grant that has ended is claimed by its own line. */
static bool is_claimed(const struct planner *p, const struct drift_item *d)
{
	const struct wanted_pair like = {
		grant_key(p->names[d->principal_rank], d->entitlement_rank), NULL};
	if (d->entitlement)
		return planner_claim(p, like.key).level > UNLISTED_KEEP ||
		       vec_find(&p->expired, &like, planner_by_key);
	return p->in->exact || p->organization->unlisted != UNLISTED_KEEP ||
	       model_find_account(p->in->index, d->principal->name);
}

/* The changes of the plan, as the search for what becomes of each drift needs them. */
struct reaction {
	struct planner *p;
	struct change_place_vec places;
	bool *dropped; /* by index: left out, since an ignored drift keeps things as they are */
};

static bool is_kept(const struct reaction *r, const struct change *c)
{
	return c && !r->dropped[c - r->p->plan->changes.at];
}

/* A grant that goes with its account is no change of its own. */
static bool goes_with_account(const struct reaction *r, const struct drift_item *d)
{
	struct drift_item account = *d;
	account.entitlement = NULL;
	const struct change *c = change_of(r->p, &r->places, &account);
	return d->kind == DRIFT_APPEARED && is_kept(r, c) && c->action == ACTION_DELETE;
}

/* Whether another account is to have the name that somebody took from this one: then manifests say
 * nothing of the change, for they know no ids. */
static bool is_name_wanted(struct planner *p, const struct drift_item *d)
{
	const char *then = d->before->meta.name;
	return strcmp(then, d->after->meta.name) != 0 &&
	       p->declared[planner_account_rank(p, then, false)];
}

/* Whether manifests say all that changed of an account as it is live. A credential that they do not
 * say stays what it is. */
static bool is_said(struct planner *p, const struct drift_item *d)
{
	const struct account *a = d->entitlement ? NULL : p->declared[p->names[d->principal_rank]];
	if (!a || d->kind != DRIFT_CHANGED)
		return true;
	/* A snapshot knows by ids who had which name. */
	if (p->in->exact && (d->remade || strcmp(d->before->meta.name, d->after->meta.name) != 0))
		return false;
	unsigned compared = d->attributes & ~(unsigned)ATTRIBUTE_CREDENTIAL;
	if (is_name_wanted(p, d) || account_difference(d->after, a, compared))
		return false;
	unsigned said = (a->description ? ATTRIBUTE_DESCRIPTION : 0U) |
			(a->owner ? ATTRIBUTE_OWNER : 0U) | (a->project ? ATTRIBUTE_PROJECT : 0U) |
			(a->meta.has_labels ? ATTRIBUTE_LABELS : 0U) | ATTRIBUTE_CREDENTIAL;
	return !(d->attributes & ~said);
}

/* The plan leaves the name that somebody gave it. */
static bool is_followed(const struct planner *p, const struct drift_item *d)
{
	return !d->entitlement && d->after && planner_is_followed(p, d->after->meta.name);
}

static enum drift_fate fate_of(const struct reaction *r, const struct drift_item *d)
{
	struct planner *p = r->p;
	const struct change *c = change_of(p, &r->places, d);
	if (is_followed(p, d))
		return DRIFT_LEFT;
	const struct principal *holder = universe_principal_at(p->u, p->names[d->principal_rank]);
	if (c && !is_kept(r, c))
		return DRIFT_LEFT;
	if (c && d->kind == DRIFT_CHANGED && c->action == ACTION_DELETE)
		return DRIFT_CONFLICT; /* who is deleted does not get a name or words back */
	if (c)
		return c->mover == MOVER_CONFLICT ? DRIFT_CONFLICT : DRIFT_REVERTED;
	if (goes_with_account(r, d))
		return DRIFT_REVERTED;
	if (!planner_is_targeted(p, holder))
		return DRIFT_LEFT;
	if (is_declared(p, d))
		return d->kind == DRIFT_GONE || !is_said(p, d) ? DRIFT_LEFT : DRIFT_AGREED;
	return d->kind == DRIFT_GONE && is_claimed(p, d) ? DRIFT_AGREED : DRIFT_LEFT;
}

/* An entry that ignores what the manifests themselves say by now leaves nothing open. */
static void settle_fate(const struct reaction *r, struct drift_item *d)
{
	enum drift_fate fate = fate_of(r, d);
	if (d->fate == DRIFT_IGNORED && (r->p->in->left || fate != DRIFT_AGREED))
		return;
	d->fate = fate;
	d->ignore = NULL;
}

/* Whether no account has the name that manifests use until this change is made. */
static bool makes_name(const struct change *c)
{
	return c->type == CHANGE_ACCOUNT &&
	       (c->action == ACTION_CREATE || c->reason == REASON_RENAMED);
}

static bool takes_right(const struct planner *p, const struct change *c)
{
	return c->risk == RISK_ADMIN_REMOVAL ||
	       (c->risk == RISK_ACCOUNT_DELETE && planner_holds_admin(p, c->principal_rank));
}

/* By principal rank: whether the plan takes an administrator right that nothing may leave it. */
static const bool *find_losers(const struct planner *p, struct arena *a)
{
	bool *losers = arena_zalloc(a, universe_principals(p->u) + 1);
	bool asked = !p->in->left && drift_not_left(p->in->operator_policy);
	for (size_t i = 0; asked && i < p->plan->changes.len; i++) {
		const struct change *c = &p->plan->changes.at[i];
		losers[c->principal_rank] |= takes_right(p, c);
	}
	return losers;
}

/* A drift of an account that manifests ignore, although an administrator right would stay with it
 * for that. */
static bool leaves_right(const struct planner *p, const struct drift_item *d,
			 const struct change *c, const bool *losers)
{
	uint32_t rank = c ? c->principal_rank : p->names[d->principal_rank];
	bool leaves = is_followed(p, d) || (c && (makes_name(c) || c->action == ACTION_DELETE));
	return !d->entitlement && leaves && losers[rank];
}

/* A drift that a manifest ignores is not reverted; an account that is not made or renamed then, or
 * whose name somebody changed, gets no grants either. */
static void find_dropped(struct reaction *r)
{
	struct planner *p = r->p;
	const struct change_vec *all = &p->plan->changes;
	bool *nameless = arena_zalloc(&p->scratch, universe_principals(p->u));
	const bool *losers = find_losers(p, &p->scratch);
	for (size_t i = 0; i < p->plan->drift.len; i++) {
		struct drift_item *d = &p->plan->drift.at[i];
		if (d->fate != DRIFT_IGNORED)
			continue;
		const struct change *c = change_of(p, &r->places, d);
		if (leaves_right(p, d, c, losers)) {
			drift_reopen(d, drift_not_left(p->in->operator_policy));
			continue;
		}
		if (is_followed(p, d))
			nameless[p->names[d->principal_rank]] = true;
		if (!c)
			continue;
		r->dropped[c - all->at] = true;
		nameless[c->principal_rank] |= makes_name(c);
	}
	for (size_t i = 0; i < all->len; i++)
		r->dropped[i] |= nameless[all->at[i].principal_rank];
}

static void drop_changes(const struct reaction *r)
{
	struct change_vec *all = &r->p->plan->changes;
	size_t kept = 0;
	assert(all->at || all->len == 0);
	for (size_t i = 0; i < all->len; i++) {
		if (!r->dropped[i])
			all->at[kept++] = all->at[i];
	}
	all->len = kept;
}

/* By how many percent what is live is less than what the snapshot has, of all that this read would
 * show: it need not be a whole one. */
static int32_t find_shrink(const struct planner *p)
{
	size_t kept = 0, gone = 0, now = p->live.len;
	for (size_t i = 0; i < p->base.len; i++) {
		uint64_t key = p->base.at[i];
		if (i && key == p->base.at[i - 1])
			continue;
		if (keys_have(&p->live, key))
			kept++;
		else
			gone += planner_is_seen(p, key);
	}
	size_t then = kept + gone;
	return now < then ? (int32_t)((then - now) * 100 / then) : 0;
}

static bool is_about(const struct change *c, const struct drift_item *d)
{
	if (principal_compare(c->principal, d->principal) != 0 ||
	    !c->entitlement != !d->entitlement)
		return false;
	return !c->entitlement || entitlement_compare(c->entitlement, d->entitlement) == 0;
}

void plan_credit_runs(struct plan *plan)
{
	for (size_t i = 0; i < plan->drift.len; i++) {
		struct drift_item *d = &plan->drift.at[i];
		if (!drift_is_unrecorded(d))
			continue;
		if (d->fate == DRIFT_CONFLICT)
			d->fate = DRIFT_REVERTED;
		for (size_t k = 0; k < plan->changes.len; k++) {
			if (is_about(&plan->changes.at[k], d))
				plan->changes.at[k].mover = MOVER_PENDING;
		}
	}
}

void planner_compare_base(struct planner *p)
{
	struct reaction r = {.p = p};
	struct drift_vec *all = &p->plan->drift;
	r.dropped = arena_zalloc(&p->scratch, p->plan->changes.len + 1);
	p->plan->base = p->in->base_name;
	p->plan->base_live = p->in->base;
	int32_t shrink = find_shrink(p), whole = live_shrink(p->in->base, p->in->live);
	p->plan->live_shrink = shrink > whole ? shrink : whole;
	find_movers(p);
	index_changes(p, &r.places);
	drift_find(&p->three_way, p->arena, all);
	if (p->in->left)
		drift_leave(all, p->in->left);
	else
		drift_apply_ignores(all, &p->organization->ignored_drift, p->in->index,
				    time_day(p->in->now), p->in->operator_policy);
	find_dropped(&r);
	for (size_t i = 0; i < all->len; i++)
		settle_fate(&r, &all->at[i]);
	drop_changes(&r);
}
