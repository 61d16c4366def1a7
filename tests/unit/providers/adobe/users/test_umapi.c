/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "providers/adobe/users/umapi.h"
#include "tests/unit/check.h"

/* ---- a plan of letters: "a1 a2 b1" is user a with two products, user b with one; A is a user
 * group ---- */

#define CHANGES_MAX 2500

struct fixture {
	struct arena arena;
	struct intern *strings;
	struct directory directory;
	struct change changes[CHANGES_MAX];
	const struct change *list[CHANGES_MAX];
	const char *emails[CHANGES_MAX];
	struct outcome outcomes[CHANGES_MAX];
	size_t len;
	struct umapi_request request;
};

static int setup(void **state)
{
	struct fixture *f = xmalloc(sizeof(*f));
	memset(f, 0, sizeof(*f));
	f->strings = intern_new();
	f->directory = (struct directory){.strings = f->strings, .arena = &f->arena};
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	arena_done(&f->arena);
	intern_free(f->strings);
	free(f);
	return 0;
}

static struct reply *parse(struct fixture *f, const char *text)
{
	const char *why = NULL;
	char *copy = arena_strdup(&f->arena, text);
	for (char *at = copy; *at; at++)
		*at = *at == '\'' ? '"' : *at;
	struct reply *json = reply_parse(copy, strlen(copy), &why);
	assert_non_null(json);
	return json;
}

static void add_change(struct fixture *f, enum principal_kind kind, const char *name,
		       const struct entitlement *e, enum action action)
{
	struct principal *p = arena_alloc(&f->arena, sizeof(*p));
	*p = (struct principal){arena_strdup(&f->arena, name), kind};
	f->changes[f->len] = (struct change){
		.principal = p, .entitlement = e, .type = CHANGE_GRANT, .action = action};
	f->emails[f->len] = kind == PRINCIPAL_GROUP ? NULL : p->name;
	f->list[f->len] = &f->changes[f->len];
	f->len++;
}

static const struct entitlement *product(struct fixture *f, const char *profile)
{
	struct entitlement *e = arena_zalloc(&f->arena, sizeof(*e));
	e->product = "P";
	e->profile = arena_strdup(&f->arena, profile);
	struct reply *row = parse(f, arena_printf(&f->arena,
						  "[{'groupName':'%s','type':'PRODUCT_PROFILE',"
						  "'productName':'P'}]",
						  profile));
	directory_add_groups(&f->directory, row);
	reply_free(row);
	return e;
}

static void add_letters(struct fixture *f, const char *letters, enum action action)
{
	for (const char *at = letters; *at; at += at[2] ? 3 : 2) {
		const char *name = arena_printf(&f->arena, "%c@example.com", *at);
		bool group = *at >= 'A' && *at <= 'Z';
		const struct entitlement *e = product(f, arena_printf(&f->arena, "p%c", at[1]));
		add_change(f, group ? PRINCIPAL_GROUP : PRINCIPAL_USER,
			   group ? arena_printf(&f->arena, "group %c", *at) : name, e, action);
	}
	directory_finish(&f->directory);
}

static void build(struct fixture *f)
{
	for (size_t i = 0; i < f->len; i++)
		f->outcomes[i] = (struct outcome){OUTCOME_NOT_SENT, NULL};
	umapi_build(&f->directory, &f->arena, f->list, f->emails, f->len, &f->request, f->outcomes);
}

static void requests_hold_steps_that_tell_apart(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *letters;
		enum action action;
		const char *body;
	} rows[] = {
		{"a1 a2 b1 A1", ACTION_CREATE,
		 "[{'user': 'a@example.com', 'requestID': 'writ-1', 'do': [{'add': {'group': "
		 "['p1']}}, "
		 "{'add': {'group': ['p2']}}]}, {'user': 'b@example.com', 'requestID': 'writ-2', "
		 "'do': [{'add': {'group': ['p1']}}]}, {'usergroup': 'group A', 'requestID': "
		 "'writ-3', "
		 "'do': [{'add': {'productConfiguration': ['p1']}}]}]"},
		{"a1", ACTION_DELETE,
		 "[{'user': 'a@example.com', 'requestID': 'writ-1', 'do': [{'remove': {'group': "
		 "['p1']}}]}]"},
		{"a1 a2 a2 a2", ACTION_CREATE,
		 "[{'user': 'a@example.com', 'requestID': 'writ-1', 'do': [{'add': {'group': "
		 "['p1']}}, "
		 "{'add': {'group': ['p2']}}]}]"},
		{"a1 a1 a2", ACTION_CREATE,
		 "[{'user': 'a@example.com', 'requestID': 'writ-1', 'do': [{'add': {'group': "
		 "['p1']}}, "
		 "{'add': {'group': ['p2']}}]}]"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *body = arena_strdup(&f->arena, rows[i].body);
		for (char *at = body; *at; at++)
			*at = *at == '\'' ? '"' : *at;
		f->len = 0;
		add_letters(f, rows[i].letters, rows[i].action);
		build(f);
		assert_string_equal(f->request.body, body);
	}
}

static void what_must_not_be_sent_is_refused(void **state)
{
	struct fixture *f = *state;
	static const struct entitlement system_admin = {.role = ROLE_SYSTEM_ADMINISTRATOR},
					storage = {.role = ROLE_STORAGE_ADMINISTRATOR},
					support = {.role = ROLE_SUPPORT_ADMINISTRATOR},
					none = {.product = "P", .profile = "not there"};
	add_change(f, PRINCIPAL_USER, "a@example.com", &system_admin, ACTION_CREATE);
	add_change(f, PRINCIPAL_USER, "a@example.com", &storage, ACTION_CREATE);
	add_change(f, PRINCIPAL_USER, "a@example.com", &none, ACTION_CREATE);
	add_change(f, PRINCIPAL_GROUP, "g", &support, ACTION_CREATE);
	add_change(f, PRINCIPAL_ACCOUNT, "nameless", &support, ACTION_CREATE);
	f->emails[4] = NULL;
	build(f);
	assert_null(f->request.body);
	for (size_t i = 0; i < f->len; i++) {
		assert_int_equal(f->outcomes[i].class, OUTCOME_REFUSED);
		assert_non_null(f->outcomes[i].message);
	}
	add_change(f, PRINCIPAL_ACCOUNT, "new", NULL, ACTION_CREATE);
	build(f);
	assert_int_equal(f->outcomes[5].class, OUTCOME_REFUSED);
	add_change(f, PRINCIPAL_USER, "b@example.com", &support, ACTION_CREATE);
	build(f);
	assert_non_null(strstr(f->request.body, "[\"_support_admin\"]"));
	assert_null(strstr(f->request.body, "_org_admin"));
	assert_null(strstr(f->request.body, "storage"));
	assert_int_equal(f->request.entries, 1);
}

/* What a request may hold at most, read back from its text. */
static void check_limits(struct fixture *f)
{
	const char *why;
	struct reply *body = reply_parse(f->request.body, strlen(f->request.body), &why);
	assert_in_range(reply_count(body), 1, UMAPI_ENTRIES_MAX);
	for (const struct reply *entry = reply_first(body); entry; entry = reply_after(entry)) {
		const struct reply *steps = reply_get(entry, "do");
		assert_in_range(reply_count(steps), 1, UMAPI_STEPS_MAX);
		for (const struct reply *s = reply_first(steps); s; s = reply_after(s)) {
			const struct reply *names = reply_get(reply_get(s, "add"), "group");
			assert_in_range(reply_count(names), 1, UMAPI_NAMES_MAX);
		}
	}
	reply_free(body);
}

static size_t calls_for(struct fixture *f, size_t users, size_t each)
{
	size_t calls = 0;
	f->len = 0;
	for (size_t u = 0; u < users; u++) {
		const char *name = arena_printf(&f->arena, "u%03zu@example.com", u);
		for (size_t k = 0; k < each; k++)
			add_change(f, PRINCIPAL_USER, name,
				   product(f, arena_printf(&f->arena, "q%zu", k)), ACTION_CREATE);
	}
	directory_finish(&f->directory);
	for (size_t from = 0; from < f->len; calls++) {
		size_t n = umapi_take(f->list + from, f->len - from);
		assert_in_range(n, 1, UMAPI_CHANGES_MAX);
		umapi_build(&f->directory, &f->arena, f->list + from, f->emails + from, n,
			    &f->request, f->outcomes);
		check_limits(f);
		from += n;
	}
	return calls;
}

/* What the service lists is sent as it spells it, the address of a user too. */
static void names_are_sent_as_the_service_spells_them(void **state)
{
	struct fixture *f = *state;
	struct reply *groups = parse(f, "[{'groupName':'Group A','type':'USER_GROUP'}]");
	struct reply *users = parse(f, "[{'email':'Ann@Example.com'}]");
	directory_add_groups(&f->directory, groups);
	directory_add_users(&f->directory, &f->directory.direct, users);
	reply_free(groups);
	reply_free(users);
	add_letters(f, "A1", ACTION_CREATE);
	add_change(f, PRINCIPAL_USER, "ann@example.com", product(f, "p1"), ACTION_CREATE);
	build(f);
	assert_non_null(strstr(f->request.body, "{\"usergroup\": \"Group A\","));
	assert_non_null(strstr(f->request.body, "{\"user\": \"Ann@Example.com\","));
	f->len = 0;
	build(f);
	assert_null(f->request.body);
}

static void calls_are_as_few_as_the_limits_allow(void **state)
{
	struct fixture *f = *state;
	static const struct {
		size_t users, each, calls;
	} rows[] = {
		{1, 1, 1},   {10, 1, 1},   {11, 1, 2},	 {25, 1, 3},  {100, 1, 10},
		{10, 10, 1}, {10, 11, 1},  {10, 100, 1}, {1, 101, 1}, {5, 200, 1},
		{6, 200, 2}, {11, 100, 2}, {20, 7, 2},	 {99, 3, 10}, {1, 1001, 2},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(calls_for(f, rows[i].users, rows[i].each), rows[i].calls);
}

/* The service takes another entry of the address unless the request says which (facts/umapi.md). */
static void an_adobe_id_is_named_as_one(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *email, *type;
		const char *entry; /* its beginning; NULL: not the type */
	} rows[] = {
		{"adobeID:x@example.com", NULL,
		 "{\"user\": \"x@example.com\", \"useAdobeID\": true, \"requestID\""},
		{"x@example.com", NULL, "{\"user\": \"x@example.com\", \"requestID\""},
		{"x@example.com", "adobeID",
		 "{\"user\": \"X@example.com\", \"useAdobeID\": true, \"requestID\""},
		{"x@example.com", "federatedID", "{\"user\": \"X@example.com\", \"requestID\""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		f->len = 0;
		f->directory.direct.len = 0;
		if (rows[i].type)
			vec_push(&f->arena, &f->directory.direct,
				 (struct directory_user){.email = "X@example.com",
							 .key = "x@example.com",
							 .type = rows[i].type,
							 .domain = "",
							 .username = ""});
		add_letters(f, "a1", ACTION_CREATE);
		f->emails[0] = rows[i].email;
		build(f);
		assert_non_null(strstr(f->request.body, rows[i].entry));
	}
}

static void a_call_has_one_action(void **state)
{
	struct fixture *f = *state;
	add_letters(f, "a1 b1", ACTION_CREATE);
	add_letters(f, "a2", ACTION_DELETE);
	assert_int_equal(umapi_take(f->list, f->len), 2);
	assert_int_equal(umapi_take(f->list + 2, 1), 1);
}

/* ---- answers ---- */

/* n: not sent, R: refused, A: applied, P: partly, U: unknown */
static const char *outcomes_of(struct fixture *f)
{
	struct str out = STR(&f->arena);
	for (size_t i = 0; i < f->len; i++)
		str_addc(&out, "nRAPU"[f->outcomes[i].class]);
	return str_text(&out);
}

#define ERROR(index, step, code)                                                                   \
	"{'index':" index ",'step':" step ",'errorCode':'" code "','message':'m','user':'x'}"
#define BODY(done, left, result, errors)                                                           \
	"{'completed':" done ",'notCompleted':" left ",'completedInTestMode':0,'result':'" result  \
	"','errors':[" errors "]}"

static void answers_are_attributed(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *letters, *answer, *outcomes;
	} rows[] = {
		{"a1 a2 b1",
		 "{'completed':2,'notCompleted':0,'completedInTestMode':0,'result':'success'}",
		 "AAA"},
		{"a1 a2 b1", BODY("2", "0", "success", ""), "AAA"},
		{"a1 b1", BODY("1", "1", "partial", ERROR("1", "0", "error.user.nonexistent")),
		 "AR"},
		{"a1 a2 a3 b1", BODY("1", "1", "partial", ERROR("0", "1", "error.group.not_found")),
		 "ARUA"},
		{"a1 a2 a3", BODY("0", "1", "error", ERROR("0", "0", "error.user.nonexistent")),
		 "RRR"},
		{"a1 a2 a3",
		 BODY("0", "1", "error",
		      ERROR("0", "2", "error.group.not_found") "," ERROR("0", "0",
									 "error.group.not_found")),
		 "RUR"},
		{"a1 b1", BODY("1", "1", "partial", ERROR("'1'", "'0'", "error.group.not_found")),
		 "AR"},
		{"a1", BODY("0", "1", "error", ERROR("0", "0", "error.internal.add")), "U"},
		{"a1", BODY("0", "1", "error", ERROR("0", "0", "error.user.already_exists")), "A"},
		{"a1 a1", BODY("0", "1", "error", ERROR("0", "0", "error.group.not_found")), "RR"},
		{"a1 b1", BODY("1", "1", "partial", "{'index':0,'errorCode':'e'}"), "UA"},
		{"a1 b1", BODY("1", "1", "partial", ERROR("0", "5", "error.group.not_found")),
		 "UA"},
		{"a1 b1", BODY("1", "1", "partial", "{'index':0,'step':0}"), "UA"},
		{"A1", BODY("0", "1", "error", ERROR("0", "0", "error.usergroup.not_found")), "R"},
		{"a1 a2",
		 BODY("0", "1", "error",
		      ERROR("0", "0", "error.group.not_found") "," ERROR("0", "1",
									 "error.group.not_found")),
		 "RR"},
		{"a1", BODY("0", "1", "error", "{'index':0,'step':'00000','errorCode':'e'}"), "U"},
		{"a1", BODY("0", "1", "error", "{'index':0,'step':0,'errorCode':'e'}"), "R"},
		{"a1", BODY("0", "1", "error", "{'index':0,'step':'x','errorCode':'e'}"), "U"},
		/* the rest of a list that holds something strange is not read */
		{"a1 b1",
		 BODY("0", "2", "error", "7," ERROR("0", "0", "e") "," ERROR("1", "0", "e")), "UU"},
		/* contradictions */
		{"a1 b1", BODY("2", "0", "success", ERROR("0", "0", "error.group.not_found")),
		 "UU"},
		{"a1 b1", BODY("1", "1", "partial", ""), "UU"},
		{"a1 b1", BODY("1", "0", "success", ""), "UU"},
		{"a1 b1", BODY("2", "0", "partial", ""), "UU"},
		{"a1 b1", BODY("3", "0", "success", ""), "UU"},
		{"a1 b1", BODY("1", "1", "error", ERROR("0", "0", "error.group.not_found")), "UU"},
		{"a1 b1", BODY("1", "1", "partial", ERROR("2", "0", "error.group.not_found")),
		 "UU"},
		{"a1 b1", BODY("1", "1", "partial", ERROR("-1", "0", "error.group.not_found")),
		 "UU"},
		{"a1", "{'completed':1,'notCompleted':0}", "U"},
		{"a1", "{'completed':1,'notCompleted':0,'result':'success','errors':{}}", "U"},
		{"a1", "[]", "U"},
		{"a1", "{}", "U"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		f->len = 0;
		add_letters(f, rows[i].letters, ACTION_CREATE);
		build(f);
		struct reply *answer = parse(f, rows[i].answer);
		umapi_understand(&f->request, answer, &f->arena, f->outcomes);
		reply_free(answer);
		if (strcmp(outcomes_of(f), rows[i].outcomes) != 0)
			fail_msg("%s: %s: %s, not %s", rows[i].letters, rows[i].answer,
				 outcomes_of(f), rows[i].outcomes);
	}
}

static void a_step_of_many_names_is_unknown_when_it_fails(void **state)
{
	struct fixture *f = *state;
	calls_for(f, 1, 15); /* eight steps: seven of two names, one of one */
	assert_int_equal(f->request.steps[0], 8);
	struct reply *answer =
		parse(f, BODY("0", "1", "error", ERROR("0", "1", "error.group.not_found")));
	umapi_understand(&f->request, answer, &f->arena, f->outcomes);
	reply_free(answer);
	assert_string_equal(outcomes_of(f), "AAUUUUUUUUUUUUU");
	answer = parse(f, BODY("0", "1", "error", ERROR("0", "7", "error.group.not_found")));
	umapi_understand(&f->request, answer, &f->arena, f->outcomes);
	reply_free(answer);
	assert_string_equal(outcomes_of(f), "AAAAAAAAAAAAAAR");
}

/* Every subset of ten entries of one step that may fail. */
static void every_subset_of_failures_is_reported(void **state)
{
	struct fixture *f = *state;
	add_letters(f, "a1 b1 c1 d1 e1 f1 g1 h1 i1 j1", ACTION_CREATE);
	build(f);
	for (unsigned set = 0; set < 1024; set++) {
		struct str errors = STR(&f->arena);
		char due[11] = "AAAAAAAAAA";
		unsigned bad = 0;
		for (unsigned i = 0; i < 10; i++) {
			if (!(set & 1U << i))
				continue;
			str_printf(&errors, "%s" ERROR("%u", "0", "error.group.not_found"),
				   bad++ ? "," : "", i);
			due[i] = 'R';
		}
		struct reply *answer = parse(
			f, arena_printf(&f->arena, BODY("%u", "%u", "%s", "%s"), 10 - bad, bad,
					bad == 0    ? "success"
					: bad == 10 ? "error"
						    : "partial",
					str_text(&errors)));
		umapi_understand(&f->request, answer, &f->arena, f->outcomes);
		reply_free(answer);
		assert_string_equal(outcomes_of(f), due);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(requests_hold_steps_that_tell_apart, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_must_not_be_sent_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(names_are_sent_as_the_service_spells_them, setup,
						teardown),
		cmocka_unit_test_setup_teardown(calls_are_as_few_as_the_limits_allow, setup,
						teardown),
		cmocka_unit_test_setup_teardown(an_adobe_id_is_named_as_one, setup, teardown),
		cmocka_unit_test_setup_teardown(a_call_has_one_action, setup, teardown),
		cmocka_unit_test_setup_teardown(answers_are_attributed, setup, teardown),
		cmocka_unit_test_setup_teardown(a_step_of_many_names_is_unknown_when_it_fails,
						setup, teardown),
		cmocka_unit_test_setup_teardown(every_subset_of_failures_is_reported, setup,
						teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
