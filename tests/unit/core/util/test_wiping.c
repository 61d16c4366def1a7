/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/wiping.h"

#include <stdint.h>
#include <string.h>

#include "tests/unit/check.h"

static void memory_holds_what_is_put_there(void **state UNUSED)
{
	char *text = wiping_strdup("secret");
	assert_string_equal(text, "secret");
	text = wiping_realloc(text, 1000);
	assert_string_equal(text, "secret");
	memset(text + 6, 'x', 993);
	text = wiping_realloc(text, 4);
	assert_memory_equal(text, "secr", 4);
	wiping_free(text);
	unsigned char *zeros = wiping_calloc(7, 3);
	for (size_t i = 0; i < 21; i++)
		assert_int_equal(zeros[i], 0);
	wiping_free(zeros);
	wiping_free(NULL);
	void *first = wiping_realloc(NULL, 0);
	assert_non_null(first);
	assert_int_equal((uintptr_t)first % _Alignof(max_align_t), 0);
	wiping_free(first);
}

static void what_nothing_could_hold_is_refused(void **state UNUSED)
{
	volatile size_t most = SIZE_MAX;
	assert_null(wiping_malloc(most));
	assert_null(wiping_malloc(most - sizeof(max_align_t)));
	assert_null(wiping_calloc(most / 2, 3));
	char *text = wiping_strdup("kept");
	assert_null(wiping_realloc(text, most));
	assert_string_equal(text, "kept");
	wiping_free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_holds_what_is_put_there),
		cmocka_unit_test(what_nothing_could_hold_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
