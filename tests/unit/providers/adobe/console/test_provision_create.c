/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts that are made side by side: what becomes of one leaves the others as they are. */
#include <signal.h>

#include "core/plan/plan.h"
#include "core/util/log.h"
#include "providers/adobe/console/provision.h"
#include "providers/adobe/price.h"
#include "tests/unit/canned.h"
#include "tests/unit/check.h"
#include "tests/unit/outcome_name.h"

#define MOST (PROVISION_WAVE + 3)
#define ANSWERS 8

static struct canned canned;

/* The projects one and two are there, with a workspace each. */
static const struct canned_answer there[] = {
	{PROJECTS, "[{'id':21,'title':'one','name':'one'},{'id':22,'title':'two','name':'two'}]"}};
#define SPACES_OF(id, own)                                                                         \
	{                                                                                          \
		ORGS "/1/projects/" id "/workspaces", "[{'id':" own ",'name':'Production'}]"       \
	}
#define CREATE_IN(id) "POST /console/organizations/1/projects/" id "/workspaces/*"
#define LISTED_IN(id) ORGS "/1/projects/" id "/workspaces/*/credentials"

struct made {
	const char *name, *project, *api;
	bool once, tried; /* struct outcome */
};

struct changes {
	struct principal who[MOST];
	struct change at[MOST];
	const struct change *list[MOST];
	size_t len;
};

static void fill(struct arena *a, const struct made *all, struct changes *out)
{
	for (out->len = 0; out->len < MOST && all[out->len].name; out->len++) {
		const struct made *m = &all[out->len];
		struct account *account = arena_zalloc(a, sizeof(*account));
		account->meta.name = intern(canned.strings, m->name);
		account->project = m->project;
		if (m->api)
			vec_push(a, &account->apis, (struct entry){.name = m->api});
		account->has_apis = m->api != NULL;
		out->who[out->len] = (struct principal){account->meta.name, PRINCIPAL_ACCOUNT};
		out->at[out->len] = (struct change){.principal = &out->who[out->len],
						    .type = CHANGE_ACCOUNT,
						    .action = ACTION_CREATE,
						    .after = account};
		out->list[out->len] = &out->at[out->len];
	}
}

/* `signs_in`: with a person's token, which cannot be had anew. */
static void open_and_read(struct arena *a, bool signs_in)
{
	struct live live = {0};
	canned_start(&canned, there, 1);
	if (!signs_in)
		canned.config.user = (struct user_credential){0};
	struct universe *u = universe_new(canned.strings);
	assert_ok(canned_open(&canned));
	assert_ok(adobe_reader.read(canned.session, a, u, &query_all, &live));
	universe_free(u);
}

static const char *create(struct arena *a, const struct made *all,
			  const struct canned_answer *answers)
{
	struct changes changes;
	struct outcome outcomes[MOST] = {0};
	struct str out = STR(a);
	fill(a, all, &changes);
	canned_go_on(&canned, answers, ANSWERS);
	for (size_t i = 0; i < changes.len; i++)
		outcomes[i] = (struct outcome){.once = all[i].once, .tried = all[i].tried};
	struct error *error =
		adobe_writer.execute(canned.session, a, changes.list, changes.len, outcomes);
	if (error)
		return arena_printf(a, "error %s", canned_told(a, error));
	for (size_t i = 0; i < changes.len; i++)
		str_printf(&out, "%s%s%s%s", i ? "; " : "", outcome_name(outcomes[i].class),
			   outcomes[i].message ? ": " : "",
			   outcomes[i].message ? outcomes[i].message : "");
	return str_text(&out);
}

static void each_has_its_own_outcome(void **state UNUSED)
{
	static const struct row {
		struct made made[4];
		struct canned_answer answers[ANSWERS];
		const char *told;
		size_t projects, credentials;
	} rows[] = {
		/* all are made, each where it belongs */
		{{{"first-account", "one"}, {"other-account", "two"}},
		 {SPACES_OF("21", "31"),
		  SPACES_OF("22", "32"),
		  {CREATE_IN("21"), "{'id':'71'}"},
		  {CREATE_IN("22"), "{'id':'72'}"}},
		 "applied; applied",
		 0,
		 2},
		/* nobody knows of the first; a look tells, or does not */
		{{{"first-account", "one"}, {"other-account", "two"}},
		 {SPACES_OF("21", "31"),
		  SPACES_OF("22", "32"),
		  {CREATE_IN("21"), "{}", 502},
		  {LISTED_IN("21"), "[]"},
		  {CREATE_IN("22"), "{'id':'72'}"}},
		 "unknown: POST /organizations/{org}/projects/{id}/workspaces/{id}/credentials/"
		 "oauth-server-to-server: 502; applied",
		 0,
		 2},
		{{{"first-account", "one"}, {"other-account", "two"}},
		 {SPACES_OF("21", "31"),
		  SPACES_OF("22", "32"),
		  {CREATE_IN("21"), "{'id':'71'}"},
		  {CREATE_IN("22"), "{}", 502},
		  {LISTED_IN("22"),
		   "[{'integration_name':'other-account','id_integration':'72'}]"}},
		 "applied; applied",
		 0,
		 2},
		/* a project that cannot be read is no matter of another's */
		{{{"first-account", "one"}, {"other-account", "two"}},
		 {{ORGS "/1/projects/21/workspaces", "{}", 403},
		  SPACES_OF("22", "32"),
		  {CREATE_IN("22"), "{'id':'72'}"}},
		 "not sent: GET /organizations/{org}/projects/{id}/workspaces: 403; applied",
		 0,
		 1},
		/* one of two APIs is refused */
		{{{"first-account", "one", "Q API"}, {"other-account", "two", "Q API"}},
		 {SPACES_OF("21", "31"),
		  SPACES_OF("22", "32"),
		  {CREATE_IN("21"), "{'id':'71'}"},
		  {CREATE_IN("22"), "{'id':'72'}"},
		  {"PUT */oauth-server-to-server/71/services", "{'error':['no']}"},
		  {"PUT */oauth-server-to-server/72/services", "{'sdkList':['Q']}"},
		  {ORGS "/1/integrations/7[12]", "{'sdkList':[]}"}},
		 "partly: the account is made, its APIs are not: no; applied",
		 0,
		 2},
		/* a project is made once for all that share it */
		{{{"first-account", "new"}, {"other-account", "new"}, {"last-account", "new"}},
		 {{MAKE_PROJECT, "{'projectId':9,'workspaceId':10}"},
		  {CREATE_IN("9"), "{'id':'71'}"}},
		 "applied; applied; applied",
		 1,
		 3},
		{{{"first-account", "new"}, {"other-account", "new"}},
		 {{MAKE_PROJECT, "{}", 403}},
		 "refused: POST /organizations/{org}/projects: 403; "
		 "refused: POST /organizations/{org}/projects: 403",
		 1,
		 0},
		/* nor is it asked for again where nobody knows */
		{{{"first-account", "new"}, {"other-account", "new"}, {"last-account", "one"}},
		 {{MAKE_PROJECT, "{}", 502},
		  SPACES_OF("21", "31"),
		  {CREATE_IN("21"), "{'id':'71'}"}},
		 "unknown: POST /organizations/{org}/projects: 502; not sent: project \"new\", "
		 "which "
		 "it shares: POST /organizations/{org}/projects: 502; applied",
		 1,
		 1},
		/* what an earlier run knows of one holds for all that share the project */
		{{{"first-account", "new"}, {"other-account", "new", .once = true}},
		 {{NULL}},
		 "unknown: project \"new\" was asked for before, and no read shows it: titles are "
		 "not unique, so only a new plan asks again, when this run is closed (writ ledger "
		 "close); not sent: project \"new\", which it shares",
		 0,
		 0},
		/* a project that one of them could use is not said to be empty */
		{{{"first-account", "new"}, {"asset-archiver", "new"}, {"other-account", "new"}},
		 {{MAKE_PROJECT, "{'projectId':9,'workspaceId':10}"},
		  {CREATE_IN("9"), "{'id':'71'}", .times = 1},
		  {CREATE_IN("9"), "{}", 400}},
		 NULL,
		 1,
		 2},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		open_and_read(&a, true);
		const char *told = create(&a, rows[i].made, rows[i].answers);
		size_t projects = canned_asked(&canned, MAKE_PROJECT " ");
		size_t credentials =
			canned_asked(&canned, "POST /console/organizations/1/projects/");
		bool good = rows[i].told ? !strncmp(told, rows[i].told, strlen(rows[i].told))
					 : !strstr(told, "is empty");
		canned_stop(&canned);
		if (!good || projects != rows[i].projects || credentials != rows[i].credentials)
			fail_msg("row %zu: %zu projects, %zu credentials, \"%s\"", i, projects,
				 credentials, told);
	}
}

/* One that no answer and no read told of is not asked for again by this session either. */
static void an_unsure_project_stays_unsure(void **state UNUSED)
{
	ARENA a = {0};
	static const struct made first[] = {{"first-account", "new"}, {0}},
				 next[] = {{"other-account", "new"}, {0}};
	static const struct canned_answer lost[ANSWERS] = {{MAKE_PROJECT, "{}", 502}},
					  late[ANSWERS] = {{TITLED, "[{'id':9}]"},
							   SPACES_OF("9", "10"),
							   {CREATE_IN("9"), "{'id':'71'}"}};
	open_and_read(&a, true);
	create(&a, first, lost);
	const char *told = create(&a, next, lost);
	if (strncmp(told, "unknown: project \"new\" was asked for before", 43) != 0)
		fail_msg("%s", told);
	assert_int_equal(canned_asked(&canned, MAKE_PROJECT " "), 0);
	assert_string_equal(create(&a, next, late), "applied");
	assert_int_equal(canned_asked(&canned, MAKE_PROJECT " "), 0);
	canned_stop(&canned);
}

/* Titles that give one name get two, from the start. */
static void names_of_projects_differ(void **state UNUSED)
{
	ARENA a = {0};
	static const struct made two[] = {
		{"first-account", "Team A"}, {"other-account", "TeamA"}, {0}};
	static const struct canned_answer answers[ANSWERS] = {
		{MAKE_PROJECT, "{'projectId':9,'workspaceId':10}", .times = 1},
		{MAKE_PROJECT, "{'projectId':11,'workspaceId':12}"},
		{CREATE_IN("*"), "{'id':'71'}"}};
	open_and_read(&a, true);
	assert_string_equal(create(&a, two, answers), "applied; applied");
	assert_int_equal(canned_asked(&canned, MAKE_PROJECT " "), 2);
	const char *bodies[2] = {0};
	for (size_t i = 0, n = 0; i < canned.loopback.asked && n < 2; i++) {
		const char *name = strstr(canned.loopback.requests[i], "\"name\": ");
		if (!strncmp(canned.loopback.requests[i], MAKE_PROJECT " ", 36) && name)
			bodies[n++] = arena_printf(&a, "%.*s", (int)strcspn(name, ","), name);
	}
	assert_non_null(bodies[1]);
	assert_string_not_equal(bodies[0], bodies[1]);
	canned_stop(&canned);
}

/* A token that cannot be had ends the run where nothing was done; else it is what stays open. */
static void an_error_leaves_what_was_done(void **state UNUSED)
{
	ARENA a = {0};
	static const struct made one[] = {{"first-account", "new", "Q API"}, {0}};
	static const struct canned_answer early[ANSWERS] = {
		{MAKE_PROJECT, "{}", 401}, {TOKEN, "{'error':'invalid_client'}", 400}};
	static const struct canned_answer later[ANSWERS] = {
		{MAKE_PROJECT, "{'projectId':9,'workspaceId':10}"},
		{MAKE_CREDENTIAL, "{}", 401},
		{TOKEN, "{'error':'invalid_client'}", 400}};
	open_and_read(&a, false);
	assert_true(!strncmp(create(&a, one, early), "error ", 6));
	canned_stop(&canned);
	open_and_read(&a, false);
	const char *told = create(&a, one, later);
	if (strncmp(told, "refused: POST ", 14) != 0 || !strstr(told, "is empty, so far"))
		fail_msg("%s", told);
	canned_stop(&canned);
}

/* ---- secrets ---- */

#define DOWNLOAD_OF(project) ORGS "/1/projects/" project "/workspaces/*/download"
#define DETAILS(id, secrets)                                                                       \
	"{'project':{'workspace':{'details':{'credentials':[{'id':'" id                            \
	"','oauth_server_to_server':{'client_id':'client" id "','client_secrets':" secrets         \
	"}}]}}}}"

static enum outcome_class deliver(struct arena *a, const char *account)
{
	struct outcome out = {OUTCOME_UNKNOWN, NULL, false, false};
	assert_ok(adobe_writer.deliver(canned.session, a, account, false, &out));
	return out.class;
}

static bool holds(const char *folder, const char *account, const char *secret)
{
	char path[128], text[64] = "";
	snprintf(path, sizeof(path), "%s/%s", folder, account);
	CLEANUP(fclose) FILE *in = fopen(path, "re");
	return in && fgets(text, sizeof(text), in) && !strcmp(text, secret);
}

/* The first that is handed over brings the others along; what was not shown then is asked for
 * again, by itself. */
static void secrets_are_read_side_by_side(void **state UNUSED)
{
	ARENA a = {0};
	char folder[] = "/tmp/writ-sink-XXXXXX";
	static const struct made made[] = {
		{"first-account", "one"}, {"other-account", "two"}, {"third-account", "two"}, {0}};
	static const struct canned_answer answers[ANSWERS] = {
		SPACES_OF("21", "31"),
		SPACES_OF("22", "32"),
		{CREATE_IN("21"), "{'id':'71'}"},
		{CREATE_IN("22"), "{'id':'72'}", .times = 1},
		{CREATE_IN("22"), "{'id':'73'}"},
		{DOWNLOAD_OF("21"), DETAILS("71", "['s3cret']")},
		{DOWNLOAD_OF("22"), DETAILS("72", "['an0ther']")}};
	assert_non_null(mkdtemp(folder));
	open_and_read(&a, true);
	canned.config.sink_directory = folder;
	struct changes changes;
	struct plan plan = {0};
	fill(&a, made, &changes);
	for (size_t i = 0; i < changes.len; i++)
		vec_push(&a, &plan.changes, changes.at[i]);
	assert_ok(adobe_writer.begin(canned.session, &plan));
	assert_string_equal(create(&a, made, answers), "applied; applied; applied");
	assert_int_equal(deliver(&a, "first-account"), OUTCOME_APPLIED);
	assert_int_equal(canned_asked(&canned, ORGS "/1/projects/21/workspaces/31/download"), 1);
	assert_int_equal(canned_asked(&canned, ORGS "/1/projects/22/workspaces/32/download"), 2);
	/* one of the two in this project is number 72, which alone is shown */
	size_t applied = 0;
	applied += deliver(&a, "other-account") == OUTCOME_APPLIED;
	applied += deliver(&a, "third-account") == OUTCOME_APPLIED;
	assert_int_equal(applied, 1);
	assert_int_equal(canned_asked(&canned, ORGS "/1/projects/22/workspaces/32/download"), 3);
	assert_true(holds(folder, "first-account", "s3cret"));
	assert_true(holds(folder, "other-account", "an0ther") ||
		    holds(folder, "third-account", "an0ther"));
	canned_stop(&canned);
	for (size_t i = 0; i < changes.len; i++)
		unlink(arena_printf(&a, "%s/%s", folder, made[i].name));
	rmdir(folder);
}

/* ---- batches ---- */

static const struct entitlement p_api = {.api = "P API"},
				profile_a = {.product = "P", .profile = "A"},
				support = {.role = ROLE_SUPPORT_ADMINISTRATOR};

static void a_wave_is_one_batch(void **state UNUSED)
{
	ARENA a = {0};
	struct changes c;
	struct made all[MOST] = {0};
	for (size_t i = 0; i + 1 < MOST; i++)
		all[i].name = arena_printf(&a, "account-%02zu", i);
	canned.strings = intern_new();
	fill(&a, all, &c);
	assert_int_equal(price_take(c.list, c.len), PROVISION_WAVE);
	assert_int_equal(price_take(c.list + 7, 3), 3);
	c.at[3].action = ACTION_UPDATE;
	assert_int_equal(price_take(c.list, c.len), 3);
	assert_int_equal(price_take(c.list + 3, c.len - 3), 1);
	intern_free(canned.strings);
}

/* What accounts gain goes together, also of several; what they lose, and what others get, apart. */
static void gains_of_a_wave_are_one_batch(void **state UNUSED)
{
	static const struct {
		const struct entitlement *what[MOST];
		const char *who; /* an account a letter */
		enum action action;
		size_t batch, group;
	} rows[] = {
		{{&p_api, &profile_a, &p_api, &profile_a}, "aabb", ACTION_CREATE, 4, 1},
		{{&profile_a, &profile_a, &profile_a}, "aab", ACTION_CREATE, 3, 2},
		{{&p_api, &support, &p_api}, "aab", ACTION_CREATE, 1, 1},
		{{&support, &p_api}, "aa", ACTION_CREATE, 1, 1},
		{{NULL}, /* an API each */
		 "abcdefghijklmnopqrstuvwxyzABCDEFGH",
		 ACTION_CREATE,
		 PROVISION_WAVE,
		 1},
		{{&profile_a, &profile_a, &profile_a}, "aab", ACTION_DELETE, 2, 2},
		{{&p_api, &p_api}, "ab", ACTION_DELETE, 1, 1},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct principal who[MOST];
		struct change changes[MOST];
		char names[MOST][2] = {0};
		const struct change *list[MOST];
		size_t len = strlen(rows[i].who);
		for (size_t k = 0; k < len; k++) {
			names[k][0] = rows[i].who[k];
			who[k] = (struct principal){names[k], PRINCIPAL_ACCOUNT};
			changes[k] = (struct change){
				.principal = &who[k],
				.type = CHANGE_GRANT,
				.action = rows[i].action,
				.entitlement = rows[i].what[0] ? rows[i].what[k] : &p_api,
				.via = CAN_API};
			list[k] = &changes[k];
		}
		size_t batch = price_take(list, len), group = price_group(list, len);
		if (batch != rows[i].batch || group != rows[i].group)
			fail_msg("row %zu: a batch of %zu, a group of %zu", i, batch, group);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_has_its_own_outcome),
		cmocka_unit_test(an_unsure_project_stays_unsure),
		cmocka_unit_test(names_of_projects_differ),
		cmocka_unit_test(an_error_leaves_what_was_done),
		cmocka_unit_test(secrets_are_read_side_by_side),
		cmocka_unit_test(a_wave_is_one_batch),
		cmocka_unit_test(gains_of_a_wave_are_one_batch),
	};
	signal(SIGPIPE, SIG_IGN);
	log_set_level(LOG_QUIET);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
