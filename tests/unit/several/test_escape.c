/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever words hold, what is written of them is printable: every control character, and sequences
 * that terminals, spreadsheets and reviewers' eyes obey, through every escaper. */
#include <string.h>

#include "core/util/csv.h"
#include "core/util/ics.h"
#include "core/util/json.h"
#include "core/util/text_escape.h"
#include "core/util/unicode.h"
#include "tests/unit/check.h"
#include "tests/unit/fence.h"

static const char *const sequences[] = {
	"\x1B[2J",			      /* clear */
	"\x1B[1A\x1B[2K",		      /* the line above */
	"\x1B[31m",			      /* colour */
	"\x1B[8m",			      /* conceal */
	"\x1B[0;0H",			      /* home */
	"\x1B[?25l",			      /* hide the cursor */
	"\x1B[?1049h",			      /* the other screen */
	"\x1B[6n",			      /* ask where the cursor is */
	"\x1B[c",			      /* ask what the terminal is */
	"\x1B[21t",			      /* ask for its title */
	"\x1B]0;title\x07",		      /* a title */
	"\x1B]2;title\x1B\\",		      /* the same */
	"\x1B]8;;http://x/\x07y\x1B]8;;\x07", /* a link */
	"\x1B]52;c;cm0gLXJm\x07",	      /* the clipboard */
	"\x1B]4;1;?\x07",		      /* a palette */
	"\x1B]10;?\x07",		      /* a colour's name */
	"\x1B]1337;File=:AA\x07",	      /* a picture */
	"\x1BP$q\"p\x1B\\",		      /* settings */
	"\x1BPq#0;2;0;0;0\x1B\\",	      /* sixels */
	"\x1B_Ga=T;AAAA\x1B\\",		      /* a picture */
	"\x1B^private\x1B\\",		      /* a private message */
	"\x1B(0",			      /* line drawing */
	"\x1B#8",			      /* a screen of E */
	"\x1B"
	"c", /* reset */
	"\x1B"
	"7\x1B"
	"8",	      /* save and restore */
	"\x1B=\x1B>", /* the keypad */
	"\x1B%G",     /* UTF-8 */
	"\xC2\x9B"
	"2J", /* C1: CSI */
	"\xC2\x9D"
	"0;x\xC2\x9C",	     /* C1: OSC, ST */
	"\xC2\x90q\xC2\x9C", /* C1: DCS */
	"\xC2\x85next",	     /* C1: NEL */
	"\xE2\x80\xAE"
	"live",				  /* right to left override */
	"\xE2\x81\xA6x\xE2\x81\xA9",	  /* isolates */
	"\xE2\x80\x8B",			  /* zero width space */
	"\xEF\xBB\xBF",			  /* byte order mark */
	"\xE2\x80\xA8\xE2\x80\xA9",	  /* line and paragraph separators */
	"\xF3\xA0\x80\xA0",		  /* a tag character */
	"a\rb",				  /* over the line's beginning */
	"a\b\b\bcde",			  /* over what stands there */
	"\x07\x07",			  /* bells */
	"\x0E\x0F",			  /* character sets */
	"\xFF\xFE",			  /* no UTF-8 */
	"\xC0\xAF",			  /* a slash too long */
	"\xED\xA0\x80",			  /* half a pair */
	"::error::x\n::stop-commands::y", /* a pipeline's commands */
};

/* No byte of a control character, no C1, and nothing invisible. */
static void assert_printable(const char *text, size_t len)
{
	for (size_t at = 0, size; at < len; at += size) {
		uint32_t c = text_decode(text + at, len - at, &size);
		assert_true(c != TEXT_MALFORMED && c >= 0x20 && !(c >= 0x7F && c < 0xA0));
		assert_true(c != 0x200B && c != 0xFEFF && !(c >= 0x2028 && c <= 0x202E));
		assert_true(!(c >= 0x2066 && c <= 0x2069) && !(c >= 0xE0000 && c <= 0xE007F));
	}
}

/* Lines with CR LF between, each printable. */
static void assert_printable_lines(const struct str *out)
{
	const char *at = str_text(out);
	while (*at) {
		size_t len = strcspn(at, "\r\n");
		assert_printable(at, len);
		at += len;
		if (!*at)
			return;
		assert_true(!strncmp(at, "\r\n", 2));
		at += 2;
	}
}

static void through_every_escaper(const char *words)
{
	ARENA a = {0};
	struct str plain = STR(&a), layout = STR(&a), json = STR(&a), csv = STR(&a), ics = STR(&a);
	const char *cells[] = {words, "=1+1", words};
	size_t len = strlen(words);
	text_escape(&plain, words, len, 0);
	assert_printable(plain.at, plain.len);
	text_escape_words(&layout, words, len);
	assert_printable(layout.at, layout.len);
	for (size_t i = 0; i < layout.len; i++) {
		if (strchr("\"[]", layout.at[i]))
			assert_true(i && layout.at[i - 1] == '\\');
	}
	json_add_text(&json, words);
	assert_printable(json.at, json.len);
	assert_ok(json_check("escaped", json.at, json.len));
	csv_add_row(&csv, cells, 3);
	assert_printable_lines(&csv);
	const struct ics_day day = {.uid = words, .summary = words, .description = words};
	ics_begin(&ics, words);
	ics_add_day(&ics, &day);
	assert_printable_lines(&ics);
}

static void controls_and_sequences(void **state UNUSED)
{
	ARENA a = {0};
	for (unsigned c = 1; c < 0xA0; c++) {
		char text[5] = {0};
		text_encode(c, text);
		through_every_escaper(text);
		through_every_escaper(arena_printf(&a, "before %s behind", text));
	}
	assert_true(COUNT(sequences) >= 40);
	for (size_t i = 0; i < COUNT(sequences); i++) {
		through_every_escaper(sequences[i]);
		through_every_escaper(arena_printf(&a, "\"[%s  ]\"", sequences[i]));
	}
}

static void words_among_marks(void **state UNUSED)
{
	static const struct {
		const char *words, *shown;
	} rows[] = {
		{"nightly sync", "nightly sync"},
		{"sync\"  OPS-1  [withheld]", "sync\\\" \\x20OPS-1 \\x20\\[withheld\\]"},
		{"a\\b", "a\\\\b"},
		{"", ""},
		{" x   y", "\\x20x \\x20\\x20y"},
		{"Auditors ", "Auditors\\x20"},
		{" ", "\\x20"},
		/* brackets and quotes of other blocks, and blanks that are drawn as such */
		{"OPS-1 \uFF3Bwithheld\uFF3D", "OPS-1 \\u{FF3B}withheld\\u{FF3D}"},
		{"\uFF02 \u2045x\u2046 \u27E6x\u27E7 \u3014x\u3015",
		 "\\u{FF02} \\u{2045}x\\u{2046} \\u{27E6}x\\u{27E7} \\u{3014}x\\u{3015}"},
		{"OPS-1\u2800\u2800a.yaml:6", "OPS-1\\u{2800}\\u{2800}a.yaml:6"},
		{"\u201EArchiv\u201C, \u300Cx\u300D", "\u201EArchiv\u201C, \u300Cx\u300D"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct str out = STR(&a);
		size_t len = strlen(rows[i].words);
		char *words = fenced(rows[i].words, len);
		text_escape_words(&out, words, len);
		unfence(words, len);
		assert_string_equal(str_text(&out), rows[i].shown);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(controls_and_sequences),
		cmocka_unit_test(words_among_marks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
