/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/stores/stores.h"

#include <dirent.h>
#include <sys/stat.h>

#include "core/util/file.h"
#include "tests/unit/core/ledger/store_suite.h"
#include "tests/unit/repository.h"

/* WRIT_TEST_REMOTE is a remote to run the suite over, made for that; else it is a repository in the
 * folder, which some tests here do harm to. */
static const char *remote(struct arena *a)
{
	const char *given = getenv("WRIT_TEST_REMOTE");
	return given ? given : in_folder(a, "remote.git");
}

static struct error *try_open(const char *key, const char *at, struct store **out)
{
	return git_store_open(&(struct git_ledger){.key = key, .remote = at}, out);
}

static struct store *suite_open(const char *key)
{
	ARENA a = {0};
	struct store *s = NULL;
	assert_ok(try_open(key, remote(&a), &s));
	return s;
}

static int make_remote(void **state)
{
	if (make_folder(state))
		return -1;
	return getenv("WRIT_TEST_REMOTE") ? 0 : shell("git init -q --bare remote.git");
}

/* The remote obeys a hook of this name until it is drop_hook()ed. */
static void add_hook(const char *name, const char *script)
{
	ARENA a = {0};
	const char *path = arena_printf(&a, "%s/%s", in_folder(&a, "remote.git/hooks"), name);
	assert_ok(file_write_atomic(path, script, strlen(script), 0700));
	assert_int_equal(chmod(path, 0700), 0);
}

static void drop_hooks(void)
{
	assert_int_equal(shell("rm -f remote.git/hooks/*"), 0);
}

static void assert_refused(struct error *error, enum error_code code, const char *words)
{
	assert_non_null(error);
	if (error->code != code || !strstr(error->message, words))
		fail_msg("code %d: %s", (int)error->code, error->message);
	error_free(error);
}

static struct error *try_append(struct store *s, uint64_t number, const char *bytes,
				enum append_answer *answer)
{
	ARENA a = {0};
	const char *words = "";
	struct new_record record = {.number = number, .bytes = bytes, .len = strlen(bytes)};
	if (number > 1)
		sha256_of("{\"number\": 1}", strlen("{\"number\": 1}"), record.before);
	*answer = APPEND_UNANSWERED;
	return s->kind->append(s, &a, &record, answer, &words);
}

/* ---- the remote's word ---- */

static void a_refusal_has_the_words_of_the_remote(void **state UNUSED)
{
	enum append_answer answer;
	struct store *s = suite_open("refused");
	suite_fill(s, 1);
	add_hook("pre-receive",
		 "#!/bin/sh\nprintf 'only \\033[31mthe deploy key\\n may push\\n' >&2\nexit 1\n");
	assert_refused(try_append(s, 2, "{\"number\": 2}", &answer), ERROR_DENIED,
		       "only \\x1B[31mthe deploy key / may push [remote rejected] (pre-receive "
		       "hook declined)");
	drop_hooks();
	assert_ok(try_append(s, 2, "{\"number\": 2}", &answer));
	assert_int_equal(answer, APPEND_DONE);
	s->kind->close(s);
}

/* A hook that runs once the reference is where it should be, and ends the server. */
static void an_answer_that_was_lost_is_found(void **state UNUSED)
{
	ARENA a = {0};
	enum append_answer answer;
	struct stored_record_vec found = {0};
	struct store *s = suite_open("lost-answer");
	suite_fill(s, 1);
	add_hook("reference-transaction",
		 "#!/bin/sh\n[ \"$1\" = committed ] && kill -9 $PPID\nexit 0\n");
	assert_ok(try_append(s, 2, "{\"number\": 2}", &answer));
	assert_int_equal(answer, APPEND_UNANSWERED);
	drop_hooks();
	assert_ok(try_append(s, 2, "{\"number\": 2}", &answer));
	assert_int_equal(answer, APPEND_TAKEN);
	assert_ok(s->kind->read(s, &a, 2, 2, &found));
	assert_string_equal(found.at[0].bytes, "{\"number\": 2}");
	s->kind->close(s);
}

/* What was not answered may come yet: a refusal of the next try does not say that it will not. */
static void a_connection_that_was_cut_is_no_refusal(void **state UNUSED)
{
	enum append_answer answer;
	struct store *s = suite_open("cut");
	suite_fill(s, 1);
	add_hook("pre-receive", "#!/bin/sh\nkill -9 $PPID\n");
	assert_ok(try_append(s, 2, "{\"number\": 2}", &answer));
	assert_int_equal(answer, APPEND_UNANSWERED);
	add_hook("pre-receive", "#!/bin/sh\nexit 1\n");
	assert_ok(try_append(s, 2, "{\"number\": 2}", &answer));
	assert_int_equal(answer, APPEND_UNANSWERED);
	drop_hooks();
	assert_ok(try_append(s, 2, "{\"number\": 2}", &answer));
	assert_int_equal(answer, APPEND_DONE);
	s->kind->close(s);
}

/* Neither does a disk of this machine that fails then. */
static void a_failure_here_is_no_refusal_either(void **state UNUSED)
{
	enum append_answer answer;
	struct store *s = suite_open("cut-here");
	suite_fill(s, 1);
	add_hook("pre-receive", "#!/bin/sh\nkill -9 $PPID\n");
	assert_ok(try_append(s, 2, "{\"number\": 2}", &answer));
	assert_int_equal(answer, APPEND_UNANSWERED);
	drop_hooks();
	assert_int_equal(shell("rm -r .local/state/writ/cut-here/git/room-*/objects"), 0);
	assert_ok(try_append(s, 2, "{\"number\": 2}", &answer));
	assert_int_equal(answer, APPEND_UNANSWERED);
	s->kind->close(s);
	s = suite_open("cut-here");
	struct stored_record head;
	ARENA a = {0};
	assert_ok(s->kind->head(s, &a, &head));
	assert_int_equal(shell("rm -r .local/state/writ/cut-here/git/room-*/objects"), 0);
	assert_refused(try_append(s, 2, "{\"number\": 2}", &answer), ERROR_SYSTEM,
		       "making a record of the ledger");
	s->kind->close(s);
}

static void a_slow_answer_is_one(void **state UNUSED)
{
	enum append_answer answer;
	struct store *s = suite_open("slow"), *other = suite_open("slow");
	suite_fill(s, 1);
	add_hook("pre-receive", "#!/bin/sh\nsleep 2\n");
	assert_ok(try_append(s, 2, "{\"number\": 2}", &answer));
	assert_int_equal(answer, APPEND_DONE);
	assert_ok(try_append(other, 2, "{\"number\": 2, \"of\": \"another\"}", &answer));
	assert_int_equal(answer, APPEND_TAKEN);
	drop_hooks();
	s->kind->close(s);
	other->kind->close(other);
}

/* ---- records that are gone ---- */

static void records_that_are_gone_are_told(void **state UNUSED)
{
	static const struct {
		const char *key, *harm;
	} rows[] = {
		{"cut-off", "git -C remote.git update-ref refs/heads/writ/cut-off "
			    "refs/heads/writ/cut-off^"},
		{"deleted", "git -C remote.git update-ref -d refs/heads/writ/deleted"},
		{"replaced", "cd remote.git; c=$(git commit-tree -p refs/heads/writ/replaced^ -m "
			     "'ledger replaced: record 3' refs/heads/writ/replaced^^{tree}); "
			     "git update-ref refs/heads/writ/replaced $c"},
		{"grown", "cd remote.git; t=refs/heads/writ/grown^^{tree}; "
			  "c=$(git commit-tree -p refs/heads/writ/grown^ -m 'ledger grown: "
			  "record 3' $t); c=$(git commit-tree -p $c -m 'ledger grown: record 4' "
			  "$t); git update-ref refs/heads/writ/grown $c"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		enum append_answer answer;
		struct stored_record head;
		struct store *s = suite_open(rows[i].key), *later;
		suite_fill(s, 3);
		assert_int_equal(shell(rows[i].harm), 0);
		assert_refused(try_append(s, 4, "{\"number\": 4}", &answer), ERROR_INPUT,
			       "is another than before");
		assert_refused(s->kind->head(s, &a, &head), ERROR_INPUT, "lost or taken away");
		s->kind->close(s);
		later = suite_open(rows[i].key); /* another process: by what this machine knows */
		assert_refused(later->kind->head(later, &a, &head), ERROR_INPUT,
			       "lost or taken away");
		later->kind->close(later);
	}
}

/* Records of others since the last look are no loss, on a machine that was away too. */
static void records_of_others_are_no_loss(void **state UNUSED)
{
	ARENA a = {0};
	struct stored_record head;
	struct stored_record_vec found = {0};
	struct store *s = suite_open("away");
	suite_fill(s, 3);
	s->kind->close(s);
	const char *home = arena_strdup(&a, getenv("HOME"));
	assert_int_equal(shell("mkdir other-home"), 0);
	setenv("HOME", in_folder(&a, "other-home"), 1);
	struct store *other = suite_open("away");
	unsigned char before[SHA256_SIZE];
	sha256_of("{\"number\": 3}", strlen("{\"number\": 3}"), before);
	for (int i = 4; i <= 40; i++) {
		const char *bytes = arena_printf(&a, "{\"number\": %d}", i);
		assert_int_equal(suite_append(other, (uint64_t)i, bytes, before), APPEND_DONE);
		sha256_of(bytes, strlen(bytes), before);
	}
	other->kind->close(other);
	setenv("HOME", home, 1);
	s = suite_open("away");
	assert_ok(s->kind->head(s, &a, &head));
	assert_int_equal(head.number, 40);
	assert_ok(s->kind->read(s, &a, 1, 40, &found));
	assert_int_equal(found.len, 40);
	assert_string_equal(found.at[0].bytes, "{\"number\": 1}");
	s->kind->close(s);
}

static void what_is_no_ledger_is_refused(void **state UNUSED)
{
	static const char *const rows[] = {
		"printf x | git hash-object -w --stdin >blob; printf '100644 blob %s\\trecord\\n' "
		"$(cat blob) | git mktree >tree; c=$(git commit-tree -m 'first commit' $(cat "
		"tree)); git update-ref refs/heads/writ/foreign $c",
		"c=$(git commit-tree -m 'ledger of-another: record 1' $(cat tree)); "
		"git update-ref refs/heads/writ/foreign $c",
		"c=$(git commit-tree -m 'ledger foreign: record 1' $(git mktree </dev/null)); "
		"git update-ref refs/heads/writ/foreign $c",
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct stored_record head;
		assert_int_equal(shell(arena_printf(&a, "cd remote.git; %s", rows[i])), 0);
		struct store *s = suite_open("foreign");
		assert_refused(s->kind->head(s, &a, &head), ERROR_INPUT,
			       "is no record of the ledger foreign");
		s->kind->close(s);
	}
}

/* ---- this machine ---- */

/* The repositories of callers in the state folder. */
static int count_rooms(const char *key)
{
	ARENA a = {0};
	int count = 0;
	CLEANUP(closedir)
	DIR *dir = opendir(in_folder(&a, arena_printf(&a, ".local/state/writ/%s/git", key)));
	assert_non_null(dir);
	for (const struct dirent *e; (e = readdir(dir));)
		count += !strncmp(e->d_name, "room-", 5);
	return count;
}

/* A process that was killed leaves its repository with locks in it. */
static void what_a_killed_process_left_goes(void **state UNUSED)
{
	struct store *s = suite_open("killed");
	suite_fill(s, 1);
	pid_t child = fork();
	if (child == 0) {
		struct store *mine = NULL;
		if (!try_open("killed", in_folder(&(struct arena){0}, "remote.git"), &mine))
			kill(getpid(), SIGKILL);
		_exit(1);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(shell("for r in .local/state/writ/killed/git/room-*; do : "
			       ">$r/shallow.lock; : >$r/packed-refs.lock; : >$r/HEAD.lock; done"),
			 0);
	assert_int_equal(count_rooms("killed"), 2);
	struct store *next = suite_open("killed");
	assert_int_equal(count_rooms("killed"), 2); /* that of `s`, and its own */
	next->kind->close(next);
	assert_int_equal(count_rooms("killed"), 1);
	s->kind->close(s);
	assert_int_equal(count_rooms("killed"), 0);
}

/* Nothing that the user's configuration names runs, and what says where the remote is counts. */
static void of_the_configuration_only_the_remote_counts(void **state UNUSED)
{
	ARENA a = {0};
	struct stored_record head;
	struct store *s = NULL;
	assert_int_equal(
		shell("mkdir evil; printf '#!/bin/sh\\ntouch %s/ran\\n' \"$PWD\" >evil/run; "
		      "chmod 700 evil/run; for h in pre-push reference-transaction "
		      "post-index-change; do cp evil/run evil/$h; done; "
		      "git init -q checkout; cd checkout; "
		      "git config remote.upstream.url elsewhere:remote.git; "
		      "for k in core.hooksPath=$PWD/../evil core.sshCommand=$PWD/../evil/run "
		      "core.fsmonitor=$PWD/../evil/run gpg.program=$PWD/../evil/run "
		      "commit.gpgSign=true push.gpgSign=if-asked core.pager=$PWD/../evil/run "
		      "core.gitProxy=$PWD/../evil/run remote.upstream.receivepack=../evil/run "
		      "remote.upstream.uploadpack=../evil/run core.askPass=$PWD/../evil/run; "
		      "do git config ${k%%=*} ${k#*=}; git config --global ${k%%=*} ${k#*=}; done; "
		      "git config url.$PWD/../.insteadOf elsewhere:"),
		0);
	assert_ok(git_store_open(&(struct git_ledger){.key = "config",
						      .repository = in_folder(&a, "checkout"),
						      .remote = "upstream"},
				 &s));
	suite_fill(s, 2);
	assert_ok(s->kind->beat(s, "alive"));
	assert_ok(s->kind->head(s, &a, &head));
	assert_int_equal(head.number, 2);
	s->kind->close(s);
	assert_int_equal(access(in_folder(&a, "ran"), F_OK), -1);
	assert_int_equal(shell("rm .gitconfig; git -C remote.git rev-parse -q --verify "
			       "refs/heads/writ/config >/dev/null"),
			 0);
}

static void a_remote_that_cannot_be_used_is_told(void **state UNUSED)
{
	static const struct {
		const char *remote, *ref, *words;
		enum error_code code;
	} rows[] = {
		{"nowhere", NULL, "of the ledger is a name, and the configuration says no repo",
		 ERROR_INPUT},
		{"/nowhere/x.git", NULL, "does not appear to be a git repository", ERROR_SYSTEM},
		{"http://ann:canary@127.0.0.1:1/x", NULL, "transport 'http' not allowed",
		 ERROR_SYSTEM},
		{"ext::sh -c x", NULL, "transport 'ext' not allowed", ERROR_SYSTEM},
		{"https://ann:canary@127.0.0.1:1/x.git", NULL, "https://127.0.0.1:1/x.git",
		 ERROR_SYSTEM},
		{"/x", "heads/x", "is no name of a reference", ERROR_INPUT},
		{"/x", "refs/heads/../x", "is no name of a reference", ERROR_INPUT},
		{"/x", "refs/writ/beat/x", "is no name of a reference", ERROR_INPUT},
		{"/x", "refs/heads/a:b", "is no name of a reference", ERROR_INPUT},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct store *s = NULL;
		struct stored_record head;
		struct error *error = git_store_open(&(struct git_ledger){.key = "unusable",
									  .remote = rows[i].remote,
									  .ref = rows[i].ref},
						     &s);
		if (!error)
			error = s->kind->head(s, &a, &head);
		assert_non_null(error);
		assert_null(strstr(error->message, "canary"));
		assert_refused(error, rows[i].code, rows[i].words);
		if (s)
			s->kind->close(s);
	}
}

/* ---- over a remote that somebody else made ---- */

/* It stays long when it is compressed. */
static const char *long_record(struct arena *a)
{
	unsigned char digest[SHA256_SIZE] = {0};
	char text[SHA256_TEXT];
	struct str out = STR(a);
	str_add(&out, "{\"text\": \"");
	for (int i = 0; i < 60; i++) {
		sha256_of(digest, sizeof(digest), digest);
		sha256_hex(digest, sizeof(digest), text);
		str_add(&out, text);
	}
	str_add(&out, "\"}");
	return out.at;
}

/* What WRIT_TEST_CODE and WRIT_TEST_WORDS say comes of a first record; DONE: it is made. */
static void a_first_record(void **state UNUSED)
{
	ARENA a = {0};
	const char *code = getenv("WRIT_TEST_CODE");
	enum append_answer answer = APPEND_UNANSWERED;
	struct stored_record head;
	struct store *s = suite_open("first");
	struct error *error = s->kind->head(s, &a, &head);
	if (!error)
		error = try_append(s, 1, long_record(&a), &answer);
	if (error)
		print_message("%s\n", error->message);
	if (!strcmp(code, "DONE")) {
		assert_ok(error);
		assert_int_equal(answer, APPEND_DONE);
	} else {
		assert_refused(error, !strcmp(code, "DENIED") ? ERROR_DENIED : ERROR_SYSTEM,
			       getenv("WRIT_TEST_WORDS"));
	}
	s->kind->close(s);
}

/* What a fresh machine asks does not grow with the ledger: who runs this counts the requests. */
static void a_long_ledger_is_filled(void **state UNUSED)
{
	struct store *s = suite_open("long");
	suite_fill(s, 40);
	s->kind->close(s);
}

static void the_head_of_a_long_ledger(void **state UNUSED)
{
	ARENA a = {0};
	struct stored_record head;
	struct store *s = suite_open("long");
	assert_ok(s->kind->head(s, &a, &head));
	assert_int_equal(head.number, 40);
	s->kind->close(s);
}

#define TRIES 60

static struct error *no_error_of_a_cut(struct error *error, int try)
{
	if (error && error->code == ERROR_SYSTEM && try < TRIES) {
		error_free(error);
		return NULL;
	}
	return error;
}

/* Connections end where they should not: each record is there once, as it was meant. */
static void records_arrive_once(void **state UNUSED)
{
	ARENA a = {0};
	unsigned char before[SHA256_SIZE] = {0};
	struct stored_record_vec found = {0};
	struct stored_record head = {0};
	struct store *s = suite_open("cuts"), *later = suite_open("cuts");
	int unanswered = 0;
	for (int try = 0; try < TRIES && s->kind->head(s, &a, &head); try++)
		;
	for (int i = 1; i <= 12; i++) {
		const char *bytes = arena_printf(&a, "{\"number\": %d}", i), *words = "";
		struct new_record record = {
			.number = (uint64_t)i, .bytes = bytes, .len = strlen(bytes)};
		enum append_answer answer = APPEND_UNANSWERED;
		memcpy(record.before, before, sizeof(before));
		for (int try = 0; try < TRIES && answer == APPEND_UNANSWERED; try++) {
			assert_ok(s->kind->append(s, &a, &record, &answer, &words));
			unanswered += answer == APPEND_UNANSWERED;
		}
		assert_int_not_equal(answer, APPEND_UNANSWERED);
		sha256_of(bytes, strlen(bytes), before);
	}
	assert_true(unanswered > 0);
	for (int try = 0; found.len < 12; try++) {
		found.len = 0;
		assert_ok(no_error_of_a_cut(later->kind->read(later, &a, 1, 12, &found), try));
	}
	for (int i = 1; i <= 12; i++)
		assert_string_equal(found.at[i - 1].bytes, arena_printf(&a, "{\"number\": %d}", i));
	s->kind->close(s);
	later->kind->close(later);
}

int main(void)
{
	suite_racers = 8;
	suite_rounds = 5;
	const char *mode = getenv("WRIT_TEST_MODE");
	const struct CMUnitTest suite[] = {STORE_TESTS};
	const struct {
		const char *name;
		struct CMUnitTest test;
	} modes[] = {
		{"refused", cmocka_unit_test(a_first_record)},
		{"cuts", cmocka_unit_test(records_arrive_once)},
		{"fill", cmocka_unit_test(a_long_ledger_is_filled)},
		{"head", cmocka_unit_test(the_head_of_a_long_ledger)},
	};
	const struct CMUnitTest tests[] = {
		STORE_TESTS,
		cmocka_unit_test(a_refusal_has_the_words_of_the_remote),
		cmocka_unit_test(an_answer_that_was_lost_is_found),
		cmocka_unit_test(a_connection_that_was_cut_is_no_refusal),
		cmocka_unit_test(a_failure_here_is_no_refusal_either),
		cmocka_unit_test(a_slow_answer_is_one),
		cmocka_unit_test(records_that_are_gone_are_told),
		cmocka_unit_test(records_of_others_are_no_loss),
		cmocka_unit_test(what_is_no_ledger_is_refused),
		cmocka_unit_test(what_a_killed_process_left_goes),
		cmocka_unit_test(of_the_configuration_only_the_remote_counts),
		cmocka_unit_test(a_remote_that_cannot_be_used_is_told),
	};
	for (size_t i = 0; mode && i < COUNT(modes); i++) {
		if (!strcmp(mode, modes[i].name))
			return _cmocka_run_group_tests(mode, &modes[i].test, 1, make_remote,
						       drop_folder);
	}
	if (getenv("WRIT_TEST_REMOTE"))
		return cmocka_run_group_tests(suite, make_remote, drop_folder);
	return cmocka_run_group_tests(tests, make_remote, drop_folder);
}
