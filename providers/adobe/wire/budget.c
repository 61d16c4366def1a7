/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/wire/budget.h"

#include <assert.h>

int64_t budget_due(const struct budget_state *b, int64_t now)
{
	int64_t due = now;
	if (b->limit > 0 && b->count == b->limit)
		due = b->started[b->next] + BUDGET_WINDOW_MS;
	return due > b->held ? due : b->held;
}

void budget_take(struct budget_state *b, int64_t now)
{
	assert(b->limit <= BUDGET_MAX);
	if (b->limit == 0)
		return;
	b->started[b->next] = now;
	b->next = (b->next + 1) % b->limit;
	b->count += b->count < b->limit;
}

void budget_hold(struct budget_state *b, int64_t until)
{
	if (until > b->held)
		b->held = until;
}
