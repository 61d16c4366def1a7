/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/model/model.h"
#include "tests/unit/check.h"

static void a_name_is_live_when_a_document_holds_it(void **state UNUSED)
{
	static const struct {
		const char *name;
		bool live;
	} rows[] = {
		{"Default", true},
		{"Cafe\xCC\x81", true}, /* not in NFC */
		{" blanks ", true},
		{"\xC2\xA0x", true},
		{"~", true},
		{"a: b #c", true},
		{"", false},
		{" ", false},
		{"\xE3\x80\x80", false}, /* a blank of full width */
		{"a\tb", false},
		{"a\nb", false},
		{"a\xE2\x80\x8B", false}, /* no width */
		{"\xE2\x80\xAE", false},  /* turns what follows round */
		{"_admin", false},
		{" _admin", false},
		{"\xEF\xBC\xBFx", false}, /* a low line of full width */
		{"a\xFF", false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (object_name_is_live(rows[i].name) != rows[i].live)
			fail_msg("row %zu", i);
	}
}

static void a_name_has_250_characters(void **state UNUSED)
{
	char name[2 * (OBJECT_NAME_MAX + 1) + 1] = "";
	for (size_t i = 0; i < OBJECT_NAME_MAX; i++)
		memcpy(name + 2 * i, "\xC3\xA9", 3);
	assert_true(object_name_is_live(name));
	memcpy(name + 2 * (size_t)OBJECT_NAME_MAX, "\xC3\xA9", 3);
	assert_false(object_name_is_live(name));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_live_when_a_document_holds_it),
		cmocka_unit_test(a_name_has_250_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
