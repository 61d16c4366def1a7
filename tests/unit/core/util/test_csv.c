/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/util/csv.h"
#include "tests/unit/check.h"

/* "a|b" for a row, "/" between rows. */
static const char *shown(struct arena *a, const struct csv_table *t)
{
	struct str out = STR(a);
	for (size_t row = 0; row < t->rows; row++) {
		for (size_t i = 0; i < t->columns; i++)
			str_printf(&out, "%s%s", i ? "|" : row ? "/" : "", csv_at(t, row, i)->text);
	}
	return str_text(&out);
}

static void tables_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *text, *cells;
	} rows[] = {
		{"a", "a"},
		{"a,b\r\n1,2\r\n", "a|b/1|2"},
		{"a,b\n1,2", "a|b/1|2"},
		{"\xEF\xBB\xBF"
		 "a,b\n1,2\n",
		 "a|b/1|2"},
		{"a;b\n1;2,3\n", "a|b/1|2,3"},
		{"\"x;y\",b\n1,2;3\n", "x;y|b/1|2;3"},
		{"a,b\n\"1,\"\"x\"\"\r\n2\",\n", "a|b/1,\"x\"\r\n2|"},
		{"a,b\n\"\",\"\"\n", "a|b/|"},
		{"\n\na,b\n\n1,2\n\r\n", "a|b/1|2"},
		{"a,b\n   \n1,2\n \r\n", "a|b/1|2"},
		{"name,b\nüñí,\xF0\x9F\x99\x82\n", "name|b/üñí|\xF0\x9F\x99\x82"},
		{"a,\n,\n", "a|/|"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct csv_table t;
		assert_ok(csv_read("x.csv", rows[i].text, strlen(rows[i].text), &a, &t));
		assert_string_equal(shown(&a, &t), rows[i].cells);
	}
}

static void faults_have_a_place(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t len;
		uint32_t line, column;
		const char *message;
	} rows[] = {
		{"", 0, 1, 1, "column names"},
		{"\n\n", 2, 1, 1, "column names"},
		{"a,b\n1\n", 6, 2, 1, "1 cell, the header has 2"},
		{"a,b\nü,\"x", 9, 2, 3, "never closed"},
		{"a,b\nü,\"x\"y\n", 12, 2, 6, "behind a closing quote"},
		{"a,b\nx,y\"\n", 9, 2, 4, "a quote inside a cell"},
		{"a,b\nü,\xFF\n", 9, 2, 3, "not UTF-8"},
		{"a,b\n1,\0\n", 8, 2, 3, "control character"},
		{"a,b\n1,\x1B\n", 8, 2, 3, "control character"},
		{"a\rb", 3, 1, 2, "control character"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct csv_table t;
		struct error *e = csv_read("x.csv", rows[i].text, rows[i].len, &a, &t);
		assert_non_null(e);
		assert_int_equal(e->code, ERROR_INPUT);
		assert_string_equal(e->where.file, "x.csv");
		assert_int_equal(e->where.line, rows[i].line);
		assert_int_equal(e->where.column, rows[i].column);
		assert_non_null(strstr(e->message, rows[i].message));
		error_free(e);
	}
}

static void too_many_columns_are_refused(void **state)
{
	(void)state;
	char text[2 * CSV_COLUMNS_MAX + 2];
	struct csv_table t;
	ARENA a = {0};
	memset(text, ',', sizeof(text));
	struct error *e = csv_read("x.csv", text, CSV_COLUMNS_MAX, &a, &t);
	assert_non_null(e);
	assert_int_equal(e->where.column, CSV_COLUMNS_MAX + 1);
	error_free(e);
	assert_ok(csv_read("x.csv", text, CSV_COLUMNS_MAX - 1, &a, &t));
}

static void cells_are_quoted_and_never_formulas(void **state)
{
	(void)state;
	static const struct {
		const char *text, *cell;
	} rows[] = {
		{"", ""},
		{"plain", "plain"},
		{"a b", "a b"},
		{" a", "\" a\""},
		{"a,b", "\"a,b\""},
		{"a;b", "\"a;b\""},
		{"say \"x\"", "\"say \"\"x\"\"\""},
		{"two\nlines", "two\\nlines"},
		{"back\\slash", "back\\slash"},
		{"a\x1B[2Jb", "a\\x1B[2Jb"},
		{"=1+1", "\"'=1+1\""},
		{"+1", "\"'+1\""},
		{"-1", "-1"},
		{"-19", "-19"},
		{"-1+2", "\"'-1+2\""},
		{"-", "\"'-\""},
		{"@SUM(A1)", "\"'@SUM(A1)\""},
		{"\tx", "\"'\\tx\""},
		{"a=b", "a=b"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct str out = STR(&a);
		csv_add_cell(&out, rows[i].text);
		assert_string_equal(str_text(&out), rows[i].cell);
	}
}

static void what_is_written_reads_back(void **state)
{
	(void)state;
	static const char *const cells[] = {"a\"b", "c,d e", "", "ü;"};
	ARENA a = {0};
	struct str out = STR(&a);
	struct csv_table t;
	csv_add_row(&out, cells, 4);
	csv_add_row(&out, cells, 4);
	assert_ok(csv_read("x.csv", out.at, out.len, &a, &t));
	assert_int_equal(t.rows, 2);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(csv_at(&t, 1, i)->text, cells[i]);
	assert_int_equal(csv_place(&t, csv_at(&t, 1, 0)).line, 2);
	static const char *const with_none[] = {"a", NULL, "b"};
	struct str row = STR(&a);
	csv_add_row(&row, with_none, 3);
	assert_string_equal(str_text(&row), "a,,b\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_read),
		cmocka_unit_test(faults_have_a_place),
		cmocka_unit_test(too_many_columns_are_refused),
		cmocka_unit_test(cells_are_quoted_and_never_formulas),
		cmocka_unit_test(what_is_written_reads_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
