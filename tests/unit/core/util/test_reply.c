/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/util/json.h"
#include "core/util/reply.h"
#include "core/util/str.h"
#include "tests/unit/check.h"

static struct reply *parse(const char *text)
{
	const char *why = NULL;
	return reply_parse(text, strlen(text), &why);
}

static void the_gate_is_strict(void **state UNUSED)
{
	static const char *const refused[] = {
		"",
		" ",
		"{",
		"{\"a\":1,}",
		"[1,]",
		"{\"a\":1,\"a\":2}",
		"{\"a\":1,\"\\u0061\":2}",
		"{'a':1}",
		"{a:1}",
		"[01]",
		"[+1]",
		"[1.]",
		"[.5]",
		"[NaN]",
		"[Infinity]",
		"[1] 2",
		"[1]]",
		"\xEF\xBB\xBF[1]",
		"[\"\\u0000\"]",
		"[\"\\uD800\"]",
		"[\"\\x41\"]",
		"[\"\t\"]",
		"[\"\xFF\"]",
		"[\"\xC0\x80\"]",
		"[\"\xED\xA0\x80\"]",
		"[/* */1]",
		"[True]",
		"<html>",
	};
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		struct reply *tree = parse(refused[i]);
		if (tree)
			fail_msg("taken: %s", refused[i]);
	}
	static const char *const taken[] = {"{}",
					    "[]",
					    " [ ] ",
					    "null",
					    "1",
					    "\"text\"",
					    "{\"a\":{\"a\":1}}",
					    "[1e2,-0,0.5]",
					    "[\"\\uD83D\\uDE00\"]"};
	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++) {
		struct reply *tree = parse(taken[i]);
		if (!tree)
			fail_msg("refused: %s", taken[i]);
		reply_free(tree);
	}
}

static void a_nul_ends_nothing(void **state UNUSED)
{
	const char *why = NULL;
	assert_null(reply_parse("[1]\0x", 5, &why));
	assert_null(reply_parse("[\"a\0b\"]", 7, &why));
	assert_non_null(why);
}

static void depth_and_length_have_ceilings(void **state UNUSED)
{
	ARENA a = {0};
	const char *why = NULL;
	for (size_t depth = JSON_DEPTH_MAX; depth <= JSON_DEPTH_MAX + 1; depth++) {
		struct str s = STR(&a);
		str_fill(&s, '[', depth);
		str_fill(&s, ']', depth);
		struct reply *tree = reply_parse(s.at, s.len, &why);
		assert_int_equal(tree != NULL, depth == JSON_DEPTH_MAX);
		reply_free(tree);
	}
	struct str s = STR(&a);
	str_add(&s, "1");
	str_fill(&s, ' ', REPLY_BYTES_MAX - 1);
	struct reply *tree = reply_parse(s.at, s.len, &why);
	assert_non_null(tree);
	reply_free(tree);
	str_addc(&s, ' ');
	assert_null(reply_parse(s.at, s.len, &why));
	assert_string_equal(why, "longer than 8 MiB");
}

static void getters_tell_case_and_type_apart(void **state UNUSED)
{
	ARENA a = {0};
	struct reply *tree = parse(
		"{\"Result\": \"success\", \"result\": \"error\", \"n\": 7, \"t\": true,"
		" \"one\": 1, \"two\": 2, \"list\": [1, \"2\", null], \"o\": {\"k\": \"v\"}}");
	assert_non_null(tree);
	assert_string_equal(reply_text(tree, "result"), "error");
	assert_string_equal(reply_text(tree, "Result"), "success");
	assert_null(reply_text(tree, "RESULT"));
	assert_null(reply_text(tree, "n"));
	assert_null(reply_text(NULL, "n"));
	assert_null(reply_get(reply_get(tree, "list"), "n"));
	assert_int_equal(reply_int(tree, "n", -1), 7);
	assert_int_equal(reply_int(tree, "result", -1), -1);
	assert_int_equal(reply_int(tree, "none", -1), -1);
	assert_true(reply_bool(tree, "t", false));
	assert_null(reply_key(NULL));
	assert_false(reply_bool(tree, "two", false));
	assert_true(reply_bool(tree, "two", true));
	assert_true(reply_bool(tree, "one", false));
	assert_true(reply_bool(tree, "two", true));
	assert_false(reply_bool(tree, "two", false));
	assert_int_equal(reply_count(reply_get(tree, "list")), 3);
	assert_int_equal(reply_count(reply_get(tree, "n")), 0);
	assert_true(reply_is_array(reply_get(tree, "list")));
	assert_true(reply_is_object(reply_get(tree, "o")));
	assert_false(reply_is_object(NULL));
	const struct reply *item = reply_first(reply_get(tree, "list"));
	assert_null(reply_own_text(item));
	assert_string_equal(reply_digits(item, &a), "1");
	assert_string_equal(reply_own_text(reply_after(item)), "2");
	assert_null(reply_after(reply_after(reply_after(item))));
	assert_null(reply_after(NULL));
	assert_null(reply_key(item));
	assert_string_equal(reply_key(reply_first(reply_get(tree, "o"))), "k");
	reply_free(tree);
}

static void ids_keep_all_their_digits(void **state UNUSED)
{
	static const struct {
		const char *text, *id;
	} rows[] = {
		{"{\"id\": \"4566206088345706102\"}", "4566206088345706102"},
		{"{\"id\": 285361}", "285361"},
		{"{\"id\": 9007199254740991}", "9007199254740991"},
		{"{\"id\": 9007199254740993}", NULL}, /* a double has lost the last digit */
		{"{\"id\": \"12a\"}", NULL},
		{"{\"id\": \"\"}", NULL},
		{"{\"id\": \"-1\"}", NULL},
		{"{\"id\": -1}", NULL},
		{"{\"id\": 1.5}", NULL},
		{"{\"id\": 1e400}", NULL},
		{"{\"id\": null}", NULL},
		{"{}", NULL},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct reply *tree = parse(rows[i].text);
		const char *id = reply_id(tree, "id", &a);
		if (rows[i].id)
			assert_string_equal(id, rows[i].id);
		else
			assert_null(id);
		reply_free(tree);
	}
}

static void a_value_tells_what_it_is(void **state UNUSED)
{
	static const struct {
		const char *text;
		enum reply_kind kind;
	} rows[] = {
		{"null", REPLY_NULL},	{"false", REPLY_FALSE}, {"true", REPLY_TRUE},
		{"-2.5", REPLY_NUMBER}, {"\"\"", REPLY_TEXT},	{"[]", REPLY_ARRAY},
		{"{}", REPLY_OBJECT},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CLEANUP(reply_free) struct reply *tree = parse(rows[i].text);
		assert_int_equal(reply_kind(tree), rows[i].kind);
		assert_true(reply_number(tree) == (rows[i].kind == REPLY_NUMBER ? -2.5 : 0));
	}
	assert_int_equal(reply_kind(NULL), REPLY_ABSENT);
	assert_true(reply_number(NULL) == 0);
}

static void keys_repeat_only_where_it_is_said(void **state UNUSED)
{
	static const char text[] = "{\"a\": 1,\n \"a\": 2}", broken[] = "{\"a\": 1, \"a\"}";
	CLEANUP(reply_free) struct reply *tree = NULL;
	struct error *error = reply_read("f", text, strlen(text), REPLY_KEYS_ONCE, &tree);
	assert_non_null(error);
	assert_null(tree);
	assert_string_equal(error->where.file, "f");
	assert_int_equal(error->where.line, 2);
	assert_int_equal(error->where.column, 2);
	error_free(error);
	assert_null(reply_read("f", text, strlen(text), REPLY_KEYS_REPEAT, &tree));
	assert_int_equal(reply_count(tree), 2);
	assert_int_equal(reply_int(tree, "a", 0), 1);
	struct reply *none = NULL;
	error = reply_read("f", broken, strlen(broken), REPLY_KEYS_REPEAT, &none);
	assert_non_null(error);
	assert_null(none);
	error_free(error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_gate_is_strict),
		cmocka_unit_test(a_nul_ends_nothing),
		cmocka_unit_test(depth_and_length_have_ceilings),
		cmocka_unit_test(getters_tell_case_and_type_apart),
		cmocka_unit_test(ids_keep_all_their_digits),
		cmocka_unit_test(a_value_tells_what_it_is),
		cmocka_unit_test(keys_repeat_only_where_it_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
