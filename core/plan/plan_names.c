/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts that somebody gave another name in the service.
 *
 * An account is one with its id. Manifests that have the name of before mean the same account: the
 * plan goes on with it under the name that it has, and leaves that name for `drift revert`, or for
 * manifests that say it. */
#include <stdlib.h>
#include <string.h>

#include "core/model/live.h"
#include "core/plan/planner.h"
#include "core/util/compare.h"

struct followed_account {
	const struct account *said, *base, *live;
};

struct follower {
	struct planner *p;
	VEC(, struct followed_account) found; /* by the name that is said */
	VEC(, const char *) earlier;	      /* names that manifests take accounts from */
	bool indexed;
};

static int by_said(const void *a, const void *b)
{
	const struct followed_account *x = a, *y = b;
	return strcmp(x->said->meta.name, y->said->meta.name);
}

static void make_index(struct follower *f)
{
	const struct account_vec *wanted = &f->p->in->wanted->accounts;
	for (size_t i = 0; i < wanted->len; i++) {
		for (size_t k = 0; k < wanted->at[i].meta.previously.len; k++)
			vec_push(&f->p->scratch, &f->earlier,
				 wanted->at[i].meta.previously.at[k].text);
	}
	vec_sort(&f->earlier, compare_texts);
	f->indexed = true;
}

/* Whether manifests say themselves whose name this is. */
static bool is_spoken_for(const struct follower *f, const char *name)
{
	return model_find_account(f->p->in->index, name) ||
	       vec_find(&f->earlier, &name, compare_texts);
}

/* The live account that the snapshot knew by this name, which nobody has now; NULL. */
static const struct account *find_live(struct follower *f, const struct account *base)
{
	if (!f->indexed)
		make_index(f);
	for (const struct account **live = planner_with_id(f->p, base);
	     live && account_by_id(live, &base) == 0; live = vec_next(&f->p->by_id, live)) {
		if (!is_spoken_for(f, (*live)->meta.name))
			return *live;
	}
	return NULL;
}

static void find_followed(struct follower *f)
{
	const struct plan_input *in = f->p->in;
	for (size_t i = 0; i < in->wanted->accounts.len; i++) {
		const struct account *said = &in->wanted->accounts.at[i];
		const char *name = said->meta.name;
		const struct account *base =
			live_find(in->live, name) ? NULL : live_find(in->base, name);
		const struct account *live =
			base && base->id && said->state != STATE_ABSENT ? find_live(f, base) : NULL;
		if (live)
			vec_push(&f->p->scratch, &f->found,
				 (struct followed_account){said, base, live});
	}
	vec_sort(&f->found, by_said);
}

/* Where the credential has the account's name it went along with it. */
static bool went_along(const struct followed_account *x)
{
	return x->said->credential && !strcmp(x->said->credential, account_credential(x->base)) &&
	       !strcmp(account_credential(x->live), x->live->meta.name);
}

static void follow(struct planner *p, const struct followed_account *x, struct account *to)
{
	struct text_vec previously = {0};
	for (size_t i = 0; i < to->meta.previously.len; i++)
		vec_push(p->arena, &previously, to->meta.previously.at[i]);
	vec_push(p->arena, &previously, (struct text_item){to->meta.name, to->meta.name_at});
	if (went_along(x))
		to->credential = NULL;
	to->meta.previously = previously;
	to->meta.name = x->live->meta.name;
	if (p->in->accepts)
		return;
	report_add(p->report, SEVERITY_WARNING, "W0719", to->meta.name_at, 0,
		   "take the new name over with `writ drift accept`, or give back the old one with "
		   "`writ drift revert`",
		   "account %s is called %s in the service since the snapshot; it is the same",
		   quoted(p->arena, x->said->meta.name), quoted(p->arena, to->meta.name));
}

static const struct followed_account *find(const struct follower *f, const char *name)
{
	const struct account said = {.meta.name = name};
	const struct followed_account key = {.said = &said};
	return vec_find(&f->found, &key, by_said);
}

static void follow_members(const struct follower *f, struct entry_vec *members)
{
	struct entry_vec copy = {0};
	for (size_t i = 0; i < members->len; i++) {
		struct entry e = members->at[i];
		const struct followed_account *x =
			e.member == PRINCIPAL_ACCOUNT && e.name ? find(f, e.name) : NULL;
		if (x)
			e.name = x->live->meta.name;
		vec_push(f->p->arena, &copy, e);
	}
	*members = copy;
}

static void follow_assignments(const struct follower *f, struct assignment_vec *all)
{
	struct assignment_vec copy = {0};
	for (size_t i = 0; i < all->len; i++) {
		struct assignment x = all->at[i];
		follow_members(f, &x.members);
		vec_push(f->p->arena, &copy, x);
	}
	*all = copy;
}

/* The manifests as they would be with the names of today. */
static const struct model *renamed_model(const struct follower *f)
{
	struct planner *p = f->p;
	struct model *m = arena_alloc(p->arena, sizeof(*m));
	struct account_vec accounts = {0};
	*m = *p->in->wanted;
	for (size_t i = 0; i < m->accounts.len; i++) {
		struct account a = m->accounts.at[i];
		const struct followed_account *x = find(f, a.meta.name);
		if (x)
			follow(p, x, &a);
		vec_push(p->arena, &accounts, a);
	}
	m->accounts = accounts;
	follow_assignments(f, &m->roles);
	follow_assignments(f, &m->products);
	return m;
}

void planner_follow_names(struct planner *p)
{
	struct follower f = {.p = p};
	if (!p->in->base || p->in->exact)
		return;
	find_followed(&f);
	if (f.found.len == 0)
		return;
	struct plan_input *in = arena_alloc(&p->scratch, sizeof(*in));
	struct model_index *index = arena_alloc(p->arena, sizeof(*index));
	*in = *p->in;
	in->wanted = p->plan->wanted = renamed_model(&f);
	model_index(in->wanted, p->arena, index);
	in->index = index;
	const struct followed_account *target = in->target ? find(&f, in->target) : NULL;
	if (target)
		in->target = p->plan->target = target->live->meta.name;
	for (size_t i = 0; i < f.found.len; i++)
		vec_push(&p->scratch, &p->followed, f.found.at[i].live->meta.name);
	vec_sort(&p->followed, compare_texts);
	p->in = in;
}

bool planner_is_followed(const struct planner *p, const char *name)
{
	return vec_find(&p->followed, &name, compare_texts);
}

const char *planner_base_name(const struct planner *p, const struct account *live)
{
	const struct account *base =
		live && live->id && p->in->base ? drift_base_of(p->in->base, live) : NULL;
	return base && base->id && !strcmp(base->id, live->id) ? base->meta.name : NULL;
}

static bool is_among(struct planner *p, const struct change *c, const char *name,
		     const char *const *addresses, size_t count)
{
	const struct principal then = {.kind = PRINCIPAL_ACCOUNT, .name = name};
	const char *address = change_address(&p->scratch, &then, c->entitlement);
	return bsearch(&address, addresses, count, sizeof(*addresses), compare_texts);
}

bool planner_had_name(struct planner *p, const struct change *c, const char *const *addresses,
		      size_t count)
{
	const struct account *said = p->declared[c->principal_rank];
	const struct account *live = planner_live(p, c->principal_rank);
	const char *base = planner_base_name(p, live ? live : c->before);
	if (c->principal->kind != PRINCIPAL_ACCOUNT)
		return false;
	if (base && is_among(p, c, base, addresses, count))
		return true;
	for (size_t i = 0; said && i < said->meta.previously.len; i++) {
		if (is_among(p, c, said->meta.previously.at[i].text, addresses, count))
			return true;
	}
	return false;
}
