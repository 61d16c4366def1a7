/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
		/* the only one that begins so */
		{"admin", "admin-roles"},
		{"admi", NULL},
		{"aaaaa", ENDLESS},
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

static void what_is_looked_for_costs_steps(void **state UNUSED)
{
	const size_t count = sizeof(words) / sizeof(*words);
	size_t steps = 1000, before = steps;
	assert_string_equal(nearest_word_within(&steps, "aply", words, count), "apply");
	assert_true(steps < before);
	for (before = 0; steps && steps != before;
	     nearest_word_within(&steps, "aply", words, count))
		before = steps;
	assert_int_equal(steps, 0);
	assert_null(nearest_word_within(&steps, "aply", words, count));
	assert_null(nearest_word_within(&steps, "apply", words, count));
	/* What is equal but for case is found by its letters, not by its distance. */
	steps = count + 1;
	assert_string_equal(nearest_word_within(&steps, "APPLY", words, count), "apply");
	/* What is too far is given up early: behind a third of its letters. */
	static const char *const far[] = {
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
	char word[61] = "";
	memset(word, 'b', 60);
	steps = before = 100000;
	assert_null(nearest_word_within(&steps, word, far, 1));
	assert_in_range(before - steps, (size_t)20 * 60, (size_t)25 * 60);
	word[30] = '\0';
	steps = before = 100000;
	assert_null(nearest_word_within(&steps, word, far, 1));
	assert_int_equal(before - steps, 1);
}

/* In a folder of its own, where "manifests" is alone. */
static void paths_are_looked_for_in_their_folder(void **state UNUSED)
{
	char folder[] = "/tmp/nearest.XXXXXX", path[64], beside[64];
	assert_true(mkdtemp(folder) != NULL);
	snprintf(beside, sizeof(beside), "%s/manifests", folder);
	assert_int_equal(mkdir(beside, 0700), 0);
	snprintf(path, sizeof(path), "%s/manifsts", folder);
	struct error *error = nearest_path(path, error_new(ERROR_SYSTEM, "reading %s", path));
	char *due = NULL;
	assert_true(asprintf(&due, "reading %s; did you mean \"%s\"?", path, beside) > 0);
	assert_string_equal(error->message, due);
	error_free(error);
	free(due);
	snprintf(path, sizeof(path), "%s/quite-another", folder);
	error = nearest_path(path, error_new(ERROR_SYSTEM, "reading %s", path));
	assert_null(strchr(error->message, ';'));
	error_free(error);
	error = nearest_path(beside, error_new(ERROR_SYSTEM, "reading %s", beside));
	assert_null(strchr(error->message, ';'));
	error_free(error);
	assert_int_equal(rmdir(beside) | rmdir(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_nearest_is_named),
		cmocka_unit_test(what_is_looked_for_costs_steps),
		cmocka_unit_test(paths_are_looked_for_in_their_folder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
