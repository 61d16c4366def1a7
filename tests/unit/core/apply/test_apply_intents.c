/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/apply/apply.h"
#include "core/ledger/journal.h"
#include "core/util/file.h"
#include "tests/unit/check.h"
#include "tests/unit/repository.h"

static void write_journal(struct arena *a, const char *name, const char *begin, bool ended)
{
	struct journal *j;
	assert_ok(journal_create(in_folder(a, arena_printf(a, "journal/%s", name)), 4096, &j));
	if (begin)
		assert_ok(journal_append(j, RECORD_BEGIN, begin, strlen(begin)));
	if (ended)
		assert_ok(journal_append(j, RECORD_END, "{}", 2));
	assert_ok(journal_sync(j));
	journal_close(j);
}

/* The last run that did not end, whatever else lies in the folder and however little its journal
 * says. */
static void the_unfinished_run_is_found(void **state UNUSED)
{
	static const struct {
		const char *name, *begin, *found;
		bool ended;
	} rows[] = {
		{"10.wal", "{\"plan\": \"sha256:0\"}", NULL, true},
		{"20.wal", NULL, NULL, false}, /* never begun */
		{"30.wal", "{\"plan\": \"sha256:0\"}", "30", false},
		{"40.wal", "{}", "40", false},
		{"50.wal", "{\"plan\": 7}", "50", false},
		{"60.wal",
		 "{\"plan\": "
		 "\"sha256:"
		 "000000000000000000000000000000000000000000000000000000000000000000000\"}",
		 "60", false},
		{"70.wal", "{\"plan\": \"sha256:0\"}", "60", true},
		{"25.wal", "{\"plan\": \"sha256:0\"}", "60", false},
		{".wal", NULL, "60", false},
		{"80.wal.txt", "{\"plan\": \"sha256:0\"}", "60", false},
		{"x", "{}", "60", false},
	};
	ARENA a = {0};
	const char *path, *digest;
	struct error *none = apply_find_unfinished(&a, folder, &path, &digest);
	assert_int_equal(none->code, ERROR_SYSTEM);
	error_free(none);
	assert_ok(file_make_folders(in_folder(&a, "journal"), 0700));
	assert_ok(apply_find_unfinished(&a, folder, &path, &digest));
	assert_null(path);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		write_journal(&a, rows[i].name, rows[i].begin, rows[i].ended);
		assert_ok(apply_find_unfinished(&a, folder, &path, &digest));
		if (!rows[i].found) {
			assert_null(path);
			continue;
		}
		assert_string_equal(path, in_folder(&a, arena_printf(&a, "journal/%s.plan.json",
								     rows[i].found)));
		assert_string_equal(digest, !strcmp(rows[i].found, "30") ? "sha256:0" : "");
	}
}

/* A journal of which nothing can be told stops the search: a run might be lost with it. */
static void a_journal_without_sense_is_an_error(void **state UNUSED)
{
	ARENA a = {0};
	const char *path, *digest;
	write_journal(&a, "90.wal", "not JSON", false);
	CLEANUP(error_free) struct error *error = apply_find_unfinished(&a, folder, &path, &digest);
	assert_int_equal(error->code, ERROR_INPUT);
	assert_non_null(strstr(error->where.file, "90.wal"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_unfinished_run_is_found),
		cmocka_unit_test(a_journal_without_sense_is_an_error),
	};
	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
