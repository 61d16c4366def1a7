/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/language/yaml.h"
#include "core/util/str.h"
#include "tests/unit/check.h"

static void add_node(struct str *out, const struct node *n)
{
	if (n->type == NODE_SCALAR) {
		str_printf(out, n->plain ? "%s" : "'%s'", n->text);
		str_printf(out, "@%u:%u", n->line, n->column);
		return;
	}
	str_addc(out, n->type == NODE_MAPPING ? '{' : '[');
	for (const struct node *child = n->first; child; child = child->next) {
		add_node(out, child);
		if (child->next)
			str_addc(out, ' ');
	}
	str_addc(out, n->type == NODE_MAPPING ? '}' : ']');
}

static void add_root(void *context, const struct node *root)
{
	add_node(context, root);
	str_addc(context, '\n');
}

/* The sound documents, then the findings: "LINE:COLUMN ID SUMMARY". */
static const char *read_text(struct arena *a, const char *text, bool json)
{
	struct report report = {.arena = a};
	struct str out = STR(a);
	const struct yaml_source source = {"t", text, strlen(text), 1, json};
	yaml_read(&source, &report, add_root, &out);
	report_sort(&report);
	for (size_t i = 0; i < report.items.len; i++) {
		const struct diagnostic *d = &report.items.at[i];
		str_printf(&out, "%u:%u %s %s\n", d->at.line, d->at.column, d->id, d->summary);
	}
	return str_text(&out);
}

struct row {
	const char *text, *due;
};

static void check_rows(const struct row *rows, size_t count, bool json)
{
	for (size_t i = 0; i < count; i++) {
		ARENA a = {0};
		const char *is = read_text(&a, rows[i].text, json);
		if (strcmp(is, rows[i].due) != 0)
			fail_msg("row %zu: %s", i, is);
	}
}

static void documents_are_read_one_by_one(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"", ""},
		{"# nothing\n", ""},
		{"a: b", "{a@1:1 b@1:4}\n"},
		{"a: b\n---", "{a@1:1 b@1:4}\n"},
		{"a: b\n---\n---\tc: d\n--- {e: f}\n---\n",
		 "{a@1:1 b@1:4}\n{e@4:6 f@4:9}\n3:5 E0309 a document must be a mapping\n3:6 E0301 "
		 "a key is indented below a value\n"},
		{"a: ---b\n...\n", "{a@1:1 ---b@1:4}\n"},
		{"a: [b, 'c', {d: \"e\"}, []]\n", "{a@1:1 [b@1:5 'c'@1:8 {d@1:14 'e'@1:17} []]}\n"},
		{"x: é a\ny: z\n", "{x@1:1 é a@1:4 y@2:1 z@2:4}\n"},
		/* What is broken is skipped up to the next marker. */
		{"a: [\nb: c\n---\nd: e\n---\nf: ]\n---\ng: h\n",
		 "{d@4:1 e@4:4}\n{g@8:1 h@8:4}\n"
		 "1:4 E0301 a list in brackets is not closed\n"
		 "6:4 E0301 no value stands where one is due\n"},
		/* What people get wrong most often is told in words of ours. */
		{"a: b: c\n", "1:5 E0301 a colon and a blank stand in a value\n"},
		{"x: y\na: see b:\n", "2:9 E0301 a colon and a blank stand in a value\n"},
		{"a:\n  b: c\n d: e\n", "3:2 E0301 something else stands where a key is due\n"},
		{"a:\n  - b\n  c: d\n", "3:3 E0301 something else stands where an item is due\n"},
		{"a: [,]\n", "1:5 E0301 no value stands where one is due\n"},
		{"a: \"\\d\"\n", "1:5 E0301 a backslash in double quotes begins an escape that "
				 "YAML does not have\n"},
		{"a: - b\n", "1:4 E0301 a dash and a blank stand where a value begins\n"},
		/* A mark of YAML's own, whatever libyaml takes it for. */
		{"a: @b\n", "1:4 E0301 a value begins with a mark of YAML's own\n"},
		{"a: *b*\n", "1:6 E0301 a value begins with a mark of YAML's own\n"},
		{"a: {b: &c& d}\n", "1:10 E0301 a value begins with a mark of YAML's own\n"},
		{"a: | b\n", "1:6 E0301 a value begins with a mark of YAML's own\n"},
		{"a: %b\n", "1:4 E0301 a value begins with a mark of YAML's own\n"},
		{"a: ? b\n", "1:4 E0301 a value begins with a mark of YAML's own\n"},
		/* What is not closed is told where it begins, and what goes wrong in it there. */
		{"a: 'b\n", "1:4 E0301 a quote is not closed\n"},
		{"a: 'b\n---\nc: d\n", "{c@3:1 d@3:4}\n1:4 E0301 a quote is not closed\n"},
		{"a: b\nc\n", "2:1 E0301 a line is neither a key nor an item\n"},
		{"a: b\nc\nd: e\n", "2:1 E0301 a line is neither a key nor an item\n"},
		{"a: {b: c\nd: e\n", "1:4 E0301 a mapping in braces is not closed\n"},
		{"a: {b: c\n", "1:4 E0301 a mapping in braces is not closed\n"},
		{"a:\n  - [b\n  - [c]\n", "2:5 E0301 a list in brackets is not closed\n"},
		{"a: [b\n  # c\n", "1:4 E0301 a list in brackets is not closed\n"},
		{"a: [b,\n  {c: d}\n  {e: f}]\n", "3:3 E0301 a list in brackets goes wrong here\n"},
		{"a: {b: c d: e}\n", "1:11 E0301 a mapping in braces goes wrong here\n"},
		{"a: b\n c: d\n---\ne: f\n",
		 "{e@4:1 f@4:4}\n2:3 E0301 a key is indented below a value\n"},
		{"word\n---\n[a]\n---\na: b\n",
		 "{a@5:1 b@5:4}\n1:1 E0309 a document must be a mapping\n"
		 "3:1 E0309 a document must be a mapping\n"},
		{"%YAML 1.1\n---\na: b\n", "1:1 E0311 directives are not allowed\n"},
		{"%TAG ! tag:x,2000:\n---\na: b\n", "1:1 E0311 directives are not allowed\n"},
		{"*a\n---\nb: c\n", "{b@3:1 c@3:4}\n1:1 E0304 aliases are not allowed\n"},
		{"a: &x b\nc: *x\n",
		 "1:4 E0302 anchors are not allowed\n2:4 E0304 aliases are not allowed\n"},
		{"a: !!str b\nc: !x [d]\ne: !y {f: g}\n",
		 "1:4 E0303 tags are not allowed\n2:4 E0303 tags are not allowed\n"
		 "3:4 E0303 tags are not allowed\n"},
	};
	check_rows(rows, sizeof(rows) / sizeof(*rows), false);
}

static void keys_stand_once(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"a: 1\nb: 2\na: 3\n", "3:1 E0308 duplicate key \"a\"\n"},
		{"{a: 1, 'a': 2, a: 3}\n",
		 "1:8 E0308 duplicate key \"a\"\n1:16 E0308 duplicate key \"a\"\n"},
		{"[a]: b\n[a]: c\n", "1:1 E0305 a collection cannot be a key\n2:1 E0305 a "
				     "collection cannot be a key\n"},
		{"<<: a\n'<<': b\n", "1:1 E0306 merge keys are not allowed\n"
				     "2:1 E0308 duplicate key \"<<\"\n"},
		{"{'<<': a, '': b}\n", "{'<<'@1:2 a@1:8 ''@1:11 b@1:15}\n"},
		{"?\n: a\n", "1:2 E0307 empty key\n"},
		{"'': a\n*b : c\n", "2:1 E0304 aliases are not allowed\n"},
		{"*a : 1\n*a : 2\n", "1:1 E0304 aliases are not allowed\n2:1 E0304 aliases are not "
				     "allowed\n2:1 E0308 duplicate key \"*a\"\n"},
		{"{a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9, j: 1, k: 2, l: 3, m: 4, "
		 "n: 5, o: 6, *p : 7, *q : 8}\n",
		 "1:92 E0304 aliases are not allowed\n1:100 E0304 aliases are not allowed\n"},
		{"{a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9, j: 1, k: 2, l: 3, m: 4, "
		 "n: 5, o: 6, p: 7, g: 8, a: 9,\n a: 1, [x]: y}\n",
		 "1:98 E0308 duplicate key \"g\"\n1:104 E0308 duplicate key \"a\"\n"
		 "2:2 E0308 duplicate key \"a\"\n2:8 E0305 a collection cannot be a key\n"},
		{"{a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9, j: 1, k: 2, l: 3, m: 4, "
		 "n: 5, o: 6, p: 7, q: 8, a b: ~}\n",
		 "{a@1:2 1@1:5 b@1:8 2@1:11 c@1:14 3@1:17 d@1:20 4@1:23 e@1:26 5@1:29 f@1:32 "
		 "6@1:35 g@1:38 7@1:41 h@1:44 8@1:47 i@1:50 9@1:53 j@1:56 1@1:59 k@1:62 2@1:65 "
		 "l@1:68 3@1:71 m@1:74 4@1:77 n@1:80 5@1:83 o@1:86 6@1:89 p@1:92 7@1:95 q@1:98 "
		 "8@1:101 a b@1:104 ~@1:109}\n"},
	};
	check_rows(rows, sizeof(rows) / sizeof(*rows), false);
}

static void values_hold_no_tab_nor_line_break(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"a: b\tc\n", "1:5 E0207 tab in a value \"\\t\"\n"},
		{"a:\tb # \tc\n", "{a@1:1 b@1:4}\n"},
		{"x: y\na: \"b\tc\"\n", "2:6 E0207 tab in a value \"\\t\"\n"},
		{"a: \"b\\tc\"\n", "1:4 E0207 tab in a value \"\\t\"\n"},
		{"a: 'b\n\n  c\td'\n", "1:4 E0208 line break in a value \"\\n\"\n"},
		{"a: b\n  c\td\n", "1:4 E0207 tab in a value \"\\t\"\n"},
		{"\ta: b\n", "1:1 E0209 tab in the indentation\n"},
		{"a: b\n \t \n  \t# c\n", "{a@1:1 b@1:4}\n"},
		{"a: [\n  \t\tb]\n---\nc: d\n",
		 "{c@4:1 d@4:4}\n2:3 E0209 tab in the indentation\n"},
		{"a: |\n  b\n  c\n", "1:4 E0208 line break in a value \"\\n\"\n"},
		{"a: >-\n  b\n  c\n", "{a@1:1 'b c'@1:4}\n"},
	};
	check_rows(rows, sizeof(rows) / sizeof(*rows), false);
}

/* JSON's tabs and escapes; places are those of the file. */
static void json_is_read_as_it_is_spelt(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"{\"a\":\t[\"b\",\n\t\"c\"]}\n", "{'a'@1:2 ['b'@1:8 'c'@2:2]}\n"},
		{"{\"a\\/b\": \"c\\/\\/d\", \"e\": \"f\"}",
		 "{'a/b'@1:2 'c//d'@1:10 'e'@1:20 'f'@1:25}\n"},
		{"{\"a\": \"\\/\",\n \"b\": \"c\"}", "{'a'@1:2 '/'@1:7 'b'@2:2 'c'@2:7}\n"},
		{"{\"\\ud83d\\ude00\": \"\\uD83D\\uDE00\", \"x\": \"\\u00e9\"}",
		 "{'😀'@1:2 '😀'@1:18 'x'@1:34 'é'@1:39}\n"},
		{"{\"a\": \"q\\\"\\\\\\/\", \"b\": \"c\"}",
		 "{'a'@1:2 'q\"\\/'@1:7 'b'@1:18 'c'@1:23}\n"},
		{"{\"\\/\": 1, \"/\": 2}", "1:11 E0308 duplicate key \"/\"\n"},
		/* Half a pair, and what only looks like one. */
		{"{\"a\": \"\\ud83d\"}",
		 "1:10 E0301 YAML: found invalid Unicode character escape code\n"},
		{"{\"a\": \"\\ud83dx\\ude00\"}",
		 "1:10 E0301 YAML: found invalid Unicode character escape code\n"},
		{"{\"a\": \"\\ud83d\\u00e9\"}",
		 "1:10 E0301 YAML: found invalid Unicode character escape code\n"},
		{"{\"a\": \"\\ude00\\ud83d\"}",
		 "1:10 E0301 YAML: found invalid Unicode character escape code\n"},
		{"{\"a\": \"\\ud83d\\n12345\"}",
		 "1:10 E0301 YAML: found invalid Unicode character escape code\n"},
		{"{\"a\": \"\\ud8zz\\ude00\"}",
		 "1:10 E0301 YAML: did not find expected hexdecimal number\n"},
		{"{\"a\": \"\\ud83d\\udezz\"}",
		 "1:10 E0301 YAML: found invalid Unicode character escape code\n"},
		{"{\"a\": \"b\\", "1:9 E0301 a backslash in double quotes begins an escape that "
				  "YAML does not have\n"},
		{"{\"a\": 1}\n---\n{\"b\": 2}\n", "{'a'@1:2 1@1:7}\n3:1 E0310 second document\n"},
		{"{\"a\": \"b\x01\"}", "1:9 E0203 control character \"\\x01\"\n"},
		{"", ""},
	};
	check_rows(rows, sizeof(rows) / sizeof(*rows), true);
}

/* A binary file has millions of faults. */
static void a_thousand_faults_are_enough(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool json;
	} rows[] = {{"\x01\n", false}, {"---\na: ]\n", false}, {"---\na: \x01\n", false}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct report report = {.arena = &a};
		struct str text = STR(&a), out = STR(&a);
		for (size_t n = 0; n < 1500; n++)
			str_add(&text, rows[i].text);
		const struct yaml_source source = {"t", str_text(&text), text.len, 1, rows[i].json};
		yaml_read(&source, &report, add_root, &out);
		assert_int_equal(report.errors, YAML_FAULTS_MAX);
		assert_string_equal(str_text(&out), "");
	}
}

static void what_is_no_text_has_one_fault(void **state)
{
	(void)state;
	static const char binary[] = "\177ELF\1\2\0\0\0\1apiVersion: writ/v1";
	ARENA a = {0};
	struct report report = {.arena = &a};
	assert_false(yaml_check_start("t", binary, sizeof(binary) - 1, &report));
	assert_int_equal(report.errors, 1);
	assert_string_equal(report.items.at[0].id, "E0203");
	assert_string_equal(report.items.at[0].summary, "no text but binary data");
	assert_true(yaml_check_start("t", "a: b\n", 5, &report));
	assert_int_equal(report.errors, 1);
}

static void depth_and_length_have_ends(void **state)
{
	(void)state;
	for (size_t depth = 31; depth <= 33; depth++) {
		ARENA a = {0};
		struct str text = STR(&a);
		str_add(&text, "a: ");
		for (size_t i = 0; i < depth - 1; i++)
			str_addc(&text, '[');
		for (size_t i = 0; i < depth - 1; i++)
			str_addc(&text, ']');
		str_add(&text, "\n---\nb: c\n");
		const char *is = read_text(&a, str_text(&text), false);
		assert_non_null(strstr(is, "{b@3:1 c@3:4}\n"));
		assert_true(!strstr(is, "1:35 E0107 nested too deep\n") == (depth <= 32));
	}
	for (size_t len = YAML_SCALAR_MAX; len <= YAML_SCALAR_MAX + 1; len++) {
		ARENA a = {0};
		struct str text = STR(&a);
		str_add(&text, "a: ");
		str_fill(&text, 'x', len);
		const char *is = read_text(&a, str_text(&text), false);
		assert_true(!strcmp(is, "1:4 E0106 value of 4097 bytes\n") ==
			    (len > YAML_SCALAR_MAX));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_are_read_one_by_one),
		cmocka_unit_test(keys_stand_once),
		cmocka_unit_test(values_hold_no_tab_nor_line_break),
		cmocka_unit_test(json_is_read_as_it_is_spelt),
		cmocka_unit_test(a_thousand_faults_are_enough),
		cmocka_unit_test(what_is_no_text_has_one_fault),
		cmocka_unit_test(depth_and_length_have_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
