/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/ledger/stores/stores.h"
#include "core/past/run_verify.h"
#include "core/util/file.h"
#include "tests/unit/check.h"
#include "tests/unit/ledger_folder.h"

#define NAME "20260601T000000Z-0123456789ab-000"
#define RECORDS 6

static const char plan_bytes[] = "{\"format_version\": \"1.0\", \"changes\": []}\n";
static char heads[RECORDS + 1][SHA256_TEXT]; /* digest of each record; [0] is none */

static void append(struct ledger *l, enum entry_type type, const char *body)
{
	unsigned char digest[SHA256_SIZE];
	ledger_add(l, type, NAME, body);
	assert_ok(ledger_write(l));
	ledger_digest(l, digest);
	if (ledger_number(l) <= RECORDS)
		sha256_text(digest, heads[ledger_number(l)]);
}

/* One finished run of three changes: one done, one failed, one whose result a later
 * read corrected. */
static int set_up(void **state)
{
	ARENA a = {0};
	unsigned char digest[SHA256_SIZE];
	char text[SHA256_TEXT];
	if (make_folder(state))
		return -1;
	struct ledger *l = open_ledger("acme");
	const struct run_plan plan = {plan_bytes, strlen(plan_bytes), NULL};
	sha256_of(plan_bytes, strlen(plan_bytes), digest);
	sha256_text(digest, text);
	run_records_add_plan(l, NAME, &plan);
	append(l, ENTRY_BEGIN,
	       arena_printf(
		       &a,
		       "{\"plan\": \"%s\", \"organization\": \"acme\", \"by\": \"ann on host\", "
		       "\"begun\": \"2026-06-01T00:00:00Z\", \"changes\": 3}",
		       text));
	append(l, ENTRY_INTENT, "{\"changes\": [\"c1-c3\"]}");
	append(l, ENTRY_RESULT, "{\"changes\": [\"c1\"], \"outcome\": \"done\"}");
	ledger_add(l, ENTRY_RESULT, NAME, "{\"changes\": [\"c2\"], \"outcome\": \"failed\"}");
	append(l, ENTRY_RESULT, "{\"changes\": [\"c3\"], \"outcome\": \"unknown\"}");
	append(l, ENTRY_RECONCILED, "{\"changes\": [\"c3\"], \"outcome\": \"done\"}");
	append(l, ENTRY_END, "{\"end\": \"done\"}");
	ledger_close(l);
	return 0;
}

static const char *record_path(struct arena *a, int number)
{
	return in_folder(a, arena_printf(a, "acme/%012d", number));
}

/* Reads the ledger of this name, and the runs in it. */
static void load(struct arena *a, const char *key, const struct commit_vec *commits,
		 struct known_ledger_vec *ledgers, struct known_run_vec *runs)
{
	struct ledger *l = open_ledger(key);
	struct known_ledger known;
	assert_ok(known_ledger_read(l, a, "acme", key, &known));
	vec_push(a, ledgers, known);
	run_list_load(a, ledgers, commits, runs);
	ledger_close(l);
}

/* The findings of a check, "; " between them, those that are only unchecked in brackets. */
static const char *check(struct arena *a, const struct commit_vec *commits)
{
	struct known_run_vec runs = {0};
	struct known_ledger_vec ledgers = {0};
	struct run_finding_vec findings = {0};
	struct str out = STR(a);
	struct store *s = NULL;
	struct ledger *l = NULL;
	assert_ok(folder_store_open(in_folder(a, "acme"), &s));
	struct error *unopened = ledger_open(s, &l);
	if (unopened) {
		str_add(&out, unopened->message);
		error_free(unopened);
		return str_text(&out);
	}
	ledger_close(l);
	load(a, "acme", commits, &ledgers, &runs);
	run_verify(a, &ledgers, &runs, &findings);
	for (size_t i = 0; i < findings.len; i++)
		str_printf(&out, findings.at[i].unchecked ? "%s(%s)" : "%s%s", i ? "; " : "",
			   findings.at[i].what);
	return str_text(&out);
}

static struct commit commit_of(struct arena *a, const char *run, const char *head, const char *plan)
{
	struct commit c = {.id = "0123456789abcdef0123456789abcdef01234567"};
	vec_push(a, &c.trailers, (struct trailer){"Writ-Run", run});
	if (head)
		vec_push(a, &c.trailers, (struct trailer){"Writ-Ledger", head});
	if (plan)
		vec_push(a, &c.trailers, (struct trailer){"Writ-Plan", plan});
	return c;
}

static const char *head_text(struct arena *a, int number)
{
	return arena_printf(a, "%d %s", number, heads[number]);
}

static void a_ledger_tells_its_runs(void **state UNUSED)
{
	ARENA a = {0};
	struct known_run_vec runs = {0};
	struct known_ledger_vec ledgers = {0};
	struct run_plan plan;
	load(&a, "acme", &(struct commit_vec){0}, &ledgers, &runs);
	assert_int_equal(runs.len, 1);
	const struct known_run *r = &runs.at[0];
	assert_string_equal(r->name, NAME);
	assert_string_equal(r->organization, "acme");
	assert_string_equal(r->by, "ann on host");
	assert_string_equal(r->head, heads[RECORDS]);
	assert_int_equal(r->state, RUN_DONE);
	assert_int_equal(r->changes, 3);
	assert_int_equal(r->count[FATE_DONE], 2);
	assert_int_equal(r->count[FATE_FAILED], 1);
	assert_int_equal(r->begun, 1780272000);
	assert_ok(run_list_plan(&a, r, &plan));
	assert_string_equal(plan.bytes, plan_bytes);
	assert_string_equal(run_list_head(&a, r), head_text(&a, RECORDS - 1));
}

static void commits_know_a_head_of_the_chain(void **state UNUSED)
{
	static const struct {
		const char *run, *head, *plan, *due;
	} rows[] = {
		{NAME, NULL, NULL, "commit 0123456789ab has no Writ-Ledger"},
		{NAME, "3 sha256:00", NULL,
		 "commit 0123456789ab knows the ledger with head 3 sha256:00, which it never had"},
		{NAME, "99 sha256:00", NULL,
		 "commit 0123456789ab knows the ledger with head 99 sha256:00, which it never had"},
		{NAME, "", NULL,
		 "commit 0123456789ab knows the ledger with head , which it never had"},
		{"another", NULL, NULL, "(commit 0123456789ab: no ledger at hand has it)"},
	};
	for (int i = 1; i <= RECORDS; i++) {
		ARENA a = {0};
		struct commit_vec commits = {0};
		vec_push(&a, &commits, commit_of(&a, NAME, head_text(&a, i), NULL));
		assert_string_equal(check(&a, &commits), "");
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct commit_vec commits = {0};
		vec_push(&a, &commits, commit_of(&a, rows[i].run, rows[i].head, rows[i].plan));
		assert_string_equal(check(&a, &commits), rows[i].due);
	}
	ARENA a = {0};
	struct commit_vec commits = {0};
	struct commit old = commit_of(&a, NAME, NULL, NULL);
	vec_push(&a, &old.trailers, (struct trailer){"Writ-Journal", "sha256:00"});
	vec_push(&a, &commits, old);
	assert_string_equal(check(&a, &commits),
			    "(commit 0123456789ab is older than the ledger, and names a journal)");
	commits.len = 0;
	vec_push(&a, &commits, commit_of(&a, NAME, head_text(&a, 2), "sha256:11"));
	assert_string_equal(check(&a, &commits),
			    "commit 0123456789ab names another plan, sha256:11");
}

/* Whichever bit of whichever record: the chain, the commit or the record itself tells. */
static void every_flipped_bit_is_found(void **state UNUSED)
{
	for (int number = 1; number <= RECORDS; number++) {
		ARENA a = {0};
		CLEANUP(free) char *bytes = NULL;
		const char *path = record_path(&a, number);
		size_t len;
		assert_ok(file_read(path, STORE_RECORD_MAX, &bytes, &len));
		for (size_t i = 0; i < len * 8; i += 5) {
			ARENA scratch = {0};
			struct commit_vec commits = {0};
			vec_push(&scratch, &commits,
				 commit_of(&scratch, NAME, head_text(&scratch, RECORDS), NULL));
			bytes[i / 8] = (char)(bytes[i / 8] ^ 1 << i % 8);
			FILE *out = fopen(path, "r+b");
			assert_int_equal(fwrite(bytes, 1, len, out), len);
			assert_int_equal(fclose(out), 0);
			bytes[i / 8] = (char)(bytes[i / 8] ^ 1 << i % 8);
			if (!*check(&scratch, &commits))
				fail_msg("bit %zu of record %d", i, number);
		}
		assert_ok(file_write_atomic(path, bytes, len, 0600));
	}
	ARENA a = {0};
	assert_string_equal(check(&a, &(struct commit_vec){0}), "");
}

/* Cut behind a whole record a ledger looks like that of a run that goes on; the commit knows
 * better. */
static void a_ledger_that_was_cut_is_found(void **state UNUSED)
{
	for (int number = RECORDS; number > 1; number--) {
		ARENA a = {0};
		struct commit_vec commits = {0};
		vec_push(&a, &commits, commit_of(&a, NAME, head_text(&a, RECORDS), NULL));
		assert_int_equal(rename(record_path(&a, number),
					in_folder(&a, arena_printf(&a, "cut-%d", number))),
				 0);
		if (!*check(&a, &commits))
			fail_msg("cut before record %d", number);
	}
	for (int number = 2; number <= RECORDS; number++) {
		ARENA a = {0};
		assert_int_equal(rename(in_folder(&a, arena_printf(&a, "cut-%d", number)),
					record_path(&a, number)),
				 0);
	}
}

static void runs_are_found_by_how_their_names_begin(void **state)
{
	(void)state;
	ARENA a = {0};
	struct known_run_vec runs = {0};
	const struct known_run *found;
	static const char *const names[] = {"a1", "a12", "b"};
	for (size_t i = 0; i < 3; i++)
		vec_push(&a, &runs, (struct known_run){.name = names[i]});
	assert_ok(run_list_find(&runs, "b", &found));
	assert_string_equal(found->name, "b");
	assert_ok(run_list_find(&runs, "a1", &found));
	assert_string_equal(found->name, "a1");
	static const char *const wrong[] = {"a", "c", "bb"};
	for (size_t i = 0; i < 3; i++) {
		struct error *error = run_list_find(&runs, wrong[i], &found);
		assert_non_null(error);
		assert_int_equal(error->code, ERROR_INPUT);
		error_free(error);
	}
}

/* A run with these two entries; what is read of it. */
static const char *read_odd(struct arena *a, const char *key, const char *begin,
			    enum entry_type type, const char *body)
{
	struct known_run_vec runs = {0};
	struct known_ledger_vec ledgers = {0};
	struct ledger *l = open_ledger(key);
	ledger_add(l, ENTRY_BEGIN, "20260602T030405Z", begin);
	ledger_add(l, type, "20260602T030405Z", body);
	assert_ok(ledger_write(l));
	ledger_close(l);
	load(a, key, &(struct commit_vec){0}, &ledgers, &runs);
	assert_int_equal(runs.len, 1);
	const struct known_run *r = &runs.at[0];
	struct str out = STR(a);
	str_printf(&out, "%s:", run_state_name(r->state));
	for (size_t i = 0; i < r->changes && i < 3; i++)
		str_printf(&out, " %s", fate_name(r->fates[i]));
	if (r->damage)
		str_printf(&out, " (%s)", r->damage);
	return str_text(&out);
}

/* What an older or a later writ may have written; the chain is sound in each. */
static void entries_that_say_less_or_more(void **state UNUSED)
{
#define TWO "{\"organization\": \"odd\", \"changes\": 2}"
#define UNTRIED "open: not tried not tried"
	static const struct {
		const char *begin;
		enum entry_type type;
		const char *body, *due;
	} rows[] = {
		{"{}", ENTRY_END, "{}", "superseded:"},
		{TWO, ENTRY_END, "{\"end\": \"superseded\"}", "superseded: not tried not tried"},
		{TWO, ENTRY_END, "{\"end\": \"done\"}", "done: not tried not tried"},
		{"{\"changes\": -1}", ENTRY_INTENT, "{}", "open:"},
		{"{\"changes\": \"x\"}", ENTRY_INTENT, "{}", "open:"},
		{"{\"changes\": 100000001}", ENTRY_INTENT, "{}", "open:"},
		{"{\"begun\": \"2026-06-02T03:04:05Z\"}", ENTRY_INTENT, "{}", "open:"},
		{"{\"begun\": \"yesterday\"}", ENTRY_INTENT, "{}",
		 "open: (its beginning has no sound time)"},
		{TWO, ENTRY_INTENT, "{\"changes\": [\"c2\"]}", "open: not tried unknown"},
		{TWO, ENTRY_INTENT,
		 "{\"changes\": [1, \"\", \"c\", \"c0\", \"c3\", \"d1\", \"c1x\", \"c2-c1\", "
		 "\"c0000000001\"]}",
		 UNTRIED},
		{TWO, ENTRY_RESULT, "{\"changes\": [\"c1\"], \"outcome\": \"done\"}",
		 "open: done not tried"},
		{TWO, ENTRY_RESULT, "{\"changes\": [\"c1-c2\"], \"outcome\": \"failed\"}",
		 "open: failed failed"},
		{TWO, ENTRY_RESULT, "{\"changes\": [\"c1\"], \"outcome\": \"better\"}", UNTRIED},
		{TWO, ENTRY_RESULT, "{\"changes\": [\"c1\"]}", UNTRIED},
		{TWO, ENTRY_RESULT, "{\"outcome\": \"done\"}", UNTRIED},
		{TWO, ENTRY_RESULT, "{\"changes\": [\"c1-c3\"], \"outcome\": \"done\"}", UNTRIED},
	};
#undef TWO
#undef UNTRIED
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		const char *is = read_odd(&a, arena_printf(&a, "odd%zu", i), rows[i].begin,
					  rows[i].type, rows[i].body);
		if (strcmp(is, rows[i].due) != 0)
			fail_msg("row %zu: %s", i, is);
	}
}

/* A run whose plan is not that which it began with, or not all there. */
static void a_plan_that_was_exchanged_is_found(void **state UNUSED)
{
	ARENA a = {0};
	struct known_run_vec runs = {0};
	struct known_ledger_vec ledgers = {0};
	struct run_finding_vec findings = {0};
	struct ledger *l = open_ledger("exchanged");
	const struct run_plan plan = {"{}", 2, NULL};
	run_records_add_plan(l, "one", &plan);
	ledger_add(l, ENTRY_BEGIN, "one", "{\"plan\": \"sha256:00\", \"changes\": 0}");
	ledger_add(l, ENTRY_BEGIN, "two", "{\"plan\": \"sha256:00\", \"changes\": 0}");
	ledger_add(l, ENTRY_BEGIN, "three", "{\"changes\": 0}");
	assert_ok(ledger_write(l));
	ledger_close(l);
	load(&a, "exchanged", &(struct commit_vec){0}, &ledgers, &runs);
	run_verify(&a, &ledgers, &runs, &findings);
	assert_int_equal(findings.len, 3);
	assert_string_equal(findings.at[0].what,
			    "the saved plan of run one is not the one that it began with");
	assert_string_equal(findings.at[1].what, "it has no beginning that names its plan");
	assert_string_equal(findings.at[2].what,
			    "the ledger does not have all of the plan of run two");
}

static void runs_of_commits_alone(void **state)
{
	(void)state;
	ARENA a = {0};
	struct known_run_vec runs = {0};
	struct commit_vec commits = {0};
	static const char *const names[] = {"x", "20270101T000000Z-x", "x", "9999999999999999"};
	for (size_t i = 0; i < 4; i++) {
		struct commit c = commit_of(&a, names[i], NULL, NULL);
		c.commit_time = 10 - (int64_t)i;
		vec_push(&a, &commits, c);
	}
	vec_push(&a, &commits, (struct commit){.id = "without a run"});
	run_list_load(&a, &(struct known_ledger_vec){0}, &commits, &runs);
	assert_int_equal(runs.len, 3);
	assert_string_equal(runs.at[0].name, "20270101T000000Z-x");
	assert_int_equal(runs.at[0].begun, 1798761600);
	assert_int_equal(runs.at[1].begun, 0);
	assert_string_equal(runs.at[2].name, "x");
	assert_int_equal(runs.at[2].begun, 0);
	assert_int_equal(runs.at[2].commits.len, 2);
	assert_int_equal(runs.at[2].commits.at[0].commit_time, 8);
	assert_int_equal(runs.at[2].commits.at[1].commit_time, 10);
}

/* The digest in a name says nothing of an order; the records do, and behind them the commits. */
static void runs_of_one_second_stand_as_they_ran(void **state)
{
	(void)state;
	ARENA a = {0};
	static const char *const names[] = {"20260601T000000Z-ccc-000", "20260601T000000Z-aaa-000",
					    "20260601T000000Z-bbb-000"};
	struct ledger *l = open_ledger("one-second");
	for (size_t i = 0; i < 3; i++) {
		ledger_add(l, ENTRY_BEGIN, names[i], "{\"organization\": \"acme\"}");
		assert_ok(ledger_write(l));
	}
	ledger_close(l);
	struct known_run_vec runs = {0}, bare = {0};
	struct known_ledger_vec ledgers = {0};
	struct commit_vec commits = {0};
	load(&a, "one-second", &commits, &ledgers, &runs);
	assert_int_equal(runs.len, 3);
	for (size_t i = 0; i < 3; i++) {
		struct commit c = commit_of(&a, names[i], NULL, NULL);
		assert_string_equal(runs.at[i].name, names[i]);
		c.commit_time = (int64_t)i + 1;
		vec_push(&a, &commits, c);
	}
	run_list_load(&a, &(struct known_ledger_vec){0}, &commits, &bare);
	assert_int_equal(bare.len, 3);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(bare.at[i].name, names[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ledger_tells_its_runs),
		cmocka_unit_test(commits_know_a_head_of_the_chain),
		cmocka_unit_test(every_flipped_bit_is_found),
		cmocka_unit_test(a_ledger_that_was_cut_is_found),
		cmocka_unit_test(runs_are_found_by_how_their_names_begin),
		cmocka_unit_test(entries_that_say_less_or_more),
		cmocka_unit_test(a_plan_that_was_exchanged_is_found),
		cmocka_unit_test(runs_of_commits_alone),
		cmocka_unit_test(runs_of_one_second_stand_as_they_ran),
	};
	return cmocka_run_group_tests(tests, set_up, drop_folder);
}
