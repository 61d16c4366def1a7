/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/adopt.h"

#include <string.h>
#include <sys/file.h>

#include "core/ledger/run_records.h"
#include "core/util/file.h"
#include "tests/unit/check.h"
#include "tests/unit/ledger_folder.h"
#include "tests/unit/old_journal.h"

#define NOW 1780272000
#define RUN "20260531T000000Z-0123456789ab-000"
#define DONE "20260530T000000Z-0123456789ab-000"

static void put(const char *path, const char *bytes, size_t len)
{
	ARENA a = {0};
	assert_ok(file_write_atomic(in_folder(&a, path), bytes, len, 0600));
}

static void put_run(const char *name, const char *plan, bool ended)
{
	ARENA a = {0};
	struct old_journal j;
	old_journal_begin(&j, &a);
	old_journal_add(
		&j, RECORD_BEGIN,
		arena_printf(&a,
			     "{\"plan\": \"%s\", \"organization\": \"acme\", \"by\": \"ann\", "
			     "\"begun\": \"2026-05-31T00:00:00Z\", \"changes\": 2}",
			     plan));
	old_journal_add(&j, RECORD_INTENT, "{\"changes\": [\"c1\", \"c2\"]}");
	old_journal_add(&j, RECORD_RESULT,
			"{\"change\": \"c1\", \"outcome\": \"done\", \"message\": null}");
	if (ended)
		old_journal_add(&j, RECORD_END, "{\"end\": \"done\"}");
	put(arena_printf(&a, "journal/%s.wal", name), j.bytes.at, j.bytes.len);
	put(arena_printf(&a, "journal/%s.plan.json", name), "{}", 2);
}

static int set_up(void **state)
{
	ARENA a = {0};
	if (make_folder(state))
		return -1;
	assert_ok(file_make_folders(in_folder(&a, "journal"), 0700));
	put_run(RUN, "sha256:2", false);
	put_run(DONE, "sha256:1", true);
	put("journal/" RUN ".plan.json.sig", "signed\n", 7);
	put("waiting", "2026-05-29T00:00:00Z grant/x\nnonsense\n", 38);
	return 0;
}

static void check(struct ledger *l)
{
	ARENA a = {0};
	struct ledger_view v;
	struct ledger_entry_vec entries = {0};
	struct run_plan plan;
	assert_ok(ledger_view_read(l, &a, &v));
	assert_int_equal(v.open.len, 1);
	assert_string_equal(v.open.at[0].name, RUN);
	assert_string_equal(v.open.at[0].plan, "sha256:2");
	assert_int_equal(v.used.len, 2);
	assert_string_equal(v.used.at[0].plan, "sha256:1");
	assert_int_equal(ledger_view_waits_since(&v, "grant/x"), 1780012800);
	assert_ok(run_records_read(l, &a, &v.open.at[0], &entries));
	assert_ok(run_records_plan(&entries, RUN, &a, &plan));
	assert_string_equal(plan.bytes, "{}");
	assert_string_equal(plan.signature, "signed\n");
	const struct ledger_entry *result = &entries.at[entries.len - 1];
	assert_int_equal(result->type, ENTRY_RESULT);
	assert_memory_equal(result->body.at, "{\"changes\": [\"c1\"]", 18);
}

/* Runs, plans, signatures and waiting changes are on record, and nothing is lost or done twice. */
static void what_was_left_is_taken_over_once(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *l = open_ledger("ledger");
	assert_ok(ledger_adopt(l, folder, NOW));
	check(l);
	uint64_t number = ledger_number(l);
	assert_ok(ledger_adopt(l, folder, NOW));
	assert_int_equal(ledger_number(l), number);
	assert_int_equal(access(in_folder(&a, "journal/" RUN ".wal"), F_OK), -1);
	assert_int_equal(access(in_folder(&a, "before-the-ledger/" RUN ".wal"), F_OK), 0);
	assert_int_equal(access(in_folder(&a, "before-the-ledger/waiting"), F_OK), 0);
	/* Killed before it was moved aside: it is on record twice, and counts once. */
	put_run(RUN, "sha256:2", false);
	assert_ok(ledger_adopt(l, folder, NOW));
	ledger_close(l);
	l = open_ledger("ledger");
	struct ledger_view v;
	assert_ok(ledger_view_read(l, &a, &v));
	assert_int_equal(v.open.len, 1);
	ledger_close(l);
}

static void a_program_at_work_is_left_alone(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *l = open_ledger("ledger");
	put_run("20260601T000000Z-0123456789ab-000", "sha256:3", false);
	put("lock", "process 1", 9);
	FILE *lock = fopen(in_folder(&a, "lock"), "r+");
	assert_non_null(lock);
	assert_int_equal(flock(fileno(lock), LOCK_EX), 0);
	struct error *error = ledger_adopt(l, folder, NOW);
	assert_non_null(error);
	assert_int_equal(error->code, ERROR_LOCKED);
	error_free(error);
	fclose(lock);
	assert_ok(ledger_adopt(l, folder, NOW));
	ledger_close(l);
}

/* What cannot be read is not passed over. */
static void a_damaged_journal_is_told(void **state UNUSED)
{
	struct ledger *l = open_ledger("ledger");
	put("journal/20260602T000000Z-0123456789ab-000.wal", "something else here", 19);
	struct error *error = ledger_adopt(l, folder, NOW);
	assert_non_null(error);
	assert_int_equal(error->code, ERROR_INPUT);
	error_free(error);
	ledger_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_left_is_taken_over_once),
		cmocka_unit_test(a_program_at_work_is_left_alone),
		cmocka_unit_test(a_damaged_journal_is_told),
	};
	return cmocka_run_group_tests(tests, set_up, drop_folder);
}
