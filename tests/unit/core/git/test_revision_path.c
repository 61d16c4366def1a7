/* SPDX-License-Identifier: Apache-2.0 */
#include "core/git/revision_path.h"
#include "core/util/str.h"
#include "tests/unit/check.h"
#include "tests/unit/repository.h"

static int set_up(void **state)
{
	if (make_folder(state) ||
	    shell("git init -q -b main repo; mkdir -p repo/org/sub; cd repo;"
		  "echo 1 >org/a.yaml; echo 2 >org/sub/b.yaml; echo 3 >c.yaml;"
		  "echo 4 >main:c.yaml; git add .; git commit -q -m one"))
		return -1;
	return 0;
}

static void a_file_of_the_name_comes_first(void **state UNUSED)
{
	ARENA a = {0};
	assert_int_equal(chdir(in_folder(&a, "repo")), 0);
	assert_true(revision_path_is("main:org"));
	assert_true(revision_path_is("main:"));
	assert_false(revision_path_is("main:c.yaml"));
	assert_false(revision_path_is("./main:c.yaml/x")); /* below a file */
	assert_false(revision_path_is("main"));
	assert_false(revision_path_is(":org"));
	assert_false(revision_path_is("-"));
	assert_false(revision_path_is(""));
}

/* The names of all files, each with a blank behind it, or how the error's message begins. */
static const char *names_of(struct arena *a, const char *text, const char *repository)
{
	struct revision_path at;
	struct stored_file_vec files = {0};
	struct str out = STR(a);
	assert_ok(revision_path_find(a, text, repository, &at));
	CLEANUP(error_free) struct error *error = revision_path_read(&at, a, 1000, &files);
	if (error)
		return arena_strdup(a, error->message);
	for (size_t i = 0; i < files.len; i++)
		str_printf(&out, "%s ", revision_path_name(a, &at, &files.at[i], files.len));
	return str_text(&out);
}

static void paths_count_from_the_root_or_from_here(void **state UNUSED)
{
	static const struct {
		const char *here, *text, *names;
	} rows[] = {
		{"repo", "HEAD:org", "HEAD:org/a.yaml HEAD:org/sub/b.yaml "},
		{"repo/org", "HEAD:org", "HEAD:org/a.yaml HEAD:org/sub/b.yaml "},
		{"repo/org", "HEAD:./sub", "HEAD:org/sub/b.yaml "},
		{"repo/org", "HEAD:./", "HEAD:org/a.yaml HEAD:org/sub/b.yaml "},
		{"repo/org", "HEAD:.", "HEAD:org/a.yaml HEAD:org/sub/b.yaml "},
		{"repo/org", "HEAD:./sub/b.yaml", "HEAD:org/sub/b.yaml "},
		{"repo/org", "HEAD:c.yaml", "HEAD:c.yaml "},
		{"repo",
		 "HEAD:", "HEAD:c.yaml HEAD:main:c.yaml HEAD:org/a.yaml HEAD:org/sub/b.yaml "},
		{"repo", "HEAD:none", "revision"},
		{".", "HEAD:org", "\"HEAD:org\": this folder is in no git repository"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		assert_int_equal(chdir(in_folder(&a, rows[i].here)), 0);
		const char *names = names_of(&a, rows[i].text, NULL);
		if (strncmp(names, rows[i].names, strlen(rows[i].names)) != 0)
			fail_msg("row %zu: %s", i, names);
	}
}

static void a_repository_that_is_named_counts_from_its_root(void **state UNUSED)
{
	ARENA a = {0};
	const char *repository = in_folder(&a, "repo");
	assert_int_equal(chdir(folder), 0);
	assert_string_equal(names_of(&a, "main:./org/sub", repository), "main:org/sub/b.yaml ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_of_the_name_comes_first),
		cmocka_unit_test(paths_count_from_the_root_or_from_here),
		cmocka_unit_test(a_repository_that_is_named_counts_from_its_root),
	};
	return cmocka_run_group_tests(tests, set_up, drop_folder);
}
