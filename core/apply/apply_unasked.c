/* SPDX-License-Identifier: Apache-2.0 */
/* What came with a run's changes and nobody asked for: a service can give an account a product
 * profile by itself, with an API or when a list of APIs is replaced. */
#include <string.h>

#include "core/apply/applier.h"
#include "core/util/compare.h"

/* By a principal's rank in this look: whether it is an account that the plan is about. In `a`. */
static bool *find_touched(const struct applier *p, const struct reread *v, struct arena *a)
{
	bool *touched = arena_zalloc(a, universe_principals(v->universe) + 1);
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		if (p->plan->changes.at[i].principal->kind == PRINCIPAL_ACCOUNT)
			touched[v->ranks[i].principal] = true;
	}
	return touched;
}

/* The plan's own grants, as keys of a look; sorted. */
static void list_planned(const struct applier *p, const struct reread *v, struct arena *a,
			 struct key_vec *out)
{
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		if (p->plan->changes.at[i].type == CHANGE_GRANT)
			vec_push(a, out, grant_key(v->ranks[i].principal, v->ranks[i].entitlement));
	}
	keys_sort(out);
}

/* Addresses of what the plan's accounts hold beside what it changes; sorted. */
static void list_held(const struct applier *p, const struct reread *v, struct line_vec *out)
{
	ARENA scratch = {0};
	struct key_vec planned = {0};
	const bool *touched = find_touched(p, v, &scratch);
	list_planned(p, v, &scratch, &planned);
	for (size_t i = 0; i < v->pairs.len; i++) {
		uint64_t key = v->pairs.at[i];
		if (!touched[grant_principal(key)] || keys_have(&planned, key))
			continue;
		vec_push(p->arena, out,
			 change_address(
				 p->arena, universe_principal_at(v->universe, grant_principal(key)),
				 universe_entitlement_at(v->universe, grant_entitlement(key))));
	}
	vec_sort(out, compare_texts);
}

void applier_note_held(struct applier *p, const struct reread *v)
{
	p->held = (struct line_vec){0};
	list_held(p, v, &p->held);
}

struct error *applier_find_unasked(struct applier *p, const struct reread *v)
{
	struct line_vec now = {0};
	list_held(p, v, &now);
	p->out->unasked = (struct line_vec){0};
	for (size_t i = 0; i < now.len; i++) {
		if (!vec_find(&p->held, &now.at[i], compare_texts))
			vec_push(p->arena, &p->out->unasked, now.at[i]);
	}
	return NULL;
}
