/* SPDX-License-Identifier: Apache-2.0 */
/* What is done with an account's own secret - rotate, verify, hand over - and what its token shows,
 * with answers of every kind. */
#include <signal.h>

#include "core/plan/plan.h"
#include "core/util/file.h"
#include "core/util/log.h"
#include "tests/unit/canned.h"
#include "tests/unit/check.h"

#define ROWS 7

static struct canned canned;
static char folder[40];

/* ---- rotating ---- */

#define SECRETS "GET /console/organizations/1/credentials/7/secrets"
#define ADD "POST /console/organizations/1/credentials/7/secrets"
#define DELETE "DELETE /console/organizations/1/credentials/7/secrets/"
#define LOOKUP "GET /console/clients/client7/credential"
#define FOUND                                                                                      \
	{                                                                                          \
		LOOKUP, "{'org_code':'" ORG "','org_id':1,'credential_id':'7'}"                    \
	}
#define AGE(uuid, created) "{'uuid':'" uuid "','created_at':" created "}"
#define USED(uuid, created, used)                                                                  \
	"{'uuid':'" uuid "','created_at':'" created "','secret_usages':[{},{'last_used_at':" used  \
	"},{'last_used_at':'1000'}]}"
#define HAS(secrets)                                                                               \
	{                                                                                          \
		SECRETS, "{'client_secrets':[" secrets "]}"                                        \
	}
/* The first time that it is asked. */
#define HAS_ONCE(secrets)                                                                          \
	{                                                                                          \
		SECRETS, "{'client_secrets':[" secrets "]}", .times = 1                            \
	}
#define ONE AGE("old", "1780000000000")
#define TWO ONE "," AGE("new", "1780200000000")
#define TWO_USED ONE "," USED("new", "1780200000000", "'1780200001000'")
#define MADE                                                                                       \
	{                                                                                          \
		ADD, "{'uuid':'new','client_secret':'s3cret'}", 201                                \
	}

struct bearer_rotation {
	enum rotate_way way;
	enum { OWN, PERSON, NEITHER } by;
	struct canned_answer own[ROWS];
	const char *told; /* its beginning */
	size_t adds, deletes;
	const char *sunk; /* what the sink holds at the end; NULL: nothing */
};

static void configure(struct arena *a, int by)
{
	canned.config.sink_directory = folder;
	if (by == OWN)
		canned.config.user = (struct user_credential){0};
	if (by == NEITHER) {
		canned.config.user = (struct user_credential){0};
		return;
	}
	vec_push(a, &canned.config.accounts,
		 (struct account_credential){.name = "asset-archiver",
					     .client_id = "client7",
					     .secret = canned_secret("TEST_OWN_SECRET")});
}

static const char *sunk(struct arena *a)
{
	CLEANUP(free) char *text = NULL;
	size_t len;
	struct error *error =
		file_read(arena_printf(a, "%s/asset-archiver", folder), 1000, &text, &len);
	error_free(error);
	return error ? NULL : arena_strdup(a, text);
}

static void empty_sink(void)
{
	ARENA a = {0};
	unlink(arena_printf(&a, "%s/asset-archiver", folder));
}

/* "done: ..." or "not done: ...", or the error. */
static const char *rotate(struct arena *a, const char *name, enum rotate_way way)
{
	const struct account account = {.meta.name = name};
	bool done = false;
	const char *message = "";
	struct error *error = canned_open(&canned);
	if (!error)
		error = adobe_access.rotate(canned.session, a, &account, way, &done, &message);
	return error ? canned_told(a, error)
		     : arena_printf(a, "%s: %s", done ? "done" : "not done", message);
}

static void check_rotations(const struct bearer_rotation *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		ARENA a = {0};
		empty_sink();
		canned_start(&canned, rows[i].own, ROWS);
		configure(&canned.arena, rows[i].by);
		const char *said = rotate(&a, "asset-archiver", rows[i].way), *kept = sunk(&a);
		canned_stop(&canned);
		size_t adds = canned_asked(&canned, ADD), deletes = canned_asked(&canned, DELETE);
		assert_begins(i, said, rows[i].told);
		if (adds != rows[i].adds || deletes != rows[i].deletes)
			fail_msg("row %zu: %zu added, %zu deleted; not %zu, %zu", i, adds, deletes,
				 rows[i].adds, rows[i].deletes);
		if (!kept || !rows[i].sunk)
			assert_ptr_equal(kept, rows[i].sunk);
		else
			assert_string_equal(kept, rows[i].sunk);
		assert_null(strstr(said, "s3cret"));
	}
}

static void the_credential_is_found(void **state UNUSED)
{
	static const struct bearer_rotation rows[] = {
		{0, NEITHER, {{NULL}}, "input: rotating account \"asset-archiver\" needs"},
		{0,
		 OWN,
		 {{LOOKUP, "{'org_code':'F@AdobeOrg'}"}},
		 "input: client client7 of account"},
		{0, OWN, {{LOOKUP, "{'org_id':1}"}}, "remote: GET /clients/{id}/credential: the "},
		{0, OWN, {{LOOKUP, "{'credential_id':7}"}}, "remote: GET /clients/{id}/credential"},
		{0,
		 OWN,
		 {{LOOKUP, "{'org_id':'x','credential_id':7}"}},
		 "remote: GET /clients/{id}"},
		{0, OWN, {{LOOKUP, "{}", 403}}, "denied: GET /clients/{id}/credential: 403"},
		{0, OWN, {{LOOKUP, "{}", 404}}, "remote: GET /clients/{id}/credential: 404"},
	};
	check_rotations(rows, COUNT(rows));
}

/* A person rotates an account whose secret is nowhere in the configuration. */
static void a_person_may_rotate_any_account(void **state UNUSED)
{
	static const struct {
		struct canned_answer own[ROWS];
		const char *name, *told;
	} rows[] = {
		{{HAS(ONE)}, "asset-archiver", "done: there is one secret (old)"},
		{{HAS(ONE)}, "other", "input: the organisation has no account \"other\""},
		{{{DETAIL, "{}", 404}}, "asset-archiver", "input: the organisation has no account"},
		{{{ORGS, "[]"}},
		 "asset-archiver",
		 "denied: the Developer Console shows the caller"},
		{{{LIST, "{}", 403}}, "asset-archiver", "denied: GET /organizations/{org}/integra"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		canned_start(&canned, rows[i].own, ROWS);
		const char *said = rotate(&a, rows[i].name, ROTATE_FINISH);
		canned_stop(&canned);
		assert_begins(i, said, rows[i].told);
	}
}

static void which_secret_is_older_is_beyond_doubt(void **state UNUSED)
{
#define UNCLEAR "remote: GET /organizations/{org}/credentials/{id}/secrets: "
	static const struct bearer_rotation rows[] = {
		{0, OWN, {FOUND, {SECRETS, "{}"}}, UNCLEAR "0 secrets, where one or two are due"},
		{0, OWN, {FOUND, {SECRETS, "{'client_secrets':{'a':1}}"}}, UNCLEAR "1 secrets"},
		{0, OWN, {FOUND, HAS("")}, UNCLEAR "0 secrets"},
		{0, OWN, {FOUND, HAS(TWO "," ONE)}, UNCLEAR "3 secrets"},
		{0, OWN, {FOUND, HAS("{}")}, UNCLEAR "the answer does not tell the secrets apart"},
		{0, OWN, {FOUND, HAS("{}," ONE)}, UNCLEAR "the answer does not tell"},
		{0, OWN, {FOUND, HAS(ONE ",{'uuid':'new'}")}, UNCLEAR "the answer does not tell"},
		{0, OWN, {FOUND, HAS("{'uuid':'x'}," ONE)}, UNCLEAR "the answer does not tell"},
		{0, OWN, {FOUND, HAS(ONE "," ONE)}, UNCLEAR "the answer does not tell"},
		{0, OWN, {FOUND, HAS(ONE ",{'created_at':1}")}, UNCLEAR "the answer does not tell"},
		{0,
		 OWN,
		 {FOUND, HAS(ONE "," AGE("new", "'12345678901234567'"))},
		 UNCLEAR "the ans"},
		{0, OWN, {FOUND, HAS(ONE "," AGE("new", "'PERMANENT'"))}, UNCLEAR "the answer"},
		{0, OWN, {FOUND, {SECRETS, "{}", 403}}, "denied: GET"},
		{ROTATE_FINISH,
		 OWN,
		 {FOUND, HAS("{'uuid':'old'}")},
		 "done: there is one secret (old)"},
		/* in whichever order they are listed */
		{0,
		 OWN,
		 {FOUND, HAS(AGE("new", "1780200000000") "," ONE)},
		 "not done: waiting: the second secret (new, made 2026-05-31T04:00:00Z) has not "
		 "been"},
	};
	check_rotations(rows, COUNT(rows));
}

static void a_second_secret_is_made(void **state UNUSED)
{
	static const struct bearer_rotation rows[] = {
		{0,
		 OWN,
		 {FOUND, HAS(ONE), MADE},
		 "not done: a second secret (new) is in the sink; ",
		 1,
		 0,
		 "s3cret"},
		/* it gives no token yet: that is for its users to see */
		{0,
		 OWN,
		 {FOUND,
		  HAS(ONE),
		  MADE,
		  {TOKEN, "{'access_token':'T'}", .times = 1},
		  {TOKEN, "{}", 400}},
		 "not done: a second secret (new)",
		 1,
		 0,
		 "s3cret"},
		{0, OWN, {FOUND, HAS(ONE), {ADD, "{'message':'no'}", 403}}, "denied: POST", 1, 0},
		{0, OWN, {FOUND, HAS(ONE), {ADD, "{}", 400}}, "remote: POST", 1, 0},
		{0, OWN, {FOUND, HAS(ONE), {ADD, "{}", 401}}, "denied: POST", 2, 0},
		{0,
		 OWN,
		 {FOUND, HAS(ONE), {ADD, "{}", 500}},
		 "partial: POST /organizations/{org}/credentials/{id}/secrets: 500; the service "
		 "shows "
		 "no second secret",
		 1,
		 0},
		{0,
		 OWN,
		 {FOUND, HAS_ONCE(ONE), HAS(TWO), {ADD, "{}", 500}},
		 "partial: POST /organizations/{org}/credentials/{id}/secrets: 500; a second "
		 "secret "
		 "(new) was made, but what it is was lost",
		 1,
		 0},
		{0,
		 OWN,
		 {FOUND, HAS_ONCE(ONE), {SECRETS, "{}", 403}, {ADD, "{}", 500}},
		 "denied: GET",
		 1,
		 0},
#define LOST "partial: POST /organizations/{org}/credentials/{id}/secrets: the answer is not whole"
		{0, OWN, {FOUND, HAS(ONE), {ADD, "{'uuid':'new'}"}}, LOST, 1, 0},
		{0, OWN, {FOUND, HAS(ONE), {ADD, "{'client_secret':'s3cret'}"}}, LOST, 1, 0},
		{0, OWN, {FOUND, HAS(ONE), {ADD, "{'uuid':'new','client_secret':''}"}}, LOST, 1, 0},
		{0,
		 OWN,
		 {FOUND, HAS(ONE), {ADD, "{'uuid':3,'client_secret':'s3cret'}"}},
		 LOST,
		 1,
		 0},
	};
	check_rotations(rows, COUNT(rows));
}

static void another_second_secret(void **state UNUSED)
{
	static const struct bearer_rotation rows[] = {
		{ROTATE_AGAIN, OWN, {FOUND, HAS(ONE), MADE}, "not done: a second", 1, 0, "s3cret"},
		{ROTATE_AGAIN,
		 OWN,
		 {FOUND, HAS(TWO), MADE, {DELETE "new", ""}},
		 "not done: a second secret (new) is in the sink",
		 1,
		 1,
		 "s3cret"},
		{ROTATE_AGAIN,
		 OWN,
		 {FOUND, HAS(TWO), MADE, {DELETE "new", "{}", 404}},
		 "not done: a second",
		 1,
		 1,
		 "s3cret"},
		{ROTATE_AGAIN,
		 OWN,
		 {FOUND, HAS(TWO), {DELETE "new", "{}", 403}},
		 "denied: deleting secret new: DELETE",
		 0,
		 1},
		{ROTATE_AGAIN,
		 OWN,
		 {FOUND, HAS(TWO), {DELETE "new", "{}", 400}},
		 "remote: deleting secret new: DELETE",
		 0,
		 1},
		{ROTATE_AGAIN,
		 OWN,
		 {FOUND, HAS(TWO), {DELETE "new", "{}", 500}},
		 "partial: deleting secret new: DELETE",
		 0,
		 1},
		/* a gateway's page: the look shows that it is still there */
		{ROTATE_AGAIN,
		 OWN,
		 {FOUND, HAS(TWO), {DELETE "new", "<h1>", 404, 0, "text/html"}},
		 "partial: deleting secret new: DELETE",
		 0,
		 1},
		/* an unknown outcome, and a look shows that it is gone */
		{ROTATE_AGAIN,
		 OWN,
		 {FOUND, HAS_ONCE(TWO), HAS(ONE), MADE, {DELETE "new", "{}", 500}},
		 "not done: a second",
		 1,
		 1,
		 "s3cret"},
		{ROTATE_AGAIN,
		 OWN,
		 {FOUND, HAS_ONCE(TWO), {SECRETS, "{}", 403}, {DELETE "new", "{}", 500}},
		 "denied: GET",
		 0,
		 1},
		{ROTATE_AGAIN,
		 OWN,
		 {FOUND, HAS(TWO_USED)},
		 "refused: the second secret (new) was used on 2026-05-31T04:00:01Z, so somebody "
		 "has"},
	};
	check_rotations(rows, COUNT(rows));
}

static void the_old_secret_goes_when_it_is_quiet(void **state UNUSED)
{
#define NOISY                                                                                      \
	USED("old", "1780000000000", "1780271000000")                                              \
	"," USED("new", "1780200000000", "1780200001000")
#define QUIET                                                                                      \
	USED("old", "1780000000000", "'1780100000000'")                                            \
	"," USED("new", "1780150000000", "1780200001000")
#define ONLY AGE("new", "1780200000000")
	static const struct bearer_rotation rows[] = {
		{0,
		 OWN,
		 {FOUND, HAS(NOISY)},
		 "not done: waiting: the old secret (old) was last used 2026-05-31T23:43:20Z"},
		{0,
		 OWN,
		 {FOUND, HAS(TWO_USED)},
		 "not done: waiting: the old secret (old) was last used at an unknown time"},
		{ROTATE_FINISH,
		 OWN,
		 {FOUND, HAS(TWO)},
		 "not done: waiting: the second secret (new,"},
		{0,
		 PERSON,
		 {FOUND, HAS_ONCE(QUIET), HAS(ONLY), {DELETE "old", "", 204}},
		 "done: the old secret (old) is deleted; new is the only one",
		 0,
		 1},
		{0,
		 PERSON,
		 {FOUND, HAS_ONCE(QUIET), HAS(ONLY), {DELETE "old", "{}"}},
		 "done: the old secret (old) is deleted; new is the only one",
		 0,
		 1},
		{ROTATE_FINISH,
		 OWN,
		 {FOUND, HAS(NOISY), {DELETE "old", "{}"}},
		 "not done: the old secret (old) was deleted, but the service still shows it",
		 0,
		 1},
		{ROTATE_FINISH,
		 OWN,
		 {FOUND, HAS_ONCE(NOISY), HAS(ONE), {DELETE "old", "{}"}},
		 "not done: the old secret (old) was deleted, but the service still shows it",
		 0,
		 1},
		{ROTATE_FINISH,
		 OWN,
		 {FOUND, HAS_ONCE(NOISY), {SECRETS, "{}", 403}, {DELETE "old", "{}"}},
		 "denied: GET",
		 0,
		 1},
		{ROTATE_FINISH,
		 OWN,
		 {FOUND, HAS(NOISY), {DELETE "old", "{}", 500}},
		 "partial: deleting secret old: DELETE",
		 0,
		 1},
	};
	check_rotations(rows, COUNT(rows));
}

/* Nobody has a secret that the sink did not take, so it is deleted again. */
static void a_secret_that_cannot_be_handed_over(void **state UNUSED)
{
	static const char *const failing[] = {"/bin/false", NULL}, *const missing[] = {"/none",
										       NULL};
	static const struct {
		const char *const *sink;
		struct canned_answer own[ROWS];
		const char *told;
		size_t adds, deletes;
	} rows[] = {
		{failing,
		 {FOUND, HAS(ONE), MADE, {DELETE "new", "{}"}},
		 "system: the new secret was deleted again, since it could not be handed over",
		 1,
		 1},
		{failing, {FOUND, HAS(ONE), MADE, {DELETE "new", "{}", 403}}, "partial: ", 1, 1},
		{missing,
		 {FOUND, HAS(ONE), MADE},
		 "system: the command /none for new secrets",
		 0,
		 0},
		{missing,
		 {FOUND, HAS(TWO), MADE},
		 "system: the command /none for new secrets",
		 0,
		 0},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		canned_start(&canned, rows[i].own, ROWS);
		configure(&canned.arena, OWN);
		canned.config.sink_directory = NULL;
		canned.config.sink_command = rows[i].sink;
		const char *said = rotate(&a, "asset-archiver", ROTATE_AGAIN);
		canned_stop(&canned);
		assert_begins(i, said, rows[i].told);
		assert_int_equal(canned_asked(&canned, ADD), rows[i].adds);
		assert_int_equal(canned_asked(&canned, DELETE), rows[i].deletes);
	}
}

/* ---- verifying ---- */

#define STORAGE_API "Adobe Cloud Storage and Collaboration API"
#define SAYS(roles, products)                                                                      \
	{                                                                                          \
		PROFILE, "{'email':'7@techacct.adobe.com','roles':[" roles                         \
			 "],'projectedProductContext':[" products "]}"                             \
	}
#define STORAGE_ROLE "{'named_role':'STORAGE_ADMIN','organization':'" ORG "'}"
#define LICENSED(more) "{'prodCtx':{'label':'P'" more "}}"
#define SEES                                                                                       \
	{                                                                                          \
		STORAGE_PROJECTS, "{'items':[{}]}"                                                 \
	}
#define MAY                                                                                        \
	{                                                                                          \
		POLICY, "{}"                                                                       \
	}

/* "token+ role- licence+ storage+", or the error. */
static const char *verify(struct arena *a, bool storage)
{
	struct account account = {.meta.name = "asset-archiver"};
	struct proof_vec proofs = {0};
	struct line_vec open = {0};
	if (storage) {
		vec_push(a, &account.roles, (struct entry){.role = ROLE_STORAGE_ADMINISTRATOR});
		vec_push(a, &account.products, (struct entry){.product = "P", .profile = "A"});
		vec_push(a, &account.apis, (struct entry){.name = STORAGE_API});
	}
	struct error *error = canned_open(&canned);
	if (!error)
		error = adobe_access.verify(canned.session, a, &account, &account.products, &proofs,
					    &open);
	if (error)
		return canned_told(a, error);
	struct str out = STR(a);
	for (size_t i = 0; i < proofs.len; i++)
		str_printf(&out, "%s%s%s", i ? " " : "", proofs.at[i].condition,
			   proofs.at[i].proven ? "+" : "-");
	for (size_t i = 0; i < proofs.len; i++)
		str_printf(&out, "; %s", proofs.at[i].message);
	return str_text(&out);
}

static void the_conditions_of_storage(void **state UNUSED)
{
	static const struct {
		struct canned_answer own[ROWS];
		const char *told, *part; /* its beginning; and something in it */
	} rows[] = {
		{{SAYS(STORAGE_ROLE, LICENSED("")), MAY, SEES},
		 "token+ role+ licence+ storage+",
		 "it gets in and sees projects"},
		{{SAYS(STORAGE_ROLE, LICENSED(",'statusCode':'active'")),
		  MAY,
		  {STORAGE_PROJECTS, "{}"}},
		 "token+ role+ licence+ storage+",
		 "sees no project yet"},
		{{SAYS("", ""), {POLICY, "{}", 403}, {STORAGE_PROJECTS, "{}", 403}},
		 "token+ role- licence- storage-",
		 "it is not Storage administrator: a System administrator adds "
		 "7@techacct.adobe.com"},
		{{SAYS("", ""), MAY, SEES},
		 "token+ role+ licence+ storage+",
		 "may read the storage pol"},
		{{{PROFILE, "{}", 401}, {POLICY, "{}", 401}, {STORAGE_PROJECTS, "{}", 401}},
		 "token+ role- licence- storage-",
		 "adds the technical account's e-mail"},
		{{SAYS("{'named_role':'ORG_ADMIN'},{},{'named_role':'other'}", ""), MAY, SEES},
		 "token+ role+ licence+ storage+",
		 "it is System administrator, which is more than the Storage administrator"},
		/* of another organisation, or a licence that has ended, or of something else */
		{{SAYS("{'named_role':'storage_admin','organization':'F@AdobeOrg','target':'x'}",
		       LICENSED(",'owningEntity':'F@AdobeOrg'") "," LICENSED(
			       ",'statusCode':'OVER'") ",{},"
						       "{'prodCtx':{'label':'Q'}}"),
		  {POLICY, "{}", 403},
		  {STORAGE_PROJECTS, "{}"}},
		 "token+ role- licence- storage+",
		 "no licence of a product"},
		{{SAYS("{'named_role':'storage_admin','target':'" ORG "'}",
		       LICENSED(",'organization_id':'" ORG "'")),
		  MAY, SEES},
		 "token+ role+ licence+ storage+",
		 "it holds P"},
		{{{PROFILE, "[]"}, {POLICY, "{}", 403}, {STORAGE_PROJECTS, "[]"}},
		 "token+ role- licence- storage+",
		 "the technical account's e-mail"},
		/* no answers about the account, but failures */
		{{{PROFILE, "{}", 404}, MAY, SEES}, "remote: GET /ims/profile/v1: 404", ""},
		{{SAYS("", ""), {POLICY, "<p>", 200, 0, "text/html"}, SEES},
		 "remote: GET /policies",
		 ""},
		{{SAYS("", ""), MAY, {STORAGE_PROJECTS, ""}},
		 "remote: GET /projects?limit=1: 200: the",
		 ""},
		{{{TOKEN, "{'error':'invalid_client'}", 400}},
		 "token-; POST /ims/token/v3: 400: invalid_client: the secret was deleted",
		 "whoever operates writ"},
		{{{TOKEN, "{'error':'access_denied'}", 403}},
		 "token-; POST /ims/token/v3: 403: access_denied",
		 ""},
		{{{TOKEN, "{'error':'unauthorized_client'}", 401}},
		 "token-; POST /ims/token/v3: 401",
		 ""},
		{{{TOKEN, "{}", 404}},
		 "remote: a token for client client7: POST /ims/token/v3: 404",
		 ""},
		/* the API is missing, yet other scopes may be granted; here none is */
		{{{TOKEN, "{'error':'invalid_scope'}", 400}},
		 "token- role- licence- storage-; POST /ims/token/v3: 400: invalid_scope: the API "
		 "is not",
		 "nothing shows whether it is Storage administrator"},
		{{{TOKEN, "{'error':'invalid_scope'}", 400, 1},
		  {TOKEN, "{'access_token':'T'}", 200, 2},
		  {TOKEN, "{'error':'invalid_scope'}", 400},
		  SAYS(STORAGE_ROLE, ""),
		  MAY,
		  SEES},
		 "token- role+ licence- storage-",
		 "not asked, without a token"},
		{{{TOKEN, "{'error':'invalid_scope'}", 400, 1}, {TOKEN, "{}", 404}},
		 "remote: a token for client client7",
		 ""},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		canned_start(&canned, rows[i].own, ROWS);
		configure(&canned.arena, OWN);
		const char *said = verify(&a, true);
		canned_stop(&canned);
		assert_begins(i, said, rows[i].told);
		if (!strstr(said, rows[i].part))
			fail_msg("row %zu: \"%s\" has no \"%s\"", i, said, rows[i].part);
	}
}

static void an_account_without_storage_needs_a_token(void **state UNUSED)
{
	ARENA a = {0};
	static const struct canned_answer own[] = {SAYS("", "")};
	canned_start(&canned, own, 1);
	configure(&canned.arena, OWN);
	assert_string_equal(
		verify(&a, false),
		"token+ token+ token+ token+; a token with openid,AdobeID"
		"; over-privileged: it has the User Management API, which nothing asks for"
		"; over-privileged: it has the I/O Management API, which nothing asks for"
		"; over-privileged: it has the Adobe Admin APIs - Storage Management, which "
		"nothing asks for");
	canned_stop(&canned);
	canned_start(&canned, own, 1);
	assert_string_equal(verify(&a, false),
			    "input: the configuration has no secret of account \"asset-archiver\"");
	canned_stop(&canned);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_credential_is_found),
		cmocka_unit_test(a_person_may_rotate_any_account),
		cmocka_unit_test(which_secret_is_older_is_beyond_doubt),
		cmocka_unit_test(a_second_secret_is_made),
		cmocka_unit_test(another_second_secret),
		cmocka_unit_test(the_old_secret_goes_when_it_is_quiet),
		cmocka_unit_test(a_secret_that_cannot_be_handed_over),
		cmocka_unit_test(the_conditions_of_storage),
		cmocka_unit_test(an_account_without_storage_needs_a_token),
	};
	signal(SIGPIPE, SIG_IGN);
	log_set_level(LOG_QUIET);
	strcpy(folder, "/tmp/writ-access-XXXXXX");
	if (!mkdtemp(folder))
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	empty_sink();
	return failed || rmdir(folder);
}
