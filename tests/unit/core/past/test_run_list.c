/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/stat.h>

#include "core/past/run_list.h"
#include "core/util/file.h"
#include "tests/unit/check.h"
#include "tests/unit/repository.h"

#define NAME "20260601T000000Z-0123456789ab-000"

static const char plan_bytes[] = "{\"format_version\": \"1.0\", \"changes\": []}\n";

struct fixture {
	char *path; /* of the journal */
	char *bytes;
	size_t len;
	unsigned char heads[7][SHA256_SIZE];
};

static void append(struct journal *j, struct fixture *f, int i, enum record_type type,
		   const char *payload)
{
	assert_ok(journal_append(j, type, payload, strlen(payload)));
	journal_head(j, f->heads[i]);
}

/* One finished run of three changes: one done, one failed, one whose result a later
 * read corrected. */
static int set_up(void **state)
{
	ARENA a = {0};
	struct fixture *f = calloc(1, sizeof(*f));
	struct journal *j;
	unsigned char digest[SHA256_SIZE];
	char text[SHA256_TEXT];
	if (make_folder(state))
		return -1;
	setenv("XDG_STATE_HOME", folder, 1);
	const char *place = in_folder(&a, "writ/acme-0123abcd/journal");
	assert_ok(file_make_folders(place, 0700));
	f->path = strdup(arena_printf(&a, "%s/" NAME ".wal", place));
	assert_ok(file_write_atomic(arena_printf(&a, "%s/" NAME ".plan.json", place), plan_bytes,
				    strlen(plan_bytes), 0600));
	sha256_of(plan_bytes, strlen(plan_bytes), digest);
	sha256_text(digest, text);
	assert_ok(journal_create(f->path, 4096, &j));
	append(j, f, 0, RECORD_BEGIN,
	       arena_printf(
		       &a,
		       "{\"plan\": \"%s\", \"organization\": \"acme\", \"by\": \"ann on host\", "
		       "\"begun\": \"2026-06-01T00:00:00Z\", \"changes\": 3}",
		       text));
	append(j, f, 1, RECORD_INTENT, "{\"changes\": [\"c1\", \"c2\", \"c3\"]}");
	append(j, f, 2, RECORD_RESULT, "{\"change\": \"c1\", \"outcome\": \"done\"}");
	append(j, f, 3, RECORD_RESULT, "{\"change\": \"c2\", \"outcome\": \"failed\"}");
	append(j, f, 4, RECORD_RESULT, "{\"change\": \"c3\", \"outcome\": \"unknown\"}");
	append(j, f, 5, RECORD_RECONCILED, "{\"change\": \"c3\", \"outcome\": \"done\"}");
	append(j, f, 6, RECORD_END, "{\"end\": \"done\"}");
	journal_close(j);
	assert_ok(file_read(f->path, 1 << 20, &f->bytes, &f->len));
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	free(f->bytes);
	free(f->path);
	free(f);
	return drop_folder(state);
}

/* In place: a file that is cut to nothing and written anew is flushed to disk each time. */
static void write_bytes(const char *path, const char *bytes, size_t len)
{
	FILE *out = fopen(path, "r+b");
	assert_non_null(out);
	assert_int_equal(fwrite(bytes, 1, len, out), len);
	assert_int_equal(fflush(out), 0);
	assert_int_equal(ftruncate(fileno(out), (off_t)len), 0);
	assert_int_equal(fclose(out), 0);
}

static const char *head_text(struct arena *a, const struct fixture *f, int i)
{
	char text[SHA256_TEXT];
	sha256_text(f->heads[i], text);
	return arena_strdup(a, text);
}

/* The findings of a check, "; " between them, those that are only unchecked in brackets. */
static const char *check(struct arena *a, const struct commit_vec *commits)
{
	struct known_run_vec runs = {0};
	struct run_finding_vec findings = {0};
	struct str out = STR(a);
	assert_ok(run_list_load(a, NULL, commits, &runs));
	run_list_verify(a, &runs, &findings);
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
		vec_push(a, &c.trailers, (struct trailer){"Writ-Journal", head});
	if (plan)
		vec_push(a, &c.trailers, (struct trailer){"Writ-Plan", plan});
	return c;
}

static void a_journal_tells_its_run(void **state)
{
	struct fixture *f = *state;
	ARENA a = {0};
	struct known_run_vec runs = {0};
	assert_ok(run_list_load(&a, "acme", &(struct commit_vec){0}, &runs));
	assert_int_equal(runs.len, 1);
	const struct known_run *r = &runs.at[0];
	assert_string_equal(r->name, NAME);
	assert_string_equal(r->organization, "acme");
	assert_string_equal(r->by, "ann on host");
	assert_string_equal(r->head, head_text(&a, f, 6));
	assert_int_equal(r->state, RUN_DONE);
	assert_int_equal(r->changes, 3);
	assert_int_equal(r->count[FATE_DONE], 2);
	assert_int_equal(r->count[FATE_FAILED], 1);
	assert_int_equal(r->begun, 1780272000);
	runs.len = 0;
	assert_ok(run_list_load(&a, "other", &(struct commit_vec){0}, &runs));
	assert_int_equal(runs.len, 0);
}

static void commits_know_a_head_of_the_chain(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; i < 7; i++) {
		ARENA a = {0};
		struct commit_vec commits = {0};
		vec_push(&a, &commits, commit_of(&a, NAME, head_text(&a, f, i), NULL));
		assert_string_equal(check(&a, &commits), "");
	}
	static const struct {
		const char *run, *head, *plan, *due;
	} rows[] = {
		{NAME, NULL, NULL, "commit 0123456789ab has no Writ-Journal"},
		{NAME, "sha256:00", NULL,
		 "commit 0123456789ab knows the journal with head sha256:00, which its chain never "
		 "had"},
		{NAME, "last", "sha256:11", "commit 0123456789ab names another plan, sha256:11"},
		{"elsewhere", "sha256:00", NULL, "(commit 0123456789ab: no journal here)"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct commit_vec commits = {0};
		bool last = rows[i].head && !strcmp(rows[i].head, "last");
		vec_push(&a, &commits,
			 commit_of(&a, rows[i].run, last ? head_text(&a, f, 6) : rows[i].head,
				   rows[i].plan));
		assert_string_equal(check(&a, &commits), rows[i].due);
	}
}

static void every_flipped_bit_of_a_journal_is_found(void **state)
{
	struct fixture *f = *state;
	char *bytes = malloc(f->len);
	for (size_t i = 0; i < f->len * 8; i++) {
		ARENA a = {0};
		memcpy(bytes, f->bytes, f->len);
		bytes[i / 8] = (char)(bytes[i / 8] ^ 1 << i % 8);
		write_bytes(f->path, bytes, f->len);
		if (!*check(&a, &(struct commit_vec){0}))
			fail_msg("bit %zu of byte %zu", i % 8, i / 8);
	}
	free(bytes);
	write_bytes(f->path, f->bytes, f->len);
}

/* Cut behind a whole record a journal looks like that of a run that goes on; the commit knows
 * better. */
static void every_cut_of_a_journal_is_found(void **state)
{
	struct fixture *f = *state;
	for (size_t len = 0; len < f->len; len++) {
		ARENA a = {0};
		struct commit_vec commits = {0};
		vec_push(&a, &commits, commit_of(&a, NAME, head_text(&a, f, 6), NULL));
		write_bytes(f->path, f->bytes, len);
		if (!*check(&a, &commits))
			fail_msg("cut to %zu bytes", len);
	}
	write_bytes(f->path, f->bytes, f->len);
}

static void every_flipped_bit_of_a_plan_is_found(void **state)
{
	struct fixture *f = *state;
	size_t len = strlen(plan_bytes);
	char *bytes = strdup(plan_bytes), *path = strdup(f->path);
	path[strlen(path) - strlen(".wal")] = 0;
	for (size_t i = 0; i < len * 8; i++) {
		ARENA a = {0};
		memcpy(bytes, plan_bytes, len);
		bytes[i / 8] = (char)(bytes[i / 8] ^ 1 << i % 8);
		write_bytes(arena_printf(&a, "%s.plan.json", path), bytes, len);
		if (!*check(&a, &(struct commit_vec){0}))
			fail_msg("bit %zu of byte %zu", i % 8, i / 8);
	}
	ARENA a = {0};
	write_bytes(arena_printf(&a, "%s.plan.json", path), plan_bytes, len);
	assert_string_equal(check(&a, &(struct commit_vec){0}), "");
	free(bytes);
	free(path);
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

/* A run of another organisation with these two records; what is read of it. */
static const char *read_odd(struct arena *a, const char *begin, enum record_type type,
			    const char *payload)
{
	struct journal *j;
	struct known_run_vec runs = {0};
	const char *path = in_folder(a, "writ/odd-00000000/journal/20260602T030405Z.wal");
	unlink(path);
	assert_ok(journal_create(path, 4096, &j));
	assert_ok(journal_append(j, RECORD_BEGIN, begin, strlen(begin)));
	assert_ok(journal_append(j, type, payload, strlen(payload)));
	journal_close(j);
	assert_ok(run_list_load(a, "odd", &(struct commit_vec){0}, &runs));
	assert_int_equal(runs.len, 1);
	const struct known_run *r = &runs.at[0];
	struct str out = STR(a);
	str_printf(&out, "%s of \"%s\":", run_state_name(r->state), r->organization);
	for (size_t i = 0; i < r->changes && i < 3; i++)
		str_printf(&out, " %s", fate_name(r->fates[i]));
	if (r->damage)
		str_printf(&out, " (%s)", r->damage);
	return str_text(&out);
}

/* What an older or a later writ, or a person, may have written; the chain is sound in each. */
static void records_that_say_less_or_more(void **state)
{
	(void)state;
#define TWO "{\"organization\": \"odd\", \"changes\": 2}"
#define UNTRIED "open of \"odd\": not tried not tried"
	static const struct {
		const char *begin;
		enum record_type type;
		const char *payload, *due;
	} rows[] = {
		{"{}", RECORD_END, "{}", "done of \"\":"},
		{TWO, RECORD_END, "{\"end\": \"superseded\"}",
		 "superseded of \"odd\": not tried not tried"},
		{TWO, RECORD_END, "{\"end\": 1}", "done of \"odd\": not tried not tried"},
		{"{\"changes\": -1}", RECORD_INTENT, "{}", "open of \"\":"},
		{"{\"changes\": \"x\"}", RECORD_INTENT, "{}", "open of \"\":"},
		{"{\"changes\": 100000001}", RECORD_INTENT, "{}", "open of \"\":"},
		{"{\"begun\": \"2026-06-02T03:04:05Z\"}", RECORD_INTENT, "{}", "open of \"\":"},
		{"{\"begun\": \"yesterday\"}", RECORD_INTENT, "{}",
		 "open of \"\": (its first record has no sound time)"},
		{"nonsense", RECORD_END, "{}", "open of \"odd\": (record 1 is no JSON)"},
		{TWO, RECORD_END, "{", UNTRIED " (record 2 is no JSON)"},
		{TWO, RECORD_INTENT, "{\"changes\": [\"c2\"]}",
		 "open of \"odd\": not tried unknown"},
		{TWO, RECORD_INTENT,
		 "{\"changes\": [1, \"\", \"c\", \"c0\", \"c3\", \"d1\", \"c1x\", "
		 "\"c0000000001\"]}",
		 UNTRIED},
		{TWO, RECORD_RESULT, "{\"change\": \"c1\", \"outcome\": \"done\"}",
		 "open of \"odd\": done not tried"},
		{TWO, RECORD_RESULT, "{\"change\": \"c1\", \"outcome\": \"better\"}", UNTRIED},
		{TWO, RECORD_RESULT, "{\"change\": \"c1\"}", UNTRIED},
		{TWO, RECORD_RESULT, "{\"outcome\": \"done\"}", UNTRIED},
		{TWO, RECORD_RESULT, "{\"change\": \"c3\", \"outcome\": \"done\"}", UNTRIED},
		{TWO, RECORD_BEGIN, "{\"changes\": 1}", UNTRIED},
	};
#undef TWO
#undef UNTRIED
	ARENA a = {0};
	assert_ok(file_make_folders(in_folder(&a, "writ/odd-00000000/journal"), 0700));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *is = read_odd(&a, rows[i].begin, rows[i].type, rows[i].payload);
		if (strcmp(is, rows[i].due) != 0)
			fail_msg("row %zu: %s", i, is);
	}
	/* Without a plan there is none to compare a commit's with. */
	struct known_run_vec runs = {0};
	struct run_finding_vec findings = {0};
	struct commit_vec commits = {0};
	assert_ok(run_list_load(&a, "odd", &commits, &runs));
	vec_push(&a, &commits, commit_of(&a, "20260602T030405Z", runs.at[0].head, "sha256:11"));
	runs.len = 0;
	assert_ok(run_list_load(&a, "odd", &commits, &runs));
	run_list_verify(&a, &runs, &findings);
	assert_int_equal(findings.len, 1);
	assert_string_equal(findings.at[0].what, "the journal does not begin with its plan");
	assert_int_equal(shell("rm -r writ/odd-00000000"), 0);
}

/* Folders of other names are none of ours; one of ours that cannot be read is an error. */
static void the_state_folder_may_hold_other_things(void **state)
{
	(void)state;
	ARENA a = {0};
	struct known_run_vec runs = {0};
	const char *root = arena_strdup(&a, getenv("XDG_STATE_HOME"));
	assert_int_equal(shell("cd writ; mkdir -p .hidden-0000/journal short none-00000000 "
			       "acmf-00000000/journal; touch .hidden-0000/journal/x.wal "
			       "acmf-00000000/journal/.wal acmf-00000000/journal/note"),
			 0);
	assert_ok(run_list_load(&a, NULL, &(struct commit_vec){0}, &runs));
	assert_int_equal(runs.len, 1);
	runs.len = 0;
	assert_ok(run_list_load(&a, "acmf", &(struct commit_vec){0}, &runs));
	assert_int_equal(runs.len, 0);
	assert_int_equal(shell("touch writ/none-00000000/journal"), 0);
	CLEANUP(error_free)
	struct error *file = run_list_load(&a, NULL, &(struct commit_vec){0}, &runs);
	assert_non_null(strstr(file->message, "none-00000000/journal"));
	assert_ok(run_list_load(&a, "acme", &(struct commit_vec){0}, &runs));
	assert_int_equal(shell("cd writ; rm -r .hidden-0000 short none-00000000 acmf-00000000"), 0);
	setenv("XDG_STATE_HOME", arena_printf(&a, "%s/absent", root), 1);
	runs.len = 0;
	assert_ok(run_list_load(&a, NULL, &(struct commit_vec){0}, &runs));
	assert_int_equal(runs.len, 0);
	assert_int_equal(shell("mkdir absent; touch absent/writ"), 0);
	CLEANUP(error_free)
	struct error *no_folder = run_list_load(&a, NULL, &(struct commit_vec){0}, &runs);
	assert_non_null(no_folder);
	setenv("XDG_STATE_HOME", root, 1);
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
	assert_ok(run_list_load(&a, "other", &commits, &runs));
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_journal_tells_its_run),
		cmocka_unit_test(commits_know_a_head_of_the_chain),
		cmocka_unit_test(every_flipped_bit_of_a_journal_is_found),
		cmocka_unit_test(every_cut_of_a_journal_is_found),
		cmocka_unit_test(every_flipped_bit_of_a_plan_is_found),
		cmocka_unit_test(runs_are_found_by_how_their_names_begin),
		cmocka_unit_test(records_that_say_less_or_more),
		cmocka_unit_test(the_state_folder_may_hold_other_things),
		cmocka_unit_test(runs_of_commits_alone),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
