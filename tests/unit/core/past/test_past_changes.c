/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/past_changes.h"

#include <stdlib.h>
#include <string.h>

#include "core/ledger/stores/stores.h"
#include "core/util/file.h"
#include "core/util/intern.h"
#include "tests/unit/check.h"
#include "tests/unit/repository.h"

#define NAME "20260601T000000Z-0123456789ab-000"
#define COMMIT "0123456789abcdef0123456789abcdef01234567"

/* A run of the plan in tests/data that ann began and bob went on with: c1, c4 and c9 are done, c5
 * failed, c6 was accepted and is not seen, c7 waits for a person, of c8 nothing is known. */
static void write_run(struct ledger *l)
{
	static const struct {
		enum entry_type type;
		const char *body;
	} entries[] = {
		{ENTRY_INTENT, "{\"changes\": [\"c1\", \"c4-c6\"]}"},
		{ENTRY_RESULT, "{\"changes\": [\"c1\", \"c4\"], \"outcome\": \"done\"}"},
		{ENTRY_RESULT, "{\"changes\": [\"c5\"], \"outcome\": \"failed\"}"},
		{ENTRY_RESULT, "{\"changes\": [\"c6\"], \"outcome\": \"not seen yet\"}"},
		{ENTRY_TAKEOVER, "{\"actor\": \"bob\"}"},
		{ENTRY_INTENT, "{\"changes\": [\"c8-c9\"]}"},
		{ENTRY_RESULT, "{\"changes\": [\"c9\"], \"outcome\": \"done\"}"},
		{ENTRY_RESULT, "{\"changes\": [\"c8\"], \"outcome\": \"unknown\"}"},
	};
	ARENA a = {0};
	unsigned char digest[SHA256_SIZE];
	char text[SHA256_TEXT], *bytes;
	size_t len;
	assert_ok(file_read(in_tree(&a, "tests/data/plans/rich.json"), 1 << 20, &bytes, &len));
	const struct run_plan plan = {bytes, len, NULL};
	sha256_of(bytes, len, digest);
	sha256_text(digest, text);
	ledger_add(l, ENTRY_HOLD, NAME, "{\"actor\": \"ann\"}");
	run_records_add_plan(l, NAME, &plan);
	free(bytes);
	ledger_add(l, ENTRY_BEGIN, NAME,
		   arena_printf(&a,
				"{\"plan\": \"%s\", \"organization\": \"acme\", \"by\": \"ann\", "
				"\"begun\": \"2026-06-01T00:00:00Z\", \"changes\": 9, "
				"\"commit\": \"" COMMIT "\"}",
				text));
	assert_ok(ledger_write(l));
	for (size_t i = 0; i < COUNT(entries); i++) {
		ledger_add(l, entries[i].type, NAME, entries[i].body);
		assert_ok(ledger_write(l));
	}
}

struct past_setting {
	struct arena arena;
	struct intern *strings;
	struct known_ledger_vec ledgers;
	struct known_run_vec runs;
};

static void begin(struct past_setting *p, const struct commit_vec *commits)
{
	struct store *s = NULL;
	struct ledger *l = NULL;
	struct known_ledger known;
	p->strings = intern_new();
	assert_ok(folder_store_open(in_folder(&p->arena, "acme"), &s));
	assert_ok(ledger_open(s, &l));
	if (ledger_number(l) == 0)
		write_run(l);
	assert_ok(known_ledger_read(l, &p->arena, "acme", "key", &known));
	ledger_close(l);
	vec_push(&p->arena, &p->ledgers, known);
	run_list_load(&p->arena, &p->ledgers, commits, &p->runs);
}

static void end(struct past_setting *p)
{
	intern_free(p->strings);
	arena_done(&p->arena);
}

static struct past_changes changes_of(struct past_setting *p, int64_t since, int64_t until)
{
	struct past_changes out;
	const struct past_changes_input input = {
		.since = since, .until = until, .runs = &p->runs, .strings = p->strings};
	past_changes_make(&input, &p->arena, &out);
	return out;
}

/* "given archiver by ann done; ...": each row. */
static const char *rows_of(struct arena *a, const struct past_changes *c)
{
	struct str out = STR(a);
	for (size_t i = 0; i < c->rows.len; i++) {
		const struct past_change *row = &c->rows.at[i];
		str_printf(&out, "%s %s by %s %s%s%s; ", past_verb_name(row->verb),
			   row->principal.name, row->actor, past_proof_name(row->proof),
			   row->with_account ? " with " : "",
			   row->with_account ? row->with_account : "");
	}
	return str_text(&out);
}

static void what_was_sent_is_told_by_whom_and_how_sure(void **state UNUSED)
{
	struct past_setting p = {0};
	begin(&p, &(struct commit_vec){0});
	struct past_changes c = changes_of(&p, 0, INT64_MAX);
	static const char *const rows[] = {
		"changed archiver by ann done;",	"given archiver by ann done;",
		"given Designers by ann not seen yet;", "taken archiver by bob unknown;",
		"deleted reader by bob done;",		"taken reader by bob done with reader;",
	};
	const char *told = rows_of(&p.arena, &c);
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (!strstr(told, rows[i]))
			fail_msg("%s lacks %s", told, rows[i]);
	}
	assert_int_equal(c.rows.len, COUNT(rows) + 1); /* two grants go with the account */
	assert_false(c.failed);
	assert_int_equal(c.gaps.len, 0);
	for (size_t i = 0; i < c.rows.len; i++) {
		assert_string_equal(c.rows.at[i].run, NAME);
		assert_string_equal(c.rows.at[i].manifests, COMMIT);
		assert_int_equal(c.rows.at[i].source, PAST_RUN);
		assert_string_equal(c.rows.at[i].unknown, "no manifests are at hand");
	}
	end(&p);
}

static void what_is_not_of_the_period_is_not_told(void **state UNUSED)
{
	struct past_setting p = {0};
	begin(&p, &(struct commit_vec){0});
	struct past_changes all = changes_of(&p, 0, INT64_MAX), none = changes_of(&p, 0, 1);
	assert_true(all.rows.len > 0);
	assert_int_equal(none.rows.len, 0);
	assert_int_equal(none.gaps.len, 0);
	int64_t first = all.rows.at[0].time;
	struct past_changes until = changes_of(&p, first, INT64_MAX);
	assert_int_equal(until.rows.len, all.rows.len); /* both ends are in it */
	end(&p);
}

static void a_run_of_elsewhere_and_a_damaged_one_are_gaps(void **state UNUSED)
{
	struct past_setting p = {0};
	struct commit_vec commits = {0};
	struct commit commit = {.id = COMMIT, .commit_time = 1780272000};
	vec_push(&p.arena, &commit.trailers,
		 (struct trailer){"Writ-Run", "20260501T000000Z-ba9876543210-000"});
	vec_push(&p.arena, &commits, commit);
	begin(&p, &commits);
	assert_int_equal(p.runs.len, 2);
	struct past_changes c = changes_of(&p, 0, INT64_MAX);
	assert_int_equal(c.gaps.len, 1);
	assert_non_null(strstr(c.gaps.at[0], "is known from its commit alone"));
	assert_false(c.failed);
	for (size_t i = 0; i < p.runs.len; i++)
		p.runs.at[i].damage = p.runs.at[i].ledger ? "record 3 is damaged" : NULL;
	c = changes_of(&p, 0, INT64_MAX);
	assert_int_equal(c.rows.len, 0);
	assert_int_equal(c.gaps.len, 2);
	assert_non_null(strstr(c.gaps.at[1], "record 3 is damaged"));
	assert_true(c.failed);
	end(&p);
}

static struct past_change row_by(struct arena *a, const char *writer, const char *reviewer)
{
	struct past_change row = {.verb = PAST_GIVEN, .origin.state = LINE_ORIGIN_KNOWN};
	row.origin.commit = (struct commit){
		.author_name = writer, .author_email = arena_printf(a, "%s@x.example", writer)};
	if (reviewer)
		vec_push(a, &row.origin.commit.trailers,
			 (struct trailer){"Reviewed-by", arena_printf(a, "%s <%s@x.example>",
								      reviewer, reviewer)});
	return row;
}

static void what_nobody_else_stands_for_is_kept(void **state UNUSED)
{
	ARENA a = {0};
	struct past_changes c = {0};
	bool claimed, known;
	struct past_change reviewed = row_by(&a, "ann", "rita"), alone = row_by(&a, "ann", NULL),
			   taken = alone, drift = {.verb = PAST_GIVEN, .source = PAST_DRIFT};
	taken.verb = PAST_TAKEN;
	vec_push(&a, &c.rows, reviewed);
	vec_push(&a, &c.rows, alone);
	vec_push(&a, &c.rows, taken);
	vec_push(&a, &c.rows, drift);
	assert_string_equal(past_change_approver(&a, &reviewed, &claimed, &known),
			    "rita <rita@x.example>");
	assert_true(claimed && known);
	assert_null(past_change_approver(&a, &drift, &claimed, &known));
	assert_true(known);
	past_changes_keep_unapproved(&c, &a);
	assert_int_equal(c.rows.len, 2);
	assert_int_equal(c.rows.at[0].source, PAST_RUN);
	assert_int_equal(c.rows.at[1].source, PAST_DRIFT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_sent_is_told_by_whom_and_how_sure),
		cmocka_unit_test(what_is_not_of_the_period_is_not_told),
		cmocka_unit_test(a_run_of_elsewhere_and_a_damaged_one_are_gaps),
		cmocka_unit_test(what_nobody_else_stands_for_is_kept),
	};
	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
