/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/cleanup.h"
#include "providers/adobe/wire/budget.h"
#include "tests/unit/check.h"

static void without_a_limit_nothing_waits(void **state UNUSED)
{
	struct budget_state b = {0};
	for (int64_t i = 0; i < 1000; i++) {
		assert_int_equal(budget_due(&b, 7), 7);
		budget_take(&b, 7);
	}
	budget_hold(&b, 50);
	budget_hold(&b, 20);
	assert_int_equal(budget_due(&b, 7), 50);
	assert_int_equal(budget_due(&b, 51), 51);
}

/* Whatever moment one looks at, the minute from there on has no more than the limit. */
static void no_minute_gets_more_than_the_limit(void **state UNUSED)
{
	static const unsigned limits[] = {1, 5, 10, 25, BUDGET_MAX};
	for (size_t l = 0; l < sizeof(limits) / sizeof(*limits); l++) {
		struct budget_state b = {.limit = limits[l]};
		int64_t now = 1000, starts[500];
		uint32_t seed = 1;
		for (size_t i = 0; i < 500; i++) {
			int64_t due = budget_due(&b, now);
			now = due > now ? due : now;
			assert_true(budget_due(&b, now) <= now);
			budget_take(&b, now);
			starts[i] = now;
			seed = seed * 1664525 + 1013904223;
			now += seed >> 22; /* up to a second of work */
			if (i >= limits[l])
				assert_true(starts[i] - starts[i - limits[l]] >= 60000);
		}
		/* and not much less: the limit is used up */
		assert_true(starts[499] <= 1000 + (500 / limits[l] + 1) * BUDGET_WINDOW_MS + 1024);
	}
}

static void a_burst_up_to_the_limit_starts_at_once(void **state UNUSED)
{
	struct budget_state b = {.limit = 5};
	for (int i = 0; i < 5; i++) {
		assert_int_equal(budget_due(&b, 100), 100);
		budget_take(&b, 100);
	}
	assert_int_equal(budget_due(&b, 100), 100 + BUDGET_WINDOW_MS);
	assert_int_equal(budget_due(&b, 100 + BUDGET_WINDOW_MS), 100 + BUDGET_WINDOW_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_limit_nothing_waits),
		cmocka_unit_test(no_minute_gets_more_than_the_limit),
		cmocka_unit_test(a_burst_up_to_the_limit_starts_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
