/* SPDX-License-Identifier: Apache-2.0 */
/* Writes to the Developer Console and to the User Management API, with answers of every kind. */
#include <signal.h>

#include "core/plan/plan.h"
#include "core/util/log.h"
#include "providers/adobe/console/subscribe.h"
#include "tests/unit/canned.h"
#include "tests/unit/check.h"
#include "tests/unit/moved_clock.h"
#include "tests/unit/outcome_name.h"

#define ROWS 6

static struct canned canned;

static const struct query managed_only = {.what = COLLECT_ALL};

/* One account's change: what the manifest says of it. */
struct said {
	const char *name, *project, *credential, *description;
	const char *apis[4];
	bool lists_apis, lists_products;
};

static struct account *account_of(struct arena *a, const struct said *w)
{
	struct account *out = arena_zalloc(a, sizeof(*out));
	out->meta.name = intern(canned.strings, w->name);
	out->project = w->project;
	out->credential = w->credential;
	out->description = w->description;
	out->has_apis = w->lists_apis || w->apis[0];
	out->has_products = w->lists_products;
	for (size_t i = 0; i < COUNT(w->apis) && w->apis[i]; i++)
		vec_push(a, &out->apis, (struct entry){.name = w->apis[i]});
	return out;
}

static void open_and_read_with(struct arena *a, const struct query *query,
			       const struct canned_answer *own, size_t count)
{
	struct live live = {0};
	canned_start(&canned, own, count);
	struct universe *u = universe_new(canned.strings);
	struct error *error = canned_open(&canned);
	if (!error)
		error = adobe_reader.read(canned.session, a, u, query, &live);
	if (error)
		fail_msg("%s", canned_told(a, error));
	universe_free(u);
}

static void open_and_read(struct arena *a, const struct query *query)
{
	open_and_read_with(a, query, NULL, 0);
}

/* "applied", "refused: why"; an error that ends the run is "error ...". */
/* `tried`: an earlier run died while it sent the first of them. */
static const char *execute_again(struct arena *a, const struct change *const *changes, size_t len,
				 bool tried)
{
	struct outcome outcomes[16] = {{.tried = tried}};
	struct str out = STR(a);
	struct error *error = adobe_writer.execute(canned.session, a, changes, len, outcomes);
	if (error)
		return arena_printf(a, "error %s", canned_told(a, error));
	for (size_t i = 0; i < len; i++)
		str_printf(&out, "%s%s%s%s", i ? "; " : "", outcome_name(outcomes[i].class),
			   outcomes[i].message ? ": " : "",
			   outcomes[i].message ? outcomes[i].message : "");
	return str_text(&out);
}

static const char *execute(struct arena *a, const struct change *const *changes, size_t len)
{
	return execute_again(a, changes, len, false);
}

static size_t writes(void)
{
	size_t count = 0;
	for (size_t i = 0; i < canned.loopback.asked && i < LOOPBACK_REQUESTS; i++)
		count += strncmp(canned.loopback.requests[i], "GET ", 4) != 0 &&
			 strncmp(canned.loopback.requests[i], "POST /ims/", 10) != 0;
	return count;
}

#define GIVES 64u  /* in place of attributes: each of said.apis is a grant of the account */
#define TAKES 128u /* the same, and a removal */

struct row {
	enum action action;
	struct said said;
	unsigned attributes;		/* a set of enum attribute, or one of the two above */
	struct canned_answer own[ROWS]; /* from the write on */
	const char *told;		/* its beginning */
	size_t writes;
	bool tried; /* struct outcome */
};

static void check_told(size_t i, const char *said, const char *told, size_t due)
{
	if (strncmp(said, told, strlen(told)) != 0 || writes() != due)
		fail_msg("row %zu: %zu writes, \"%s\", not %zu and \"%s\"", i, writes(), said, due,
			 told);
}

/* The changes of a row; returns how many. */
static size_t changes_of(struct arena *a, const struct row *row, const struct principal *who,
			 const struct change **out)
{
	const struct account *account = account_of(a, &row->said);
	struct change c = {.principal = who,
			   .type = CHANGE_ACCOUNT,
			   .action = row->action,
			   .attributes = row->attributes,
			   .before = account,
			   .after = account};
	bool gives = row->attributes == GIVES, apis = gives || row->attributes == TAKES;
	size_t count = apis ? account->apis.len : 1;
	for (size_t i = 0; i < count; i++) {
		struct change *one = arena_alloc(a, sizeof(*one));
		struct entitlement *e = arena_zalloc(a, sizeof(*e));
		*one = c;
		if (apis) {
			e->api = account->apis.at[i].name;
			*one = (struct change){.principal = who,
					       .type = CHANGE_GRANT,
					       .action = gives ? ACTION_CREATE : ACTION_DELETE,
					       .entitlement = e};
		}
		out[i] = one;
	}
	return count;
}

static void check_rows(const struct row *rows, size_t count, const struct query *query)
{
	for (size_t i = 0; i < count; i++) {
		ARENA a = {0};
		open_and_read(&a, query);
		const struct principal who = {rows[i].said.name, PRINCIPAL_ACCOUNT};
		const struct change *list[4];
		size_t len = changes_of(&a, &rows[i], &who, list);
		canned_go_on(&canned, rows[i].own, ROWS);
		const char *said = execute_again(&a, list, len, rows[i].tried);
		canned_stop(&canned);
		check_told(i, said, rows[i].told, rows[i].writes);
	}
}

#define NEW                                                                                        \
	{                                                                                          \
		.name = "new-account"                                                              \
	}
#define NEW_WITH(...)                                                                              \
	{                                                                                          \
		.name = "new-account", .apis = { __VA_ARGS__ }                                     \
	}
/* What a row of writes begins with. */
#define DELETES ACTION_DELETE, {"asset-archiver"}, 0
#define RENAMES ACTION_UPDATE, {"asset-archiver", .credential = "archive-all"}, ATTRIBUTE_CREDENTIAL
#define DESCRIBES                                                                                  \
	ACTION_UPDATE, {"asset-archiver", .description = "Reads all"}, ATTRIBUTE_DESCRIPTION
#define GIVES_Q ACTION_CREATE, {"asset-archiver", .apis = {"Q"}}, GIVES
#define GIVES_BOTH ACTION_CREATE, {"asset-archiver", .apis = {"Q", "S"}}, GIVES
#define MAKES_NEW ACTION_CREATE, NEW, 0

#define PROJECT_MADE                                                                               \
	{                                                                                          \
		MAKE_PROJECT, "{'projectId':9,'workspaceId':'10'}", 201                            \
	}
#define MADE                                                                                       \
	{                                                                                          \
		MAKE_CREDENTIAL, "{'id':'70'}"                                                     \
	}
#define NEW_DETAIL ORGS "/1/integrations/70"
#define NEW_PROPERTIES ORGS "/1/integrations/entp/70/service/P/properties"
#define NEW_CREDENTIALS ORGS "/1/projects/9/workspaces/10/credentials"
#define NEW_WORKSPACES ORGS "/1/projects/9/workspaces"
#define LISTED                                                                                     \
	"[{'integration_name':'other','id_integration':1},{},{'integration_name':"                 \
	"'new-account','id_integration':'70'}]"

static void a_project_is_made_once(void **state UNUSED)
{
	static const struct row rows[] = {
		{MAKES_NEW, {PROJECT_MADE, MADE}, "applied", 2},
		/* a project of that title, and then its workspace */
		{ACTION_CREATE, {"new-account", "asset archiver"}, 0, {MADE}, "applied", 1},
		{ACTION_CREATE,
		 {"new-account", "asset archiver"},
		 0,
		 {{WORKSPACES,
		   "[{},{'id':8,'name':'Stage'},{'id':6,'name':'Production'},{'id':9}]"},
		  {"POST */workspaces/6/credentials/*", "{'id':70}"}},
		 "applied",
		 1},
		{ACTION_CREATE,
		 {"new-account", "asset archiver"},
		 0,
		 {{WORKSPACES, "[]"}},
		 "refused: project \"asset archiver\" has no workspace",
		 0},
		{ACTION_CREATE,
		 {"new-account", "asset archiver"},
		 0,
		 {{WORKSPACES, "{}", 403}},
		 "not sent: GET /organizations/{org}/projects/{id}/workspaces: 403",
		 0},
		/* its name is taken: others are tried, and there is an end to that */
		{MAKES_NEW, {{MAKE_PROJECT, "{}", 409, 2}, PROJECT_MADE, MADE}, "applied", 4},
		{MAKES_NEW,
		 {{MAKE_PROJECT, "{'messages':[{'message':'taken'}]}", 409}},
		 "refused: POST /organizations/{org}/projects: 409: taken",
		 50},
		{MAKES_NEW,
		 {{MAKE_PROJECT, "{}", 403}},
		 "refused: POST /organizations/{org}/projects: 403",
		 1},
		/* nobody knows whether it is there, until a look */
		{MAKES_NEW,
		 {{MAKE_PROJECT, "{}", 500},
		  {TITLED, "[{'id':9}]"},
		  {NEW_WORKSPACES, "[{'id':10}]"},
		  MADE},
		 "applied",
		 2},
		{MAKES_NEW,
		 {{MAKE_PROJECT, "{}", 500},
		  {TITLED, "[]", .times = 1},
		  {TITLED, "[{'id':9}]"},
		  {NEW_WORKSPACES, "[{'id':10}]"},
		  MADE},
		 "applied",
		 2},
		{MAKES_NEW,
		 {{MAKE_PROJECT, "{}", 500}},
		 "unknown: POST /organizations/{org}/projects: 500",
		 1},
		{MAKES_NEW,
		 {{MAKE_PROJECT, "{}", 500}, {TITLED, "{}", 403}},
		 "unknown: POST /organizations/{org}/projects: 500",
		 1},
		{MAKES_NEW,
		 {{MAKE_PROJECT, "{'workspaceId':10}"}},
		 "unknown: the project's id was not told",
		 1},
		{MAKES_NEW,
		 {{MAKE_PROJECT, "{'projectId':'x','workspaceId':10}"},
		  {TITLED, "[{'id':9}]"},
		  MADE},
		 "applied",
		 2},
	};
	check_rows(rows, COUNT(rows), &query_all);
}

static void two_projects_of_a_title_are_no_place(void **state UNUSED)
{
	ARENA a = {0};
	struct live live = {0};
	static const struct canned_answer twice[] = {
		{PROJECTS, "[{'id':5,'title':'new account'},{'id':6,'title':'new account'}]"}};
	canned_start(&canned, twice, 1);
	struct universe *u = universe_new(canned.strings);
	assert_ok(canned_open(&canned));
	assert_ok(adobe_reader.read(canned.session, &a, u, &query_all, &live));
	const struct account *account = account_of(&a, &(struct said)NEW);
	const struct principal who = {account->meta.name, PRINCIPAL_ACCOUNT};
	struct change c = {.principal = &who, .type = CHANGE_ACCOUNT, .after = account};
	const struct change *list[] = {&c};
	assert_non_null(strstr(adobe_reader.check_account(canned.session, &a, account),
			       "2 projects have the title \"new account\""));
	assert_string_equal(execute(&a, list, 1),
			    "refused: several projects have the title \"new account\"");
	assert_int_equal(writes(), 0);
	universe_free(u);
	canned_stop(&canned);
}

static void a_credential_is_made_once(void **state UNUSED)
{
	static const struct row rows[] = {
		{MAKES_NEW,
		 {PROJECT_MADE, {MAKE_CREDENTIAL, "{}", 400}},
		 "refused: POST /organizations/{org}/projects/{id}/workspaces/{id}/credentials/"
		 "oauth-server-to-server: 400",
		 2},
		{MAKES_NEW,
		 {PROJECT_MADE, {MAKE_CREDENTIAL, "{}", 502}, {NEW_CREDENTIALS, LISTED}},
		 "applied",
		 2},
		{MAKES_NEW,
		 {PROJECT_MADE, {MAKE_CREDENTIAL, "{}"}, {NEW_CREDENTIALS, LISTED}},
		 "applied",
		 2},
		{MAKES_NEW,
		 {PROJECT_MADE, {MAKE_CREDENTIAL, "{}", 502}, {NEW_CREDENTIALS, "[]"}},
		 "unknown: POST",
		 2},
		{MAKES_NEW,
		 {PROJECT_MADE, {MAKE_CREDENTIAL, "{}", 502}, {NEW_CREDENTIALS, "{}", 403}},
		 "unknown: POST",
		 2},
		{MAKES_NEW,
		 {PROJECT_MADE, {MAKE_CREDENTIAL, "{'id':-7}"}, {NEW_CREDENTIALS, "[]"}},
		 "unknown: the credential's id was not told",
		 2},
	};
	check_rows(rows, COUNT(rows), &query_all);
}

static void apis_come_with_the_account_or_after_it(void **state UNUSED)
{
	static const struct row rows[] = {
		/* seen at once: nothing more to send */
		{ACTION_CREATE,
		 NEW_WITH("Adobe Cloud Storage and Collaboration API"),
		 0,
		 {PROJECT_MADE, MADE, {NEW_DETAIL, "{'name':'new-account','sdkList':['S']}"}},
		 "applied",
		 2},
		{ACTION_CREATE,
		 NEW_WITH("P API", "nobody knows it", "P"),
		 0,
		 {PROJECT_MADE,
		  MADE,
		  {PUT_SERVICES, "{}"},
		  {NEW_DETAIL, "{'sdkList':[]}", .times = 1},
		  {NEW_DETAIL, "{'sdkList':['P']}"},
		  {NEW_PROPERTIES, "{}"}},
		 "applied",
		 3},
		/* the look failed, or shows nothing: the list is sent, for it is whole */
		{ACTION_CREATE,
		 NEW_WITH("Q API"),
		 0,
		 {PROJECT_MADE, MADE, {PUT_SERVICES, "{}"}, {NEW_DETAIL, "{}", 403}},
		 "applied",
		 3},
		{ACTION_CREATE,
		 NEW_WITH("Q API"),
		 0,
		 {PROJECT_MADE, MADE, {PUT_SERVICES, "{'error':['no','yes']}"}},
		 "partly: the account is made, its APIs are not: no; yes",
		 3},
		{ACTION_CREATE,
		 NEW_WITH("Q API"),
		 0,
		 {PROJECT_MADE, MADE, {PUT_SERVICES, "{}", 500}},
		 "partly: the account is made, its APIs are not: PUT",
		 3},
	};
	check_rows(rows, COUNT(rows), &query_all);
}

static void an_account_that_is_there_is_completed_or_refused(void **state UNUSED)
{
	static const struct row rows[] = {
		{ACTION_CREATE,
		 {"asset-archiver"},
		 0,
		 {{NULL}},
		 "refused: there is already an account \"asset-archiver\"",
		 0},
		{ACTION_CREATE,
		 {"asset-archiver", .apis = {"P API"}},
		 0,
		 {{NULL}},
		 "refused: there is already an account",
		 0},
		{ACTION_CREATE,
		 {"asset-archiver", .description = "Reads all"},
		 0,
		 {{EDIT_CREDENTIAL, "{}"}},
		 "applied",
		 1},
		{ACTION_CREATE,
		 {"asset-archiver", .apis = {"P API", "Q API"}},
		 0,
		 {{NULL}},
		 "applied", /* its grants add what it lacks */
		 0},
		/* the run that died had made it, and reads did not show it yet */
		{ACTION_CREATE, {"asset-archiver"}, 0, {{NULL}}, "applied", 0, .tried = true},
	};
	check_rows(rows, COUNT(rows), &query_all);
	static const struct row unseen[] = {
		{ACTION_CREATE, {"asset-archiver"}, 0, {{NULL}}, "refused: there is already", 0},
		{ACTION_CREATE, {"asset-archiver"}, 0, {{NULL}}, "applied", 0, .tried = true},
		{ACTION_UPDATE, {"asset-archiver"}, 1, {{NULL}}, "refused: there is no account", 0},
		{DELETES, {{NULL}}, "refused: there is no account", 0},
		{ACTION_DELETE, {"other"}, 0, {{NULL}}, "refused: there is no account", 0},
	};
	check_rows(unseen, COUNT(unseen), &managed_only);
}

static void updates(void **state UNUSED)
{
	static const struct row rows[] = {
		{DESCRIBES, {{EDIT_CREDENTIAL, "{}"}}, "applied", 1},
		{DESCRIBES, {{EDIT_CREDENTIAL, "{}", 400}}, "refused: PUT", 1},
		{DESCRIBES, {{EDIT_CREDENTIAL, "{}", 500}}, "unknown: PUT", 1},
		{DESCRIBES,
		 {{EDIT_CREDENTIAL, "{}", 500}, {DETAIL, INTEGRATION(",'description':'Reads'")}},
		 "unknown: PUT",
		 1},
		{DESCRIBES,
		 {{EDIT_CREDENTIAL, "{}", 500},
		  {DETAIL, INTEGRATION(",'description':'Reads all'")}},
		 "applied",
		 1},
		{RENAMES,
		 {{EDIT_CREDENTIAL, "{}", 500},
		  {DETAIL, "{}", 404, 1},
		  {DETAIL, "{'name':'archive-all'}"}},
		 "applied",
		 1},
		{RENAMES, {{EDIT_CREDENTIAL, "{}", 500}, {DETAIL, "{}", 403}}, "unknown: PUT", 1},
		{ACTION_UPDATE,
		 {"asset-archiver", "elsewhere"},
		 ATTRIBUTE_PROJECT | ATTRIBUTE_DESCRIPTION,
		 {{NULL}},
		 "refused: Adobe cannot move a credential to another project",
		 0},
	};
	check_rows(rows, COUNT(rows), &query_all);
}

/* An API of a live credential comes and goes by itself: a list would take what others added since
 * the read. */
static void apis_of_a_live_credential_change_one_by_one(void **state UNUSED)
{
	static const struct row rows[] = {
		{ACTION_CREATE,
		 {"asset-archiver", .apis = {"Q API"}},
		 GIVES,
		 {{SUBSCRIBE, "{}"}, {DETAIL, "{'sdkList':['P','Q']}"}},
		 "applied",
		 1},
		/* it is so already */
		{ACTION_CREATE, {"asset-archiver", .apis = {"P"}}, GIVES, {{NULL}}, "applied", 0},
		{ACTION_DELETE, {"asset-archiver", .apis = {"Q"}}, TAKES, {{NULL}}, "applied", 0},
		/* a profile that is to stay */
		{ACTION_DELETE,
		 {"asset-archiver", .apis = {"P"}},
		 TAKES,
		 {{NULL}},
		 "refused: API P would take product \"P\", profile \"A\" with it",
		 0},
		{ACTION_CREATE,
		 {"asset-archiver", .apis = {"no such"}},
		 GIVES,
		 {{NULL}},
		 "refused: the catalogue has no API \"no such\"",
		 0},
		{ACTION_CREATE,
		 {"new-account", .apis = {"P"}},
		 GIVES,
		 {{NULL}},
		 "refused: there is no account \"new-account\"",
		 0},
		{GIVES_BOTH,
		 {{SUBSCRIBE, "{}"}, {DETAIL, "{'sdkList':['P','S','Q','X']}"}},
		 "applied; applied",
		 1},
		{GIVES_BOTH, {{SUBSCRIBE, "{}"}}, "applied; applied", 2},
		{GIVES_BOTH,
		 {{SUBSCRIBE, "{}", .times = 1}, {SUBSCRIBE, "{'error':'no'}"}},
		 "applied; refused: no",
		 2},
		{GIVES_BOTH, {{SUBSCRIBE, "{'error':'no'}"}}, "refused: no; refused: no", 2},
	};
	check_rows(rows, COUNT(rows), &query_all);
}

/* Building blocks, each with and without a need. */
static void one_api_is_added_or_taken(void **state UNUSED)
{
	static const struct {
		const char *code;
		bool take;
		struct canned_answer own[2];
		enum outcome_class class;
		size_t writes;
		bool has;
	} rows[] = {
		{"Q", false, {{SUBSCRIBE, "{}"}}, OUTCOME_APPLIED, 1, true},
		{"Q", false, {{SUBSCRIBE, "{}", 403}}, OUTCOME_REFUSED, 1, false},
		{"Q", false, {{SUBSCRIBE, "{}", 503}}, OUTCOME_UNKNOWN, 1, false},
		{"Q",
		 false,
		 {{SUBSCRIBE, "{}", 503}, {DETAIL, "{'sdkList':['P','Q']}"}},
		 OUTCOME_APPLIED,
		 1,
		 true},
		{"P", false, {{NULL}}, OUTCOME_APPLIED, 0, true},
		{"P", true, {{UNSUBSCRIBE, "{}"}}, OUTCOME_APPLIED, 1, false},
		{"P", true, {{UNSUBSCRIBE, "{}", 503}}, OUTCOME_UNKNOWN, 1, true},
		{"P", true, {{UNSUBSCRIBE, "{}", 503}, {DETAIL, "{}"}}, OUTCOME_APPLIED, 1, false},
		{"Q", true, {{NULL}}, OUTCOME_APPLIED, 0, false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct outcome out = {0};
		open_and_read(&a, &query_all);
		struct credential *c = session_find(canned.session, "asset-archiver");
		const struct wish w = {.api = console_find_api(canned.session, rows[i].code)};
		canned_go_on(&canned, rows[i].own, 2);
		struct error *error = rows[i].take
					      ? unsubscribe_api(canned.session, &a, c, w.api, &out)
					      : subscribe_api(canned.session, &a, c, &w, &out);
		bool has = credential_find_api(c, rows[i].code) != NULL;
		canned_stop(&canned);
		assert_null(error);
		if (out.class != rows[i].class || writes() != rows[i].writes || has != rows[i].has)
			fail_msg("row %zu: %s, %zu writes, %d", i, outcome_name(out.class),
				 writes(), has);
	}
}

static void lists_of_apis_and_what_comes_back(void **state UNUSED)
{
	static const struct row rows[] = {
		{GIVES_Q, {{SUBSCRIBE, "{'errorDetails':'full'}"}}, "refused: full", 1},
		{GIVES_Q,
		 {{SUBSCRIBE, "{'errorDetails':[],'errorList':[{'message':'a'},'b',{},3]}"}},
		 "refused: a; b; refused without a word; refused without a word",
		 1},
		{GIVES_Q, {{SUBSCRIBE, "{'error':{'a':'b'}}"}}, "refused: b", 1},
		{GIVES_Q, {{SUBSCRIBE, "{'errorDetails':null}"}}, "applied", 1},
		{GIVES_Q, {{SUBSCRIBE, "[]"}}, "applied", 1},
		{GIVES_Q, {{SUBSCRIBE, "{}", 400}}, "refused: PATCH", 1},
		{GIVES_Q, {{SUBSCRIBE, "{}", 500}}, "unknown: PATCH", 1},
		{GIVES_Q, {{SUBSCRIBE, "{}", 500}, {DETAIL, "{}", 404}}, "unknown: PATCH", 1},
		{GIVES_Q, {{SUBSCRIBE, "{}", 500}, {DETAIL, "{}", 403}}, "unknown: PATCH", 1},
		{GIVES_Q,
		 {{SUBSCRIBE, "<h1>", 200, 0, "text/html"}, {DETAIL, "{'sdkList':['P','Q']}"}},
		 "applied",
		 1},
	};
	check_rows(rows, COUNT(rows), &query_all);
}

static void deletes(void **state UNUSED)
{
	static const struct row rows[] = {
		{DELETES, {{DELETE_CREDENTIAL, "", 200}}, "applied", 1},
		{DELETES, {{DELETE_CREDENTIAL, "{}"}}, "applied", 1},
		{DELETES, {{DELETE_CREDENTIAL, "{}", 404}}, "applied", 1},
		/* a gateway's page says nothing of a credential */
		{DELETES, {{DELETE_CREDENTIAL, "<h1>", 404, 0, "text/html"}}, "unknown: DELETE", 1},
		{DELETES,
		 {{DELETE_CREDENTIAL, "{}", 500}, {DETAIL, "<h1>", 404, 0, "text/html"}},
		 "unknown: DELETE",
		 1},
		{DELETES, {{DELETE_CREDENTIAL, "{}", 403}}, "refused", 1},
		{DELETES, {{DELETE_CREDENTIAL, "{}", 500}}, "unknown", 1},
		{DELETES,
		 {{DELETE_CREDENTIAL, "{}", 500}, {DETAIL, "{}", 200, 1}, {DETAIL, "{}", 404}},
		 "applied",
		 1},
		{DELETES, {{DELETE_CREDENTIAL, "{}", 500}, {DETAIL, "{}", 403}}, "unknown", 1},
	};
	check_rows(rows, COUNT(rows), &query_all);
}

/* The service takes the token no more and gives no other: the run ends there. */
static void without_a_token_the_run_ends(void **state UNUSED)
{
#define NO_TOKEN                                                                                   \
	{                                                                                          \
		TOKEN, "{'error':'invalid_client'}", 400                                           \
	}
	/* Where something was made before, the outcome says it, and the next batch ends it. */
	static const struct row rows[] = {
		{MAKES_NEW, {{MAKE_PROJECT, "{}", 401}, NO_TOKEN}, "", 1},
		{MAKES_NEW,
		 {PROJECT_MADE, {MAKE_CREDENTIAL, "{}", 401}, NO_TOKEN},
		 "refused: POST /organizations/{org}/projects/{id}/workspaces/{id}/credentials/"
		 "oauth-server-to-server: 401; project \"new account\" (9) was made for it",
		 2},
		{ACTION_CREATE,
		 NEW_WITH("Q API"),
		 0,
		 {PROJECT_MADE, MADE, {PUT_SERVICES, "{}", 401}, NO_TOKEN},
		 "partly: the account is made, its APIs are not: PUT",
		 3},
		{ACTION_UPDATE,
		 {"asset-archiver", .description = "x"},
		 ATTRIBUTE_DESCRIPTION,
		 {{EDIT_CREDENTIAL, "{}", 401}, NO_TOKEN},
		 "",
		 1},
		{ACTION_UPDATE,
		 {"asset-archiver", .apis = {"Q"}},
		 GIVES,
		 {{SUBSCRIBE, "{}", 401}, NO_TOKEN},
		 "",
		 1},
		{DELETES, {{DELETE_CREDENTIAL, "{}", 401}, NO_TOKEN}, "", 1},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct live live = {0};
		canned_start(&canned, NULL, 0);
		canned.config.user = (struct user_credential){0};
		struct universe *u = universe_new(canned.strings);
		assert_ok(canned_open(&canned));
		assert_ok(adobe_reader.read(canned.session, &a, u, &query_all, &live));
		const struct principal who = {rows[i].said.name, PRINCIPAL_ACCOUNT};
		const struct change *list[4];
		size_t len = changes_of(&a, &rows[i], &who, list);
		canned_go_on(&canned, rows[i].own, ROWS);
		const char *said = execute(&a, list, len);
		universe_free(u);
		canned_stop(&canned);
		const char *ended =
			"error denied: a token for client server: POST /ims/token/v3: 400";
		check_told(i, said, *rows[i].told ? rows[i].told : ended, rows[i].writes);
	}
}

/* ---- grants ---- */

static const struct principal archiver = {"asset-archiver", PRINCIPAL_ACCOUNT},
			      nobody = {"nobody", PRINCIPAL_ACCOUNT},
			      new_one = {"new-account", PRINCIPAL_ACCOUNT},
			      jane = {"jane@example.com", PRINCIPAL_USER},
			      designers = {"Designers", PRINCIPAL_GROUP};
static const struct entitlement profile_a = {.product = "P", .profile = "A"},
				profile_b = {.product = "p", .profile = "b"},
				profile_x = {.product = "P", .profile = "X"},
				support = {.role = ROLE_SUPPORT_ADMINISTRATOR};

struct granted_group {
	const struct principal *who;
	const struct entitlement *what;
	enum action action;
	enum capability via;
};

struct grants {
	struct granted_group grants[4];
	struct canned_answer own[ROWS];
	const char *told;
	size_t writes;
};

static const char *give(struct arena *a, const struct granted_group *grants)
{
	struct change all[4];
	const struct change *list[4];
	size_t len = 0;
	for (; len < 4 && grants[len].who; len++) {
		all[len] = (struct change){.principal = grants[len].who,
					   .entitlement = grants[len].what,
					   .type = CHANGE_GRANT,
					   .action = grants[len].action,
					   .via = grants[len].via};
		list[len] = &all[len];
	}
	return execute(a, list, len);
}

#define BOTH                                                                                       \
	"{'licenseConfigs':[{'id':11,'name':'A','selected':true},{'id':12,'name':'B','selected':"  \
	"true}]}"

static void products_of_accounts(void **state UNUSED)
{
	static const struct grants rows[] = {
		{{{&archiver, &profile_b}}, {{SUBSCRIBE, "{}"}, {PROPERTIES, BOTH}}, "applied", 1},
		{{{&archiver, &profile_b}}, {{SUBSCRIBE, "{}"}}, "applied", 1},
		{{{&archiver, &profile_b}}, {{SUBSCRIBE, "{'error':'no'}"}}, "refused: no", 1},
		{{{&archiver, &profile_a}}, {{NULL}}, "applied", 0},
		{{{&archiver, &profile_x}},
		 {{NULL}},
		 "refused: no API of the account offers product \"P\", profile \"X\"",
		 0},
		{{{&archiver, &profile_b}, {&archiver, &profile_x}},
		 {{SUBSCRIBE, "{}"}, {PROPERTIES, BOTH}},
		 "applied; refused: no API",
		 1},
		{{{&archiver, &profile_a, ACTION_DELETE}},
		 {{PUT_SERVICES, "{}"},
		  {PROPERTIES, HELD("11", "true"), .times = 1},
		  {PROPERTIES, HELD("11", "false")}},
		 "applied",
		 1},
		/* accepted, and shown later: a later read tells */
		{{{&archiver, &profile_a, ACTION_DELETE}}, {{PUT_SERVICES, "{}"}}, "applied", 1},
		/* a list that replaces: what is there is read just before */
		{{{&archiver, &profile_a, ACTION_DELETE}},
		 {{PUT_SERVICES, "{}"}, {DETAIL, "{}", 404}},
		 "not sent: no read shows its credential now",
		 0},
		{{{&archiver, &profile_a, ACTION_DELETE}},
		 {{PUT_SERVICES, "{}"}, {DETAIL, "{}", 403}},
		 "not sent: GET /organizations/{org}/integrations/{id}: 403",
		 0},
		{{{&archiver, &profile_a, ACTION_DELETE}},
		 {{PUT_SERVICES, "{}"}, {PROPERTIES, HELD("11", "false")}},
		 "applied",
		 0},
		/* and just after: it took with it what was to stay */
		{{{&archiver, &profile_a, ACTION_DELETE}},
		 {{PUT_SERVICES, "{}"},
		  {PROPERTIES, BOTH, .times = 1},
		  {PROPERTIES, HELD("11", "false")}},
		 "refused: it was taken, and product \"P\", profile \"B\", which was to stay, is "
		 "gone "
		 "too",
		 1},
		{{{&archiver, &profile_a, ACTION_DELETE}},
		 {{PUT_SERVICES, "{}"},
		  {DETAIL, "{'sdkList':['P','Q']}", .times = 1},
		  {DETAIL, "{'sdkList':['P']}"}},
		 "refused: it was taken, and API \"Q API\", which was to stay",
		 1},
		{{{&archiver, &profile_b, ACTION_DELETE}}, {{NULL}}, "applied", 0},
		{{{&nobody, &profile_b}}, {{NULL}}, "refused: there is no account \"nobody\"", 0},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		open_and_read(&a, &query_all);
		canned_go_on(&canned, rows[i].own, ROWS);
		const char *said = give(&a, rows[i].grants);
		canned_stop(&canned);
		check_told(i, said, rows[i].told, rows[i].writes);
	}
}

#define DONE(n) "{'completed':" n ",'notCompleted':0,'result':'success'}"

/* A batch that nobody cut by take(): of several kinds, one request each. */
static void a_mixed_batch_is_several_requests(void **state UNUSED)
{
	static const struct grants rows[] = {
		{{{&jane, &support}, {&designers, &profile_b}},
		 {{ACTION, DONE("2")}},
		 "applied; applied",
		 1},
		{{{&jane, &support}},
		 {{ACTION, "{}"}},
		 "unknown: the service's answer contradicts",
		 1},
		{{{&jane, &support}}, {{ACTION, "{}", 400}}, "refused: POST /action/{org}: 400", 1},
		{{{&jane, &support}}, {{ACTION, "{}", 500}}, "unknown: POST /action/{org}: 500", 1},
		{{{&nobody, &support}},
		 {{NULL}},
		 "refused: its address in the service is not known",
		 0},
		{{{&archiver, &profile_b},
		  {&jane, &support},
		  {&archiver, &support, 0, CAN_COMMAND}},
		 {{SUBSCRIBE, "{}"}, {PROPERTIES, BOTH}, {ACTION, DONE("1")}},
		 "applied; applied; not sent: the configuration names no role writer any more",
		 2},
		/* no token for the second: what is behind it is not sent */
		{{{&archiver, &profile_b},
		  {&jane, &support},
		  {&archiver, &support, 0, CAN_COMMAND},
		  {&archiver, &profile_a}},
		 {{SUBSCRIBE, "{}"},
		  {PROPERTIES, BOTH},
		  {ACTION, "{}", 401},
		  {TOKEN, "{'error':'invalid_client'}", 400}},
		 "applied; unknown: a token for client server: POST /ims/token/v3: 400: "
		 "invalid_client; not sent: a token for client server: POST /ims/token/v3: 400: "
		 "invalid_client; not sent: a token",
		 2},
		{{{&jane, &support}},
		 {{ACTION, "{}", 401}, {TOKEN, "{'error':'invalid_client'}", 400}},
		 "error denied: a token for client server: POST /ims/token/v3: 400: invalid_client",
		 1},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		open_and_read(&a, &query_all);
		canned_go_on(&canned, rows[i].own, ROWS);
		const char *said = give(&a, rows[i].grants);
		canned_stop(&canned);
		check_told(i, said, rows[i].told, rows[i].writes);
	}
}

static void technical_accounts_go_by_their_address(void **state UNUSED)
{
	static const char *const nobody_there[] = {"/bin/false", NULL};
	static const struct grants rows[] = {
		{{{&archiver, &support}}, {{ACTION, DONE("1")}}, "applied", 1},
		{{{&archiver, &support, 0, CAN_COMMAND}, {&jane, &support, 0, CAN_COMMAND}},
		 {{NULL}},
		 "unknown: the role writer ended without an answer; not sent: the role writer "
		 "failed",
		 0},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		open_and_read(&a, &query_all);
		canned.config.role_writer = nobody_there;
		canned.session->organization = NULL;
		canned_go_on(&canned, rows[i].own, ROWS);
		const char *said = give(&a, rows[i].grants);
		size_t i_users = writes();
		bool address = strstr(canned.loopback.requests[0], "7@techacct.adobe.com");
		canned_stop(&canned);
		/* a program that ends may have taken the request, or not */
		bool not_taken = i == 1 && !strncmp(said, "not sent: the role writer took no", 33);
		if (!not_taken)
			check_told(i, said, rows[i].told, rows[i].writes);
		assert_true(address == (i_users > 0));
	}
}

/* ---- with the whole plan known ---- */

#define CATALOGUE_OF_TWO                                                                           \
	"[{'type':'entp','code':'P','name':'P API','properties':{'licenseConfigs':[" PROFILE_A     \
	"," PROFILE_B "]}},{'type':'entp','code':'Q','name':'Q API','properties':"                 \
	"{'licenseConfigs':[" PROFILE_A "]}},{'type':'entp','code':'S','name':"                    \
	"'Adobe Cloud Storage and Collaboration API'}]"

static void apis_come_with_what_the_plan_grants(void **state UNUSED)
{
	static const struct {
		enum action action;
		struct said said;
		struct granted_group plan[2];
		bool withheld, shared;	 /* shared: Q API offers profile A, too */
		const char *told, *body; /* what the list of APIs is, as sent */
	} rows[] = {
		{ACTION_CREATE,
		 {"new-account", .apis = {"P"}, .lists_products = true},
		 {{&new_one, &profile_b}},
		 false,
		 false,
		 "applied",
		 "[{\"sdkCode\": \"P\", \"licenseConfigs\": [{\"op\": \"add\", \"id\": \"12\", "
		 "\"productId\": \"X1\"}], \"roles\": null}]"},
		/* its products are listed, and there are none */
		{ACTION_CREATE,
		 {"new-account", .apis = {"P", "Q"}, .lists_products = true},
		 {{&jane, &profile_b}},
		 false,
		 false,
		 "applied",
		 "[{\"sdkCode\": \"P\", \"licenseConfigs\": [], \"roles\": null}, {\"sdkCode\": "
		 "\"Q\", "
		 "\"licenseConfigs\": null, \"roles\": null}]"},
		/* storage first, whose licence comes by itself */
		{ACTION_CREATE,
		 {"new-account", .apis = {"P", "Adobe Cloud Storage and Collaboration API"}},
		 {{&archiver, &profile_b}},
		 false,
		 false,
		 "applied",
		 "[{\"sdkCode\": \"S\", \"licenseConfigs\": null, \"roles\": null}, {\"sdkCode\": "
		 "\"P\","},
		/* what goes with an API goes by the plan, or not at all */
		{ACTION_UPDATE,
		 {"asset-archiver", .apis = {"Q"}},
		 {{&archiver, &profile_a, ACTION_DELETE}},
		 false,
		 false,
		 "applied; applied",
		 "{\"sdkCode\": \"Q\", \"licenseConfigs\": null, \"roles\": null}"},
		{ACTION_UPDATE,
		 {"asset-archiver", .apis = {"Q"}},
		 {{&archiver, &profile_a, ACTION_DELETE}},
		 true,
		 false,
		 "applied; refused: API P would take product \"P\", profile \"A\" with it",
		 "{\"sdkCode\": \"Q\", \"licenseConfigs\": null"},
		{ACTION_UPDATE,
		 {"asset-archiver", .apis = {"Q"}},
		 {{&archiver, &profile_b, ACTION_DELETE}, {&archiver, &support, ACTION_DELETE}},
		 false,
		 false,
		 "applied; refused: API P would take",
		 "{\"sdkCode\": \"Q\", \"licenseConfigs\": null"},
		/* the other API gives the same */
		{ACTION_UPDATE,
		 {"asset-archiver", .apis = {"Q"}},
		 {{&jane, &profile_a, ACTION_DELETE}},
		 false,
		 true,
		 "applied; applied",
		 "{\"sdkCode\": \"Q\", \"licenseConfigs\": [{\"op\": \"add\", \"id\": \"11\","},
	};
	static const struct canned_answer shared[] = {{SERVICES, CATALOGUE_OF_TWO}};
	static const struct canned_answer answers[] = {
		PROJECT_MADE, MADE, {PUT_SERVICES, "{}"}, {SUBSCRIBE, "{}"}, {UNSUBSCRIBE, "{}"}};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct plan plan = {0};
		open_and_read_with(&a, &query_all, shared, rows[i].shared);
		const struct account *account = account_of(&a, &rows[i].said);
		const struct principal who = {account->meta.name, PRINCIPAL_ACCOUNT};
		static const struct entitlement q_api = {.api = "Q"}, p_api = {.api = "P"};
		const struct change made = {.principal = &who,
					    .type = CHANGE_ACCOUNT,
					    .action = ACTION_CREATE,
					    .after = account},
				    give = {.principal = &who,
					    .entitlement = &q_api,
					    .type = CHANGE_GRANT,
					    .action = ACTION_CREATE},
				    take = {.principal = &who,
					    .entitlement = &p_api,
					    .type = CHANGE_GRANT,
					    .action = ACTION_DELETE};
		bool create = rows[i].action == ACTION_CREATE;
		const struct change *list[] = {create ? &made : &give, &take};
		for (size_t k = 0; k < (create ? 1 : 2); k++)
			vec_push(&a, &plan.changes, *list[k]);
		for (size_t k = 0; k < 2 && rows[i].plan[k].who; k++)
			vec_push(&a, &plan.changes,
				 (struct change){.principal = rows[i].plan[k].who,
						 .entitlement = rows[i].plan[k].what,
						 .type = CHANGE_GRANT,
						 .action = rows[i].plan[k].action,
						 .withheld = rows[i].withheld});
		assert_ok(adobe_writer.begin(canned.session, &plan));
		canned_go_on(&canned, answers, COUNT(answers));
		const char *said = execute(&a, list, create ? 1 : 2), *sent = NULL;
		for (size_t k = 0; k < canned.loopback.asked && k < LOOPBACK_REQUESTS; k++) {
			const char *r = canned.loopback.requests[k];
			if (!strncmp(r, "PUT ", 4) || strstr(r, "/service/subscribe "))
				sent = strstr(r, "\r\n\r\n") + 4;
		}
		canned_stop(&canned);
		if (strncmp(said, rows[i].told, strlen(rows[i].told)) != 0 ||
		    !sent != !rows[i].body ||
		    (sent && strncmp(sent, rows[i].body, strlen(rows[i].body)) != 0))
			fail_msg("row %zu: \"%s\", sent %s", i, said, sent ? sent : "nothing");
	}
}

/* Of an account that the plan makes and no read shows, nobody can say that it is not there. */
static void grants_of_an_account_that_is_not_shown_wait(void **state UNUSED)
{
	static const struct entitlement api = {.api = "P"};
	static const struct {
		const struct entitlement *what;
		bool planned;
		const char *told;
	} rows[] = {
		{&api, true, "not sent: no read shows account \"new-account\", which it is for"},
		{&profile_b, true, "not sent: no read shows account \"new-account\""},
		{&api, false, "refused: there is no account \"new-account\""},
		{&profile_b, false, "refused: there is no account \"new-account\""},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct plan plan = {0};
		open_and_read(&a, &query_all);
		const struct account *account = account_of(&a, &(struct said){"new-account"});
		const struct change made = {.principal = &new_one,
					    .type = CHANGE_ACCOUNT,
					    .action = ACTION_CREATE,
					    .after = account},
				    give = {.principal = &new_one,
					    .entitlement = rows[i].what,
					    .type = CHANGE_GRANT,
					    .action = ACTION_CREATE};
		const struct change *list[] = {&give};
		if (rows[i].planned)
			vec_push(&a, &plan.changes, made);
		vec_push(&a, &plan.changes, give);
		assert_ok(adobe_writer.begin(canned.session, &plan));
		canned_go_on(&canned, NULL, 0);
		const char *said = execute(&a, list, 1);
		canned_stop(&canned);
		check_told(i, said, rows[i].told, 0);
	}
}

/* An account that was renamed is found under its new name afterwards. */
static void a_renamed_account_goes_on(void **state UNUSED)
{
	ARENA a = {0};
	static const struct canned_answer answers[] = {{EDIT_CREDENTIAL, "{}"},
						       {DELETE_CREDENTIAL, ""}};
	open_and_read(&a, &query_all);
	const struct account *before = account_of(&a, &(struct said){"asset-archiver"});
	const struct account *after = account_of(&a, &(struct said){"archive-all"});
	const struct principal who = {after->meta.name, PRINCIPAL_ACCOUNT};
	struct change rename = {.principal = &who,
				.type = CHANGE_ACCOUNT,
				.action = ACTION_UPDATE,
				.reason = REASON_RENAMED,
				.attributes = ATTRIBUTE_CREDENTIAL,
				.before = before,
				.after = after};
	struct change delete = {.principal = &who,
				.type = CHANGE_ACCOUNT,
				.action = ACTION_DELETE,
				.before = after};
	const struct change *list[] = {&rename, &delete};
	canned_go_on(&canned, answers, COUNT(answers));
	const char *said = execute(&a, list, 2);
	canned_stop(&canned);
	check_told(0, said, "applied; applied", 2);
}

/* ---- what a plan costs ---- */

static void a_plan_has_its_price(void **state UNUSED)
{
	static const struct entitlement q_api = {.api = "Q"};
	ARENA a = {0};
	struct plan plan = {0};
	struct cost cost;
	open_and_read(&a, &query_all);
	adobe_reader.price(canned.session, &plan, &cost);
	assert_int_equal(cost.calls, 0);
	const struct account *made = account_of(
		&a, &(struct said){"new-account", .apis = {"P API", "Q API", "no such"}});
	const struct account *plain = account_of(&a, &(struct said){"new-account"});
	const struct {
		struct change change;
		size_t calls, seconds; /* of all so far */
	} rows[] = {
		{{.principal = &archiver, .type = CHANGE_ACCOUNT, .action = ACTION_DELETE}, 1, 0},
		/* project, credential, a look of two; the list, a look of two */
		{{.principal = &new_one, .type = CHANGE_ACCOUNT, .after = made}, 8, 0},
		{{.principal = &new_one, .type = CHANGE_ACCOUNT, .after = plain}, 11, 0},
		{{.principal = &archiver,
		  .type = CHANGE_ACCOUNT,
		  .action = ACTION_UPDATE,
		  .attributes = ATTRIBUTE_DESCRIPTION,
		  .after = made},
		 12,
		 0},
		{{.principal = &archiver,
		  .type = CHANGE_ACCOUNT,
		  .action = ACTION_UPDATE,
		  .after = plain},
		 12,
		 0},
		/* with the account's own create */
		{{.principal = &new_one, .type = CHANGE_GRANT, .entitlement = &q_api}, 12, 0},
		{{.principal = &new_one, .type = CHANGE_GRANT, .entitlement = &profile_b}, 12, 0},
		{{.principal = &archiver, .type = CHANGE_GRANT, .entitlement = &profile_b}, 15, 0},
		/* an API a request, and a look */
		{{.principal = &archiver, .type = CHANGE_GRANT, .entitlement = &q_api}, 18, 0},
		{{.principal = &nobody, .type = CHANGE_GRANT, .entitlement = &profile_b}, 20, 0},
		{{.principal = &jane, .type = CHANGE_GRANT, .entitlement = &support}, 21, 0},
		{{.principal = &jane,
		  .type = CHANGE_GRANT,
		  .entitlement = &support,
		  .action = ACTION_DELETE},
		 22,
		 0},
		{{.principal = &jane,
		  .type = CHANGE_GRANT,
		  .entitlement = &profile_a,
		  .action = ACTION_DELETE,
		  .withheld = true},
		 22,
		 0},
		{{.principal = &jane,
		  .type = CHANGE_GRANT,
		  .entitlement = &support,
		  .via = CAN_MANUAL},
		 22,
		 0},
		{{.principal = &jane,
		  .type = CHANGE_GRANT,
		  .entitlement = &support,
		  .via = CAN_COMMAND},
		 22,
		 0},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		vec_push(&a, &plan.changes, rows[i].change);
		adobe_reader.price(canned.session, &plan, &cost);
		if (cost.calls != rows[i].calls || cost.seconds != rows[i].seconds)
			fail_msg("row %zu: %zu calls, %zu s", i, cost.calls, cost.seconds);
	}
	/* ten calls a minute: the eleventh waits */
	for (size_t i = 0; i < 20; i++)
		vec_push(&a, &plan.changes,
			 (struct change){.principal = &jane,
					 .type = CHANGE_GRANT,
					 .entitlement = &profile_a,
					 .action = i % 2 ? ACTION_DELETE : ACTION_CREATE});
	adobe_reader.price(canned.session, &plan, &cost);
	assert_int_equal(cost.calls, 42);
	assert_int_equal(cost.seconds, 120);
	canned_stop(&canned);
}

/* ---- the first secret ---- */

#define DOWNLOAD ORGS "/1/projects/9/workspaces/10/download"
#define OAUTH(more) "[{'id':'70','oauth_server_to_server':{" more "}}]"
#define SECRET "'client_id':'client70','client_secrets':['s3cret']"
#define FILE_OF(credentials) "{'project':{'workspace':{'details':{'credentials':" credentials "}}}}"

#define SECRETS ORGS "/1/credentials/70/secrets"
#define ADD_SECRET "POST /console/organizations/1/credentials/70/secrets"
#define DROP_SECRET "DELETE /console/organizations/1/credentials/70/secrets/"
#define META(uuid, created, usages)                                                                \
	"{'uuid':'" uuid "','created_at':'" created "','secret_usages':" usages "}"
#define ONE_SECRET "{'client_id':'client70','client_secrets':[" META("u1", "1000000", "null") "]}"
#define TWO_SECRETS                                                                                \
	"{'client_secrets':[" META("u1", "1000000", "null") "," META("u2", "2000000", "null") "]}"
#define USED_SECRET "{'client_secrets':[" META("u1", "1000000", "[{'last_used_at':'3000000'}]") "]}"
#define ANOTHER "{'uuid':'u3','client_secret':'an0ther'}"
#define SHOWN                                                                                      \
	{                                                                                          \
		DOWNLOAD, FILE_OF(OAUTH(SECRET))                                                   \
	}
#define DELIVERIES 4

static void the_first_secret_goes_to_the_sink(void **state UNUSED)
{
	static const struct {
		bool again; /* a run before may have done it, and died */
		struct canned_answer own[DELIVERIES];
		enum outcome_class class;
		const char *sunk; /* NULL: nothing */
		size_t writes;
	} rows[] = {
		{false, {SHOWN}, OUTCOME_APPLIED, "s3cret", 0},
		{false,
		 {{DOWNLOAD,
		   FILE_OF("[{},{'id':1},{'id':70,'oauth_server_to_server':{" SECRET "}}]")}},
		 OUTCOME_APPLIED,
		 "s3cret",
		 0},
		{false,
		 {{DOWNLOAD, "{'project':{'org':{'workspace':{'details':{'credentials':" OAUTH(
				     SECRET) "}}}}}"}},
		 OUTCOME_APPLIED,
		 "s3cret",
		 0},
		/* not shown yet */
		{false,
		 {{DOWNLOAD, FILE_OF("[{'id':71,'oauth_server_to_server':{" SECRET "}}]")}},
		 OUTCOME_NOT_SENT,
		 NULL,
		 0},
		{false, {{DOWNLOAD, "{}"}}, OUTCOME_NOT_SENT, NULL, 0},
		{false, {{DOWNLOAD, "[]"}}, OUTCOME_NOT_SENT, NULL, 0},
		{false, {{DOWNLOAD, "{}", 404}}, OUTCOME_NOT_SENT, NULL, 0},
		/* never shown: another takes its place */
		{false,
		 {{DOWNLOAD, FILE_OF(OAUTH("'client_id':'x','client_secrets':[]"))},
		  {SECRETS, ONE_SECRET},
		  {ADD_SECRET, ANOTHER},
		  {DROP_SECRET "u1", "{}"}},
		 OUTCOME_APPLIED,
		 "an0ther",
		 2},
		{false,
		 {{DOWNLOAD, "{}", 403},
		  {SECRETS, ONE_SECRET},
		  {ADD_SECRET, ANOTHER},
		  {DROP_SECRET "u1", "{}"}},
		 OUTCOME_APPLIED,
		 "an0ther",
		 2},
		{false,
		 {{DOWNLOAD, FILE_OF(OAUTH("'client_id':'x','client_secrets':[1]"))},
		  {SECRETS, USED_SECRET}},
		 OUTCOME_REFUSED,
		 NULL,
		 0},
		{false,
		 {{DOWNLOAD, FILE_OF(OAUTH("'client_secrets':['s3cret']"))},
		  {SECRETS, ONE_SECRET},
		  {ADD_SECRET, "{}", 403}},
		 OUTCOME_REFUSED,
		 NULL,
		 1},
		{false, {{DOWNLOAD, "{}", 403}, {SECRETS, "{}", 403}}, OUTCOME_REFUSED, NULL, 0},
		/* after a run that died */
		{true, {{SECRETS, ONE_SECRET}, SHOWN}, OUTCOME_APPLIED, "s3cret", 0},
		{true, {{SECRETS, USED_SECRET}}, OUTCOME_APPLIED, NULL, 0},
		{true,
		 {{SECRETS, TWO_SECRETS}, {DROP_SECRET "u2", "{}"}, SHOWN},
		 OUTCOME_APPLIED,
		 "s3cret",
		 1},
		{true,
		 {{SECRETS, TWO_SECRETS}, {DROP_SECRET "u2", "{}", 403}},
		 OUTCOME_NOT_SENT,
		 NULL,
		 1},
		{true, {{SECRETS, "{}", 404}}, OUTCOME_NOT_SENT, NULL, 0},
		{true, {{SECRETS, "{}", 403}, SHOWN}, OUTCOME_APPLIED, "s3cret", 0},
	};
	char folder[] = "/tmp/writ-sink-XXXXXX";
	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		const struct canned_answer answers[] = {PROJECT_MADE, MADE};
		struct outcome out = {OUTCOME_UNKNOWN, NULL, false};
		char text[16] = "";
		open_and_read(&a, &query_all);
		canned.config.sink_directory = folder;
		const struct account *account = account_of(&a, &(struct said)NEW);
		const struct principal who = {account->meta.name, PRINCIPAL_ACCOUNT};
		const struct change c = {
			.principal = &who, .type = CHANGE_ACCOUNT, .after = account};
		const struct change *list[] = {&c};
		canned_go_on(&canned, answers, COUNT(answers));
		check_told(i, execute(&a, list, 1), "applied", 2);
		canned_go_on(&canned, rows[i].own, DELIVERIES);
		struct error *error = adobe_writer.deliver(canned.session, &a, "new-account",
							   rows[i].again, &out);
		size_t written = writes();
		canned_stop(&canned);
		assert_null(error);
		const char *path = arena_printf(&a, "%s/new-account", folder);
		CLEANUP(fclose) FILE *in = fopen(path, "re");
		bool sunk = in && fgets(text, sizeof(text), in);
		if (out.class != rows[i].class || sunk != (rows[i].sunk != NULL) ||
		    (sunk && strcmp(text, rows[i].sunk) != 0) || written != rows[i].writes)
			fail_msg("row %zu: %s: %s; \"%s\", %zu writes", i, outcome_name(out.class),
				 out.message ? out.message : "", text, written);
		if (out.class == OUTCOME_REFUSED)
			assert_non_null(strstr(out.message, "`writ rotate new-account`"));
		unlink(path);
	}
	rmdir(folder);
}

/* A sink that is of no use is not asked for the secret's sake; an account that is not there has
 * none yet. */
static void without_a_sink_no_secret_is_fetched(void **state UNUSED)
{
	ARENA a = {0};
	struct outcome out = {OUTCOME_UNKNOWN, NULL, false};
	open_and_read(&a, &query_all);
	assert_false(adobe_writer.has_sink(canned.session));
	canned.config.sink_directory = "/none";
	assert_true(adobe_writer.has_sink(canned.session));
	canned_go_on(&canned, NULL, 0);
	assert_null(adobe_writer.deliver(canned.session, &a, "asset-archiver", true, &out));
	assert_int_equal(out.class, OUTCOME_REFUSED);
	assert_int_equal(canned.loopback.asked, 0);
	assert_null(adobe_writer.deliver(canned.session, &a, "nobody", true, &out));
	assert_int_equal(out.class, OUTCOME_NOT_SENT);
	assert_int_equal(canned.loopback.asked, 0);
	canned_stop(&canned);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_project_is_made_once),
		cmocka_unit_test(two_projects_of_a_title_are_no_place),
		cmocka_unit_test(a_credential_is_made_once),
		cmocka_unit_test(apis_come_with_the_account_or_after_it),
		cmocka_unit_test(an_account_that_is_there_is_completed_or_refused),
		cmocka_unit_test(updates),
		cmocka_unit_test(apis_of_a_live_credential_change_one_by_one),
		cmocka_unit_test(one_api_is_added_or_taken),
		cmocka_unit_test(lists_of_apis_and_what_comes_back),
		cmocka_unit_test(deletes),
		cmocka_unit_test(without_a_token_the_run_ends),
		cmocka_unit_test(products_of_accounts),
		cmocka_unit_test(a_mixed_batch_is_several_requests),
		cmocka_unit_test(technical_accounts_go_by_their_address),
		cmocka_unit_test(apis_come_with_what_the_plan_grants),
		cmocka_unit_test(grants_of_an_account_that_is_not_shown_wait),
		cmocka_unit_test(a_renamed_account_goes_on),
		cmocka_unit_test(a_plan_has_its_price),
		cmocka_unit_test(the_first_secret_goes_to_the_sink),
		cmocka_unit_test(without_a_sink_no_secret_is_fetched),
	};
	signal(SIGPIPE, SIG_IGN);
	log_set_level(LOG_QUIET);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
