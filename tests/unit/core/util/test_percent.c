/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/util/percent.h"
#include "tests/unit/check.h"

static void what_is_reserved_is_encoded(void **state UNUSED)
{
	static const struct {
		const char *text, *also, *encoded;
	} rows[] = {
		{"", "", ""},
		{"aZ09-._~", "", "aZ09-._~"},
		{"a b", "", "a%20b"},
		{"jane@example.com", "", "jane%40example.com"},
		{"jane@example.com", "@", "jane@example.com"},
		{"a/b%2F", "", "a%2Fb%252F"},
		{"\xC3\xA9\x01", "", "%C3%A9%01"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		char written[64] = {0};
		struct str out = STR(&a);
		percent_encode(&out, rows[i].text, rows[i].also);
		assert_string_equal(str_text(&out), rows[i].encoded);
		char *end = percent_write(written, rows[i].text, rows[i].also);
		assert_string_equal(written, rows[i].encoded);
		assert_int_equal(end - written, strlen(rows[i].encoded));
	}
}

static void a_byte_is_a_sign_and_two_digits(void **state UNUSED)
{
	static const struct {
		const char *text;
		size_t len;
		int byte;
	} rows[] = {
		{"%40", 3, 0x40}, {"%fFx", 4, 0xFF}, {"%00", 3, 0}, {"%4", 2, -1}, {"%40", 2, -1},
		{"%4g", 3, -1},	  {"%g4", 3, -1},    {"40", 2, -1}, {"", 0, -1},   {"a40", 3, -1},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(percent_byte(rows[i].text, rows[i].len), rows[i].byte);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_reserved_is_encoded),
		cmocka_unit_test(a_byte_is_a_sign_and_two_digits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
