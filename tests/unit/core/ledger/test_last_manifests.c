/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/last_manifests.h"

#include <string.h>

#include "core/util/file.h"
#include "tests/unit/check.h"
#include "tests/unit/repository.h"

/* main: one, two. beside: one, three. shallow: two alone. */
static const char repositories[] =
	"git init -q -b main r && cd r && git commit -q --allow-empty -m one && git rev-parse HEAD "
	">../one && git commit -q --allow-empty -m two && git rev-parse HEAD >../two && git "
	"checkout -q -b beside HEAD~1 && git commit -q --allow-empty -m three && git rev-parse "
	"HEAD >../three && git checkout -q main && git clone -q --depth 1 \"file://$PWD\" "
	"../shallow";

static const char *id_of(struct arena *a, const char *name)
{
	CLEANUP(free) char *text = NULL;
	size_t len;
	if (!name)
		return NULL;
	assert_ok(file_read(in_folder(a, name), 100, &text, &len));
	return arena_strndup(a, text, 40);
}

static void ages_are_told_by_the_history(void **state UNUSED)
{
	static const struct {
		const char *repository, *own, *last;
		enum manifests_age age;
		const char *why;
	} rows[] = {
		{"r", "one", "two", MANIFESTS_OLDER, "which was applied at 2026-06-01T00:00:00Z"},
		{"r", "two", "one", MANIFESTS_FINE, NULL},
		{"r", "two", "two", MANIFESTS_FINE, NULL},
		{"r", "three", "two", MANIFESTS_FINE, NULL},
		{"shallow", "two", "three", MANIFESTS_UNTOLD, "there is no commit"},
		{"shallow", "one", "two", MANIFESTS_UNJUDGED, NULL},
		{"r", NULL, "two", MANIFESTS_UNJUDGED, NULL},
		{"r", "one", NULL, MANIFESTS_UNJUDGED, NULL},
		{NULL, "one", "two", MANIFESTS_UNJUDGED, NULL},
	};
	assert_int_equal(shell(repositories), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		enum manifests_age age;
		const char *why;
		const struct last_applied last = {.commit = id_of(&a, rows[i].last),
						  .begun = 1780272000};
		const char *at = rows[i].repository ? in_folder(&a, rows[i].repository) : NULL;
		assert_ok(
			last_manifests_compare(&last, id_of(&a, rows[i].own), at, &a, &age, &why));
		assert_int_equal(age, rows[i].age);
		assert_int_equal(why != NULL, rows[i].why != NULL);
		assert_true(!why || strstr(why, rows[i].why));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(ages_are_told_by_the_history)};
	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
