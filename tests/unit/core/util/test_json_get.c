/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/util/json_get.h"
#include "tests/unit/check.h"

static const char object[] =
	"{\"text\": \"a\\u0062\", \"empty\": \"\", \"number\": 17, \"zero\": 0,"
	" \"less\": -1, \"half\": 0.5, \"yes\": true, \"no\": false,"
	" \"null\": null, \"word\": \"true\", \"list\": [1], \"object\": {}}";

static void a_member_of_its_type_is_read_and_no_other(void **state UNUSED)
{
	static const struct {
		const char *key, *text;
		int64_t number;
		bool is_true;
	} rows[] = {
		{"text", "ab", -7, false},   {"empty", "", -7, false},	{"number", NULL, 17, false},
		{"zero", NULL, 0, false},    {"less", NULL, -7, false}, {"half", NULL, -7, false},
		{"yes", NULL, -7, true},     {"no", NULL, -7, false},	{"null", NULL, -7, false},
		{"word", "true", -7, false}, {"list", NULL, -7, false}, {"object", NULL, -7, false},
		{"other", NULL, -7, false},
	};
	struct json_span span = {object, strlen(object)};
	assert_ok(json_check("object", object, strlen(object)));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		const char *text = json_get_text(&a, span, rows[i].key);
		assert_int_equal(!text, !rows[i].text);
		if (text)
			assert_string_equal(text, rows[i].text);
		assert_string_equal(json_get_word(&a, span, rows[i].key),
				    rows[i].text ? rows[i].text : "");
		assert_int_equal(json_get_number(span, rows[i].key, -7), rows[i].number);
		assert_int_equal(json_get_true(span, rows[i].key), rows[i].is_true);
	}
}

static void what_is_no_object_has_no_members(void **state UNUSED)
{
	ARENA a = {0};
	struct json_span list = {"[true]", 6};
	assert_null(json_get_text(&a, list, "yes"));
	assert_int_equal(json_get_number(list, "yes", 3), 3);
	assert_false(json_get_true(list, "yes"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_member_of_its_type_is_read_and_no_other),
		cmocka_unit_test(what_is_no_object_has_no_members),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
