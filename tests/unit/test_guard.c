#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/guard.h"

static void consent_is_a_number_or_a_percentage(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool good;
		int removals, amount;
	} rows[] = {
		{"0", true, CONSENT_COUNT, 0},
		{"12", true, CONSENT_COUNT, 12},
		{"5%", true, CONSENT_PERCENT, 5},
		{"100%", true, CONSENT_PERCENT, 100},
		{"101%", false, 0, 0},
		{"", false, 0, 0},
		{"%", false, 0, 0},
		{"-1", false, 0, 0},
		{"1 ", false, 0, 0},
		{"9999999999", false, 0, 0},
		{"5%%", false, 0, 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct consent c = {0};
		assert_int_equal(consent_parse(rows[i].text, &c), rows[i].good);
		assert_int_equal(c.removals, rows[i].removals);
		assert_int_equal(c.amount, rows[i].amount);
	}
}

static void manifests_tighten_and_never_loosen(void **state)
{
	(void)state;
	static const struct {
		struct guards manifest;
		struct policy effective;
	} rows[] = {
		{{-1, -1, -1, -1}, {20, 25, 5, 2, 25}},
		{{5, 10, 0, 3}, {5, 10, 0, 3, 25}},
		{{99, 100, 99, 0}, {20, 25, 5, 2, 25}},
		{{0, 0, 5, 2}, {0, 0, 5, 2, 25}},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct policy p = policy_tighten(policy_default, &rows[i].manifest);
		assert_memory_equal(&p, &rows[i].effective, sizeof(p));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(consent_is_a_number_or_a_percentage),
		cmocka_unit_test(manifests_tighten_and_never_loosen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
