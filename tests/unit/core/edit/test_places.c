/* SPDX-License-Identifier: Apache-2.0 */
/* Lines, columns and bytes of a text. */
#include "core/edit/places.h"

#include <string.h>

#include "core/util/str.h"
#include "tests/unit/check.h"

static struct places places_of(struct arena *a, const char *text, uint32_t first_line)
{
	struct yaml_source *source = arena_zalloc(a, sizeof(*source));
	struct places p;
	*source = (struct yaml_source){"t.yaml", text, strlen(text), first_line, false};
	places_make(&p, a, source);
	return p;
}

static void columns_are_code_points(void **state UNUSED)
{
	static const struct {
		uint32_t line, column;
		size_t offset;
	} rows[] = {
		{3, 1, 0}, {3, 2, 1}, {3, 3, 3}, {3, 5, 5}, {4, 1, 5},
		{4, 2, 6}, {3, 9, 7}, {4, 9, 7}, {5, 1, 7}, {9, 1, 7}, /* not past the text */
	};
	ARENA a = {0};
	const struct places p = places_of(&a, "a\u00e9b\nxy", 3);
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t offset = places_offset(&p, rows[i].line, rows[i].column);
		if (offset != rows[i].offset)
			fail_msg("row %zu: %zu", i, offset);
	}
	assert_int_equal(places_of_line(&p, 3), 0);
	assert_int_equal(places_of_line(&p, 4), 5);
	assert_int_equal(places_of_line(&p, 5), 7);
	assert_int_equal(places_line(&p, 0), 3);
	assert_int_equal(places_line(&p, 4), 3);
	assert_int_equal(places_line(&p, 5), 4);
}

/* By marks as without them, in lines of any length. */
static void each_column_of_a_long_line_is_found(void **state UNUSED)
{
	static const size_t lengths[] = {0, 1, 63, 64, 65, 127, 128, 129, 1000};
	ARENA a = {0};
	struct str text = STR(&a);
	for (size_t i = 0; i < COUNT(lengths); i++) {
		for (size_t k = 0; k < lengths[i]; k++)
			str_add(&text, k % 3 ? "x" : "\u20ac");
		str_addc(&text, '\n');
	}
	const struct places p = places_of(&a, str_text(&text), 1);
	size_t at = 0;
	for (uint32_t line = 1; line <= COUNT(lengths); line++) {
		for (uint32_t column = 1; column <= lengths[line - 1] + 1; column++) {
			if (places_offset(&p, line, column) != at)
				fail_msg("%u:%u: %zu", line, column,
					 places_offset(&p, line, column));
			assert_int_equal(places_line(&p, at), line);
			at += (column - 1) % 3 || column > lengths[line - 1] ? 1 : 3;
		}
	}
}

static void a_text_of_nothing_has_no_places(void **state UNUSED)
{
	ARENA a = {0};
	const struct places p = places_of(&a, "", 1);
	assert_int_equal(places_offset(&p, 1, 1), 0);
	assert_int_equal(places_of_line(&p, 1), 0);
	assert_int_equal(places_line(&p, 0), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_code_points),
		cmocka_unit_test(each_column_of_a_long_line_is_found),
		cmocka_unit_test(a_text_of_nothing_has_no_places),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
