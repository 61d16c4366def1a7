/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <utf8proc.h>

#include "core/util/text_escape.h"
#include "core/util/unicode.h"
#include "tests/unit/check.h"
#include "tests/unit/fence.h"

#define UNICODE "/usr/share/unicode/" /* Debian's unicode-data, of the same version as utf8proc */
#define CODE_POINTS 0x110000

#define T(text) text, sizeof(text) - 1

static void faults_have_a_place(void **state UNUSED)
{
	static const struct {
		const char *text;
		size_t len;
		enum text_mode mode;
		enum text_fault fault;
		size_t offset, size;
	} rows[] = {
		{T(""), TEXT_FILE, TEXT_OK, 0, 0},
		{T("plain text, longer than a word"), TEXT_VALUE, TEXT_OK, 30, 0},
		{T("a: b\n\tc\r\nlonger than a word\n"), TEXT_FILE, TEXT_OK, 28, 0},
		{T("12345678\n2345678"), TEXT_VALUE, TEXT_LINE_BREAK, 8, 1},
		{T("1234567\r\n"), TEXT_VALUE, TEXT_LINE_BREAK, 7, 2},
		{T("123\t5678"), TEXT_VALUE, TEXT_TAB, 3, 1},
		{T("123\r5678"), TEXT_VALUE, TEXT_CONTROL, 3, 1},
		{T("123\r5678"), TEXT_FILE, TEXT_CONTROL, 3, 1},
		{T("123\r"), TEXT_FILE, TEXT_CONTROL, 3, 1},
		{T("\r\r\n"), TEXT_FILE, TEXT_CONTROL, 0, 1},
		{T("12345678\0"), TEXT_FILE, TEXT_CONTROL, 8, 1},
		{T("1234567\x7F"), TEXT_FILE, TEXT_CONTROL, 7, 1},
		{T("1234567\x1F"), TEXT_FILE, TEXT_CONTROL, 7, 1},
		{T("\xC2\x85"), TEXT_FILE, TEXT_CONTROL, 0, 2},
		{T("ab\u2028"), TEXT_FILE, TEXT_CONTROL, 2, 3},
		{T("ab\u2029"), TEXT_FILE, TEXT_CONTROL, 2, 3},
		{T("x\u202Ey"), TEXT_FILE, TEXT_INVISIBLE, 1, 3},
		{T("x\u00ADy"), TEXT_FILE, TEXT_INVISIBLE, 1, 2},
		{T("\uFEFFa"), TEXT_FILE, TEXT_INVISIBLE, 0, 3},
		{T("\xF3\xA0\x80\x81"), TEXT_VALUE, TEXT_INVISIBLE, 0, 4}, /* a tag */
		{T("a\uFFFE"), TEXT_FILE, TEXT_NONCHARACTER, 1, 3},
		{T("a\uFDD0"), TEXT_FILE, TEXT_NONCHARACTER, 1, 3},
		{T("\xF4\x8F\xBF\xBF"), TEXT_FILE, TEXT_NONCHARACTER, 0, 4},
		{T("1234567\x80"), TEXT_FILE, TEXT_NOT_UTF8, 7, 1},
		{T("a\xC3"), TEXT_FILE, TEXT_NOT_UTF8, 1, 1},
		{T("a\xC0\x80"), TEXT_FILE, TEXT_NOT_UTF8, 1, 1},
		{T("a\xE0\x80\x80"), TEXT_FILE, TEXT_NOT_UTF8, 1, 1},
		{T("a\xED\xA0\x80"), TEXT_FILE, TEXT_NOT_UTF8, 1, 1},
		{T("a\xF4\x90\x80\x80"), TEXT_FILE, TEXT_NOT_UTF8, 1, 1},
		{T("a\xF8\x88\x80\x80\x80"), TEXT_FILE, TEXT_NOT_UTF8, 1, 1},
		{T("é \u6F22 \uD55C \U0001F600"), TEXT_VALUE, TEXT_OK, 15, 0},
		{T("e\u0301"), TEXT_FILE, TEXT_NOT_NFC, 1, 2},
		{T("cafe\u0301 \r"), TEXT_FILE, TEXT_NOT_NFC, 4, 2},
		{T("e\t\u0301"), TEXT_FILE, TEXT_OK, 4, 0}, /* the tab is between them */
		{T("e\r\n\u0301"), TEXT_FILE, TEXT_OK, 5, 0},
		{T("x\u0301\u0300\u0300"), TEXT_FILE, TEXT_OK, 7, 0},
		{T("x\u0301\u0340"), TEXT_FILE, TEXT_NOT_NFC, 3,
		 2}, /* a singleton behind its class */
		{T("x\u0301\u0323"), TEXT_FILE, TEXT_NOT_NFC, 3, 2}, /* wrong order */
		{T("\u00E1\u0323"), TEXT_FILE, TEXT_NOT_NFC, 2, 2},  /* goes under the accent */
		{T("\u1100\u1161"), TEXT_FILE, TEXT_NOT_NFC, 3, 3},
		{T("\uAC00\u11A8"), TEXT_FILE, TEXT_NOT_NFC, 3, 3},
		{T("\u212B"), TEXT_FILE, TEXT_NOT_NFC, 0, 3},
		{T("\u0958"), TEXT_FILE, TEXT_NOT_NFC, 0, 3},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t offset = 0, size = 0;
		enum text_fault fault =
			text_check(rows[i].text, rows[i].len, rows[i].mode, &offset, &size);
		if (fault != rows[i].fault || offset != rows[i].offset ||
		    (fault != TEXT_OK && size != rows[i].size))
			fail_msg("row %zu: fault %d at %zu, %zu bytes", i, fault, offset, size);
	}
}

static void checking_goes_on_behind_a_fault(void **state UNUSED)
{
	static const char text[] = "a\x01"
				   "e\u0301\u0301 b\xFF\u200B.";
	static const struct {
		enum text_fault fault;
		size_t offset;
	} faults[] = {{TEXT_CONTROL, 1},
		      {TEXT_NOT_NFC, 3},
		      {TEXT_NOT_UTF8, 9},
		      {TEXT_INVISIBLE, 10},
		      {TEXT_OK, sizeof(text) - 1}};
	size_t offset = 0, size = 0;
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++, offset += size) {
		assert_int_equal(text_check(text, sizeof(text) - 1, TEXT_FILE, &offset, &size),
				 faults[i].fault);
		assert_int_equal(offset, faults[i].offset);
	}
}

/* ASCII at every place of a word, against the rule written out. */
static void words_are_checked_byte_by_byte(void **state UNUSED)
{
	for (int mode = TEXT_FILE; mode <= TEXT_VALUE; mode++) {
		for (size_t at = 0; at < 19; at++) {
			for (int c = 0; c < 256; c++) {
				char text[20] = "abcdefgh~ ijklmnopq";
				size_t offset = 0, size;
				text[at] = (char)c;
				enum text_fault fault = text_check(text, 19, mode, &offset, &size);
				bool plain = (c >= 0x20 && c < 0x7F) ||
					     (mode == TEXT_FILE && (c == '\n' || c == '\t'));
				assert_int_equal(fault == TEXT_OK, plain);
				assert_int_equal(offset, plain ? 19 : at);
			}
		}
	}
}

/* Marks in `set` the code points of the lines that have `property`. */
static void load_property(const char *file, const char *property, bool set[static CODE_POINTS])
{
	char line[512], name[64];
	FILE *in = fopen(file, "r");
	assert_non_null(in);
	while (fgets(line, sizeof(line), in)) {
		unsigned first, last;
		if (sscanf(line, "%x..%x ; %63s", &first, &last, name) != 3) {
			if (sscanf(line, "%x ; %63s", &first, name) != 2)
				continue;
			last = first;
		}
		for (unsigned c = first; c <= last && !strcmp(name, property); c++)
			set[c] = true;
	}
	fclose(in);
}

static bool is_noncharacter(uint32_t c)
{
	return (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE;
}

static enum text_fault fault_of(uint32_t c)
{
	char text[4];
	size_t offset = 0, size, len = text_encode(c, text);
	return text_check(text, len, TEXT_VALUE, &offset, &size);
}

static void every_code_point_is_what_the_standard_says(void **state UNUSED)
{
	static bool ignorable[CODE_POINTS], bidi[CODE_POINTS];
	load_property(UNICODE "DerivedCoreProperties.txt", "Default_Ignorable_Code_Point",
		      ignorable);
	load_property(UNICODE "PropList.txt", "Bidi_Control", bidi);
	assert_true(ignorable[0x200B] && ignorable[0xE0FFF] && bidi[0x202E]);
	for (uint32_t c = 0x80; c < CODE_POINTS; c++) {
		enum text_fault fault = fault_of(c);
		if (c >= 0xD800 && c <= 0xDFFF)
			assert_int_equal(fault, TEXT_NOT_UTF8);
		else if (c < 0xA0 || c == 0x2028 || c == 0x2029)
			assert_int_equal(fault, TEXT_CONTROL);
		else if (ignorable[c] || bidi[c])
			assert_int_equal(fault, TEXT_INVISIBLE);
		else if (is_noncharacter(c))
			assert_int_equal(fault, TEXT_NONCHARACTER);
		else
			assert_true(fault == TEXT_OK || fault == TEXT_NOT_NFC);
	}
}

static void white_space_is_what_the_standard_says(void **state UNUSED)
{
	static bool space[CODE_POINTS];
	load_property(UNICODE "PropList.txt", "White_Space", space);
	assert_true(space[' '] && space[0x3000]);
	for (uint32_t c = 1; c < CODE_POINTS; c++) {
		char text[16] = "";
		if (c >= 0xD800 && c <= 0xDFFF)
			continue;
		text[text_encode(c, text)] = 'x';
		assert_int_equal(text_has_outer_space(text), space[c]);
		memset(text, 0, sizeof(text));
		text[0] = 'x';
		text_encode(c, text + 1);
		assert_int_equal(text_has_outer_space(text), space[c]);
	}
	assert_true(text_is_all_blank(" \xE3\x80\x80\t"));
	assert_true(text_is_all_blank(""));
	assert_false(text_is_all_blank(" a"));
	assert_false(text_has_outer_space(""));
	assert_false(text_has_outer_space("a b"));
}

/* Programs read cells: a backslash stays one there, and nothing else stays that would not. */
static void a_cell_keeps_its_backslashes(void **state UNUSED)
{
	static const struct {
		const char *text, *due;
	} rows[] = {
		{"a\\b", "a\\b"},  {"\\", "\\"}, {"\\\\a\n\\", "\\\\a\\n\\"},
		{"a\tb", "a\\tb"}, {"", ""},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct str out = STR(&a);
		size_t len = strlen(rows[i].text);
		char *text = fenced(rows[i].text, len);
		text_escape_cell(&out, text, len);
		unfence(text, len);
		assert_string_equal(str_text(&out), rows[i].due);
	}
}

/* A letter in two ways: as one, which is normal form C, and as a letter with a mark behind it. */
static void what_is_composed_is_in_normal_form(void **state UNUSED)
{
	static const struct {
		const char *text;
		bool due;
	} rows[] = {{"", true},
		    {"a", true},
		    {"\xC3\xA4 b", true},
		    {"b a\xCC\x88", false},
		    {"a\x01\xC3\xA4", true},
		    {"\x01"
		     "a\xCC\x88",
		     false}};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(text_is_composed(rows[i].text, strlen(rows[i].text)), rows[i].due);
}

static bool is_nfc(const char *text, size_t len)
{
	utf8proc_uint8_t *normal;
	utf8proc_ssize_t size = utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)len,
					     &normal, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	bool same = size == (utf8proc_ssize_t)len && !memcmp(normal, text, len);
	free(normal);
	return same;
}

/* The slow and simple way: normalise every beginning of the text. */
static void assert_nfc_fault(const char *text, size_t len)
{
	size_t at = 0, step, offset = 0, size;
	enum text_fault fault = text_check(text, len, TEXT_FILE, &offset, &size);
	if (fault != TEXT_OK && fault != TEXT_NOT_NFC)
		return;
	for (; at < len; at += step) {
		text_decode(text + at, len - at, &step);
		if (!is_nfc(text, at + step))
			break;
	}
	if (offset != at) {
		for (size_t i = 0; i < len; i += step)
			print_message("U+%04X ", text_decode(text + i, len - i, &step));
		fail_msg("not in NFC at byte %zu, reported at %zu", at, offset);
	}
}

/* One column of NormalizationTest.txt: code points in hexadecimal. Returns what is behind it. */
static char *read_column(char *at, char text[static 256], size_t *len)
{
	*len = 0;
	do
		*len += text_encode((uint32_t)strtoul(at, &at, 16), text + *len);
	while (*at == ' ');
	return at + 1;
}

static void normalization_test_passes(void **state UNUSED)
{
	char line[4096], columns[5][256];
	size_t lens[5], rows = 0;
	FILE *in = popen("bzip2 -dc " UNICODE "NormalizationTest.txt.bz2", "r");
	assert_non_null(in);
	while (fgets(line, sizeof(line), in)) {
		char *at = line;
		if (!strchr("0123456789ABCDEF", *line))
			continue;
		for (int i = 0; i < 5; i++)
			at = read_column(at, columns[i], &lens[i]);
		for (int i = 0; i < 5; i++) {
			size_t offset = 0, size;
			int nfc = i < 3 ? 1 : 3; /* columns 2 and 4 are the NFC of the others */
			bool same =
				lens[i] == lens[nfc] && !memcmp(columns[i], columns[nfc], lens[i]);
			enum text_fault fault =
				text_check(columns[i], lens[i], TEXT_FILE, &offset, &size);
			if (fault == TEXT_OK || fault == TEXT_NOT_NFC)
				assert_int_equal(fault == TEXT_OK, same);
			assert_nfc_fault(columns[i], lens[i]);
		}
		rows++;
	}
	assert_int_equal(pclose(in), 0);
	assert_in_range(rows, 10000, 100000);
}

static uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

static size_t load_composing(uint32_t pool[static CODE_POINTS])
{
	size_t len = 0;
	for (uint32_t c = 0x41; c < 0x30000; c++) {
		const utf8proc_property_t *p = utf8proc_get_property((utf8proc_int32_t)c);
		bool hangul = c >= 0x1100 && c < 0x1200;
		if (p->combining_class || p->comb_index != UINT16_MAX || hangul ||
		    c % 0x1000 == 0xAC1)
			pool[len++] = c;
	}
	return len;
}

static void composing_sequences_are_found(void **state UNUSED)
{
	static uint32_t pool[CODE_POINTS];
	static const uint32_t often[] = {'a',	 0xE1,	 0x1EA1, 0x301, 0x300,	0x323,
					 0x316,	 0x345,	 0x340,	 0x344, 0xAC00, 0x11A8,
					 0x1100, 0x1161, 0xDD9,	 0xDCF, 0xDCA};
	enum { OFTEN = sizeof(often) / sizeof(*often) };
	size_t count = load_composing(pool);
	uint64_t seed = 1;
	for (int round = 0; round < 200000; round++) {
		char text[64];
		size_t len = 0;
		for (uint32_t left = 2 + next_random(&seed) % 8; left > 0; left--)
			len += text_encode(next_random(&seed) % 3
						   ? often[next_random(&seed) % OFTEN]
						   : pool[next_random(&seed) % count],
					   text + len);
		assert_nfc_fault(text, len);
	}
}

static void many_marks_take_no_room(void **state UNUSED)
{
	enum { MARKS = 1000000 };
	char *text = malloc(2 * MARKS + 1);
	size_t offset = 0, size;
	text[0] = 'x';
	for (size_t i = 0; i < MARKS; i++)
		memcpy(text + 1 + 2 * i, "\u0301", 2);
	assert_int_equal(text_check(text, 2 * MARKS + 1, TEXT_FILE, &offset, &size), TEXT_OK);
	memcpy(text + 2 * MARKS - 1, "\u0323", 2);
	offset = 0;
	assert_int_equal(text_check(text, 2 * MARKS + 1, TEXT_FILE, &offset, &size), TEXT_NOT_NFC);
	assert_int_equal(offset, 2 * MARKS - 1);
	free(text);
}

static void code_points_survive(void **state UNUSED)
{
	for (uint32_t c = 0; c < CODE_POINTS; c++) {
		char text[4];
		size_t len = text_encode(c, text), size;
		if (c >= 0xD800 && c <= 0xDFFF)
			continue;
		assert_int_equal(text_decode(text, len, &size), c);
		assert_int_equal(size, len);
	}
	size_t size;
	assert_int_equal(text_decode("\xC3", 1, &size), TEXT_MALFORMED);
	assert_int_equal(size, 1);
	assert_int_equal(text_length(T("a\u00E9\u6F22\U0001F600")), 4);
}

static void foreign_text_is_escaped(void **state UNUSED)
{
	static const struct {
		const char *text;
		size_t len, max;
		const char *escaped;
	} rows[] = {
		{T("plain \u00E9\u6F22\U0001F600"), 0, "plain \u00E9\u6F22\U0001F600"},
		{T("a\\b\n\t\r\x1B[2J\x7F"), 0, "a\\\\b\\n\\t\\x0D\\x1B[2J\\x7F"},
		{T("a\0b"), 0, "a\\x00b"},
		{T("\xFF\xC3"), 0, "\\xFF\\xC3"},
		{T("\u202E\u200B\xC2\x9B\u2028\u2029"), 0,
		 "\\u{202E}\\u{200B}\\u{9B}\\u{2028}\\u{2029}"},
		{T("\u00A0\u3000"), 0, "\\u{A0}\\u{3000}"},
		{T("\uE000\U0010FFFF\u0378"), 0, "\\u{E000}\\u{10FFFF}\\u{378}"},
		{T("\u034F"), 0, "\\u{34F}"}, /* a mark that is ignorable */
		{T("12345"), 5, "12345"},
		{T("123456"), 5, "12345..."},
		{T("1234\n"), 5, "1234..."},
		{T("1234\u00E9"), 5, "1234..."},
		{T("\u202E"), 5, "..."},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct str out = STR(&a);
		str_add(&out, "in front: ");
		text_escape(&out, rows[i].text, rows[i].len, rows[i].max);
		assert_string_equal(str_text(&out) + 10, rows[i].escaped);
	}
}

static void escaped_text_is_always_safe(void **state UNUSED)
{
	for (uint32_t c = 0; c < CODE_POINTS; c++) {
		ARENA a = {0};
		struct str out = STR(&a);
		char text[4];
		size_t offset = 0, size;
		text_escape(&out, text, text_encode(c, text), 0);
		enum text_fault fault = text_check(out.at, out.len, TEXT_VALUE, &offset, &size);
		assert_true(fault == TEXT_OK || fault == TEXT_NOT_NFC);
	}
}

static void smuggled_roles_are_seen(void **state UNUSED)
{
	static const struct {
		const char *text;
		bool smuggles;
	} rows[] = {
		{"", false},	       {"design", false},	{"a_b", false},
		{"_admin", true},      {" _admin", true},	{"\u3000\u00A0_admin", true},
		{"\uFF3Fadmin", true}, {"\u00A0\uFF3Fa", true}, {"\uFE33admin", true},
		{"\u6F22_", false},    {" \t ", false},		{"\xFF_", true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(text_smuggles_role(rows[i].text), rows[i].smuggles);
}

static void look_alikes_share_a_skeleton(void **state UNUSED)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{"", "", true},
		{"Design", "DESIGN", true},
		{"paypal", "p\u0430yp\u0430l", true},
		{"PHOTO", "ph0t0", true},
		{"ill", "I1l", true},
		{"modern", "modem", true},
		{"vvide", "wide", true},
		{"\uFF41dmin", "admin", true},
		{"\u0391dmin", "admin", true},
		{"\u0451", "\u00EB", true},
		{"a\u200Bb", "ab", true},
		{"design", "designs", false},
		{"photo", "video", false},
		{"\u6F22", "\u5B57", false},
		{"\xFF", "\xFF", true},
		{"\xFF", "\xFE", false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		const char *left = text_skeleton(&a, rows[i].a),
			   *right = text_skeleton(&a, rows[i].b);
		if (!strcmp(left, right) != rows[i].same)
			fail_msg("\"%s\" and \"%s\": \"%s\", \"%s\"", rows[i].a, rows[i].b, left,
				 right);
	}
}

static void case_folds_and_nothing_else(void **state UNUSED)
{
	static const struct {
		const char *text, *folded;
	} rows[] = {
		{"", ""},
		{"Adobe EXPRESS", "adobe express"},
		{"\u00dcN\u00cf", "\u00fcn\u00ef"},
		{"\ufb01", "fi"}, /* a full fold has it */
		{"\u0406", "\u0456"},
		{"1l", "1l"},
		{"\xff", "\xff"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		assert_string_equal(text_fold(&a, rows[i].text), rows[i].folded);
	}
}

/* A row of the table that is out of order would not be found. */
static void every_look_alike_is_found(void **state UNUSED)
{
	static const uint32_t letters[] = {'0',	  '1',	 'i',	'|',   0x131, 0x3B1, 0x3BF, 0x430,
					   0x435, 0x43E, 0x440, 0x441, 0x443, 0x445, 0x455, 0x456,
					   0x458, 0x4BB, 0x4CF, 0x501, 0x51B, 0x51D};
	for (size_t i = 0; i < sizeof(letters) / sizeof(*letters); i++) {
		ARENA a = {0};
		char text[5] = "";
		text_encode(letters[i], text);
		const char *skeleton = text_skeleton(&a, text);
		if (*skeleton < 'a' || *skeleton > 'z' || skeleton[1])
			fail_msg("U+%04X: \"%s\"", (unsigned)letters[i], skeleton);
	}
}

static void ascii_case_is_folded(void **state UNUSED)
{
	static const struct {
		const char *a, *b;
		int sign;
	} rows[] = {
		{"", "", 0},
		{"aZ", "Az", 0},
		{"a", "b", -1},
		{"B", "a", 1},
		{"a", "ab", -1},
		{"ab", "A", 1},
		{"\xC3\xA9", "\xC3\x89", 1},
		{"[", "{", -1},
		{"\xFF", "a", 1},
		{"@", "`", -1},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int order = ascii_casecmp(rows[i].a, rows[i].b);
		assert_int_equal((order > 0) - (order < 0), rows[i].sign);
	}
	assert_int_equal(ascii_lower('Q'), 'q');
	assert_int_equal(ascii_lower('['), '[');
}

/* What a service may call its things: as it spells them, as long as they can be seen. */
static void live_text_need_not_be_normal(void **state UNUSED)
{
	static const struct {
		const char *text;
		bool live;
	} rows[] = {
		{"Beta ", true},	  {" ", true},
		{"e\xcc\x81", true},	  {"", false},
		{"a\tb", false},	  {"a\nb", false},
		{"a\xe2\x80\x8b", false}, {"\xff", false},
		{"\xc2\xa0x", true},	  {"e\xcc\x81\xe2\x80\xae", false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (text_is_live(rows[i].text) != rows[i].live)
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_have_a_place),
		cmocka_unit_test(checking_goes_on_behind_a_fault),
		cmocka_unit_test(words_are_checked_byte_by_byte),
		cmocka_unit_test(every_code_point_is_what_the_standard_says),
		cmocka_unit_test(white_space_is_what_the_standard_says),
		cmocka_unit_test(a_cell_keeps_its_backslashes),
		cmocka_unit_test(what_is_composed_is_in_normal_form),
		cmocka_unit_test(normalization_test_passes),
		cmocka_unit_test(composing_sequences_are_found),
		cmocka_unit_test(many_marks_take_no_room),
		cmocka_unit_test(code_points_survive),
		cmocka_unit_test(foreign_text_is_escaped),
		cmocka_unit_test(escaped_text_is_always_safe),
		cmocka_unit_test(smuggled_roles_are_seen),
		cmocka_unit_test(case_folds_and_nothing_else),
		cmocka_unit_test(look_alikes_share_a_skeleton),
		cmocka_unit_test(every_look_alike_is_found),
		cmocka_unit_test(live_text_need_not_be_normal),
		cmocka_unit_test(ascii_case_is_folded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
