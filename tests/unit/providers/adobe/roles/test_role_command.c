/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "core/util/file.h"
#include "core/util/log.h"
#include "providers/adobe/roles/role_command.h"
#include "tests/unit/check.h"

static const struct principal archiver = {"asset \"archiver\"", PRINCIPAL_ACCOUNT};
static const struct entitlement storage = {.role = ROLE_STORAGE_ADMINISTRATOR},
				developer = {
					.product = "P", .profile = "D", .role = ROLE_DEVELOPER};

static struct change change_of(const struct entitlement *e, enum action action)
{
	return (struct change){.principal = &archiver,
			       .entitlement = e,
			       .type = CHANGE_GRANT,
			       .action = action,
			       .via = CAN_COMMAND};
}

static void requests_are_lines_of_json(void **state)
{
	(void)state;
	static const struct role_command w = {.organization = "acme", .org_id = "0123@AdobeOrg"};
	ARENA a = {0};
	struct str out = STR(&a);
	struct change grant = change_of(&storage, ACTION_CREATE);
	role_command_request(&w, &grant, "7f3b@techacct.adobe.com", 7, &out);
	assert_string_equal(
		str_text(&out),
		"{\"format_version\": \"1.0\", \"id\": \"7\", \"action\": \"grant\", "
		"\"organization\": {\"name\": \"acme\", \"orgId\": \"0123@AdobeOrg\"}, "
		"\"principal\": {\"kind\": \"technicalAccount\", \"name\": \"asset "
		"\\\"archiver\\\"\", \"email\": \"7f3b@techacct.adobe.com\"}, "
		"\"entitlement\": {\"kind\": \"role\", \"role\": \"storage-administrator\", "
		"\"product\": null, \"profile\": null, \"group\": null}}");
	str_cut(&out, 0);
	struct change revoke = change_of(&developer, ACTION_DELETE);
	role_command_request(&w, &revoke, NULL, 1, &out);
	assert_non_null(strstr(str_text(&out), "\"action\": \"revoke\""));
	assert_non_null(strstr(str_text(&out), "\"email\": null"));
	assert_non_null(strstr(str_text(&out), "\"product\": \"P\", \"profile\": \"D\""));
}

static void answers_are_outcomes(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		enum outcome_class class;
		const char *message;
	} rows[] = {
		{"{\"id\": \"3\", \"outcome\": \"applied\"}", OUTCOME_APPLIED, NULL},
		{"{\"id\": 3, \"outcome\": \"applied\", \"more\": []}", OUTCOME_APPLIED, NULL},
		{"{\"id\": \"3\", \"outcome\": \"refused\", \"message\": \"no\\u001b way\"}",
		 OUTCOME_REFUSED, "no\\x1B way"},
		{"{\"id\": \"3\", \"outcome\": \"unknown\", \"message\": \"?\"}", OUTCOME_UNKNOWN,
		 "?"},
		{"{\"id\": \"4\", \"outcome\": \"applied\"}", OUTCOME_UNKNOWN, "something else"},
		{"{\"outcome\": \"applied\"}", OUTCOME_UNKNOWN, "something else"},
		{"{\"id\": \"3\", \"outcome\": \"done\"}", OUTCOME_UNKNOWN, "no outcome"},
		{"{\"id\": \"3\"}", OUTCOME_UNKNOWN, "no outcome"},
		{"{\"id\": \"3\", \"outcome\": \"applied\"", OUTCOME_UNKNOWN, "no JSON"},
		{"ok", OUTCOME_UNKNOWN, "no JSON"},
		{"", OUTCOME_UNKNOWN, "no JSON"},
		{"[]", OUTCOME_UNKNOWN, "something else"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		bool valid;
		struct outcome o =
			role_command_understand(rows[i].line, strlen(rows[i].line), 3, &a, &valid);
		assert_int_equal(o.class, rows[i].class);
		if (rows[i].message)
			assert_non_null(strstr(o.message, rows[i].message));
		else
			assert_null(o.message);
	}
}

/* Runs three requests through a shell script; "nRAPU" by outcome. */
static const char *talk(struct arena *a, const char *script)
{
	char folder[] = "/tmp/writ-writer-XXXXXX";
	struct change c = change_of(&storage, ACTION_CREATE);
	const struct change *changes[] = {&c, &c, &c};
	static const char *const emails[] = {"a@b.c", "a@b.c", "a@b.c"};
	struct outcome outcomes[3] = {0};
	assert_non_null(mkdtemp(folder));
	const char *path = arena_printf(a, "%s/writer", folder);
	const char *text = arena_printf(a, "#!/bin/sh\n%s\n", script);
	assert_ok(file_write_atomic(path, text, strlen(text), 0700));
	const char *const argv[] = {path, NULL};
	struct role_command w = {.argv = argv, .answer_ms = 2000};
	role_command_run(&w, a, changes, emails, 3, outcomes);
	unlink(path);
	rmdir(folder);
	struct str out = STR(a);
	for (size_t i = 0; i < 3; i++)
		str_addc(&out, "nRAPU"[outcomes[i].class]);
	return str_text(&out);
}

static void programs_of_every_kind_are_survived(void **state)
{
	(void)state;
	static const struct {
		const char *script, *outcomes;
	} rows[] = {
		{"n=0; while read -r x; do n=$((n+1)); echo \"{\\\"id\\\": \\\"$n\\\", "
		 "\\\"outcome\\\": \\\"applied\\\"}\"; done",
		 "AAA"},
		{"n=0; while read -r x; do n=$((n+1)); w=applied; [ $n = 2 ] && w=refused; "
		 "echo \"{\\\"id\\\": \\\"$n\\\", \\\"outcome\\\": \\\"$w\\\"}\"; done; exit 3",
		 "ARA"},
		{"read -r x; echo '{\"id\": \"1\", \"outcome\": \"applied\"}'; read -r x; echo "
		 "what; "
		 "read -r x; echo '{\"id\": \"3\", \"outcome\": \"applied\"}'",
		 "AUn"},
		{"read -r x; echo '{\"id\": \"1\", \"outcome\": \"applied\"}'; read -r x; exit 0",
		 "AUn"},
		{"n=0; while read -r x; do n=$((n+1)); echo \"{\\\"id\\\": $n, "
		 "\\\"outcome\\\": \\\"unknown\\\"}\"; done",
		 "UUU"},
		{"read -r x; sleep 60", "Unn"},
		{"echo hello; read -r x; sleep 60", "Unn"},
		{"read -r x; head -c 100000 /dev/zero | tr '\\0' x", "Unn"},
		{"read -r x; echo '{\"id\": \"1\", \"outcome\": \"applied\"}\n{\"id\": \"2\", "
		 "\"outcome\": \"applied\"}'; sleep 60",
		 "Unn"},
		{"read -r x; [ \"${XDG_STATE_HOME-unset}\" = unset ] && echo '{\"id\": \"1\", "
		 "\"outcome\": \"refused\"}'",
		 "RUn"},
	};
	setenv("XDG_STATE_HOME", "/tmp/none", 1);
	log_set_level(LOG_QUIET);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		const char *outcomes = talk(&a, rows[i].script);
		/* the pipe may take a request that a program which ends does not read */
		bool ended = outcomes[1] == 'n' && rows[i].outcomes[1] == 'U' &&
			     outcomes[0] == rows[i].outcomes[0];
		if (!ended && strcmp(outcomes, rows[i].outcomes) != 0)
			fail_msg("%s: %s, not %s", rows[i].script, outcomes, rows[i].outcomes);
	}
}

/* One request to a script that has 300 ms for each answer. */
static struct outcome ask_once(struct arena *a, const char *script, const struct principal *who)
{
	struct change c = change_of(&storage, ACTION_CREATE);
	const struct change *changes[] = {&c};
	static const char *const emails[] = {"a@b.c"};
	const char *const argv[] = {"/bin/sh", "-c", script, NULL};
	const struct role_command w = {.argv = argv, .answer_ms = 300};
	struct outcome o = {0};
	c.principal = who;
	role_command_run(&w, a, changes, emails, 1, &o);
	return o;
}

/* A request that is larger than a pipe, to a program that does not read. */
static void a_request_that_is_not_taken_whole_is_unknown(void **state)
{
	(void)state;
	ARENA a = {0};
	struct str name = STR(&a);
	str_fill(&name, 'x', 200000);
	const struct principal large = {str_text(&name), PRINCIPAL_ACCOUNT};
	struct outcome o = ask_once(&a, "sleep 5", &large);
	assert_int_equal(o.class, OUTCOME_UNKNOWN);
	assert_non_null(strstr(o.message, "did not take the request in time"));
	o = ask_once(&a, "head -c 70000 >/dev/null; exec <&-; sleep 5", &large);
	assert_int_equal(o.class, OUTCOME_UNKNOWN);
	assert_non_null(strstr(o.message, "took no request"));
}

static void a_program_that_listens_no_more_gets_nothing(void **state)
{
	(void)state;
	ARENA a = {0};
	assert_string_equal(talk(&a, "read -r x; exec <&-; echo '{\"id\": \"1\", \"outcome\": "
				     "\"applied\"}'; sleep 5"),
			    "Ann");
	assert_string_equal(talk(&a, "read -r x; exec >&-; sleep 5"), "Unn");
	/* and one whose answer is right, but with words behind it */
	assert_string_equal(talk(&a, "read -r x; printf '{\"id\": \"1\", \"outcome\": "
				     "\"applied\"}\\nmore'; sleep 5"),
			    "Unn");
}

/* However few descriptors there are, nothing is sent by halves. */
static void without_descriptors_nothing_is_started(void **state)
{
	(void)state;
	ARENA a = {0};
	struct rlimit limit, less;
	bool answered = false;
	size_t refusals = 0;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	less = limit;
	for (rlim_t n = 3; n < 64 && !answered; n++) {
		less.rlim_cur = n;
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &less), 0);
		struct outcome o = ask_once(
			&a, "read -r x; echo '{\"id\": 1, \"outcome\": \"applied\"}'", &archiver);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
		answered = o.class == OUTCOME_APPLIED;
		refusals += o.class == OUTCOME_NOT_SENT;
	}
	assert_true(answered);
	assert_true(refusals > 2);
}

static void a_program_that_is_not_there_gets_nothing(void **state)
{
	(void)state;
	ARENA a = {0};
	static const char *const argv[] = {"/nonexistent/writer", NULL};
	struct role_command w = {.argv = argv};
	struct change c = change_of(&storage, ACTION_CREATE);
	const struct change *changes[] = {&c};
	static const char *const emails[] = {NULL};
	struct outcome o = {0};
	role_command_run(&w, &a, changes, emails, 1, &o);
	assert_int_equal(o.class, OUTCOME_NOT_SENT);
	assert_non_null(strstr(o.message, "cannot be started"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_lines_of_json),
		cmocka_unit_test(answers_are_outcomes),
		cmocka_unit_test(programs_of_every_kind_are_survived),
		cmocka_unit_test(a_request_that_is_not_taken_whole_is_unknown),
		cmocka_unit_test(a_program_that_listens_no_more_gets_nothing),
		cmocka_unit_test(without_descriptors_nothing_is_started),
		cmocka_unit_test(a_program_that_is_not_there_gets_nothing),
	};
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
