/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/planner.h"

#include <string.h>

struct change *planner_add_change(struct planner *p, struct change change)
{
	struct change_vec *phase = &p->phases[change_phase(&change)];
	vec_push(&p->scratch, phase, change);
	return &phase->at[phase->len - 1];
}

static void strengthen(struct claim *claim, enum unlisted level, struct location at)
{
	if (level > claim->level)
		*claim = (struct claim){level, at};
}

void planner_claim_assignments(struct planner *p, const struct assignment_vec *all)
{
	for (size_t i = 0; i < all->len; i++) {
		const struct assignment *d = &all->at[i];
		uint32_t number =
			universe_entitlement(p->u, d->role, d->product, d->profile, d->group);
		strengthen(&p->entitlement_claims[universe_entitlement_rank(p->u, number)],
			   d->unlisted ? d->unlisted : UNLISTED_REPORT, d->at);
	}
}

/* What an account's own document says of a live grant that nobody wants. */
static struct claim account_claim(const struct account *a, const struct entitlement *e)
{
	bool listed = e->role ? a->has_roles : a->has_products;
	if (e->api) /* a bundle claims only the APIs that it lists: account_with_apis() */
		listed = a->has_apis;
	if (a->state == STATE_ABSENT || (!listed && (!a->has_bundles || e->api)))
		return (struct claim){0};
	return (struct claim){a->unlisted ? a->unlisted : UNLISTED_REMOVE, a->at};
}

/* Whether the snapshot that is restored could not show if the pair was held. Then it says
 * nothing of it. Where drift is taken back, what stays for that is among the drifts that are left.
 */
static bool was_hidden(const struct planner *p, uint64_t key)
{
	const struct principal *who = universe_principal_at(p->u, grant_principal(key));
	const struct entitlement *e = universe_entitlement_at(p->u, grant_entitlement(key));
	const struct account *a = p->declared[grant_principal(key)];
	const struct organization *o = p->organization;
	if (p->in->left)
		return false;
	if (e->product && !e->role && who->kind != PRINCIPAL_ACCOUNT)
		return live_lists_products(&o->unseen) ||
		       (who->kind == PRINCIPAL_GROUP &&
			live_lists_group(&o->unseen_groups, who->name, e));
	if (!e->role)
		return false;
	if (who->kind == PRINCIPAL_USER)
		return live_lists_role(&o->unseen, e->role);
	return a && live_lists_role(&a->unseen, e->role);
}

struct claim planner_claim(const struct planner *p, uint64_t key)
{
	struct claim claim = p->entitlement_claims[grant_entitlement(key)];
	bool hidden = p->in->exact && was_hidden(p, key);
	if (p->in->exact && !hidden)
		strengthen(&claim, UNLISTED_REMOVE, p->organization->at);
	/* a role is reported without a claim */
	if (hidden && !universe_entitlement_at(p->u, grant_entitlement(key))->role)
		strengthen(&claim, UNLISTED_REPORT, p->organization->at);
	const struct account *a = p->declared[grant_principal(key)];
	if (a) {
		struct claim own =
			account_claim(a, universe_entitlement_at(p->u, grant_entitlement(key)));
		strengthen(&claim, own.level, own.at);
	}
	return claim;
}

struct principal planner_principal_now(const struct planner *p, uint32_t rank)
{
	struct principal who = *universe_principal_at(p->u, rank);
	if (p->moved[rank])
		who.name = p->moved[rank]->meta.name;
	return who;
}

bool planner_is_seen(const struct planner *p, uint64_t key)
{
	const struct principal who = planner_principal_now(p, grant_principal(key));
	return p->in->live->all_seen ||
	       provider_sees(p->in->reader, p->in->session, &who,
			     planner_holder(p, grant_principal(key)),
			     universe_entitlement_at(p->u, grant_entitlement(key)));
}

bool planner_holds_admin(const struct planner *p, uint32_t rank)
{
	for (size_t i = keys_from(&p->live, grant_key(rank, 0));
	     i < p->live.len && grant_principal(p->live.at[i]) == rank; i++) {
		const struct entitlement *e =
			universe_entitlement_at(p->u, grant_entitlement(p->live.at[i]));
		if (provider_is_admin(p->in->reader, p->in->session, e))
			return true;
	}
	return false;
}

bool planner_is_targeted(const struct planner *p, const struct principal *principal)
{
	return !p->in->target ||
	       (principal->kind == PRINCIPAL_ACCOUNT && !strcmp(principal->name, p->in->target));
}

static int by_id_then_name(const void *a, const void *b)
{
	int order = account_by_id(a, b);
	return order ? order : account_by_name(a, b);
}

static void index_ids(struct planner *p, const struct account_vec *all, struct account_ids *out)
{
	if (out->len)
		return;
	for (size_t i = 0; i < all->len; i++) {
		const struct account *account = &all->at[i];
		if (account->id)
			vec_push(&p->scratch, out, account);
	}
	vec_sort(out, by_id_then_name);
}

const struct account **planner_with_id(struct planner *p, const struct account *like)
{
	index_ids(p, &p->in->live->accounts, &p->by_id);
	return vec_find(&p->by_id, &like, account_by_id);
}

bool planner_wants_id(struct planner *p, const struct account *like)
{
	index_ids(p, &p->in->wanted->accounts, &p->wanted_by_id);
	return vec_find(&p->wanted_by_id, &like, account_by_id);
}
