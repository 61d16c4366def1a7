/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/compare.h"

#include "tests/unit/check.h"

static void texts_stand_by_their_bytes(void **state UNUSED)
{
	const char *all[] = {"b", "", "ab", "a", "B"};
	static const char *const sorted[] = {"", "B", "a", "ab", "b"};
	qsort(all, COUNT(all), sizeof(*all), compare_texts);
	for (size_t i = 0; i < COUNT(all); i++)
		assert_string_equal(all[i], sorted[i]);
}

static void no_text_stands_where_an_empty_one_does(void **state UNUSED)
{
	assert_int_equal(compare_optional(NULL, NULL), 0);
	assert_int_equal(compare_optional(NULL, ""), 0);
	assert_true(compare_optional(NULL, "a") < 0);
	assert_true(compare_optional("a", NULL) > 0);
	assert_true(compare_optional("a", "b") < 0);
}

static void no_text_is_the_same_as_none_alone(void **state UNUSED)
{
	char again[] = "a";
	assert_true(is_same_text(NULL, NULL));
	assert_true(is_same_text("a", again));
	assert_false(is_same_text(NULL, ""));
	assert_false(is_same_text("", NULL));
	assert_false(is_same_text("a", "b"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_stand_by_their_bytes),
		cmocka_unit_test(no_text_stands_where_an_empty_one_does),
		cmocka_unit_test(no_text_is_the_same_as_none_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
