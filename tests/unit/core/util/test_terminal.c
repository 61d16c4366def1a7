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
		cmocka_unit_test(a_file_gets_every_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
