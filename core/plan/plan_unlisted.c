/* SPDX-License-Identifier: Apache-2.0 */
/* What is live, wanted by nobody, and left alone. */
#include <assert.h>
#include <string.h>

#include "core/plan/planner.h"
#include "core/util/clock.h"

struct unlisted_item *planner_add_unlisted(struct planner *p, uint32_t principal,
					   const struct entitlement *e, struct location at)
{
	struct unlisted_vec *all = &p->plan->unlisted;
	vec_push(p->arena, all,
		 (struct unlisted_item){.principal = universe_principal_at(p->u, principal),
					.entitlement = e,
					.at = at});
	return &all->at[all->len - 1];
}

/* Developers of a profile are no administrators, and there are many of them: only their number
 * is told. */
static void count_developer(struct planner *p, const struct entitlement *e)
{
	struct unlisted_vec *all = &p->plan->unlisted;
	for (size_t i = 0; i < all->len; i++) {
		if (all->at[i].count && all->at[i].entitlement == e) {
			all->at[i].count++;
			return;
		}
	}
	vec_push(p->arena, all, (struct unlisted_item){.entitlement = e, .count = 1});
}

bool planner_is_kept(const struct planner *p, uint64_t key)
{
	const struct account *a = p->declared[grant_principal(key)];
	return a && a->state != STATE_ABSENT && a->unlisted == UNLISTED_KEEP;
}

static const struct grant_end *find_end_of(struct planner *p, const struct principal *who,
					   uint64_t key)
{
	const struct entitlement *e = universe_entitlement_at(p->u, grant_entitlement(key));
	return grant_ends_find(planner_ends_before(p), change_address(&p->scratch, who, e));
}

/* The end that a grant had while a manifest said so, also under the name that its account had
 * before somebody renamed it in the service; NULL. */
static const char *find_end(struct planner *p, uint64_t key)
{
	const struct principal *who = universe_principal_at(p->u, grant_principal(key));
	char day[DATE_TEXT];
	if (!p->in->ends_before || p->in->ends_before->len == 0)
		return NULL;
	const struct grant_end *last = find_end_of(p, who, key);
	const char *then = who->kind == PRINCIPAL_ACCOUNT
				   ? planner_base_name(p, planner_live(p, grant_principal(key)))
				   : NULL;
	if (!last && then)
		last = find_end_of(p, &(struct principal){then, PRINCIPAL_ACCOUNT}, key);
	if (!last)
		return NULL;
	date_format(last->day, day);
	return arena_strdup(p->arena, day);
}

/* Rights over others are told whoever holds them, though no document speaks of them; and so is what
 * was to end, for nothing takes it back any more. */
void planner_tell_unlisted(struct planner *p, uint64_t key, const struct claim *claim)
{
	const struct entitlement *e = universe_entitlement_at(p->u, grant_entitlement(key));
	bool spoken_of = claim->level != UNLISTED_UNSET || planner_is_kept(p, key);
	const char *end = find_end(p, key);
	if (!spoken_of && e->role == ROLE_DEVELOPER && !end)
		count_developer(p, e);
	else if (claim->level == UNLISTED_REPORT || end ||
		 (!spoken_of && provider_is_admin(p->in->reader, p->in->session, e)))
		planner_add_unlisted(p, grant_principal(key), e, claim->at)->was_to_end = end;
}

/* Items without a principal come last. */
static int by_principal(const struct principal *x, const struct principal *y)
{
	if (!x || !y)
		return !x - !y;
	int order = (int)x->kind - (int)y->kind;
	return order ? order : strcmp(x->name, y->name);
}

static int by_place(const void *a, const void *b)
{
	const struct unlisted_item *x = a, *y = b;
	int order = by_principal(x->principal, y->principal);
	order = order ? order : !!x->entitlement - !!y->entitlement;
	if (order)
		return order;
	assert(x->entitlement && y->entitlement); /* an account is told once */
	return entitlement_compare(x->entitlement, y->entitlement);
}

void planner_sort_unlisted(struct planner *p)
{
	vec_sort(&p->plan->unlisted, by_place);
}
