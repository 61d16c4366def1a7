/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/undo.h"

#include "core/util/keys.h"

struct ranked_place {
	uint64_t key;
	struct location at;
};

static int by_ranks(const void *a, const void *b)
{
	const struct ranked_place *x = a, *y = b;
	return x->key < y->key ? -1 : x->key > y->key;
}

void undo_place(const struct undo *undo, const struct universe *u, struct arena *a,
		struct plan *plan)
{
	VEC(, struct ranked_place) places = {0};
	for (size_t i = 0; i < undo->places.len; i++) {
		const struct undo_place *p = &undo->places.at[i];
		vec_push(a, &places,
			 (struct ranked_place){
				 grant_key(universe_principal_rank(u, p->principal),
					   universe_entitlement_rank(u, p->entitlement)),
				 p->at});
	}
	vec_sort(&places, by_ranks);
	for (size_t i = 0; i < plan->changes.len && places.len; i++) {
		struct change *c = &plan->changes.at[i];
		struct ranked_place key = {grant_key(c->principal_rank, c->entitlement_rank),
					   c->at};
		if (c->type != CHANGE_GRANT || c->action != ACTION_DELETE)
			continue;
		const struct ranked_place *found = vec_find(&places, &key, by_ranks);
		if (found)
			c->at = found->at;
	}
}
