/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/ledger.h"

#include <string.h>

#include "core/ledger/run_records.h"
#include "core/util/file.h"
#include "tests/unit/check.h"
#include "tests/unit/fence.h"
#include "tests/unit/ledger_folder.h"

static void rewrite(const char *path, const char *from, const char *to)
{
	ARENA a = {0};
	CLEANUP(free) char *bytes = NULL;
	size_t len;
	assert_ok(file_read(in_folder(&a, path), 1 << 20, &bytes, &len));
	char *at = strstr(bytes, from);
	assert_non_null(at);
	assert_int_equal(strlen(from), strlen(to));
	memcpy(at, to, strlen(to));
	assert_ok(file_write_atomic(in_folder(&a, path), bytes, len, 0600));
}

/* What was added together is one record, and travels or is lost together. */
static void entries_travel_together(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *l = open_ledger("together");
	struct ledger_record_vec records = {0};
	ledger_add(l, ENTRY_RESULT, "run", "{\"changes\": [\"c1\"]}");
	ledger_drop(l);
	ledger_add(l, ENTRY_RESULT, "run", "{\"changes\": [\"c2\"]}");
	ledger_add(l, ENTRY_INTENT, "run", "{\"changes\": [\"c3\"]}");
	assert_ok(ledger_write(l));
	assert_ok(ledger_write(l)); /* nothing was added */
	assert_int_equal(ledger_number(l), 1);
	assert_ok(ledger_read(l, &a, 1, 1, &records));
	assert_int_equal(records.at[0].entries.len, 2);
	assert_int_equal(records.at[0].entries.at[0].type, ENTRY_RESULT);
	assert_int_equal(records.at[0].entries.at[1].type, ENTRY_INTENT);
	ledger_close(l);
}

static const struct store_kind *kept_kind;
static int answers_to_lose;

static struct error *append_and_lose(struct store *s, struct arena *a,
				     const struct new_record *record, enum append_answer *answer,
				     const char **words)
{
	struct error *error = kept_kind->append(s, a, record, answer, words);
	if (!error && answers_to_lose-- > 0)
		*answer = APPEND_UNANSWERED;
	return error;
}

/* The number is taken on the second try: by this record, whose answer was lost, or by another's. */
static void a_lost_answer_is_told_from_another_run(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *l = open_ledger("answers"), *other;
	struct store *s = ledger_store(l);
	struct ledger_record_vec records = {0};
	struct store_kind kind = *s->kind;
	kept_kind = s->kind;
	kind.append = append_and_lose;
	s->kind = &kind;
	answers_to_lose = 1;
	ledger_add(l, ENTRY_INTENT, "run", "{\"changes\": [\"c1\"]}");
	assert_ok(ledger_write(l));
	assert_int_equal(ledger_number(l), 1);
	other = open_ledger("answers");
	ledger_add(other, ENTRY_INTENT, "other", "{\"changes\": [\"c1\"]}");
	assert_ok(ledger_write(other));
	ledger_add(l, ENTRY_INTENT, "run", "{\"changes\": [\"c2\"]}");
	assert_failed(ledger_write(l), ERROR_LOCKED, "is another run's");
	assert_ok(ledger_read_all(other, &a, &records));
	assert_int_equal(records.len, 2);
	assert_string_equal(records.at[1].entries.at[0].run, "other");
	s->kind = kept_kind;
	ledger_close(other);
	ledger_close(l);
}

/* A record that was changed, or taken away, is found by whoever reads it. */
static void a_changed_record_is_found(void **state UNUSED)
{
	static const struct {
		const char *key, *file, *from, *to, *why;
	} rows[] = {
		{"chain", "chain/000000000001", "c1", "c9", "the record before it is not the one"},
		{"head", "head/000000000002", "\"c2\"", "\"c9\"",
		 "it is not the record that stood there before"},
		{"number", "number/000000000002", "\"number\": 2", "\"number\": 3",
		 "it does not say its number"},
		{"json", "json/000000000002", "{\"number\"", "(\"number\"", "it is no JSON"},
		{"type", "type/000000000002", "\"intent\"", "\"intend\"", "of a type"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct ledger_record_vec records = {0};
		struct ledger *l = open_ledger(rows[i].key);
		ledger_add(l, ENTRY_INTENT, "run", "{\"changes\": [\"c1\"]}");
		assert_ok(ledger_write(l));
		ledger_add(l, ENTRY_INTENT, "run", "{\"changes\": [\"c2\"]}");
		assert_ok(ledger_write(l));
		rewrite(rows[i].file, rows[i].from, rows[i].to);
		CLEANUP(error_free)
		struct error *error = ledger_read(l, &a, 1, 2, &records);
		assert_non_null(error);
		assert_int_equal(error->code, ERROR_INPUT);
		assert_non_null(strstr(error->message, rows[i].why));
		ledger_close(l);
	}
}

static void a_ledger_that_got_shorter_is_refused(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *l = open_ledger("shorter");
	ledger_add(l, ENTRY_INTENT, "run", "{}");
	assert_ok(ledger_write(l));
	ledger_add(l, ENTRY_INTENT, "run", "{}");
	assert_ok(ledger_write(l));
	assert_int_equal(unlink(in_folder(&a, "shorter/000000000002")), 0);
	CLEANUP(error_free) struct error *error = ledger_refresh(l);
	assert_non_null(error);
	assert_int_equal(error->code, ERROR_INPUT);
	ledger_close(l);
}

/* A store that lost its last record has another one under its number by now. */
static void a_head_that_became_another_is_refused(void **state UNUSED)
{
	struct ledger *l = open_ledger("another");
	ledger_add(l, ENTRY_INTENT, "run", "{\"changes\": [\"c1\"]}");
	assert_ok(ledger_write(l));
	assert_ok(ledger_refresh(l));
	rewrite("another/000000000001", "c1", "c9");
	assert_failed(ledger_refresh(l), ERROR_INPUT,
		      "it is not the record that stood there before");
	ledger_close(l);
}

/* A plan is longer than a record: its parts are put together again, wherever they were cut. */
static void a_long_plan_comes_back(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *l = open_ledger("long");
	struct ledger_entry_vec entries = {0};
	struct str text = STR(&a);
	struct run_plan plan = {.signature = "signed\n"}, found;
	struct ledger_view view;
	for (int i = 0; text.len < (size_t)3 << 20; i++)
		str_printf(&text, "\"%d\xc3\xa4\xe2\x82\xac\",\n", i);
	plan.bytes = text.at;
	plan.len = text.len;
	run_records_add_plan(l, "run", &plan);
	ledger_add(l, ENTRY_BEGIN, "run", "{\"plan\": \"sha256:0\"}");
	assert_ok(ledger_write(l));
	assert_true(ledger_number(l) > 1);
	assert_ok(run_records_read(l, &a, &(struct open_run){.name = "run", .first = 1}, &entries));
	assert_ok(run_records_plan(&entries, "run", &a, &found));
	assert_int_equal(found.len, text.len);
	assert_memory_equal(found.bytes, text.at, text.len);
	assert_string_equal(found.signature, "signed\n");
	assert_ok(ledger_view_read(l, &a, &view));
	assert_int_equal(view.open.at[0].first, 1); /* where its first part is */
	entries.at++;				    /* the first part is missing */
	entries.len--;
	struct error *error = run_records_plan(&entries, "run", &a, &found);
	assert_non_null(error);
	assert_int_equal(error->code, ERROR_INPUT);
	error_free(error);
	ledger_close(l);
}

/* The first record has none before it, and says so. */
static void the_first_record_follows_none(void **state UNUSED)
{
	ARENA a = {0};
	CLEANUP(free) char *bytes = NULL;
	size_t len;
	bool has = false;
	unsigned char digest[SHA256_SIZE];
	struct ledger *l = open_ledger("first");
	ledger_add(l, ENTRY_INTENT, "run", "{}");
	assert_ok(ledger_write(l));
	assert_ok(file_read(in_folder(&a, "first/000000000001"), 1 << 20, &bytes, &len));
	assert_non_null(strstr(bytes, "\"before\": null,"));
	ledger_digest(l, digest);
	assert_ok(ledger_has(l, 1, digest, &has)); /* the last is one of them */
	assert_true(has);
	assert_ok(ledger_has(l, 2, digest, &has));
	assert_false(has);
	ledger_close(l);
}

/* What is cut into parts need not end with a NUL. */
static void parts_end_where_their_text_does(void **state UNUSED)
{
	static const char text[] = {'{', '}', (char)0xC3, (char)0xA4};
	ARENA a = {0};
	struct ledger *l = open_ledger("parts");
	struct ledger_record_vec records = {0};
	char *bytes = fenced(text, sizeof(text));
	ledger_add_parts(l, ENTRY_PLAN, "run", bytes, sizeof(text), "");
	unfence(bytes, sizeof(text));
	assert_ok(ledger_write(l));
	assert_ok(ledger_read(l, &a, 1, 1, &records));
	assert_non_null(strstr(records.at[0].entries.at[0].body.at,
			       "\"part\": 1, \"parts\": 1, \"text\": \"{}\xC3\xA4\"}"));
	ledger_close(l);
}

/* A state that one record does not hold is found by the record of its first part. */
static void a_state_of_several_records_is_found_by_its_first(void **state UNUSED)
{
	const size_t len = (size_t)4 << 20;
	struct ledger *l = open_ledger("state");
	char *text = malloc(len);
	assert_non_null(text);
	memset(text, '"', len);
	ledger_add_parts(l, ENTRY_STATE, NULL, text, len, "");
	assert_ok(ledger_write(l));
	assert_true(ledger_number(l) > 1);
	assert_int_equal(ledger_state_at(l), 1);
	ledger_add_parts(l, ENTRY_PLAN, "run", text, len, "");
	assert_ok(ledger_write(l));
	assert_int_equal(ledger_state_at(l), 1);
	uint64_t before = ledger_number(l);
	ledger_add_parts(l, ENTRY_PLAN, "run", "{}", 2, "");
	ledger_add_parts(l, ENTRY_STATE, NULL, text, len, "");
	assert_ok(ledger_write(l));
	assert_int_equal(ledger_state_at(l), before + 1);
	free(text);
	ledger_close(l);
}

/* A process died between the records of a plan, and the next run has the same name. */
static void a_plan_that_was_cut_off_is_none(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *l = open_ledger("cut-off");
	struct ledger_view view;
	struct ledger_entry_vec entries = {0};
	struct run_plan plan = {"{}", 2, "signed\n"}, found;
	ledger_add(l, ENTRY_PLAN, "run",
		   "{\"part\": 1, \"parts\": 2, \"of\": \"plan\", \"text\": \"half\"}");
	assert_ok(ledger_write(l));
	ledger_add_parts(l, ENTRY_PLAN, "run", plan.bytes, plan.len, ", \"of\": \"plan\"");
	assert_ok(ledger_write(l));
	ledger_add_parts(l, ENTRY_PLAN, "run", plan.signature, 7, ", \"of\": \"signature\"");
	ledger_add(l, ENTRY_BEGIN, "run", "{\"plan\": \"sha256:0\"}");
	assert_ok(ledger_write(l));
	assert_ok(ledger_view_read(l, &a, &view));
	assert_int_equal(view.open.at[0].first, 2);
	assert_ok(run_records_read(l, &a, &(struct open_run){.name = "run", .first = 1}, &entries));
	assert_ok(run_records_plan(&entries, "run", &a, &found));
	assert_string_equal(found.bytes, "{}");
	assert_string_equal(found.signature, "signed\n");
	ledger_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_travel_together),
		cmocka_unit_test(a_state_of_several_records_is_found_by_its_first),
		cmocka_unit_test(a_lost_answer_is_told_from_another_run),
		cmocka_unit_test(a_changed_record_is_found),
		cmocka_unit_test(a_ledger_that_got_shorter_is_refused),
		cmocka_unit_test(a_head_that_became_another_is_refused),
		cmocka_unit_test(a_long_plan_comes_back),
		cmocka_unit_test(the_first_record_follows_none),
		cmocka_unit_test(parts_end_where_their_text_does),
		cmocka_unit_test(a_plan_that_was_cut_off_is_none),
	};
	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
