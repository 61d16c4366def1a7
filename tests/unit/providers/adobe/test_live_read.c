/* SPDX-License-Identifier: Apache-2.0 */
/* What a read shows of accounts and roles, by every source that may be configured. */

#include "core/plan/plan.h"
#include "core/util/file.h"
#include "core/util/log.h"
#include "providers/adobe/console/adobe_names.h"
#include "tests/unit/canned.h"
#include "tests/unit/check.h"

#define ROWS 8

static struct canned canned;
static char list_path[] = "/tmp/writ-list-XXXXXX";

/* What is configured beside the usual. */
enum { OWN = 1, ASKABLE = 2, CONSOLE_ALONE = 4, SCOPED = 8, ANY_NAME = 16 };

static void configure(unsigned how, const char *list)
{
	if (how & OWN) /* behind one that no account has */
		vec_push(&canned.arena, &canned.config.accounts,
			 (struct account_credential){.name = "elsewhere", .client_id = "client9"});
	if (how & OWN)
		vec_push(&canned.arena, &canned.config.accounts,
			 (struct account_credential){.name = "asset-archiver",
						     .client_id = "client7",
						     .secret = canned_secret("TEST_OWN_SECRET")});
	if (how & ASKABLE)
		canned.config.account_roles = ACCOUNT_ROLES_USER_MANAGEMENT;
	if (how & CONSOLE_ALONE)
		canned.config.server = (struct server_credential){0};
	if (how & SCOPED)
		canned.config.server.scopes = "openid,AdobeID";
	if (how & ANY_NAME)
		canned.settings.organization = NULL;
	if (!list)
		return;
	assert_ok(file_write_atomic(list_path, list, strlen(list), 0600));
	canned.settings.roles_from = list_path;
}

static const char *read_live(struct arena *a, const struct query *query)
{
	struct live live = {0};
	struct universe *u = universe_new(canned.strings);
	struct error *error = adobe_reader.read(canned.session, a, u, query, &live);
	const char *said = error ? canned_told(a, error) : canned_shown(a, &live, u);
	if (!error)
		said = arena_printf(a, "%s %s: %s", live.organization, live.source, said);
	universe_free(u);
	return said;
}

#define ARCHIVER                                                                                   \
	"asset-archiver (asset archiver) <7@techacct.adobe.com> [P API]; asset-archiver P A"
#define BOTH "acme developer console, user management: " ARCHIVER "; jane@example.com P A"
#define OWNED                                                                                      \
	"acme developer console, user management, own profiles of 1 account: " ARCHIVER            \
	"; jane@example.com P A"
#define LISTED "acme developer console, user management, /tmp/writ-list-"
#define ROLES(rows)                                                                                \
	{                                                                                          \
		PROFILE, "{'roles':[" rows "]}"                                                    \
	}
#define OURS(role) "{'named_role':'" role "','organization':'" ORG "'}"

struct row {
	unsigned how;
	const char *list; /* of --roles-from; NULL: none */
	struct canned_answer own[ROWS];
	const char *told; /* its beginning */
	const char *tail; /* its end */
};

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		ARENA a = {0};
		canned_start(&canned, rows[i].own, ROWS);
		configure(rows[i].how, rows[i].list);
		assert_ok(canned_open(&canned));
		const char *said = read_live(&a, &query_all);
		canned_stop(&canned);
		size_t tail = strlen(rows[i].tail), len = strlen(said);
		if (strncmp(said, rows[i].told, strlen(rows[i].told)) != 0 || len < tail ||
		    strcmp(said + len - tail, rows[i].tail) != 0)
			fail_msg("row %zu: \"%s\", not \"%s\" to \"%s\"", i, said, rows[i].told,
				 rows[i].tail);
	}
}

static void sources_are_what_is_configured(void **state UNUSED)
{
	static const struct row rows[] = {
		{0, NULL, {{NULL}}, BOTH, "jane@example.com P A"},
		{CONSOLE_ALONE, NULL, {{NULL}}, "acme developer console: " ARCHIVER, "P A"},
		{SCOPED, NULL, {{NULL}}, "acme developer console: " ARCHIVER, "P A"},
		{ANY_NAME, NULL, {{NULL}}, "acme-ltd developer console", "P A"},
		{ANY_NAME,
		 NULL,
		 {{ORGS, "[{'id':1,'code':'" ORG "'}]"}},
		 "organisation developer console",
		 "P A"},
	};
	check_rows(rows, COUNT(rows));
}

static void an_account_shows_its_own_roles(void **state UNUSED)
{
	static const struct row rows[] = {
		{OWN, NULL, {ROLES("")}, OWNED, "P A"},
		{OWN,
		 NULL,
		 {ROLES(OURS("storage_admin"))},
		 OWNED,
		 "; asset-archiver storage-administrator"},
		{OWN,
		 NULL,
		 {ROLES(OURS("org_admin") "," OURS("support_admin"))},
		 OWNED,
		 "; asset-archiver system-administrator; asset-archiver support-administrator"},
		/* the profile says nothing: the console is asked, and then a policy */
		{OWN,
		 NULL,
		 {{PROFILE, "{}"},
		  {ORGS,
		   "[{'id':1,'code':'" ORG "','roles':[" OURS(
			   "storage_admin") "]},{'code':"
					    "'F@AdobeOrg','roles':[" OURS("org_admin") "]},{}]"}},
		 OWNED,
		 "; asset-archiver storage-administrator"},
		{OWN,
		 NULL,
		 {{PROFILE, "{}", 403},
		  {ORGS, "[{'id':1,'code':'" ORG "'}]", .times = 1},
		  {ORGS, "{}", 403},
		  {POLICY, "{'error_code':'access_error'}", 403}},
		 OWNED,
		 "jane@example.com P A"},
		/* granted: one of two, and nobody knows which */
		{OWN,
		 NULL,
		 {{PROFILE, "{}", 403},
		  {ORGS, "[{'id':1,'code':'" ORG "'}]", .times = 1},
		  {ORGS, "{}", 403},
		  {POLICY, "{}"}},
		 BOTH,
		 "jane@example.com P A"},
		{OWN,
		 NULL,
		 {{PROFILE, "{}", 403},
		  {ORGS, "[{'id':1,'code':'" ORG "'}]", .times = 1},
		  {ORGS, "{}"},
		  {POLICY, "{'error_code':'else'}", 403}},
		 BOTH,
		 "jane@example.com P A"},
		/* no token for it is no reason to stop */
		{OWN,
		 NULL,
		 {{TOKEN, "{'access_token':'T'}", 200, 1},
		  {TOKEN, "{'error':'invalid_client'}", 400}},
		 BOTH,
		 "jane@example.com P A"},
		/* it is gone */
		{OWN,
		 NULL,
		 {{DETAIL, "{}", 404}},
		 "acme developer console, user management: ; jane",
		 ""},
	};
	check_rows(rows, COUNT(rows));
}

static void lists_show_roles_of_people_and_accounts(void **state UNUSED)
{
#define HEAD "Identity Type,Email,Admin Roles,Products Administered,Developer Access\n"
	static const struct row rows[] = {
		{0,
		 HEAD "Federated ID,joe@example.com,Support,\"P\",\n",
		 {{NULL}},
		 LISTED,
		 "; joe@example.com support-administrator; joe@example.com product-administrator "
		 "P; "
		 "joe@example.com product-administrator P"},
		{0,
		 HEAD
		 "Technical Account,7@techacct.adobe.com,Storage,,A\n,_odd@example.com,System,,\n"
		 ",odd@intranet,System,,\n",
		 {{NULL}},
		 LISTED,
		 "; asset-archiver storage-administrator; asset-archiver developer P A; "
		 "_odd@example.com system-administrator"},
		{0,
		 HEAD "Adobe ID,7@techacct.adobe.com,Storage,,A\n",
		 {{NULL}},
		 LISTED,
		 "jane@example.com P A"},
		{0, HEAD, {{DETAIL, "{}"}}, LISTED, "jane@example.com P A"},
		{0,
		 HEAD "Adobe ID,T7@techacct.adobe.com,Storage,,\n",
		 {{NULL}},
		 LISTED,
		 "jane@example.com P A"},
		{0, "Name\nx\n", {{NULL}}, "input: there is no column \"Email\"", ""},
		{CONSOLE_ALONE | OWN,
		 HEAD "Technical Account,7@techacct.adobe.com,Storage,,A\n",
		 {ROLES("")},
		 "acme developer console, own profiles of 1 account, /tmp/writ-list",
		 "; asset-archiver developer P A"}, /* its own word counts more than the list's */
	};
	check_rows(rows, COUNT(rows));
	ARENA a = {0};
	canned_start(&canned, NULL, 0);
	configure(0, NULL);
	canned.settings.roles_from = "/none/there.csv";
	assert_ok(canned_open(&canned));
	assert_non_null(strstr(read_live(&a, &query_all), "/none/there.csv"));
	canned_stop(&canned);
}

/* Where the User Management API shows technical accounts, they are asked for one by one. */
static void accounts_may_be_users(void **state UNUSED)
{
#define SUPPORT_GROUP "{'groupName':'_support_admin','type':'SUPPORT_ADMIN_GROUP'}"
#define SHOWN(groups)                                                                              \
	{                                                                                          \
		USER, "{'result':'success','user':{'email':'7@techacct.adobe.com','groups':"       \
		      "[" groups "]}}"                                                             \
	}
	static const struct row rows[] = {
		{ASKABLE,
		 NULL,
		 {SHOWN("'_support_admin'")},
		 BOTH,
		 "asset-archiver support-administrator"},
		{ASKABLE,
		 NULL,
		 {SHOWN("'_support_admin'"),
		  {GROUPS, UMAPI_LIST("groups", GROUP_ROWS "," SUPPORT_GROUP)}},
		 BOTH,
		 "asset-archiver support-administrator"},
		{ASKABLE, NULL, {SHOWN("")}, BOTH, "; jane@example.com P A"},
		{ASKABLE, NULL, {{USER, "{}", 404}}, BOTH, "; jane@example.com P A"},
		{ASKABLE,
		 NULL,
		 {{USER, "<h1>", 404, 0, "text/html"}},
		 "remote: GET /organizations/{org}/users/{email}: 404",
		 ""},
		{ASKABLE,
		 NULL,
		 {{USER, "{}", 403}},
		 "denied: GET /organizations/{org}/users/{email}: 403",
		 ""},
		{ASKABLE,
		 NULL,
		 {{USER, "{'result':'success'}"}},
		 "remote: /organizations/{org}/users/{email}: the answer holds no user",
		 ""},
		{ASKABLE, NULL, {{USER, "{'user':{}}"}}, "remote: /organizations/{org}/users", ""},
		{ASKABLE,
		 NULL,
		 {{USER, "{'result':'error','user':{}}"}},
		 "remote: /organizations/{org}/users",
		 ""},
		{ASKABLE | CONSOLE_ALONE, NULL, {{NULL}}, "acme developer console: " ARCHIVER, ""},
		{ASKABLE, NULL, {{DETAIL, "{}"}}, "acme", "; jane@example.com P A"},
		/* somebody pasted the id instead of the address */
		{0,
		 NULL,
		 {{DIRECT, UMAPI_LIST("users", "{'email':'t7@techacct.adobe.com','type':'adobeID',"
					       "'groups':['A']}")}},
		 "acme",
		 "asset-archiver P A"},
	};
	check_rows(rows, COUNT(rows));
}

/* ---- once more, while a plan is applied ---- */

static const struct principal jane = {"jane@example.com", PRINCIPAL_USER},
			      archiver = {"asset-archiver", PRINCIPAL_ACCOUNT},
			      nobody = {"nobody", PRINCIPAL_ACCOUNT},
			      designers = {"Designers", PRINCIPAL_GROUP};

static void a_second_read_asks_for_the_plans_users_alone(void **state UNUSED)
{
	static const struct {
		size_t users;
		bool groups;
		struct canned_answer own[ROWS];
		const char *told, *tail;
		size_t single, pages;
	} rows[] = {
		{1,
		 false,
		 {{USER,
		   "{'result':'success','user':{'email':'jane@example.com','groups':['B']}}"}},
		 "acme",
		 "; jane@example.com P B",
		 1,
		 0},
		{1, false, {{USER, "{}", 404}}, "acme", "; asset-archiver P A", 1, 0},
		{1, false, {{USER, "{}", 400}}, "remote: GET /organizations/", "400", 1, 0},
		{0, false, {{NULL}}, "acme", "; jane@example.com P A", 0, 0},
		{1, true, {{NULL}}, "acme", "; jane@example.com P A", 0, 2},
		{26, false, {{NULL}}, "acme", "; jane@example.com P A", 0, 1},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct plan plan = {0};
		canned_start(&canned, NULL, 0);
		assert_ok(canned_open(&canned));
		read_live(&a, &query_all);
		for (size_t k = 0; k < rows[i].users * 2; k++) {
			struct principal *who = arena_zalloc(&a, sizeof(*who));
			*who = (struct principal){
				k / 2 ? arena_printf(&a, "u%zu@example.com", k / 2) : jane.name,
				PRINCIPAL_USER};
			vec_push(&a, &plan.changes,
				 (struct change){.principal = who, .type = CHANGE_GRANT});
		}
		vec_push(&a, &plan.changes, (struct change){.principal = &archiver});
		const struct query query = {
			.what = COLLECT_ALL, .all = true, .groups = rows[i].groups, .plan = &plan};
		canned_go_on(&canned, rows[i].own, ROWS);
		const char *said = read_live(&a, &query);
		canned_stop(&canned);
		size_t tail = strlen(rows[i].tail), len = strlen(said);
		if (strncmp(said, rows[i].told, strlen(rows[i].told)) != 0 || len < tail ||
		    strcmp(said + len - tail, rows[i].tail) != 0)
			fail_msg("row %zu: \"%s\"", i, said);
		assert_int_equal(canned_asked(&canned, "GET /organizations/"), rows[i].single);
		assert_int_equal(canned_asked(&canned, "GET /users/"), rows[i].pages);
	}
}

/* Who must be kept is asked of those who held the role, and of whom the plan gives it to: neither
 * the plan's other users nor the full lists. */
static void a_read_of_kept_roles_asks_their_holders_alone(void **state UNUSED)
{
	static const struct entitlement system = {.role = ROLE_SYSTEM_ADMINISTRATOR},
					other = {.product = "P", .profile = "A"};
	static const struct principal kim = {"kim@example.com", PRINCIPAL_USER};
	static const struct canned_answer lists[] = {
		{DIRECT, UMAPI_LIST("users", "{'email':'jane@example.com','type':'adobeID',"
					     "'groups':['_org_admin','A']},"
					     "{'email':'joe@example.com','type':'adobeID',"
					     "'groups':['A']}")}};
	static const struct canned_answer gone[] = {
		{USER, "{'result':'success','user':{'email':'jane@example.com','type':'adobeID',"
		       "'groups':['A']}}"}};
	const struct entitlement *const roles[] = {&system};
	ARENA a = {0};
	struct plan plan = {0};
	canned_start(&canned, lists, COUNT(lists));
	assert_ok(canned_open(&canned));
	const char *before = read_live(&a, &query_all);
	assert_non_null(strstr(before, "jane@example.com system-administrator"));
	vec_push(&a, &plan.changes, (struct change){.principal = &kim, .entitlement = &other});
	vec_push(
		&a, &plan.changes,
		(struct change){.principal = &kim, .entitlement = &other, .action = ACTION_DELETE});
	const struct query query = {
		.what = COLLECT_ALL, .all = true, .roles = roles, .role_count = 1, .plan = &plan};
	canned_go_on(&canned, gone, COUNT(gone));
	const char *after = read_live(&a, &query);
	assert_null(strstr(after, "jane@example.com system-administrator"));
	assert_int_equal(canned_asked(&canned, "GET /organizations/"), 1);
	assert_int_equal(canned_asked(&canned, "GET /users/"), 0);
	plan.changes.at[0].entitlement = &system;
	canned_go_on(&canned, NULL, 0);
	read_live(&a, &query);
	assert_int_equal(canned_asked(&canned, "GET /organizations/"), 1); /* kim alone */
	canned_stop(&canned);
}

/* "{'email':'u0@example.com',...},..." of `count` users with one more group each. */
static const char *user_rows(struct arena *a, int count, const char *group)
{
	struct str out = STR(a);
	for (int i = 0; i < count; i++)
		str_printf(&out,
			   "%s{'email':'u%d@example.com','type':'federatedID','groups':['A'%s]}",
			   i ? "," : "", i, group);
	return str_text(&out);
}

/* Where they are too many to be asked one by one, the list of the role's holders is read; where the
 * service has none, all users. */
static void many_holders_are_read_from_the_list_of_their_role(void **state UNUSED)
{
	static const struct entitlement system = {.role = ROLE_SYSTEM_ADMINISTRATOR},
					profiles = {.role = ROLE_PRODUCT_PROFILE_ADMINISTRATOR,
						    .product = "P",
						    .profile = "A"};
	static const struct {
		const struct entitlement *role;
		const char *group, *path; /* as users name it; of its members */
		unsigned status;
		size_t lists; /* of all users and of members that are asked for */
	} rows[] = {
		{&system, ",'_org_admin'", "GET /users/" ORG "/0/_org_admin[?]*", 200, 1},
		{&profiles, ",'_admin_A'", "GET /users/" ORG "/0/30[?]*", 200, 1},
		{&system, ",'_org_admin'", "GET /users/" ORG "/0/_org_admin[?]*", 404, 2},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct plan plan = {0};
		const char *groups = UMAPI_LIST("groups", GROUP_ROWS
						",{'groupId':30,'groupName':'_admin_A',"
						"'type':'PROFILE_ADMIN_GROUP',"
						"'productProfileName':'A','productName':'P'}");
		const char *all = arena_printf(&a, UMAPI_LIST("users", "%s"),
					       user_rows(&a, 26, rows[i].group));
		const char *left = arena_printf(
			&a,
			UMAPI_LIST("users", "%s,{'email':'new@example.com','type':'federatedID',"
					    "'groups':['A'%s]}"),
			user_rows(&a, 25, rows[i].group), rows[i].group);
		const struct canned_answer before[] = {{GROUPS, groups}, {DIRECT, all}},
					   after[] = {{rows[i].path, left, rows[i].status},
						      {GROUPS, groups},
						      {DIRECT, all}};
		canned_start(&canned, before, COUNT(before));
		assert_ok(canned_open(&canned));
		read_live(&a, &query_all);
		const struct query query = {.what = COLLECT_ALL,
					    .all = true,
					    .roles = &rows[i].role,
					    .role_count = 1,
					    .plan = &plan};
		canned_go_on(&canned, after, COUNT(after));
		const char *said = read_live(&a, &query);
		const char *role = role_table[rows[i].role->role].name;
		bool told = rows[i].status == 200;
		if (canned_asked(&canned, "GET /users/") != rows[i].lists ||
		    canned_asked(&canned, "GET /organizations/") ||
		    !strstr(said, arena_printf(&a, "u24@example.com %s", role)) ||
		    !strstr(said, "u25@example.com P A") ||
		    !strstr(said, arena_printf(&a, "u25@example.com %s", role)) != told ||
		    !strstr(said, arena_printf(&a, "new@example.com %s", role)) == told)
			fail_msg("row %zu: %zu lists: %s", i, canned_asked(&canned, "GET /users/"),
				 said);
		canned_stop(&canned);
	}
}

/* ---- what can be done, and what can be seen ---- */

static const struct entitlement profile_a = {.product = "P", .profile = "A"},
				profile_b = {.product = "P", .profile = "B"},
				profile_x = {.product = "P", .profile = "X"},
				support = {.role = ROLE_SUPPORT_ADMINISTRATOR},
				storage = {.role = ROLE_STORAGE_ADMINISTRATOR};

static void what_can_be_granted_and_seen(void **state UNUSED)
{
	static const struct {
		const struct principal *who;
		const struct entitlement *what;
		const char *api; /* of the account in the manifests; NULL: not said */
		enum capability can;
		bool seen;
		const char *why; /* a part of it; NULL: none is told */
	} rows[] = {
		{&archiver, &profile_a, NULL, CAN_API, true, "add \"P API\""},
		{&archiver, &profile_a, "Q API", CAN_API, true, "add \"P API\""},
		{&archiver, &profile_b, NULL, CAN_API, true, "add \"P API\""},
		{&archiver, &profile_b, "P", CAN_API, true, "add \"P API\""},
		{&archiver, &profile_b, "Q API", CAN_NOT, true,
		 "no API of account \"asset-archiver\""},
		{&archiver, &profile_b, "none such", CAN_NOT, true, "add \"P API\" to its `apis`"},
		{&archiver, &profile_x, NULL, CAN_MANUAL, false, NULL},
		{&archiver, &support, NULL, CAN_MANUAL, false, NULL},
		{&nobody, &profile_a, NULL, CAN_NOT, true, "no API of account \"nobody\""},
		{&nobody, &profile_a, "P API", CAN_API, true, "no API of account \"nobody\""},
		{&nobody, &support, NULL, CAN_MANUAL, true, NULL},
		{&jane, &profile_a, NULL, CAN_API, true, NULL},
		{&jane, &storage, NULL, CAN_MANUAL, false, NULL},
		{&jane, &support, NULL, CAN_API, true, NULL},
		{&designers, &profile_b, NULL, CAN_API, true, NULL},
		{&designers, &support, NULL, CAN_NOT, true, NULL},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct account account = {.meta.name = rows[i].who->name};
		if (rows[i].api) {
			account.has_apis = true;
			vec_push(&a, &account.apis, (struct entry){.name = rows[i].api});
		}
		bool is_account = rows[i].who->kind == PRINCIPAL_ACCOUNT;
		canned_start(&canned, NULL, 0);
		assert_ok(canned_open(&canned));
		read_live(&a, &query_all);
		const struct account *of = is_account ? &account : NULL;
		int can = adobe_reader.can_grant(canned.session, rows[i].who, of, rows[i].what);
		bool seen = adobe_reader.sees(canned.session, rows[i].who, of, rows[i].what);
		const char *why =
			adobe_reader.explain(canned.session, &a, rows[i].who, of, rows[i].what);
		canned_stop(&canned);
		if (can != (int)rows[i].can || seen != rows[i].seen || !why != !rows[i].why ||
		    (why && !strstr(why, rows[i].why)))
			fail_msg("row %zu: %d, %s, %s", i, can, seen ? "seen" : "not seen",
				 why ? why : "no reason");
	}
}

static void each_pair_has_a_source(void **state UNUSED)
{
	static const struct {
		unsigned how;
		const struct principal *who;
		const struct entitlement *what;
		const char *source; /* its beginning; NULL: none can be configured */
	} rows[] = {
		{0, &archiver, &profile_a, "the Developer Console"},
		{0, &archiver, &profile_x, NULL},
		{0, &archiver, &storage, "the account's own profile"},
		{0, &archiver, &support, "the Admin Console's user list export"},
		{0, &jane, &profile_a, "the User Management API (`server`"},
		{CONSOLE_ALONE, &jane, &profile_a, "the User Management API (`server`"},
		{0, &jane, &support, "the User Management API (`server`"},
		{0, &jane, &storage, "the Admin Console's user list export"},
		{0, &designers, &profile_a, "a user who has it by way of this group alone"},
		{CONSOLE_ALONE, &designers, &profile_a, "the User Management API (`server`"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		canned_start(&canned, NULL, 0);
		configure(rows[i].how, NULL);
		assert_null(canned_open(&canned));
		read_live(&a, &query_all);
		const char *said =
			adobe_reader.source_of(canned.session, rows[i].who, NULL, rows[i].what);
		canned_stop(&canned);
		if (!said != !rows[i].source || (said && strstr(said, rows[i].source) != said))
			fail_msg("row %zu: %s", i, said ? said : "none");
	}
}

/* The account is found by its client, the person by what the session's own profile says. */
static void a_read_tells_who_writ_itself_is(void **state UNUSED)
{
	static const struct {
		const char *client; /* of the server credential */
		bool user;
		struct canned_answer own[ROWS];
		const char *account, *person;
		size_t asked;
	} rows[] = {
		{"client7",
		 true,
		 {{PROFILE, "{'email':'Jane@Example.com'}"}},
		 "asset-archiver",
		 "Jane@Example.com",
		 1},
		{"client8", true, {{PROFILE, "{'email':'no address'}"}}, NULL, NULL, 1},
		{"client7", true, {{PROFILE, "{}", 403}}, "asset-archiver", NULL, 1},
		{"client7",
		 false,
		 {{PROFILE, "{'email':'jane@example.com'}"}},
		 "asset-archiver",
		 NULL,
		 0},
		{NULL,
		 true,
		 {{PROFILE, "{'email':'jane@example.com'}"}},
		 NULL,
		 "jane@example.com",
		 1},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		canned_start(&canned, rows[i].own, ROWS);
		canned.config.server.client_id = rows[i].client;
		if (!rows[i].user)
			canned.config.user.client_id = NULL;
		assert_null(canned_open(&canned));
		for (int again = 0; again < 2; again++) {
			struct live live = {0};
			struct universe *u = universe_new(canned.strings);
			assert_null(adobe_reader.read(canned.session, &a, u, &query_all, &live));
			universe_free(u);
			if (!live.own != !rows[i].account || !live.own_user != !rows[i].person ||
			    (live.own && strcmp(live.own, rows[i].account) != 0) ||
			    (live.own_user && strcmp(live.own_user, rows[i].person) != 0))
				fail_msg("row %zu: %s, %s", i, live.own, live.own_user);
		}
		assert_int_equal(canned_asked(&canned, PROFILE), rows[i].asked);
		canned_stop(&canned);
	}
}

#define TWO_BETAS                                                                                  \
	"{'groupId':11,'groupName':'A','type':'PRODUCT_PROFILE','productName':'P'},"               \
	"{'groupId':31,'groupName':'Beta','type':'PRODUCT_PROFILE','productName':'P'},"            \
	"{'groupId':32,'groupName':'Beta','type':'PRODUCT_PROFILE','productName':'Q'},"            \
	"{'groupId':33,'groupName':'_admin_Beta','type':'PROFILE_ADMIN_GROUP',"                    \
	"'productProfileName':'Beta'},"                                                            \
	"{'groupId':34,'groupName':'_admin_beta','type':'PROFILE_ADMIN_GROUP',"                    \
	"'productProfileName':'Beta'}"
#define MEMBERS(id) "GET /users/" ORG "/0/" id "[?]directOnly=true"

/* Profiles of one name in two products are told apart by their ids, or not at all. */
static void profiles_of_one_name_are_read_by_id(void **state UNUSED)
{
	static const struct entitlement of_p = {.product = "P", .profile = "Beta"},
					of_q = {.product = "Q", .profile = "Beta"},
					admin_of_p = {.product = "P",
						      .profile = "Beta",
						      .role = ROLE_PRODUCT_PROFILE_ADMINISTRATOR};
	static const struct {
		const char *list, *of_p, *of_q; /* answers by id; NULL: no such group */
		const char *told;
		bool sees_p, sees_q;
	} rows[] = {
		{NULL, "{'email':'jane@example.com'}", "", "; jane@example.com P Beta", true, true},
		{NULL, "", "{'email':'JANE@example.com'}", "; jane@example.com Q Beta", true, true},
		{NULL, NULL, "", "; asset-archiver P A", false, true},
		/* neither does the export tell them apart */
		{"Email,Product Configurations Administered\njane@example.com,\"Beta\"\n", "", "",
		 "; asset-archiver P A", true, true},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct canned_answer own[] = {
			{GROUPS, UMAPI_LIST("groups", TWO_BETAS)},
			{DIRECT,
			 UMAPI_LIST("users", "{'email':'jane@example.com','groups':['Beta']}")},
			{MEMBERS("31"), "{'result':'error.group.not_found'}", 404},
			{MEMBERS("32"), "{'result':'error.group.not_found'}", 404},
		};
		const char *answers[] = {rows[i].of_p, rows[i].of_q};
		for (size_t k = 0; k < 2; k++) {
			if (!answers[k])
				continue;
			own[2 + k].status = 200;
			own[2 + k].body = arena_printf(
				&a, "{'lastPage':true,'result':'success','users':[%s]}",
				answers[k]);
		}
		canned_start(&canned, own, 4);
		configure(0, rows[i].list);
		assert_null(canned_open(&canned));
		const char *said = read_live(&a, &query_all);
		size_t tail = strlen(rows[i].told), len = strlen(said);
		bool sees_p = adobe_reader.sees(canned.session, &jane, NULL, &of_p);
		bool sees_q = adobe_reader.sees(canned.session, &jane, NULL, &of_q);
		bool sees_admin = adobe_reader.sees(canned.session, &jane, NULL, &admin_of_p);
		int can = adobe_reader.can_grant(canned.session, &jane, NULL, &of_p);
		canned_stop(&canned);
		if (len < tail || strcmp(said + len - tail, rows[i].told) != 0 ||
		    sees_p != rows[i].sees_p || sees_q != rows[i].sees_q)
			fail_msg("row %zu: %s, %d %d", i, said, sees_p, sees_q);
		assert_false(sees_admin);
		assert_int_equal(can, CAN_MANUAL);
	}
}

/* Of several entries of an address the one that is no Adobe ID goes by the address alone. */
static void entries_of_one_address_are_told_apart(void **state UNUSED)
{
	static const struct {
		const char *users, *list, *told; /* what jane and her twin hold */
	} rows[] = {
		{"{'email':'jane@example.com','type':'adobeID','groups':['A']},"
		 "{'email':'JANE@example.com','type':'federatedID','groups':['B']}",
		 NULL, "; adobeID:jane@example.com P A; JANE@example.com P B"},
		{"{'email':'jane@example.com','type':'adobeID','groups':['A']}", NULL,
		 "; jane@example.com P A"},
		{"{'email':'jane@example.com','type':'enterpriseID','groups':['A']},"
		 "{'email':'jane@example.com','type':'unknown','groups':['B']}",
		 NULL, "; jane@example.com P A"},
		{"{'email':'jane@example.com','type':'federatedID'}",
		 "Identity Type,Email,Admin Roles\nAdobe ID,jane@example.com,Storage\n",
		 "; adobeID:jane@example.com storage-administrator"},
		{"{'email':'jane@example.com','type':'adobeID'}",
		 "Identity Type,Email,Admin Roles\nAdobe ID,jane@example.com,Storage\n",
		 "; jane@example.com storage-administrator"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		const char *page = arena_printf(
			&a, "{'lastPage':true,'result':'success','users':[%s]}", rows[i].users);
		const struct canned_answer own[] = {{DIRECT, page}, {INDIRECT, page}};
		canned_start(&canned, own, 2);
		configure(0, rows[i].list);
		assert_null(canned_open(&canned));
		const char *said = read_live(&a, &query_all);
		canned_stop(&canned);
		size_t tail = strlen(rows[i].told), len = strlen(said);
		if (len < tail || strcmp(said + len - tail, rows[i].told) != 0)
			fail_msg("row %zu: %s", i, said);
	}
}

/* Each organisation has a system administrator, so a list that shows none shows nothing of them. */
static void a_list_without_system_administrators_hides_them(void **state UNUSED)
{
	static const struct entitlement system = {.role = ROLE_SYSTEM_ADMINISTRATOR};
	static const struct {
		const char *groups; /* of kim */
		bool seen;
		const char *source;
	} rows[] = {
		{"'_org_admin'", true, "the User Management API"},
		{"'A'", false, "the Admin Console's user list export"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		const char *page = arena_printf(&a,
						"{'lastPage':true,'result':'success','users':["
						"{'email':'jane@example.com'},"
						"{'email':'kim@example.com','groups':[%s]}]}",
						rows[i].groups);
		const struct canned_answer own[] = {{DIRECT, page}, {INDIRECT, page}};
		canned_start(&canned, own, 2);
		assert_ok(canned_open(&canned));
		read_live(&a, &query_all);
		bool seen = adobe_reader.sees(canned.session, &jane, NULL, &system);
		const char *source = adobe_reader.source_of(canned.session, &jane, NULL, &system);
		canned_stop(&canned);
		assert_int_equal(seen, rows[i].seen);
		assert_ptr_equal(strstr(source, rows[i].source), source);
	}
}

static void what_cannot_be_named_is_told(void **state UNUSED)
{
	static const struct canned_answer own[] = {
		{GROUPS, UMAPI_LIST("groups", GROUP_ROWS
				    ",{'groupId':21,'groupName':'_hidden','type':'USER_GROUP'},"
				    "{'groupId':22,'groupName':' ','type':'USER_GROUP'},"
				    "{'groupId':23,'groupName':'Auditors ','type':'USER_GROUP'},"
				    "{'groupId':24,'groupName':'x','type':'CONTRACT_ADMIN_GROUP'},"
				    "{'groupId':25,'groupName':'B','type':'PRODUCT_PROFILE',"
				    "'productName':'_p'},"
				    "{'groupId':26,'groupName':'_product_admin__p',"
				    "'type':'PRODUCT_ADMIN_GROUP','productName':'_p'},"
				    "{'groupId':27,'groupName':'Twin','type':'USER_GROUP'},"
				    "{'groupId':28,'groupName':'twin','type':'USER_GROUP'},"
				    "{'groupId':29,'groupName':'Idle','type':'USER_GROUP'},"
				    "{'groupId':30,'groupName':'idle','type':'USER_GROUP'},"
				    "{'groupId':31,'groupName':'Q','type':'PRODUCT_PROFILE',"
				    "'productName':'P'},"
				    "{'groupId':32,'groupName':'q','type':'PRODUCT_PROFILE',"
				    "'productName':'p'}")},
		{DIRECT, UMAPI_LIST("users", "{'username':'JDOE','type':'federatedID'},"
					     "{'email':'joe@example.com ','username':'JOE'},"
					     "{'email':'kim@example.com','groups':['Twin']}")},
		{LIST, "{'pages':1,'content':[{'id':7,'name':'asset-archiver','type':'entp'},"
		       "{'id':8,'name':'a\\u200bb','type':'entp'},"
		       "{'id':9,'name':'\\u200b','type':'adobeid'}]}"},
		{SERVICES, CATALOGUE(PROFILE_A ",{'id':13,'name':'X\\u200b','productId':'X1'}")},
	};
	static const char *const lines[] = {
		"a user whose e-mail address is \"joe@example.com \", whom no manifest can name",
		"a user without an e-mail address, user name \"JDOE\", whom no manifest can name",
		"administrators \"_product_admin__p\", which no manifest can name",
		"credential \"a\\u{200B}b\", which no manifest can name",
		"product profile \"B\" of product \"_p\", which no manifest can name",
		"product profile \"Q\" of product \"P\", as another differs by letter case alone",
		"product profile \"X\\u{200B}\", which no manifest can name",
		"product profile \"q\" of product \"p\", as another differs by letter case alone",
		"the products of user group \"Twin\", as several have this name",
		"the products of user group \"twin\", as several have this name",
		"user group \" \", which no manifest can name",
		"user group \"_hidden\", which no manifest can name",
	};
	ARENA a = {0};
	struct live live = {0};
	canned_start(&canned, own, COUNT(own));
	assert_null(canned_open(&canned));
	struct universe *u = universe_new(canned.strings);
	assert_null(adobe_reader.read(canned.session, &a, u, &query_all, &live));
	universe_free(u);
	assert_int_equal(live.left_out.len, COUNT(lines));
	for (size_t i = 0; i < COUNT(lines); i++)
		assert_string_equal(live.left_out.at[i], lines[i]);
	assert_int_equal(live.catalogue.groups.len, 6);
	assert_string_equal(live.catalogue.groups.at[0].text, "Auditors ");
	canned_stop(&canned);
}

/* A person's token works by the person's roles; without one the account's own token does. */
static void a_read_tells_what_writ_itself_needs(void **state UNUSED)
{
	static const struct {
		bool user;
		const char *list;
		size_t needs;
	} rows[] = {
		{true, HEAD "Federated ID,jane@example.com,\"System,Support\",,\n", 1},
		{true, HEAD "Federated ID,jane@example.com,System,P,A\n", 1},
		{true, HEAD "Federated ID,jane@example.com,Support,P,A\n",
		 3}, /* P twice: of A and of B */
		{true, HEAD "Federated ID,joe@example.com,System,,\n", 0},
		{true, HEAD "Technical Account,7@techacct.adobe.com,System,,\n", 0},
		{false, HEAD "Technical Account,7@techacct.adobe.com,System,,\n", 1},
		{false, HEAD "Technical Account,7@techacct.adobe.com,Storage,,\n", 0},
	};
	static const struct canned_answer own[] = {{PROFILE, "{'email':'JANE@example.com'}"}};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct live live = {0};
		canned_start(&canned, own, 1);
		configure(0, rows[i].list);
		canned.config.server.client_id = "client7";
		if (!rows[i].user)
			canned.config.user.client_id = NULL;
		assert_null(canned_open(&canned));
		struct universe *u = universe_new(canned.strings);
		assert_null(adobe_reader.read(canned.session, &a, u, &query_all, &live));
		universe_free(u);
		canned_stop(&canned);
		if (live.own_needs->len != rows[i].needs)
			fail_msg("row %zu: %zu", i, live.own_needs->len);
	}
}

/* Of an account without details nothing is shown. */
static void what_was_not_asked_is_not_seen(void **state UNUSED)
{
	ARENA a = {0};
	const struct query names = {.what = COLLECT_ALL};
	canned_start(&canned, NULL, 0);
	assert_ok(canned_open(&canned));
	assert_non_null(strstr(read_live(&a, &names), ": asset-archiver; jane@example.com P A"));
	assert_false(adobe_reader.sees(canned.session, &archiver, NULL, &profile_a));
	canned_stop(&canned);
}

static void the_steps_name_the_source_that_will_show_it(void **state UNUSED)
{
	static const struct {
		unsigned how;
		const char *list;
		const struct principal *who;
		const struct entitlement *what;
		const char *part;
	} rows[] = {
		{0, NULL, &archiver, &storage, "No configured source shows this to writ"},
		{OWN, NULL, &archiver, &storage,
		 "it reads the account's own profile and no longer"},
		{OWN, NULL, &nobody, &storage, "No configured source shows this to writ"},
		{OWN, NULL, &jane, &storage, "No configured source"},
		{OWN, NULL, &archiver, &profile_x, "No configured source"},
		{0, HEAD, &jane, &storage,
		 "it reads the list given with --roles-from and no longer"},
		{0, NULL, &jane, &support, "it reads the User Management API and no longer"},
		{CONSOLE_ALONE, NULL, &jane, &support, "No configured source"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct str out = STR(&a);
		const struct change c = {.principal = rows[i].who,
					 .entitlement = rows[i].what,
					 .type = CHANGE_GRANT};
		canned_start(&canned, NULL, 0);
		configure(rows[i].how, rows[i].list);
		assert_ok(canned_open(&canned));
		read_live(&a, &query_all);
		adobe_reader.describe(canned.session, &c, "x@example.com", &out);
		canned_stop(&canned);
		if (!strstr(str_text(&out), rows[i].part))
			fail_msg("row %zu: %s", i, str_text(&out));
	}
}

/* ---- opening ---- */

static void a_session_needs_somebody_and_an_organisation(void **state UNUSED)
{
	ARENA a = {0};
	canned_start(&canned, NULL, 0);
	canned.settings.config = NULL;
	assert_non_null(strstr(canned_told(&a, canned_open(&canned)),
			       "usage: provider adobe needs an operator's configuration"));
	canned.settings.config = &canned.config;
	canned.config.org_id = NULL;
	assert_string_equal(canned_told(&a, canned_open(&canned)),
			    "input: neither manifests nor configuration say an orgId");
	canned.settings.org_id = ORG;
	canned.settings.max_wait_s = 1;
	canned.config.max_wait = -1;
	assert_string_equal(canned_told(&a, canned_open(&canned)), "ok");
	assert_non_null(strstr(adobe_reader.identity(canned.session), " " ORG));
	adobe_reader.close(canned.session);
	canned.session = NULL;
	canned.config.user.client_id = NULL;
	canned.settings.max_wait_s = 0;
	assert_string_equal(canned_told(&a, canned_open(&canned)), "ok");
	assert_non_null(strstr(read_live(&a, &query_all), "acme developer console, user man"));
	adobe_reader.close(canned.session);
	canned.session = NULL;
	canned.config.server.client_id = NULL;
	assert_non_null(strstr(canned_told(&a, canned_open(&canned)),
			       "input: the configuration names no credential"));
	canned_stop(&canned);
	adobe_reader.close(NULL);
}

/* ---- which credential is which account ---- */

struct managed {
	const char *name, *credential, *project;
	bool earlier; /* only a name that it had */
};

static void credentials_are_matched_by_place_name_and_slug(void **state UNUSED)
{
#define CREDENTIAL(id, name) "{'id':" id ",'name':'" name "','type':'entp'}"
#define ROWS_OF(rows) "{'content':[" rows "]}"
#define AT(id, project)                                                                            \
	{                                                                                          \
		ORGS "/1/projects_workspaces/credentials/" id,                                     \
			"{'projectId':" project ",'workspaceId':1}"                                \
	}
#define DETAILS                                                                                    \
	{                                                                                          \
		ORGS "/1/integrations/[0-9]*", "{}"                                                \
	}
#define TWO_PROJECTS                                                                               \
	{                                                                                          \
		PROJECTS, "[{'id':1,'title':'one'},{'id':2,'title':'two'}]"                        \
	}
	static const struct {
		struct managed managed[3];
		struct canned_answer own[ROWS];
		const char *told;
	} rows[] = {
		/* nobody is managed: names are made, equal ones numbered, in order of ids */
		{{{NULL}},
		 {{LIST, ROWS_OF(CREDENTIAL("10", "My App") "," CREDENTIAL(
				 "9", "my app") "," CREDENTIAL("11", "-!-"))}},
		 "account, my-app, my-app-2;"},
		/* two of one name in two projects */
		{{{"x", "same", "two"}},
		 {{LIST, ROWS_OF(CREDENTIAL("9", "same") "," CREDENTIAL("10", "same"))},
		  AT("9", "1"),
		  AT("10", "2"),
		  TWO_PROJECTS,
		  DETAILS},
		 "same (one), x (two);"},
		/* the project is another one: the name decides */
		{{{"x", "same", "three"}},
		 {{LIST, ROWS_OF(CREDENTIAL("9", "same"))}, AT("9", "1"), TWO_PROJECTS, DETAILS},
		 "x (one);"},
		{{{"x", "same", "three"}},
		 {{LIST, ROWS_OF(CREDENTIAL("9", "same"))},
		  {ORGS "/1/projects_workspaces/*", "{}"},
		  DETAILS},
		 "x;"},
		/* an earlier name, and one that is not earlier */
		{{{"my-app", .earlier = true}},
		 {{LIST, ROWS_OF(CREDENTIAL("9", "My App"))}, AT("9", "1"), TWO_PROJECTS, DETAILS},
		 "my-app (one);"},
		{{{"my-app"}}, {{LIST, ROWS_OF(CREDENTIAL("9", "My App"))}}, "my-app-2;"},
		{{{"my-app"}, {"my-app-2"}},
		 {{LIST, ROWS_OF(CREDENTIAL("9", "My App"))}},
		 "my-app-3;"},
		{{{"a", "same"}, {"b", "same"}, {"c", "none"}},
		 {{LIST, ROWS_OF(CREDENTIAL("9", "same"))}, AT("9", "1"), TWO_PROJECTS, DETAILS},
		 "a (one);"},
		/* gone between the list and the look */
		{{{"a", "same"}},
		 {{LIST, ROWS_OF(CREDENTIAL("9", "same") "," CREDENTIAL("10", "other"))},
		  AT("9", "1")},
		 "other;"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct account accounts[3];
		const struct account *managed[3];
		size_t count = 0;
		canned_start(&canned, rows[i].own, ROWS);
		for (; count < 3 && rows[i].managed[count].name; count++) {
			const struct managed *m = &rows[i].managed[count];
			accounts[count] =
				(struct account){.meta.name = intern(canned.strings, m->name),
						 .credential = m->credential,
						 .project = m->project,
						 .at.file = m->earlier ? NULL : "x.yaml"};
			managed[count] = &accounts[count];
		}
		const struct query query = {COLLECT_ALL, managed, count, false, false, NULL};
		assert_ok(canned_open(&canned));
		const char *said = strstr(read_live(&a, &query), ": ") + 2;
		canned_stop(&canned);
		assert_begins(i, said, rows[i].told);
	}
}

/* Names are made for all, each once, however many there are. */
static void many_credentials_have_names_of_their_own(void **state UNUSED)
{
	enum { MANY = 2000 };
	ARENA a = {0};
	struct live live = {0};
	struct str list = STR(&a);
	str_add(&list, "{'content':[");
	for (unsigned i = 0; i < MANY; i++)
		str_printf(&list, "%s{'id':%u,'name':'App %u','type':'entp'}", i ? "," : "", i + 10,
			   i % (MANY / 2));
	str_add(&list, "]}");
	const struct canned_answer own[] = {{LIST, str_text(&list)}};
	const struct query names = {.what = COLLECT_ALL};
	canned_start(&canned, own, 1);
	struct universe *u = universe_new(canned.strings);
	assert_ok(canned_open(&canned));
	assert_ok(provider_read(&adobe_reader, canned.session, &a, u, &names, &live));
	assert_int_equal(live.accounts.len, MANY);
	assert_string_equal(live.accounts.at[0].meta.name, "app-0");
	assert_string_equal(live.accounts.at[1].meta.name, "app-0-2");
	universe_free(u);
	canned_stop(&canned);
}

/* ---- notes about changes ---- */

/* The storage API brings its licence to who has it from the start, and to nobody else. */
static void check_note_of_api(struct arena *a, const struct plan *plan, const char *api, bool late)
{
	const struct change *account = &plan->changes.at[plan->changes.len - 1];
	const struct entitlement e = {.api = api};
	struct change c = {
		.type = CHANGE_GRANT, .principal = account->principal, .entitlement = &e};
	const char *note = adobe_reader.note(canned.session, a, plan, &c);
	assert_int_equal(note != NULL, late);
	assert_true(!note || strstr(note, "no licence comes with it"));
	c.action = ACTION_DELETE;
	assert_null(adobe_reader.note(canned.session, a, plan, &c));
}

static void changes_have_notes_about_the_service(void **state UNUSED)
{
#define STORAGE_API "Adobe Cloud Storage and Collaboration API"
#define TWO_IN_PROJECT                                                                             \
	{LIST, "{'content':[{'id':7,'name':'asset-archiver','type':'entp'},{'id':8,'name':"        \
	       "'other-account','type':'entp'}]}"},                                                \
		{ORGS "/1/integrations/8", "{}"},                                                  \
	{                                                                                          \
		ORGS "/1/projects_workspaces/credentials/8", "{'projectId':5,'workspaceId':6}"     \
	}
	static const struct {
		enum action action;
		const char *name, *before, *after; /* an API each */
		unsigned attributes;
		bool lists_products, other_goes;
		struct canned_answer own[ROWS];
		const char *note; /* a part; NULL: none */
	} rows[] = {
		{ACTION_CREATE,
		 "new",
		 NULL,
		 STORAGE_API,
		 0,
		 false,
		 false,
		 {{NULL}},
		 "licence comes by itself; no secretSink"},
		{ACTION_CREATE,
		 "new",
		 NULL,
		 STORAGE_API,
		 0,
		 true,
		 false,
		 {{NULL}},
		 "it goes again unless"},
		{ACTION_CREATE, "new", NULL, "P API", 0, true, false, {{NULL}}, "no secretSink"},
		{ACTION_CREATE, "new", NULL, "no such", 0, true, false, {{NULL}}, "no secretSink"},
		{ACTION_UPDATE,
		 "asset-archiver",
		 "P",
		 "S",
		 ATTRIBUTE_DESCRIPTION,
		 0,
		 0,
		 {{NULL}},
		 NULL},
		{ACTION_DELETE,
		 "asset-archiver",
		 "P",
		 NULL,
		 0,
		 0,
		 0,
		 {{NULL}},
		 "project \"asset archiver\" stays"},
		{ACTION_DELETE, "none", "P", NULL, 0, 0, 0, {{NULL}}, NULL},
		{ACTION_DELETE, "asset-archiver", "P", NULL, 0, 0, 0, {TWO_IN_PROJECT}, NULL},
		{ACTION_DELETE,
		 "asset-archiver",
		 "P",
		 NULL,
		 0,
		 0,
		 true,
		 {TWO_IN_PROJECT},
		 "stays; no"},
		{ACTION_DELETE, "asset-archiver", "P", NULL, 0, 0, 0, {{PLACE, "{}", 404}}, NULL},
		{ACTION_DELETE, "asset-archiver", "P", NULL, 0, 0, 0, {{PROJECTS, "[]"}}, NULL},
	};
	static const struct principal other = {"other-account", PRINCIPAL_ACCOUNT};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct plan plan = {0};
		struct account before = {.meta.name = rows[i].name}, after = before;
		const struct principal who = {rows[i].name, PRINCIPAL_ACCOUNT};
		after.has_products = rows[i].lists_products;
		if (rows[i].before)
			vec_push(&a, &before.apis, (struct entry){.name = rows[i].before});
		if (rows[i].after)
			vec_push(&a, &after.apis, (struct entry){.name = rows[i].after});
		canned_start(&canned, rows[i].own, ROWS);
		assert_ok(canned_open(&canned));
		read_live(&a, &query_all);
		if (rows[i].other_goes)
			vec_push(&a, &plan.changes,
				 (struct change){.principal = &other, .action = ACTION_DELETE});
		vec_push(&a, &plan.changes,
			 (struct change){.principal = &who,
					 .action = rows[i].action,
					 .attributes = rows[i].attributes,
					 .before = &before,
					 .after = &after});
		const struct change *last = &plan.changes.at[plan.changes.len - 1];
		const char *note = adobe_reader.note(canned.session, &a, &plan, last);
		const struct change grant = {
			.type = CHANGE_GRANT, .principal = &jane, .entitlement = &profile_b};
		assert_null(adobe_reader.note(canned.session, &a, &plan, &grant));
		check_note_of_api(&a, &plan, "Adobe Cloud Storage and Collaboration API",
				  rows[i].action != ACTION_CREATE);
		check_note_of_api(&a, &plan, "Q", false);
		canned_stop(&canned);
		if (!note != !rows[i].note || (note && !strstr(note, rows[i].note)))
			fail_msg("row %zu: %s", i, note ? note : "no note");
	}
}

/* An API is called as its manifest calls it, by name or code. */
static void apis_keep_the_manifests_spelling(void **state UNUSED)
{
	static const struct {
		const char *spelling, *told;
	} rows[] = {{"p api", "[p api]"}, {"P", "[P]"}, {"Q API", "[P API]"}};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		canned_start(&canned, NULL, 0);
		struct account account = {.meta.name = intern(canned.strings, "asset-archiver")};
		const struct account *managed[] = {&account};
		vec_push(&a, &account.apis, (struct entry){.name = rows[i].spelling});
		const struct query query = {COLLECT_ALL, managed, 1, false, false, NULL};
		assert_ok(canned_open(&canned));
		const char *said = read_live(&a, &query);
		canned_stop(&canned);
		if (!strstr(said, rows[i].told))
			fail_msg("row %zu: \"%s\", not \"%s\"", i, said, rows[i].told);
	}
}

/* ---- the service's own rules for accounts ---- */

static void accounts_that_adobe_would_refuse(void **state UNUSED)
{
	static char long_text[DESCRIPTION_MAX + 2];
	memset(long_text, 'x', sizeof(long_text) - 1);
	static const struct {
		const char *name, *credential, *project;
		bool describe;
		const char *why; /* a part; NULL: fine */
	} rows[] = {
		{"new-account", .why = NULL},
		{"short", .why = "credential \"short\" has 5 characters; at Adobe it has 6 to 25"},
		{"new-account", "abcdefghijklmnopqrstuvwxyz", .why = "has 26 characters"},
		{"new-account", .project = "a-b", .why = "a title has 1 to 45 letters"},
		{"new-account", .project = "", .why = "a title has 1 to 45 letters"},
		{"new-account", .project = "0123456789012345678901234567890123456789012345",
		 .why = "a title has 1 to 45 letters"},
		{"new-account", .project = "Fine 1", .why = NULL},
		{"new-account", .describe = true, .why = "the description has more than 1000"},
		{"asset-archiver", .project = "other", .why = "Adobe cannot move it to \"other\""},
		{"asset-archiver", .project = "asset archiver", .why = NULL},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct account account = {.meta.name = rows[i].name,
					  .credential = rows[i].credential,
					  .project = rows[i].project,
					  .description = rows[i].describe ? long_text : NULL};
		canned_start(&canned, NULL, 0);
		assert_ok(canned_open(&canned));
		read_live(&a, &query_all);
		const char *why = adobe_reader.check_account(canned.session, &a, &account);
		struct refusal_vec names = {0};
		adobe_reader.check_names(&a, &account, &names);
		if (!why && names.len)
			why = names.at[0].message;
		canned_stop(&canned);
		if (!why != !rows[i].why || (why && !strstr(why, rows[i].why)))
			fail_msg("row %zu: %s", i, why ? why : "fine");
	}
}

/* What cannot be given is told with its reason; what is held can be taken, whatever the catalogue
 * says by now. */
static void apis_that_adobe_would_refuse(void **state UNUSED)
{
	static const struct {
		const char *name, *api;
		const char *listed[2]; /* by the account's manifest */
		const char *why;       /* a part; NULL: fine */
	} rows[] = {
		{"new-account", "P", {"P"}, NULL},
		{"new-account", "P APP", {"P APP"}, "no API \"P APP\"; did you mean \"P API\"?"},
		{"new-account", "Weather", {"Weather"}, "the catalogue has no API \"Weather\""},
		{"new-account", "P", {"P", "p api"}, NULL},
		{"new-account", "p api", {"P", "p api"}, "APIs \"P\" and \"p api\" are the same"},
		{"new-account", "Z API", {"Z API"}, "API \"Z API\" cannot be added: MISSING_TERMS"},
		{"asset-archiver", "Z", {"P", "Z"}, "cannot be added"},
		{"asset-archiver", "p api", {"P"}, NULL},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct account account = {.meta.name = rows[i].name, .has_apis = true};
		const struct principal who = {rows[i].name, PRINCIPAL_ACCOUNT};
		const struct entitlement e = {.api = rows[i].api};
		for (size_t k = 0; k < 2 && rows[i].listed[k]; k++)
			vec_push(&a, &account.apis, (struct entry){.name = rows[i].listed[k]});
		canned_start(&canned, NULL, 0);
		assert_ok(canned_open(&canned));
		read_live(&a, &query_all);
		enum capability can = adobe_reader.can_grant(canned.session, &who, &account, &e);
		const char *why = adobe_reader.explain(canned.session, &a, &who, &account, &e);
		const char *same = adobe_reader.same_api(canned.session, &account, rows[i].api);
		if (same)
			why = arena_printf(&a, "APIs \"%s\" and \"%s\" are the same", same,
					   rows[i].api);
		canned_stop(&canned);
		if (!why != !rows[i].why || (why && !strstr(why, rows[i].why)) ||
		    can != (why ? CAN_NOT : CAN_API))
			fail_msg("row %zu: %d, %s", i, can, why ? why : "fine");
	}
}

/* An account is looked for under its earlier names, too. */
static void a_renamed_account_is_checked_as_it_is(void **state UNUSED)
{
	ARENA a = {0};
	struct account account = {.meta.name = "new-name", .project = "other"};
	vec_push(&a, &account.meta.previously, (struct text_item){.text = "no-such"});
	vec_push(&a, &account.meta.previously, (struct text_item){.text = "asset-archiver"});
	canned_start(&canned, NULL, 0);
	assert_ok(canned_open(&canned));
	read_live(&a, &query_all);
	const char *why = adobe_reader.check_account(canned.session, &a, &account);
	canned_stop(&canned);
	assert_non_null(
		strstr(why, "credential \"asset-archiver\" is in project \"asset archiver\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources_are_what_is_configured),
		cmocka_unit_test(an_account_shows_its_own_roles),
		cmocka_unit_test(lists_show_roles_of_people_and_accounts),
		cmocka_unit_test(accounts_may_be_users),
		cmocka_unit_test(a_second_read_asks_for_the_plans_users_alone),
		cmocka_unit_test(a_read_of_kept_roles_asks_their_holders_alone),
		cmocka_unit_test(many_holders_are_read_from_the_list_of_their_role),
		cmocka_unit_test(what_can_be_granted_and_seen),
		cmocka_unit_test(each_pair_has_a_source),
		cmocka_unit_test(a_read_tells_who_writ_itself_is),
		cmocka_unit_test(profiles_of_one_name_are_read_by_id),
		cmocka_unit_test(entries_of_one_address_are_told_apart),
		cmocka_unit_test(a_list_without_system_administrators_hides_them),
		cmocka_unit_test(what_cannot_be_named_is_told),
		cmocka_unit_test(a_read_tells_what_writ_itself_needs),
		cmocka_unit_test(what_was_not_asked_is_not_seen),
		cmocka_unit_test(the_steps_name_the_source_that_will_show_it),
		cmocka_unit_test(a_session_needs_somebody_and_an_organisation),
		cmocka_unit_test(credentials_are_matched_by_place_name_and_slug),
		cmocka_unit_test(many_credentials_have_names_of_their_own),
		cmocka_unit_test(changes_have_notes_about_the_service),
		cmocka_unit_test(apis_keep_the_manifests_spelling),
		cmocka_unit_test(accounts_that_adobe_would_refuse),
		cmocka_unit_test(apis_that_adobe_would_refuse),
		cmocka_unit_test(a_renamed_account_is_checked_as_it_is),
	};
	log_set_level(LOG_QUIET);
	int fd = mkstemp(list_path);
	if (fd < 0)
		return 1;
	close(fd);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(list_path);
	return failed;
}
