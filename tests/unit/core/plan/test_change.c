/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/change.h"

#include <string.h>

#include "tests/unit/check.h"

static void spellings_of_one_name_have_one_folded_address(void **state UNUSED)
{
	static const struct {
		const char *one, *other;
		bool same;
	} rows[] = {
		{"grant/user/Jane%40Example.com/product/Adobe%20Express/Default",
		 "grant/user/jane%40example.com/product/adobe%20express/default", true},
		{"grant/group/%C3%89lan/product/P/A", "grant/group/%C3%A9lan/product/P/A", true},
		{"grant/group/Stra%C3%9Fe/product/P/A", "grant/group/STRASSE/product/P/A", true},
		{"product/P/A%2FB", "product/P%2FA/B", false},
		{"product/P/A%2FB", "product/P/A/B", false},
		{"product/P/100%25", "product/P/100%", true},
		{"product/P/A", "product/P/B", false},
		{"technicalAccount/a", "technicalAccount/a", true},
		{"", "", true},
	};
	ARENA a = {0};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *one = address_fold(&a, rows[i].one);
		const char *other = address_fold(&a, rows[i].other);
		if (!strcmp(one, other) != rows[i].same)
			fail_msg("%s, %s", one, other);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spellings_of_one_name_have_one_folded_address),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
