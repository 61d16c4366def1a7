/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "core/util/error.h"
#include "tests/unit/check.h"

/* What error_print() says; the error is freed. */
static char *printed(struct error *error)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	error_print(out, error);
	fclose(out);
	error_free(error);
	return text;
}

static void assert_printed(struct error *error, const char *expected)
{
	CLEANUP(free) char *text = printed(error);
	assert_string_equal(text, expected);
}

static struct error *unknown_product(uint32_t line)
{
	char name[] = "team.yaml"; /* must be copied */
	struct error *error = error_at(ERROR_INPUT, (struct location){name, line, 9},
				       "unknown product \"%s\"", "Photo");
	memset(name, 'x', sizeof(name) - 1);
	return error;
}

static void errors_print_from_the_outside_in(void **state UNUSED)
{
	assert_printed(error_new(ERROR_REMOTE, "no answer"), "writ: error: no answer\n");
	assert_printed(unknown_product(12), "team.yaml:12:9: error: unknown product \"Photo\"\n");
	assert_printed(unknown_product(0), "team.yaml: error: unknown product \"Photo\"\n");
	assert_printed(
		error_wrap(error_wrap(unknown_product(12), "reading assignment \"%s\"", "design"),
			   "change %d of %d", 3, 7),
		"team.yaml:12:9: error: change 3 of 7: reading assignment \"design\": "
		"unknown product \"Photo\"\n");
	assert_printed(error_wrap(error_errno(ENOENT, "opening %s", "x"), "loading"),
		       "writ: error: loading: opening x: No such file or directory\n");
}

static void a_text_has_the_causes_too(void **state UNUSED)
{
	ARENA a = {0};
	struct error *error = error_wrap(error_wrap(unknown_product(12), "reading"), "loading");
	assert_string_equal(error_text(&a, error), "loading: reading: unknown product \"Photo\"");
	assert_string_equal(error_text(&a, error->cause->cause), "unknown product \"Photo\"");
	error_free(error);
}

static void file_names_are_escaped(void **state UNUSED)
{
	assert_printed(error_at(ERROR_INPUT, (struct location){"a\033[2J\n.yaml", 1, 1}, "bad"),
		       "a\\x1B[2J\\n.yaml:1:1: error: bad\n");
}

static void wrapping_keeps_code_and_place(void **state UNUSED)
{
	struct error *inner = unknown_product(4);
	struct error *outer = error_wrap(inner, "outer");
	assert_int_equal(outer->code, ERROR_INPUT);
	assert_int_equal(outer->where.line, 4);
	assert_string_equal(outer->where.file, "team.yaml");
	assert_ptr_not_equal(outer->where.file, inner->where.file);
	assert_ptr_equal(outer->cause, inner);
	assert_string_equal(outer->message, "outer");
	error_free(outer);
	error_free(NULL);
}

static void errno_makes_a_system_error(void **state UNUSED)
{
	struct error *error = error_errno(EACCES, "writing %s", "y");
	assert_int_equal(error->code, ERROR_SYSTEM);
	assert_null(error->where.file);
	assert_string_equal(error->message, "writing y: Permission denied");
	error_free(error);
}

static struct error *second_step(struct error *first, bool *went_on)
{
	TRY(first);
	*went_on = true;
	return NULL;
}

static void try_returns_at_the_first_error(void **state UNUSED)
{
	bool went_on = false;
	CLEANUP(error_free) struct error *error = error_new(ERROR_USAGE, "first");
	assert_ptr_equal(second_step(error, &went_on), error);
	assert_false(went_on);
	assert_ok(second_step(NULL, &went_on));
	assert_true(went_on);
}

static void the_first_of_two_errors_stays(void **state UNUSED)
{
	struct error *error = error_new(ERROR_REMOTE, "the cause");
	assert_null(error_first(NULL, NULL));
	assert_ptr_equal(error_first(error, NULL), error);
	assert_ptr_equal(error_first(NULL, error), error);
	assert_printed(error_first(error, error_new(ERROR_SYSTEM, "what followed")),
		       "writ: error: the cause\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_print_from_the_outside_in),
		cmocka_unit_test(a_text_has_the_causes_too),
		cmocka_unit_test(file_names_are_escaped),
		cmocka_unit_test(wrapping_keeps_code_and_place),
		cmocka_unit_test(errno_makes_a_system_error),
		cmocka_unit_test(try_returns_at_the_first_error),
		cmocka_unit_test(the_first_of_two_errors_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
