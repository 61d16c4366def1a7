/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/util/arena.h"
#include "core/util/terminal.h"
#include "tests/unit/check.h"

static void the_locale_is_the_first_that_is_set(void **state UNUSED)
{
	static const struct {
		const char *all, *type, *language;
		bool utf8;
	} rows[] = {
		{"C.UTF-8", NULL, NULL, true},	   {NULL, "de_DE.utf8", "C", true},
		{NULL, NULL, "en_US.UTF-8", true}, {"C", "C.UTF-8", "C.UTF-8", false},
		{"", "", "C.UTF-8", true},	   {NULL, "POSIX", "C.UTF-8", false},
		{NULL, NULL, NULL, false},	   {"ja_JP.eucJP", NULL, NULL, false},
	};
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *values[] = {rows[i].all, rows[i].type, rows[i].language};
		for (size_t k = 0; k < 3; k++) {
			unsetenv(names[k]);
			if (values[k])
				setenv(names[k], values[k], 1);
		}
		if (terminal_is_utf8() != rows[i].utf8)
			fail_msg("row %zu", i);
	}
}

static void plain_text_is_ascii(void **state UNUSED)
{
	static const struct {
		const char *text, *plain;
	} rows[] = {
		{"", ""},
		{"+ a\tb\n", "+ a\tb\n"},
		{"\033[1mrole\033[0m", "\033[1mrole\033[0m"},
		{"role → robot", "role -> robot"},
		{"a — b · c – “d” …", "a - b - c - \"d\" ..."},
		{"Größe", "Gr\\u{F6}\\u{DF}e"},
		{"日本", "\\u{65E5}\\u{672C}"},
		{"\xff\xc3", "\\xFF\\xC3"},
	};
	ARENA a = {0};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str out = STR(&a);
		terminal_add_plain(&out, rows[i].text, strlen(rows[i].text));
		assert_string_equal(str_text(&out), rows[i].plain);
	}
}

static void wide_lines_hang(void **state UNUSED)
{
	static const struct {
		const char *text, *wrapped;
	} rows[] = {
		{"", ""},
		{"\n\n", "\n\n"},
		{"as wide as a row is.\n", "as wide as a row is.\n"},
		{"one word more than it", "one word more than\n    it"},
		{"wider still than one row is\nshort\n",
		 "wider still than one\n    row is\nshort\n"},
		{"  + a  file/with/name.yaml:7", "  + a\n      file/with/name.yaml:7"},
		/* A field stays together before words do, unless the row would be all but empty. */
		{"ab cd ef  gh ij kl mn", "ab cd ef\n    gh ij kl mn"},
		{"ab  gh ij kl mn op qr s", "ab  gh ij kl mn op\n    qr s"},
		/* So does what is quoted, unless it has no room anyway. */
		{"said that \"Adobe Express\"", "said that\n    \"Adobe Express\""},
		{"run `writ ledger` now or", "run `writ ledger`\n    now or"},
		{"\"a reason of many words in all\"", "\"a reason of many\n    words in all\""},
		{"a \\\"b c d e f g h i j k l", "a \\\"b c d e f g h i\n    j k l"},
		/* No word is broken, nor what is typed. */
		{"sha256:0123456789abcdef0123456789", "sha256:0123456789abcdef0123456789"},
		{"it is sha256:0123456789abcdef0123 now",
		 "it is\n    sha256:0123456789abcdef0123\n    now"},
		/* No sign stands alone, where the next row has less room for what it is of. */
		{"  + 0123456789-0123456789 now", "  + 0123456789-0123456789\n      now"},
		{"    writ plan --live l.yaml manifests", "    writ plan --live l.yaml manifests"},
		/* Colours take no columns, wide letters two, those that combine none. */
		{"\033[1mas wide as a row is.\033[0m", "\033[1mas wide as a row is.\033[0m"},
		{"日本日本 日本日本 日本", "日本日本 日本日本\n    日本"},
		{"e\u0301e\u0301 is two columns, it is",
		 "e\u0301e\u0301 is two columns,\n    it is"},
		/* What stands far to the right would leave no room. */
		{"            deep in a column", "            deep in\n    a column"},
	};
	ARENA a = {0};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str out = STR(&a);
		terminal_add_wrapped(&out, rows[i].text, strlen(rows[i].text), 20);
		assert_string_equal(str_text(&out), rows[i].wrapped);
	}
}

static void a_file_gets_every_byte(void **state UNUSED)
{
	char text[64] = "";
	setenv("LC_ALL", "C", 1);
	FILE *file = tmpfile();
	assert_non_null(file);
	assert_false(terminal_is_plain(fileno(file)));
	assert_true(terminal_write(file, "role → robot", strlen("role → robot")));
	rewind(file);
	assert_non_null(fgets(text, sizeof(text), file));
	assert_string_equal(text, "role → robot");
	fclose(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_locale_is_the_first_that_is_set),
		cmocka_unit_test(plain_text_is_ascii),
		cmocka_unit_test(wide_lines_hang),
		cmocka_unit_test(a_file_gets_every_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
