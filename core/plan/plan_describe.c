/* SPDX-License-Identifier: Apache-2.0 */
/* What a plan tells of each change: words for people, and the price. */
#include "core/plan/planner.h"

/* Both are asked of the provider. */
void planner_describe(struct planner *p)
{
	const struct provider_reader *r = p->in->reader;
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		struct change *c = &p->plan->changes.at[i];
		if (change_is_manual(c))
			c->steps = provider_describe(r, p->in->session, p->arena, c,
						     plan_email(p->plan, c));
		if (!c->note)
			c->note = provider_note(r, p->in->session, p->arena, p->plan, c);
	}
	provider_price(r, p->in->session, p->plan, &p->plan->cost);
}
