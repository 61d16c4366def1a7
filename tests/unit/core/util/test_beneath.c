/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/beneath.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/unit/check.h"
#include "tests/unit/repository.h"

static int make_tree(void **state)
{
	if (make_folder(state) || chdir(folder))
		return -1;
	return shell("mkdir -p co/.git co/in/deep outside plain/in; ln -s ../outside co/folder\n"
		     "ln -s ../outside/file co/link; ln -s missing co/dangling; ln -s . co/here\n"
		     "ln -s ../../outside co/in/up; ln -s co entry; ln -s outside way\n"
		     "ln -s ../outside plain/link; mkfifo co/pipe; echo kept >outside/file");
}

static void links_in_the_way(void **state UNUSED)
{
	static const struct {
		const char *path, *link; /* NULL: none */
	} rows[] = {
		{"co/new", NULL},
		{"co/in/deep/new", NULL},
		{"co/nowhere/new", NULL},
		{"co/in/../new", NULL},
		{"co/link", "/co/link"},
		{"co/dangling", "/co/dangling"},
		{"co/folder/new", "/co/folder"},
		{"co/folder/file", "/co/folder"},
		{"co/here/new", "/co/here"},
		{"co/in/up/new", "/co/in/up"},
		{"entry/new", NULL}, /* above the checkout */
		{"way/new", "/way"}, /* below the current folder */
		{"plain/in/new", NULL},
		{"plain/link/new", "/plain/link"},
		{"/dev/null", NULL},
		{"nowhere/new", NULL},
	};
	ARENA a = {0};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *whole =
			*rows[i].path == '/' ? rows[i].path : in_folder(&a, rows[i].path);
		struct error *error = beneath_check(rows[i].path);
		if (!rows[i].link) {
			assert_ok(error);
			assert_ok(beneath_check(whole));
			continue;
		}
		assert_non_null(error);
		assert_int_equal(error->code, ERROR_INPUT);
		assert_non_null(strstr(error->message, rows[i].link));
		error_free(error);
		error = beneath_write(rows[i].path, "x", 1, 0600);
		assert_non_null(error);
		error_free(error);
	}
	assert_int_equal(
		shell("[ \"$(cat outside/file)\" = kept ] && [ \"$(ls outside)\" = file ]"), 0);
}

static void what_is_written(void **state UNUSED)
{
	struct stat st;
	assert_ok(beneath_write("co/in/new", "one", 3, 0600));
	assert_int_equal(stat("co/in/new", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(chmod("co/in/new", 0666), 0);
	assert_ok(beneath_write("co/in/new", "two", 3, 0600));
	assert_int_equal(stat("co/in/new", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(
		shell("[ \"$(cat co/in/new)\" = two ] && [ \"$(ls -A co/in | wc -l)\" = 3 ]"), 0);
	struct error *error = beneath_write("co/nowhere/new", "x", 1, 0600);
	assert_non_null(error);
	error_free(error);
	error = beneath_write("co/in", "x", 1, 0600);
	assert_non_null(error);
	error_free(error);
	assert_ok(beneath_make_folders("co/a/b/c"));
	assert_int_equal(shell("[ -d co/a/b ] && [ ! -e co/a/b/c ]"), 0);
	error = beneath_make_folders("co/folder/b/c");
	assert_non_null(error);
	error_free(error);
}

static void folders_that_are_not_there_yet(void **state UNUSED)
{
	assert_int_equal(chdir("plain/in"), 0);
	assert_ok(beneath_check("../../away/a/new"));
	assert_ok(beneath_make_folders("../../away/a/new"));
	assert_ok(beneath_write("../../away/a/new", "x", 1, 0600));
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(shell("[ \"$(cat away/a/new)\" = x ]"), 0);
	/* The one that cannot be made is named, not what was to stand in it. */
	char path[NAME_MAX + 64] = "away/";
	memset(path + strlen(path), 'n', NAME_MAX + 1);
	strcat(path, "/deep/new");
	struct error *error = beneath_make_folders(path);
	assert_non_null(error);
	assert_non_null(strstr(error->message, "creating folder "));
	assert_non_null(strstr(error->message, "nnn: File name too long"));
	error_free(error);
}

static void places_for_a_file(void **state UNUSED)
{
	static const struct {
		const char *path, *told; /* NULL: it will do */
	} rows[] = {
		{"co/in/fresh", NULL},
		{"outside/file", NULL},
		{"co/pipe", NULL},
		{"/dev/stdout", NULL},
		{"co/nowhere/new", "its folder is not there"},
		{"nowhere/at/all", "its folder is not there"},
		{"co/in", "is a folder"},
		{"co/link", "is a symbolic link"},
		{"outside/file/new", "outside/file"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct error *error = beneath_check_file(rows[i].path);
		if (!rows[i].told) {
			assert_ok(error);
			continue;
		}
		assert_non_null(error);
		assert_non_null(strstr(error->message, rows[i].told));
		error_free(error);
	}
	assert_int_equal(shell("[ \"$(cat outside/file)\" = kept ] && [ ! -e co/in/fresh ]"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_in_the_way),
		cmocka_unit_test(what_is_written),
		cmocka_unit_test(folders_that_are_not_there_yet),
		cmocka_unit_test(places_for_a_file),
	};
	return cmocka_run_group_tests(tests, make_tree, drop_folder);
}
