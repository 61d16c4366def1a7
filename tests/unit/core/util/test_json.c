/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/util/json.h"
#include "tests/unit/check.h"

#define T(text) text, sizeof(text) - 1

static const char *const good[] = {
	"0",
	"-0",
	"-12.50e+3",
	"1E5",
	"0e-1",
	"true",
	" false\r\n",
	"\tnull ",
	"\"\"",
	"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\uD83D\\uDe00\"",
	"\"\xC3\xA9\xF0\x9F\x98\x80\x7F\"",
	"[]",
	"[ ]",
	"[1, [2], {\"a\": [3]} ,\"x\"]",
	"{}",
	"{ }",
	"{\"a\":1,\"b\":{\"a\":2},\"A\":[{\"a\":3}]}",
	"{\"\":1,\"a\":2,\"aa\":3,\"\\u0061b\":4}",
};

static void good_text_passes(void **state UNUSED)
{
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct error *error = json_check("x.json", good[i], strlen(good[i]));
		if (error)
			fail_msg("%s: %s", good[i], error->message);
	}
}

static void bad_text_is_refused_at_its_place(void **state UNUSED)
{
	static const struct {
		const char *text;
		size_t len;
		uint32_t line, column;
		const char *message;
	} rows[] = {
		{T(""), 1, 1, "missing at the end"},
		{T(" \n "), 2, 2, "missing at the end"},
		{T("\xEF\xBB\xBF{}"), 1, 1, "not a JSON value"},
		{T("tru"), 1, 1, "not a JSON value"},
		{T("True"), 1, 1, "not a JSON value"},
		{T("\0"), 1, 1, "not a JSON value"},
		{T("NaN"), 1, 1, "not a JSON value"},
		{T("'a'"), 1, 1, "not a JSON value"},
		{T("1 2"), 1, 3, "behind the value"},
		{T("nullx"), 1, 5, "behind the value"},
		{T("{}\0"), 1, 3, "behind the value"},
		{T("01"), 1, 2, "behind the value"},
		{T("-"), 1, 1, "malformed number"},
		{T("1."), 1, 1, "malformed number"},
		{T(".5"), 1, 1, "not a JSON value"},
		{T("+1"), 1, 1, "not a JSON value"},
		{T("[1e]"), 1, 2, "malformed number"},
		{T("[1e+]"), 1, 2, "malformed number"},
		{T("[-\0]"), 1, 2, "malformed number"},
		{T("\"abc"), 1, 1, "without an end"},
		{T("\"abc\\\""), 1, 1, "without an end"},
		{T("\"a\nb\""), 1, 3, "control character"},
		{T("\"a\0b\""), 1, 3, "control character"},
		{T("\"\\x\""), 1, 2, "unknown escape"},
		{T("\"\\"), 1, 2, "unknown escape"},
		{T("\"\\\0\""), 1, 2, "unknown escape"},
		{T("\"\\u0000\""), 1, 2, "stands for no character"},
		{T("\"\\u12"), 1, 2, "stands for no character"},
		{T("\"\\u12G4\""), 1, 2, "stands for no character"},
		{T("\"\\uD800\""), 1, 2, "stands for no character"},
		{T("\"\\uD800\\n23456\""), 1, 2, "stands for no character"},
		{T("\"\\uD800\\u0041\""), 1, 2, "stands for no character"},
		{T("\"\\uD800\\uE000\""), 1, 2, "stands for no character"},
		{T("\"\\uDC00\""), 1, 2, "stands for no character"},
		{T("\"\xC3\xA9\xC3\""), 1, 3, "malformed UTF-8"},
		{T("\"\xED\xA0\x80\""), 1, 2, "malformed UTF-8"},
		{T("[1,]"), 1, 4, "not a JSON value"},
		{T("[1 2]"), 1, 4, "\",\" or \"]\""},
		{T("[1"), 1, 3, "\",\" or \"]\""},
		{T("["), 1, 2, "missing at the end"},
		{T("{\"a\" 1}"), 1, 6, "\":\" is due"},
		{T("{\"a\":}"), 1, 6, "not a JSON value"},
		{T("{\"a\":1,}"), 1, 8, "a key in quotes"},
		{T("{a:1}"), 1, 2, "a key in quotes"},
		{T("{"), 1, 2, "a key in quotes"},
		{T("{\"\n\":1}"), 1, 3, "control character"},
		{T("{\"a\":1"), 1, 7, "\",\" or \"}\""},
		{T("{\"\xC3\xA9\": 1,\n \"b\": 2,\n  \"\xC3\xA9\": 3}"), 3, 3,
		 "a key that is there already"},
		{T("{\"a\":1,\"\\u0061\":2}"), 1, 8, "a key that is there already"},
		{T("{\"\\u0061\":1,\"a\":2}"), 1, 13, "a key that is there already"},
		{T("{\"b\":1,\"a\":1,\"b\":2,\"a\":3,\"a\":4}"), 1, 14,
		 "a key that is there already"},
		{T("[{\"a\":{\"x\":1},\"b\":{\"x\":1,\"x\":2}}]"), 1, 26,
		 "a key that is there already"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CLEANUP(error_free)
		struct error *error = json_check("x.json", rows[i].text, rows[i].len);
		if (!error)
			fail_msg("row %zu, %s passed", i, rows[i].text);
		assert_int_equal(error->code, ERROR_INPUT);
		assert_string_equal(error->where.file, "x.json");
		if (error->where.line != rows[i].line || error->where.column != rows[i].column ||
		    !strstr(error->message, rows[i].message))
			fail_msg("%s: %u:%u: %s", rows[i].text, error->where.line,
				 error->where.column, error->message);
	}
}

/* Cut anywhere, a container or string is refused, and nothing behind the cut is read. */
static void beginnings_are_refused(void **state UNUSED)
{
	static const char text[] = "{\"a\\u00e9\\uD83D\\uDE00\": [true, -1.5e3, {\"b\\n\": null}], "
				   "\"\xC3\xA9\": \"x\"}";
	for (size_t len = 0; len < sizeof(text) - 1; len++) {
		char *piece = malloc(len + 1); /* of its exact size, for the sanitizer */
		piece = realloc(memcpy(piece, text, len), len ? len : 1);
		CLEANUP(error_free) struct error *error = json_check("x", piece, len);
		assert_non_null(error);
		free(piece);
	}
	assert_ok(json_check("x", text, sizeof(text) - 1));
}

static void depth_is_bounded(void **state UNUSED)
{
	for (size_t depth = JSON_DEPTH_MAX; depth <= JSON_DEPTH_MAX + 1; depth++) {
		ARENA a = {0};
		struct str arrays = STR(&a), objects = STR(&a);
		str_fill(&arrays, '[', depth);
		str_fill(&arrays, ']', depth);
		for (size_t i = 0; i < depth; i++)
			str_add(&objects, i + 1 < depth ? "{\"a\":" : "{");
		str_fill(&objects, '}', depth);
		CLEANUP(error_free) struct error *first = json_check("x", arrays.at, arrays.len);
		CLEANUP(error_free) struct error *second = json_check("x", objects.at, objects.len);
		assert_int_equal(!first, depth <= JSON_DEPTH_MAX);
		assert_int_equal(!second, depth <= JSON_DEPTH_MAX);
	}
	/* Depth is what is open, not what there is. */
	ARENA a = {0};
	struct str siblings = STR(&a);
	str_addc(&siblings, '[');
	for (int i = 0; i < 200; i++)
		str_add(&siblings, "[],{},");
	str_add(&siblings, "0]");
	assert_ok(json_check("x", siblings.at, siblings.len));
}

static void many_keys_are_compared_quickly(void **state UNUSED)
{
	enum { KEYS = 300000 };
	ARENA a = {0};
	struct str s = STR(&a);
	str_addc(&s, '{');
	for (int i = 0; i < KEYS; i++)
		str_printf(&s, "\"%s%d\":%d,", i % 2 ? "\\u006B" : "k", i, i);
	size_t len = s.len;
	str_add(&s, "\"other\":0}");
	assert_ok(json_check("x", s.at, s.len));
	str_cut(&s, len);
	str_add(&s, "\"k77777\":0}");
	CLEANUP(error_free) struct error *error = json_check("x", s.at, s.len);
	assert_int_equal(error->where.column, len + 1);
}

static struct json_span span(const char *text)
{
	return (struct json_span){text, strlen(text)};
}

static void assert_span(struct json_span s, const char *expected)
{
	assert_int_equal(s.len, strlen(expected));
	assert_memory_equal(s.at, expected, s.len);
}

static void members_are_found(void **state UNUSED)
{
	static const struct {
		const char *object, *key, *value; /* NULL: not found */
	} rows[] = {
		{"{\"a\":1}", "a", "1"},
		{" { \"a\" : 1 , \"b\" : [ {\"c\": \"]}\\\"\"} , 2 ] }", "b",
		 "[ {\"c\": \"]}\\\"\"} , 2 ]"},
		{"{\"x\":{\"a\":1},\"a\":2}", "a", "2"},
		{"{\"x\":\"\\\\\",\"y\\\\\":\"\\\\\\\"a\\\\\\\\\",\"a\":\"\\\"\"}", "a",
		 "\"\\\"\""},
		{"{\"a\\\"b\":\"v\"}", "a\"b", "\"v\""},
		{"{\"\\u0061\\uD83D\\uDE00\":null}", "a\U0001F600", "null"},
		{"{\"\\u0061\":1,\"b\\n\":true}", "b\n", "true"},
		{"{\"b\\n\":true}", "b", NULL},
		{"{\"\":-1.5e3}", "", "-1.5e3"},
		{"{\"ab\":1}", "a", NULL},
		{"{\"a\":1}", "ab", NULL},
		{"{}", "a", NULL},
		{"[1]", "a", NULL},
		{"\"a\"", "a", NULL},
		{"", "a", NULL},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct json_span value = {0};
		assert_int_equal(json_member(span(rows[i].object), rows[i].key, &value),
				 !!rows[i].value);
		if (rows[i].value)
			assert_span(value, rows[i].value);
	}
}

static void several_members_are_found_in_one_walk(void **state UNUSED)
{
	static const char *const keys[] = {"c", "none", "a", ""};
	static const struct {
		const char *object, *values[4]; /* NULL: not found */
	} rows[] = {
		{"{\"a\": [1, {\"c\": 2}], \"b\": 3, \"\\u0063\": \"}\"}",
		 {"\"}\"", NULL, "[1, {\"c\": 2}]", NULL}},
		{"{\"\": -1, \"cc\": 1, \"a\\n\": 2}", {NULL, NULL, NULL, "-1"}},
		{"{}", {NULL}},
		{"[\"a\"]", {NULL}},
		{"", {NULL}},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct json_span values[4];
		json_members(span(rows[i].object), keys, 4, values);
		for (size_t k = 0; k < 4; k++) {
			if (rows[i].values[k])
				assert_span(values[k], rows[i].values[k]);
			else
				assert_null(values[k].at);
		}
	}
}

static void elements_come_in_order(void **state UNUSED)
{
	static const struct {
		const char *array, *elements[4];
	} rows[] = {
		{"[]", {NULL}},
		{" [ ] ", {NULL}},
		{"[1]", {"1"}},
		{" [ 1 , \"a,]\\\\\" ,{\"b\":[2,3]},\n[[4],5] ] ",
		 {"1", "\"a,]\\\\\"", "{\"b\":[2,3]}", "[[4],5]"}},
		{"[\"\",\"\\\"\"]", {"\"\"", "\"\\\"\""}},
		{"{\"a\":1}", {NULL}},
		{"12", {NULL}},
		{"", {NULL}},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct json_cursor cursor = {0};
		struct json_span value;
		for (size_t n = 0; n < 4 && rows[i].elements[n]; n++) {
			assert_true(json_next(span(rows[i].array), &cursor, &value));
			assert_span(value, rows[i].elements[n]);
		}
		assert_false(json_next(span(rows[i].array), &cursor, &value));
		assert_false(json_next(span(rows[i].array), &cursor, &value));
	}
}

static void members_come_in_order(void **state UNUSED)
{
	static const struct {
		const char *object, *members[4];
	} rows[] = {
		{"{}", {NULL}},
		{" { } ", {NULL}},
		{"[1]", {NULL}},
		{"", {NULL}},
		{"{\"a\":1}", {"\"a\"", "1"}},
		{" {\"a\\\"\" : {\"x\":[]} , \"b\":\"}\" } ",
		 {"\"a\\\"\"", "{\"x\":[]}", "\"b\"", "\"}\""}},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct json_cursor cursor = {0};
		struct json_span key, value;
		for (size_t n = 0; n < 4 && rows[i].members[n]; n += 2) {
			assert_true(json_next_member(span(rows[i].object), &cursor, &key, &value));
			assert_span(key, rows[i].members[n]);
			assert_span(value, rows[i].members[n + 1]);
		}
		assert_false(json_next_member(span(rows[i].object), &cursor, &key, &value));
		assert_false(json_next_member(span(rows[i].object), &cursor, &key, &value));
	}
}

static void strings_are_unescaped(void **state UNUSED)
{
	static const struct {
		const char *value, *text;
	} rows[] = {
		{"\"\"", ""},
		{"\"plain \xC3\xA9\"", "plain \xC3\xA9"},
		{"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
		{"\"\\u0041\\u00E9\\u20ac\\uD83D\\uDE00\\uDBFF\\uDFFF\"",
		 "A\u00E9\u20AC\U0001F600\U0010FFFF"},
		{"12", NULL},
		{"\"", NULL},
		{"", NULL},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		const char *text = json_string(&a, span(rows[i].value));
		if (rows[i].text)
			assert_string_equal(text, rows[i].text);
		else
			assert_null(text);
	}
}

static void whole_numbers_are_read(void **state UNUSED)
{
	static const struct {
		const char *value;
		int64_t number; /* -1: refused */
	} rows[] = {
		{"0", 0},
		{"42", 42},
		{"9007199254740991", 9007199254740991},
		{"9007199254740992", -1},
		{"9007199254740999", -1},
		{"90071992547409910", -1},
		{"99999999999999999999", -1},
		{"-1", -1},
		{"1.0", -1},
		{"1e3", -1},
		{"\"1\"", -1},
		{"", -1},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int64_t number = -1;
		assert_int_equal(json_number(span(rows[i].value), &number), rows[i].number >= 0);
		assert_int_equal(number, rows[i].number);
	}
}

static void texts_are_escaped(void **state UNUSED)
{
	static const struct {
		const char *text, *json;
	} rows[] = {
		{NULL, "null"},
		{"", "\"\""},
		{"plain/\u00E9\u20AC\U0001F600", "\"plain/\u00E9\u20AC\U0001F600\""},
		{"\"\\\b\f\n\r\t", "\"\\\"\\\\\\b\\f\\n\\r\\t\""},
		{"a\x01z\x1F\x7F", "\"a\\u0001z\\u001F\\u007F\""},
		{"\u2027\u2028\u2029\u202A", "\"\u2027\\u2028\\u2029\\u202A\""},
		{"\xC2\x85\U000E0020\xFF", "\"\\u0085\\uDB40\\uDC20\\uFFFD\""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct str out = STR(&a);
		json_add_text(&out, rows[i].text);
		assert_string_equal(str_text(&out), rows[i].json);
	}
	ARENA a = {0};
	struct str out = STR(&a);
	json_add_key(&out, "a\"b");
	assert_string_equal(str_text(&out), "\"a\\\"b\": ");
	str_cut(&out, 0);
	json_add_textn(&out, "a\n\u00E9\u20ACz", strlen("a\n\u00E9"));
	json_add_textn(&out, "z", 0);
	assert_string_equal(str_text(&out), "\"a\\n\u00E9\"\"\"");
}

/* Every character written is one that the gate lets in, and reads back. */
static void what_is_written_reads_back(void **state UNUSED)
{
	for (unsigned c = 1; c < 0x80; c++) {
		ARENA a = {0};
		struct str out = STR(&a);
		char text[] = {'<', (char)c, '>', '\0'};
		json_add_text(&out, text);
		assert_ok(json_check("x", out.at, out.len));
		assert_string_equal(json_string(&a, (struct json_span){out.at, out.len}), text);
	}
}

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
		cmocka_unit_test(good_text_passes),
		cmocka_unit_test(bad_text_is_refused_at_its_place),
		cmocka_unit_test(beginnings_are_refused),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(many_keys_are_compared_quickly),
		cmocka_unit_test(members_are_found),
		cmocka_unit_test(several_members_are_found_in_one_walk),
		cmocka_unit_test(elements_come_in_order),
		cmocka_unit_test(members_come_in_order),
		cmocka_unit_test(strings_are_unescaped),
		cmocka_unit_test(whole_numbers_are_read),
		cmocka_unit_test(a_member_of_its_type_is_read_and_no_other),
		cmocka_unit_test(what_is_no_object_has_no_members),
		cmocka_unit_test(texts_are_escaped),
		cmocka_unit_test(what_is_written_reads_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
