/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/emptied.h"

#include <string.h>

#include "tests/unit/check.h"

#define A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static void what_is_left_has_one_form(void **state UNUSED)
{
	static const struct {
		uint64_t number;
		const char *text;
		bool is;
	} rows[] = {
		{1, "{\"number\": 1, \"emptied\": \"" A "\", \"before\": null}", true},
		{7, "{\"number\": 7, \"emptied\": \"" A "\", \"before\": \"" B "\"}", true},
		{999999999999,
		 "{\"number\": 999999999999, \"emptied\": \"" A "\", \"before\": \"" B "\"}", true},
		{8, "{\"number\": 7, \"emptied\": \"" A "\", \"before\": \"" B "\"}", false},
		{7, "{\"number\": 7, \"emptied\": \"" A "\", \"before\": null}", false},
		{1, "{\"number\": 1, \"emptied\": \"" A "\", \"before\": \"" B "\"}", false},
		{7, "{\"number\": 7,  \"emptied\": \"" A "\", \"before\": \"" B "\"}", false},
		{7, "{\"number\": 7, \"emptied\": \"" A "\", \"before\": \"" B "\", \"a\": 1}",
		 false},
		{7, "{\"number\": 7, \"emptied\": \"" A "\", \"before\": \"sha256:b\"}", false},
		{7, "{\"number\": 7, \"emptied\": \"sha256:\"}", false},
		{7, "", false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct emptied e;
		char again[EMPTIED_TEXT];
		unsigned char digest[SHA256_SIZE], bytes[SHA256_SIZE];
		size_t len = strlen(rows[i].text);
		assert_int_equal(emptied_parse(rows[i].number, rows[i].text, len, &e), rows[i].is);
		record_digest(rows[i].number, rows[i].text, len, digest);
		sha256_of(rows[i].text, len, bytes);
		assert_int_equal(memcmp(digest, bytes, SHA256_SIZE) == 0, !rows[i].is);
		if (!rows[i].is)
			continue;
		assert_int_equal(emptied_text(&e, again), len);
		assert_string_equal(again, rows[i].text);
		assert_int_equal(digest[0], 0xaa);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_left_has_one_form)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
