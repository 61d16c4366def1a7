/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/checkpoint.h"

#include <string.h>

#include "core/ledger/emptied.h"
#include "core/ledger/run_records.h"
#include "core/ledger/stores/stores.h"
#include "core/util/clock.h"
#include "core/util/file.h"
#include "tests/unit/check.h"
#include "tests/unit/repository.h"

#define DAY 86400

static struct ledger *open_ledger(const char *key)
{
	ARENA a = {0};
	struct store *s = NULL;
	struct ledger *l = NULL;
	assert_ok(folder_store_open(in_folder(&a, key), &s));
	assert_ok(ledger_open(s, &l));
	return l;
}

static int64_t now(void)
{
	int64_t at = 0;
	assert_ok(clock_now(&at));
	return at;
}

static void add_plan(struct ledger *l, const char *run)
{
	ARENA a = {0};
	const struct run_plan plan = {"{\"changes\": []}", 15, NULL};
	run_records_add_plan(l, run, &plan);
	ledger_add(l, ENTRY_BEGIN, run,
		   arena_printf(&a,
				"{\"plan\": \"sha256:%s\", \"by\": \"ann\", \"changes\": 2, "
				"\"saved\": true, \"whole\": true, \"manifests\": \"sha256:m\", "
				"\"begun\": \"2026-05-01T00:00:00Z\"}",
				run));
	assert_ok(ledger_write(l));
}

static void hold(struct ledger *l)
{
	ledger_add(l, ENTRY_HOLD, NULL, "{\"actor\": \"ann\", \"lease_ms\": 1000}");
	assert_ok(ledger_write(l));
}

static void release(struct ledger *l, struct ledger_view *view)
{
	ledger_view_add(l, view, now());
	ledger_add(l, ENTRY_RELEASE, NULL, "{}");
	assert_ok(ledger_write(l));
}

/* One run from hold to release, in four records; it ends where `ends`. */
static void add_run(struct ledger *l, const char *run, bool ends)
{
	ARENA a = {0};
	struct ledger_view view;
	hold(l);
	add_plan(l, run);
	ledger_add(l, ENTRY_INTENT, run, "{\"changes\": [\"c1\"]}");
	assert_ok(ledger_write(l));
	ledger_add(l, ENTRY_RESULT, run,
		   "{\"changes\": [\"c1\"], \"outcome\": \"done\", \"message\": null}");
	if (ends)
		ledger_add(l, ENTRY_END, run, "{\"end\": \"done\"}");
	assert_ok(ledger_write(l));
	assert_ok(ledger_view_read(l, &a, &view));
	release(l, &view);
}

/* What is open, as the state of a release would have it. */
static const char *open_text(struct arena *a, struct ledger *l, struct ledger_view *view)
{
	struct ledger_record_vec records = {0};
	struct str out = STR(a);
	assert_ok(ledger_view_read(l, a, view));
	assert_ok(ledger_read(l, a, ledger_state_at(l), ledger_state_at(l), &records));
	const struct ledger_entry_vec *entries = &records.at[0].entries;
	for (size_t i = 0; i < entries->len; i++) {
		if (entries->at[i].type == ENTRY_STATE)
			str_addn(&out, entries->at[i].body.at, entries->at[i].body.len);
	}
	return str_text(&out);
}

/* As `writ ledger checkpoint` does it; how many were emptied. */
static size_t empty_until(struct ledger *l, int64_t until)
{
	ARENA a = {0};
	struct ledger_record_vec records = {0};
	struct ledger_view view;
	struct checkpoint found;
	size_t count = 0;
	assert_ok(ledger_view_read(l, &a, &view));
	hold(l);
	assert_ok(ledger_read_whole(l, &a, &records));
	checkpoint_find(&records, &view, until, &a, &found);
	if (found.count)
		checkpoint_add(l, &records, &found);
	release(l, &view);
	assert_ok(checkpoint_empty(l, &records, &found, &count));
	return count;
}

static const struct ledger_record *record_at(struct ledger *l, struct arena *a, uint64_t number)
{
	struct ledger_record_vec records = {0};
	assert_ok(ledger_read_all(l, a, &records));
	return &records.at[number - 1];
}

static bool is_emptied(struct ledger *l, uint64_t number)
{
	ARENA a = {0};
	return record_at(l, &a, number)->emptied;
}

/* ---- */

/* Everything that a state can hold is the same behind a checkpoint, byte by byte. */
static void nothing_that_is_open_is_lost(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *l = open_ledger("open");
	struct ledger_view view;
	add_run(l, "first", true);
	add_run(l, "second", true);
	assert_ok(ledger_view_read(l, &a, &view));
	vec_push(&a, &view.withheld, "grant/user/u/role/storage-administrator");
	vec_push(&a, &view.waiting, (struct waiting_change){"grant/user/w/api/x", now() - DAY});
	vec_push(&a, &view.attested,
		 (struct attestation){.address = "grant/user/w/api/y",
				      .by = "ann",
				      .why = "seen",
				      .at = now() - DAY});
	vec_push(&a, &view.ends, (struct grant_end){.address = "grant/user/e/api/z", .day = 20000});
	vec_push(&a, &view.used, (struct used_plan){"sha256:u", "used", now() - DAY});
	view.used_since = now() - (int64_t)90 * DAY;
	hold(l);
	release(l, &view);
	for (int i = 0; i < 3; i++) { /* and again, with what is emptied already */
		struct ledger_view before, after;
		const char *then = open_text(&a, l, &before);
		assert_true(empty_until(l, INT64_MAX) > 0);
		assert_string_equal(open_text(&a, l, &after), then);
		assert_int_equal(after.used.len, before.used.len);
		assert_int_equal(after.withheld.len, 1);
		assert_int_equal(after.waiting.len, 1);
		assert_int_equal(after.attested.len, 1);
		assert_int_equal(after.ends.len, 1);
		assert_string_equal(after.last.run, "second");
	}
	assert_true(is_emptied(l, 1));
	ledger_close(l);
}

/* A plan that was used long ago is not on record any more, and what is older than that is refused:
 * the same with and without a checkpoint. */
static void what_was_forgotten_is_not_unused(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *l = open_ledger("forgotten");
	struct ledger_view view;
	add_run(l, "first", true);
	assert_ok(ledger_view_read(l, &a, &view));
	vec_push(&a, &view.used, (struct used_plan){"sha256:u", "used", now() - (int64_t)31 * DAY});
	hold(l);
	release(l, &view);
	empty_until(l, INT64_MAX);
	assert_ok(ledger_view_read(l, &a, &view));
	assert_true(view.used_since >= now() - (int64_t)31 * DAY);
	for (size_t i = 0; i < view.used.len; i++)
		assert_string_not_equal(view.used.at[i].plan, "sha256:u");
	ledger_close(l);
}

/* Of a run that has not ended, and behind its beginning, all is kept. */
static void open_runs_are_kept(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *l = open_ledger("kept");
	struct ledger_view view;
	struct ledger_entry_vec entries = {0};
	struct run_plan plan;
	add_run(l, "first", true);    /* 1 .. 5 */
	add_run(l, "stopped", false); /* 6 .. 10 */
	add_run(l, "third", true);
	add_run(l, "fourth", true);
	assert_int_equal(empty_until(l, INT64_MAX), 6);
	assert_true(is_emptied(l, 6));
	assert_false(is_emptied(l, 7));
	assert_ok(ledger_view_read(l, &a, &view));
	assert_int_equal(view.open.len, 1);
	assert_ok(run_records_read(l, &a, &view.open.at[0], &entries));
	assert_ok(run_records_plan(&entries, "stopped", &a, &plan));
	assert_string_equal(plan.bytes, "{\"changes\": []}");
	ledger_close(l);
}

/* Its next record makes the snapshot of it. */
static void a_run_without_a_snapshot_is_kept(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *l = open_ledger("unrecorded");
	struct ledger_view view;
	add_run(l, "first", true);
	add_run(l, "second", true);
	add_run(l, "third", true);
	assert_ok(ledger_view_read(l, &a, &view));
	vec_push(&a, &view.unrecorded, "second");
	hold(l);
	release(l, &view);
	empty_until(l, INT64_MAX);
	for (uint64_t number = 1; number <= 13; number++)
		assert_int_equal(is_emptied(l, number), number < 7 || number > 9);
	ledger_close(l);
}

/* A run that is in part too young stays whole, with what it shares a record with. */
static void runs_stay_whole(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *l = open_ledger("whole");
	struct ledger_record_vec records = {0};
	struct ledger_view view;
	struct checkpoint found;
	add_run(l, "first", true);
	add_run(l, "second", false);
	hold(l); /* 11 */
	ledger_add(l, ENTRY_END, "second", "{\"end\": \"superseded\"}");
	add_plan(l, "third");
	ledger_add(l, ENTRY_END, "third", "{\"end\": \"done\"}");
	assert_ok(ledger_write(l));
	assert_ok(ledger_view_read(l, &a, &view));
	release(l, &view);
	add_run(l, "fourth", true);
	assert_ok(ledger_read_whole(l, &a, &records));
	assert_ok(ledger_view_read(l, &a, &view));
	for (size_t i = 0; i < records.len; i++)
		records.at[i].at = records.at[i].number < 13 ? 1000 : 2000;
	checkpoint_find(&records, &view, 1500, &a, &found);
	assert_true(found.marked[5] && found.marked[6] && found.marked[10] && found.marked[11]);
	assert_false(found.marked[7] || found.marked[9] || found.marked[12]);
	ledger_close(l);
}

static void words_of_people_are_kept(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *l = open_ledger("words");
	add_run(l, "first", true);
	attested_add(
		l,
		&(struct attestation){
			.address = "grant/user/w/api/y", .by = "ann", .why = "seen", .at = now()},
		"it was attested anew");
	assert_ok(ledger_write(l));
	add_run(l, "second", true);
	empty_until(l, INT64_MAX);
	assert_true(is_emptied(l, 5));
	assert_false(is_emptied(l, 6));
	assert_true(is_emptied(l, 7));
	assert_string_equal(record_at(l, &a, 6)->entries.at[0].type == ENTRY_ATTESTED ? "is" : "",
			    "is");
	ledger_close(l);
}

/* A ledger that never had a whole state, as a first run that died leaves it. */
static void without_a_state_nothing_is_emptied(void **state UNUSED)
{
	struct ledger *l = open_ledger("stateless");
	hold(l);
	add_plan(l, "first");
	ledger_add(l, ENTRY_END, "first", "{\"end\": \"done\"}");
	assert_ok(ledger_write(l));
	assert_int_equal(empty_until(l, INT64_MAX), 0);
	ledger_close(l);
}

/* A reader who had the head before goes on from there. */
static void who_read_the_head_before_goes_on(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *l = open_ledger("reader"), *reader = NULL;
	struct ledger_view view;
	add_run(l, "first", true);
	add_run(l, "second", true);
	reader = open_ledger("reader");
	assert_true(empty_until(l, INT64_MAX) > 0);
	assert_ok(ledger_view_read(reader, &a, &view));
	assert_string_equal(view.last.run, "second");
	ledger_close(reader);
	ledger_close(l);
}

static void write_record(const char *key, uint64_t number, const char *bytes, size_t len)
{
	ARENA a = {0};
	assert_ok(file_write_atomic(
		in_folder(&a, arena_printf(&a, "%s/%012llu", key, (unsigned long long)number)),
		bytes, len, 0600));
}

static const char *damage_of(struct arena *a, const char *key)
{
	struct ledger *l = open_ledger(key);
	struct ledger_record_vec records = {0};
	const char *found = "";
	assert_ok(ledger_read_all(l, a, &records));
	for (size_t i = 0; i < records.len && !*found; i++)
		found = records.at[i].damage ? records.at[i].damage : "";
	ledger_close(l);
	return found;
}

/* Who can write to the place cannot empty a record by saying that it was. */
static void what_no_checkpoint_names_is_damage(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *l = open_ledger("forged");
	char text[EMPTIED_TEXT];
	for (int i = 0; i < 3; i++)
		add_run(l, arena_printf(&a, "run-%d", i), true);
	const struct ledger_record *r = record_at(l, &a, 3);
	struct emptied e = {.number = 3};
	memcpy(e.digest, r->digest, SHA256_SIZE);
	memcpy(e.before, r->before, SHA256_SIZE);
	write_record("forged", 3, text, emptied_text(&e, text));
	assert_string_equal(damage_of(&a, "forged"), "it was emptied, and no checkpoint names it");
	/* Of what a run needs none may be emptied. */
	struct ledger_record_vec records = {0};
	struct error *error = ledger_read(l, &a, 1, 5, &records);
	assert_non_null(error);
	assert_non_null(strstr(error->message, "record 3"));
	assert_non_null(strstr(error->message, "it was emptied"));
	error_free(error);
	ledger_close(l);
}

/* Nor change the digest of one that was emptied, with both of its neighbours. */
static void what_is_left_is_what_it_was(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *l = open_ledger("left");
	char text[EMPTIED_TEXT];
	for (int i = 0; i < 3; i++)
		add_run(l, arena_printf(&a, "run-%d", i), true);
	assert_true(empty_until(l, INT64_MAX) > 0);
	assert_string_equal(damage_of(&a, "left"), "");
	const struct ledger_record *second = record_at(l, &a, 2), *third = record_at(l, &a, 3);
	struct emptied two = {.number = 2}, three = {.number = 3};
	memcpy(two.digest, second->digest, SHA256_SIZE);
	memcpy(two.before, second->before, SHA256_SIZE);
	memcpy(three.digest, third->digest, SHA256_SIZE);
	two.digest[0] ^= 1;
	memcpy(three.before, two.digest, SHA256_SIZE);
	write_record("left", 2, text, emptied_text(&two, text));
	write_record("left", 3, text, emptied_text(&three, text));
	assert_string_equal(damage_of(&a, "left"),
			    "the records before its checkpoint are not those that it was made of");
	ledger_close(l);
}

/* By what is left of it too: commits of snapshots name records that are old. */
static void an_emptied_record_is_still_had(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *l = open_ledger("had");
	unsigned char digest[SHA256_SIZE];
	bool has = false;
	for (int i = 0; i < 3; i++)
		add_run(l, arena_printf(&a, "run-%d", i), true);
	memcpy(digest, record_at(l, &a, 3)->digest, SHA256_SIZE);
	assert_true(empty_until(l, INT64_MAX) > 0);
	assert_true(is_emptied(l, 3));
	assert_ok(ledger_has(l, 3, digest, &has));
	assert_true(has);
	assert_ok(ledger_has(l, 4, digest, &has));
	assert_false(has);
	assert_ok(ledger_has(l, ledger_number(l) + 1, digest, &has));
	assert_false(has);
	assert_ok(ledger_has(l, 0, digest, &has));
	assert_false(has);
	ledger_close(l);
}

static void a_checkpoint_of_nothing_known_is_damage(void **state UNUSED)
{
	static const struct {
		const char *key, *body, *damage;
	} rows[] = {
		{"later", "{\"to\": 9, \"chain\": \"sha256:0\", \"emptied\": [\"1\"]}",
		 "its checkpoint is of records that are not before it"},
		{"none", "{\"to\": 0, \"chain\": \"sha256:0\", \"emptied\": [\"1\"]}",
		 "its checkpoint is of records that are not before it"},
		{"chain", "{\"to\": 1, \"chain\": \"sha256:0\", \"emptied\": [\"1\"]}",
		 "the records before its checkpoint are not those that it was made of"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct ledger *l = open_ledger(rows[i].key);
		hold(l);
		ledger_add(l, ENTRY_CHECKPOINT, NULL, rows[i].body);
		assert_ok(ledger_write(l));
		ledger_close(l);
		assert_string_equal(damage_of(&a, rows[i].key), rows[i].damage);
	}
}

static void ranges_are_read_strictly(void **state UNUSED)
{
	static const char *const ill[] = {"\"0\"",  "\"2\"",   "\"1-2\"", "\"-1\"", "\"x\"",
					  "\"1-\"", "\"2-1\"", "\"1 \"",  "1"};
	for (size_t i = 0; i < sizeof(ill) / sizeof(*ill); i++) {
		ARENA a = {0};
		char chain[SHA256_TEXT];
		struct ledger_record_vec records = {0};
		const char *key = arena_printf(&a, "range-%zu", i);
		struct ledger *l = open_ledger(key);
		hold(l);
		assert_ok(ledger_read_whole(l, &a, &records));
		checkpoint_chain(&records, 1, chain);
		ledger_add(l, ENTRY_CHECKPOINT, NULL,
			   arena_printf(&a, "{\"to\": 1, \"chain\": \"%s\", \"emptied\": [%s]}",
					chain, ill[i]));
		assert_ok(ledger_write(l));
		ledger_close(l);
		assert_string_equal(damage_of(&a, key),
				    "its checkpoint does not say which records it is of");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_that_is_open_is_lost),
		cmocka_unit_test(what_was_forgotten_is_not_unused),
		cmocka_unit_test(open_runs_are_kept),
		cmocka_unit_test(a_run_without_a_snapshot_is_kept),
		cmocka_unit_test(runs_stay_whole),
		cmocka_unit_test(words_of_people_are_kept),
		cmocka_unit_test(without_a_state_nothing_is_emptied),
		cmocka_unit_test(who_read_the_head_before_goes_on),
		cmocka_unit_test(what_no_checkpoint_names_is_damage),
		cmocka_unit_test(what_is_left_is_what_it_was),
		cmocka_unit_test(an_emptied_record_is_still_had),
		cmocka_unit_test(a_checkpoint_of_nothing_known_is_damage),
		cmocka_unit_test(ranges_are_read_strictly),
	};
	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
