/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/stores/stores.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/util/file.h"
#include "tests/unit/core/ledger/store_suite.h"
#include "tests/unit/repository.h"

static struct store *suite_open(const char *key)
{
	ARENA a = {0};
	struct store *s = NULL;
	assert_ok(folder_store_open(in_folder(&a, key), &s));
	return s;
}

/* Whoever may write there can bring a record, which the next run would believe. */
static void a_folder_of_others_is_refused(void **state UNUSED)
{
	ARENA a = {0};
	struct store *s = suite_open("open");
	s->kind->close(s);
	assert_int_equal(chmod(in_folder(&a, "open"), 0777), 0);
	struct error *error = folder_store_open(in_folder(&a, "open"), &s);
	assert_non_null(error);
	assert_int_equal(error->code, ERROR_INPUT);
	error_free(error);
}

/* What a killed process left beside the records is none, and is not in the way. */
static void a_draft_is_no_record(void **state UNUSED)
{
	ARENA a = {0};
	struct stored_record head;
	struct store *s = suite_open("draft");
	assert_ok(file_write_atomic(in_folder(&a, "draft/.draft-0"), "half", 4, 0600));
	assert_ok(file_write_atomic(in_folder(&a, "draft/0000000000012"), "13 digits", 9, 0600));
	assert_ok(s->kind->head(s, &a, &head));
	assert_int_equal(head.number, 0);
	suite_fill(s, 2);
	s->kind->close(s);
}

/* One that is a day old was left by a process that died; a younger one may be written now. */
static void old_drafts_are_taken_away(void **state UNUSED)
{
	ARENA a = {0};
	struct store *s = suite_open("drafts");
	const char *old = in_folder(&a, "drafts/.draft-old"),
		   *young = in_folder(&a, "drafts/.draft-young"),
		   *other = in_folder(&a, "drafts/other");
	const struct timespec past[2] = {{.tv_sec = time(NULL) - 90000},
					 {.tv_sec = time(NULL) - 90000}};
	assert_ok(file_write_atomic(old, "half", 4, 0600));
	assert_ok(file_write_atomic(young, "half", 4, 0600));
	assert_ok(file_write_atomic(other, "what", 4, 0600));
	assert_int_equal(utimensat(AT_FDCWD, old, past, 0), 0);
	assert_int_equal(utimensat(AT_FDCWD, other, past, 0), 0);
	assert_ok(s->kind->reserve(s, 4096));
	assert_int_equal(access(old, F_OK), -1);
	assert_int_equal(access(young, F_OK), 0);
	assert_int_equal(access(other, F_OK), 0);
	s->kind->close(s);
}

static void room_is_kept_and_given_back(void **state UNUSED)
{
	struct store *s = suite_open("room");
	assert_ok(s->kind->reserve(s, 1 << 20));
	suite_fill(s, 200);
	s->kind->close(s);
}

int main(void)
{
	suite_racers = 8;
	suite_rounds = 50;
	const struct CMUnitTest tests[] = {
		STORE_TESTS,
		cmocka_unit_test(a_folder_of_others_is_refused),
		cmocka_unit_test(a_draft_is_no_record),
		cmocka_unit_test(old_drafts_are_taken_away),
		cmocka_unit_test(room_is_kept_and_given_back),
	};
	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
