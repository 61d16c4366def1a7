/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/wire/budget.h"

int64_t budget_due(const struct budget_state *b, int64_t now)
{
	return now > b->held ? now : b->held;
}

void budget_served(struct budget_state *b)
{
	b->served = true;
}

bool budget_is_pace(const struct budget_state *b, uint32_t wait_s)
{
	return b->served && wait_s <= BUDGET_WINDOW_S;
}

bool budget_hold(struct budget_state *b, int64_t until)
{
	bool news = until > b->held;
	b->served = false;
	if (news)
		b->held = until;
	return news;
}
