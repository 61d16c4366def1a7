/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/util/arena.h"
#include "core/util/nearest.h"
#include "tests/unit/check.h"

#define ENDLESS "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const char *const words[] = {"plan", "apply", "admin-roles", "user", "used", ENDLESS};

static void the_nearest_is_named(void **state UNUSED)
{
	static const struct {
		const char *word, *near;
	} rows[] = {
		{"plan", "plan"},
		{"PLAN", "plan"},
		{"plans", "plan"},
		{"adminRoles", "admin-roles"},
		{"admin_role", "admin-roles"},
		{"appply", "apply"},
		{"aply", "apply"},
		{"plam", "plan"},
		/* neighbours swapped are one slip */
		{"plna", "plan"},
		{"paply", "apply"},
		{"lpna", NULL},
		/* a third of the word's length, and no more */
		{"pla", "plan"},
		{"pl", NULL},
		{"amdin-rolse", "admin-roles"},
		{"admni-ralez", "admin-roles"},
		{"admni-ralzz", NULL},
		{"", NULL},
		/* the first of equally near ones */
		{"usex", "user"},
		{ENDLESS, NULL},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *near =
			nearest_word(rows[i].word, words, sizeof(words) / sizeof(*words));
		if (!near != !rows[i].near || (near && strcmp(near, rows[i].near) != 0))
			fail_msg("%s: %s", rows[i].word, near ? near : "none");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_nearest_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
