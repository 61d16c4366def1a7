/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/util/report.h"
#include "tests/unit/check.h"

static char *printed(const struct report *r)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	report_print(out, r);
	fclose(out);
	return text;
}

static const struct {
	enum severity severity;
	const char *id;
	struct location at;
	uint32_t columns;
	const char *detail, *summary;
} findings[] = {
	/* in the order that sorting gives them */
	{SEVERITY_ERROR, "E0001", {"a-b.yaml", 9, 9}, 0, NULL, "first file"},
	{SEVERITY_ERROR, "E0001", {"a.yaml", 0, 0}, 0, NULL, "whole file"},
	{SEVERITY_ERROR, "E0001", {"a.yaml", 2, 9}, 0, NULL, "line 2"},
	{SEVERITY_ERROR, "E0001", {"a.yaml", 10, 1}, 0, NULL, "line 10"},
	{SEVERITY_ERROR, "E0009", {"a.yaml", 10, 2}, 0, NULL, "errors first"},
	{SEVERITY_WARNING, "E0001", {"a.yaml", 10, 2}, 0, NULL, "warning"},
	{SEVERITY_WARNING, "E0002", {"a.yaml", 10, 2}, 0, NULL, "a later id"},
	{SEVERITY_WARNING, "E0002", {"a.yaml", 10, 2}, 0, NULL, "b"},
	{SEVERITY_WARNING, "E0002", {"a.yaml", 10, 2}, 0, "with detail", "b"},
	{SEVERITY_WARNING, "E0002", {"a.yaml", 10, 2}, 4, "with detail", "b"},
	{SEVERITY_WARNING,
	 "E0002",
	 {"\xC3\xA9.yaml", 1, 1},
	 4,
	 NULL,
	 "bytes above ASCII come last"},
};

enum { COUNT = sizeof(findings) / sizeof(*findings) };

static void add(struct report *r, size_t i)
{
	report_add(r, findings[i].severity, findings[i].id, findings[i].at, findings[i].columns,
		   findings[i].detail, "%s", findings[i].summary);
}

static void order_does_not_depend_on_adding(void **state UNUSED)
{
	for (size_t start = 0; start < COUNT; start++) {
		ARENA a = {0};
		struct report r = {.arena = &a};
		for (size_t i = 0; i < 3 * COUNT; i++) /* each one three times */
			add(&r, (start + i * 5) % COUNT);
		assert_int_equal(r.errors, 15);
		assert_int_equal(r.warnings, 18);
		report_sort(&r);
		assert_int_equal(r.items.len, COUNT);
		assert_int_equal(r.errors, 5);
		assert_int_equal(r.warnings, 6);
		for (size_t i = 0; i < COUNT; i++) {
			const struct diagnostic *d = &r.items.at[i];
			assert_string_equal(d->summary, findings[i].summary);
			assert_string_equal(d->detail,
					    findings[i].detail ? findings[i].detail : "");
			assert_int_equal(d->end_column,
					 findings[i].at.column + findings[i].columns);
		}
	}
}

static void findings_print_one_a_line(void **state UNUSED)
{
	ARENA a = {0};
	struct report r = {.arena = &a};
	char detail[] = "did you mean \"photos\"?";
	report_add(&r, SEVERITY_ERROR, "E0102", (struct location){"a.yaml", 3, 7}, 5, detail,
		   "unknown product %s", quote(&a, "Photo", 5));
	memset(detail, 'x', 4); /* it was copied */
	report_add(&r, SEVERITY_WARNING, "W0001", (struct location){"b\t.yaml", 1, 1}, 0, NULL,
		   "no owner");
	CLEANUP(free) char *text = printed(&r);
	assert_string_equal(text, "a.yaml:3:7: error: unknown product \"Photo\"; did you mean "
				  "\"photos\"? [E0102]\n"
				  "b\\t.yaml:1:1: warning: no owner [W0001]\n");
}

static void joining_adds_up(void **state UNUSED)
{
	ARENA a = {0};
	struct report all = {.arena = &a}, some = {.arena = &a};
	add(&all, 0);
	add(&some, 1);
	add(&some, 5);
	report_join(&all, &some);
	report_join(&all, &(struct report){0});
	assert_int_equal(all.items.len, 3);
	assert_int_equal(all.errors, 2);
	assert_int_equal(all.warnings, 1);
	assert_string_equal(all.items.at[2].summary, "warning");
}

static void findings_without_a_file_sort_first(void **state UNUSED)
{
	ARENA a = {0};
	struct report r = {.arena = &a};
	add(&r, 0);
	report_add(&r, SEVERITY_ERROR, "E0001", (struct location){0}, 0, NULL, "nowhere");
	report_sort(&r);
	assert_string_equal(r.items.at[0].summary, "nowhere");
	CLEANUP(free) char *text = printed(&r);
	assert_string_equal(text, "writ: error: nowhere [E0001]\n"
				  "a-b.yaml:9:9: error: first file [E0001]\n");
}

static void tokens_are_quoted_and_cut(void **state UNUSED)
{
	static const struct {
		const char *token, *quoted;
	} rows[] = {
		{"", "\"\""},
		{"Photo", "\"Photo\""},
		{"a\nb", "\"a\\nb\""},
		{"12345678901234567890123456789012", "\"12345678901234567890123456789012\""},
		{"123456789012345678901234567890123", "\"12345678901234567890123456789012...\""},
		{"1234567890123456789012345678901\xC3\xA9",
		 "\"1234567890123456789012345678901...\""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		assert_string_equal(quote(&a, rows[i].token, strlen(rows[i].token)),
				    rows[i].quoted);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_does_not_depend_on_adding),
		cmocka_unit_test(findings_print_one_a_line),
		cmocka_unit_test(joining_adds_up),
		cmocka_unit_test(findings_without_a_file_sort_first),
		cmocka_unit_test(tokens_are_quoted_and_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
