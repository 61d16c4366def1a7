/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "providers/adobe/console/adobe_names.h"
#include "tests/unit/check.h"

static void names_are_equal_but_for_case(void **state UNUSED)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} rows[] = {
		{"P API", "p api", true}, {"P", "P ", false}, {NULL, NULL, true},
		{NULL, "", false},	  {"", NULL, false},  {"\xC3\xBC", "\xC3\x9C", false},
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(names_equal(rows[i].a, rows[i].b), rows[i].equal);
}

static void names_become_what_writ_and_adobe_take(void **state UNUSED)
{
	static const struct {
		const char *text, *slug, *name, *title;
		unsigned serial;
	} rows[] = {
		{"Asset Archiver", "asset-archiver", "AssetArchiver", "Asset Archiver", 0},
		{"Asset Archiver", "asset-archiver", "AssetArchiver2", "Asset Archiver", 2},
		{"  a -- b!? ", "a-b", "ab", "a b", 0},
		{"@[`{/:", "account", "project", "Project", 0},
		{"@[`{/:", "account", "project12", "Project", 12},
		{"", "account", "project", "Project", 0},
		{"0Az9", "0az9", "0Az9", "0Az9", 0},
		{"abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrs7",
		 "abcdefghijklmnopqrstuvwxyz", 7},
		{"0123456789012345678901234567890123456789012345678901234567890-123",
		 "0123456789012345678901234567890123456789012345678901234567890-1",
		 "01234567890123456789",
		 "0123456789012345678901234567890123456789012345678901234567890 123", 0},
		/* cut where a dash would be the end */
		{"01234567890123456789012345678901234567890123456789012345678901-23",
		 "01234567890123456789012345678901234567890123456789012345678901",
		 "01234567890123456789",
		 "01234567890123456789012345678901234567890123456789012345678901 23", 0},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		const struct account account = {.meta.name = "x", .credential = rows[i].text};
		assert_string_equal(account_slug(&a, rows[i].text), rows[i].slug);
		assert_string_equal(project_name(&a, rows[i].text, rows[i].serial), rows[i].name);
		assert_string_equal(project_title(&a, &account), rows[i].title);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_equal_but_for_case),
		cmocka_unit_test(names_become_what_writ_and_adobe_take),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
