/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/util/clock.h"
#include "core/util/patience.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void it_looks_at_once_and_at_the_end(void **state)
{
	static const struct {
		unsigned all_ms;
		bool hurried;
		unsigned least, most;
	} rows[] = {
		{0, false, 1, 1},    /* one look */
		{60, false, 2, 3},   /* at 0, at 50, at 60 */
		{120, false, 2, 3},  /* at 0, at 50, at 120 */
		{60000, true, 3, 3}, /* it does not stay */
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct patience t = {.all_ms = rows[i].all_ms, .hurried = rows[i].hurried};
		int64_t began = clock_steady_ms();
		unsigned looks = 0;
		while (patience_next(&t))
			looks++;
		if (looks < rows[i].least || looks > rows[i].most)
			fail_msg("row %zu: %u looks", i, looks);
		if (!rows[i].hurried)
			assert_true(clock_steady_ms() - began >= rows[i].all_ms);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_looks_at_once_and_at_the_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
