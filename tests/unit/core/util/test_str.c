/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/util/str.h"
#include "tests/unit/check.h"

static void nothing_is_the_empty_text(void **state UNUSED)
{
	ARENA a = {0};
	struct str s = STR(&a);
	assert_string_equal(str_text(&s), "");
	str_cut(&s, 0);
	assert_string_equal(str_text(&s), "");
	str_addn(&s, NULL, 0);
	assert_string_equal(s.at, "");
}

static void pieces_follow_each_other(void **state UNUSED)
{
	ARENA a = {0};
	struct str s = STR(&a);
	str_add(&s, "one ");
	str_addn(&s, "two three", 3);
	str_addc(&s, ' ');
	str_fill(&s, '-', 3);
	assert_string_equal(str_text(&s), "one two ---");
	str_fill(&s, 'x', 0);
	str_printf(&s, "%d%%", 100);
	assert_string_equal(str_text(&s), "one two ---100%");
	assert_int_equal(s.len, strlen(s.at));
	str_cut(&s, 3);
	assert_string_equal(str_text(&s), "one");
	str_add(&s, "!");
	assert_string_equal(str_text(&s), "one!");
}

static void what_was_reserved_does_not_move(void **state UNUSED)
{
	ARENA a = {0};
	struct str s = STR(&a);
	str_reserve(&s, 1000);
	assert_string_equal(str_text(&s), "");
	const char *at = s.at;
	assert_non_null(arena_alloc(&a, 16)); /* nothing is free behind it */
	for (int i = 0; i < 100; i++)
		str_printf(&s, "%09d ", i);
	assert_ptr_equal(s.at, at);
	assert_int_equal(s.len, 1000);
	str_reserve(&s, 0);
	assert_ptr_equal(s.at, at);
	str_printf(&s, "%s", "more");
	assert_memory_equal(s.at + 990, "000000099 more", 15);
}

static void words_are_quoted_for_a_shell(void **state UNUSED)
{
	static const struct {
		const char *text, *word;
	} rows[] = {
		{"", "''"},
		{"manifests/a-b_c.yaml", "manifests/a-b_c.yaml"},
		{"a b", "'a b'"},
		{"it's", "'it'\\''s'"},
		{"$(x);`y`*", "'$(x);`y`*'"},
		{"~/a", "'~/a'"},
		{"\xC3\xA4", "'\xC3\xA4'"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct str s = STR(&a);
		str_add_word(&s, rows[i].text);
		assert_string_equal(str_text(&s), rows[i].word);
	}
}

static void text_grows_over_all_block_sizes(void **state UNUSED)
{
	ARENA a = {0};
	struct str s = STR(&a);
	for (int i = 0; i < 400000; i++) {
		str_printf(&s, "%07d", i);
		if (i % 1000 == 0)
			arena_alloc(&a, 1); /* in the way */
	}
	str_fill(&s, '.', 5000000);
	str_fill(&s, '!', s.cap - s.len - 1); /* the last byte is for the NUL */
	assert_int_equal(strlen(s.at), s.cap - 1);
	str_cut(&s, 7 * 400000 + 5000000);
	assert_int_equal(strlen(s.at), 7 * 400000 + 5000000);
	assert_int_equal(memcmp(s.at + 7 * 399999, "0399999...", 10), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_the_empty_text),
		cmocka_unit_test(pieces_follow_each_other),
		cmocka_unit_test(what_was_reserved_does_not_move),
		cmocka_unit_test(words_are_quoted_for_a_shell),
		cmocka_unit_test(text_grows_over_all_block_sizes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
