/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/late_results.h"

#include <string.h>

#include "core/util/file.h"
#include "tests/unit/check.h"
#include "tests/unit/ledger_folder.h"

/* Two processes keep theirs; the next one appends both, once. */
static void what_was_kept_is_appended_once(void **state UNUSED)
{
	static const char *const bodies[] = {
		"{\"changes\": [\"c1\"], \"outcome\": \"done\", \"message\": null, \"behind\": 3}",
		"{\"changes\": [\"c2-c4\"], \"outcome\": \"failed\", \"message\": \"a \\\"b\\\"\", "
		"\"behind\": 3}"};
	ARENA a = {0};
	const char *kept = in_folder(&a, "late");
	struct late_result_vec both = {0}, one = {0};
	struct ledger *l = open_ledger("ledger"), *other = open_ledger("ledger");
	struct ledger_record_vec records = {0};
	size_t count = 7, left = 7;
	assert_ok(late_results_append(l, kept, &count, &left));
	assert_int_equal(count, 0);
	vec_push(&a, &both, bodies[0]);
	vec_push(&a, &both, bodies[1]);
	vec_push(&a, &one, bodies[0]);
	assert_ok(late_results_keep(l, kept, "run \"1\"", &both));
	assert_ok(late_results_keep(other, kept, "run-2", &one));
	assert_ok(file_write_atomic(in_folder(&a, "late/notes"), "mine", 4, 0600));
	assert_ok(late_results_append(l, kept, &count, &left));
	assert_int_equal(count, 2);
	assert_ok(late_results_append(l, kept, &count, &left));
	assert_int_equal(count, 0);
	assert_ok(ledger_read_all(l, &a, &records));
	assert_int_equal(records.len, 1);
	assert_int_equal(records.at[0].entries.len, 3);
	for (size_t i = 0, seen = 0; i < 3; i++) {
		const struct ledger_entry *e = &records.at[0].entries.at[i];
		assert_int_equal(e->type, ENTRY_LATE);
		if (!strcmp(e->run, "run-2"))
			continue;
		assert_string_equal(e->run, "run \"1\"");
		assert_string_equal(arena_strndup(&a, e->body.at, e->body.len), bodies[seen++]);
	}
	ledger_close(l);
	ledger_close(other);
}

/* A run's results go into the ledger that has its records, and into no other of that place. */
static void what_another_ledger_is_due_stays(void **state UNUSED)
{
	static const char body[] = "{\"changes\": [\"c1\"], \"outcome\": \"done\", \"behind\": 1}";
	ARENA a = {0};
	const char *kept = in_folder(&a, "due");
	struct late_result_vec results = {0};
	struct ledger *l = open_ledger("of-run"), *empty = open_ledger("empty");
	size_t count, left;
	vec_push(&a, &results, body);
	ledger_add(l, ENTRY_INTENT, "run", "{\"changes\": [\"c1\"]}");
	assert_ok(ledger_write(l));
	assert_ok(late_results_keep(l, kept, "run", &results));
	assert_ok(late_results_append(empty, kept, &count, &left));
	assert_int_equal(count, 0);
	assert_int_equal(left, 1);
	assert_int_equal(ledger_number(empty), 0);
	ledger_add(l, ENTRY_RELEASE, NULL, "{}");
	assert_ok(ledger_write(l));
	assert_ok(late_results_append(l, kept, &count, &left));
	assert_int_equal(count, 1);
	assert_int_equal(left, 0);
	ledger_close(empty);
	ledger_close(l);
}

/* What is no such file stops the run, and stays. */
static void what_is_damaged_is_told(void **state UNUSED)
{
	static const char *const texts[] = {"", "{", "[]", "{\"run\": 1, \"results\": []}",
					    "{\"run\": \"r\"}"};
	ARENA a = {0};
	const char *kept = in_folder(&a, "late"), *path = in_folder(&a, "late/x.late");
	struct ledger *l = open_ledger("ledger");
	uint64_t before = ledger_number(l);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		size_t count, left;
		assert_ok(file_write_atomic(path, texts[i], strlen(texts[i]), 0600));
		CLEANUP(error_free)
		struct error *error = late_results_append(l, kept, &count, &left);
		assert_non_null(error);
		ledger_drop(l);
		assert_int_equal(access(path, F_OK), 0);
	}
	assert_int_equal(ledger_number(l), before);
	ledger_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_kept_is_appended_once),
		cmocka_unit_test(what_another_ledger_is_due_stays),
		cmocka_unit_test(what_is_damaged_is_told),
	};
	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
