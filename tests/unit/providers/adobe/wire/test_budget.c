/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/wire/budget.h"
#include "tests/unit/check.h"

static void nothing_waits_before_it_is_asked_to(void **state UNUSED)
{
	struct budget_state b = {0};
	assert_int_equal(budget_due(&b, 7), 7);
	assert_true(budget_hold(&b, 50));
	assert_false(budget_hold(&b, 20)); /* said before */
	assert_int_equal(budget_due(&b, 7), 50);
	assert_int_equal(budget_due(&b, 51), 51);
}

/* A limit that is met again and again is a pace while each window serves something. */
static void a_pace_serves_something_between_two_waits(void **state UNUSED)
{
	struct budget_state b = {0};
	assert_false(budget_is_pace(&b, 1));
	budget_served(&b);
	assert_true(budget_is_pace(&b, 1));
	assert_true(budget_is_pace(&b, BUDGET_WINDOW_S));
	assert_false(budget_is_pace(&b, BUDGET_WINDOW_S + 1));
	budget_hold(&b, 50);
	assert_false(budget_is_pace(&b, 1));
	budget_served(&b);
	assert_true(budget_is_pace(&b, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_waits_before_it_is_asked_to),
		cmocka_unit_test(a_pace_serves_something_between_two_waits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
