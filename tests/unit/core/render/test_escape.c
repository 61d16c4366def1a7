/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/escape.h"
#include "tests/unit/check.h"

struct row {
	const char *text, *escaped;
};

static void check_rows(const struct row *rows, size_t count,
		       void (*escape)(struct str *out, const char *text))
{
	for (size_t i = 0; i < count; i++) {
		ARENA a = {0};
		struct str out = STR(&a);
		escape(&out, rows[i].text);
		assert_string_equal(str_text(&out), rows[i].escaped);
	}
}

static void a_code_span_has_more_backticks_than_its_text(void **state UNUSED)
{
	static const struct row rows[] = {
		{"plain", "`plain`"},
		{"", "` `"},
		{" ", "` `"},
		{"a`b", "``a`b``"},
		{"`", "`` ` ``"},
		{"a``b`c", "```a``b`c```"},
		{"`a", "`` `a ``"},
		{" a ", "`  a  `"},
		{" a", "` a`"},
		{"@all #1 ![x](y) <b> https://x", "`@all #1 ![x](y) <b> https://x`"},
	};
	check_rows(rows, COUNT(rows), escape_code_span);
}

static void a_fence_is_longer_than_what_it_holds(void **state UNUSED)
{
	assert_int_equal(escape_fence(""), 3);
	assert_int_equal(escape_fence("a ` b"), 3);
	assert_int_equal(escape_fence("  ```\n"), 4);
	assert_int_equal(escape_fence("+ `````` and ```"), 7);
}

static void markup_has_no_tag_and_no_quote(void **state UNUSED)
{
	static const struct row rows[] = {
		{"a < b & c > d", "a &lt; b &amp; c &gt; d"},
		{"\" onload='x'", "&quot; onload=&#39;x&#39;"},
		{"&amp;", "&amp;amp;"},
	};
	check_rows(rows, COUNT(rows), escape_markup);
}

static void a_command_is_one_line(void **state UNUSED)
{
	static const struct row data[] = {
		{"50% of it\r\n::error::x", "50%25 of it%0D%0A::error::x"},
		{"a,b:c", "a,b:c"},
	};
	static const struct row property[] = {
		{"a,b:c%0A\n", "a%2Cb%3Ac%250A%0A"},
	};
	check_rows(data, COUNT(data), escape_command);
	check_rows(property, COUNT(property), escape_command_property);
}

static void a_sarif_message_has_no_link_and_no_placeholder(void **state UNUSED)
{
	static const struct row rows[] = {
		{"[x](1)", "\"\\\\[x\\\\](1)\""},
		{"\\[x\\]", "\"\\\\[x\\\\]\""},
		{"\\\\[x", "\"\\\\\\\\\\\\[x\""},
		{"{0} \"a\"", "\"{{0}} \\\"a\\\"\""},
	};
	check_rows(rows, COUNT(rows), escape_sarif);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_code_span_has_more_backticks_than_its_text),
		cmocka_unit_test(a_fence_is_longer_than_what_it_holds),
		cmocka_unit_test(markup_has_no_tag_and_no_quote),
		cmocka_unit_test(a_command_is_one_line),
		cmocka_unit_test(a_sarif_message_has_no_link_and_no_placeholder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
