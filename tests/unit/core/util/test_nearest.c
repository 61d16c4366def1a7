/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
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
		{ENDLESS, ENDLESS},
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
	assert_string_equal(nearest_unsought(steps), "");
	for (before = 0; steps && steps != before;
	     nearest_word_within(&steps, "aply", words, count))
		before = steps;
	assert_int_equal(steps, 0);
	assert_null(nearest_word_within(&steps, "aply", words, count));
	assert_null(nearest_word_within(&steps, "apply", words, count));
	assert_non_null(strstr(nearest_unsought(steps), "were not looked for"));
	/* What is equal but for case is found by its letters, not by its distance. */
	steps = count * 8 + 1;
	assert_string_equal(nearest_word_within(&steps, "APPLY", words, count), "apply");
	/* What is too far is given up early: behind a third of its letters. */
	static const char *const far[] = {
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
	char word[61] = "";
	memset(word, 'b', 60);
	steps = before = 100000;
	assert_null(nearest_word_within(&steps, word, far, 1));
	assert_in_range(before - steps, 8 + 20, 8 + 25);
	word[30] = '\0';
	steps = before = 100000;
	assert_null(nearest_word_within(&steps, word, far, 1));
	assert_int_equal(before - steps, 8);
}

/* The definition, cell by cell. */
static size_t plain_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t rows[33][33];
	for (size_t i = 0; i <= a_len; i++) {
		for (size_t k = 0; k <= b_len; k++) {
			if (!i || !k) {
				rows[i][k] = i + k;
				continue;
			}
			size_t best = rows[i - 1][k - 1] + (a[i - 1] != b[k - 1]);
			best = rows[i - 1][k] + 1 < best ? rows[i - 1][k] + 1 : best;
			best = rows[i][k - 1] + 1 < best ? rows[i][k - 1] + 1 : best;
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1] &&
			    rows[i - 2][k - 2] + 1 < best)
				best = rows[i - 2][k - 2] + 1;
			rows[i][k] = best;
		}
	}
	return rows[a_len][b_len];
}

/* Of few letters, so that many pairs are near; "#" at both ends keeps a plural s and case out. A
 * word of 90 letters goes another way than one of 20. */
static void near_is_what_the_definition_says(void **state UNUSED)
{
	unsigned seed = 7;
	for (int round = 0; round < 40000; round++) {
		char two[2][128];
		size_t len[2], shift = round % 2 ? 70 : 0;
		for (int w = 0; w < 2; w++) {
			memset(two[w], '#', sizeof(two[w]));
			len[w] = 6 + (size_t)(rand_r(&seed) % 14);
			for (size_t i = 1; i + 1 < len[w]; i++)
				two[w][shift + i] = (char)('a' + rand_r(&seed) % 3);
			two[w][shift + len[w]] = '\0';
		}
		const char *only = two[1];
		size_t steps = 1000000, most = (shift + len[0]) / 3;
		size_t far = plain_distance(two[0] + shift, len[0], two[1] + shift, len[1]);
		const char *near = nearest_word_within(&steps, two[0], &only, 1);
		if ((near != NULL) != (far <= most))
			fail_msg("%s and %s: %zu of %zu", two[0], two[1], far, most);
	}
}

/* Names of people are long, and of letters with several bytes. */
static void a_long_name_is_found_too(void **state UNUSED)
{
	static const char *const names[] = {
		"Creative Cloud All Apps - Pro Edition (DIRECT - 2C5D1AA4) - Marketing and Sales",
		"日本語の製品プロファイルの名前はとても長いことがあります",
	};
	size_t steps = 1000000;
	assert_string_equal(nearest_word_within(&steps,
						"Creative Cloud All Apps - Pro Edtion (DIRECT - "
						"2C5D1AA4) - Marketing and Sale",
						names, 2),
			    names[0]);
	assert_string_equal(
		nearest_word_within(&steps,
				    "日本語の製品プロファイルの名前はとても長いことかあります",
				    names, 2),
		names[1]);
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
	/* A folder on the way is wrong, and what is in it may be, too. */
	char inner[80];
	snprintf(inner, sizeof(inner), "%s/a.yaml", beside);
	int fd = open(inner, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
	snprintf(path, sizeof(path), "%s/manifsts/a.yaml", folder);
	error = nearest_path(path, error_new(ERROR_SYSTEM, "x"));
	assert_true(asprintf(&due, "x; did you mean \"%s\"?", inner) > 0);
	assert_string_equal(error->message, due);
	error_free(error);
	free(due);
	snprintf(path, sizeof(path), "%s/manifsts/b.yaml", folder);
	error = nearest_path(path, error_new(ERROR_SYSTEM, "x"));
	assert_true(asprintf(&due, "x; did you mean \"%s\"?", beside) > 0);
	assert_string_equal(error->message, due);
	error_free(error);
	free(due);
	unlink(inner);
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
		cmocka_unit_test(near_is_what_the_definition_says),
		cmocka_unit_test(a_long_name_is_found_too),
		cmocka_unit_test(paths_are_looked_for_in_their_folder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
