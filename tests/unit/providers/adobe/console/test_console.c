/* SPDX-License-Identifier: Apache-2.0 */
/* Reads of a whole organisation, with answers of every kind in the place of the right ones. */

#include "core/util/log.h"
#include "tests/unit/canned.h"
#include "tests/unit/check.h"

#define ROWS 6

static struct canned canned;

/* Reads everything; what came of it, in words. */
static const char *read_all(struct arena *a, const struct query *query)
{
	struct live live = {0};
	struct universe *u = universe_new(canned.strings);
	struct error *error = adobe_reader.read(canned.session, a, u, query, &live);
	const char *said = error ? canned_told(a, error) : canned_shown(a, &live, u);
	universe_free(u);
	return said;
}

static const char *read_with(struct arena *a, const struct canned_answer *own,
			     const struct query *query)
{
	canned_start(&canned, own, ROWS);
	struct error *error = canned_open(&canned);
	const char *said = error ? canned_told(a, error) : read_all(a, query);
	canned_stop(&canned);
	return said;
}

struct row {
	struct canned_answer own[ROWS];
	const char *told; /* its beginning */
};

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		ARENA a = {0};
		const char *said = read_with(&a, rows[i].own, &query_all);
		assert_begins(i, said, rows[i].told);
	}
}

#define ARCHIVER "asset-archiver (asset archiver) <7@techacct.adobe.com> [P API]"
#define USUAL ARCHIVER "; asset-archiver P A; jane@example.com P A"

static void an_organisation_is_read(void **state UNUSED)
{
	static const struct row rows[] = {{{{NULL}}, USUAL}};
	check_rows(rows, COUNT(rows));
}

static void the_organisation_must_be_there(void **state UNUSED)
{
	static const struct row rows[] = {
		{{{ORGS, "[]"}}, "denied: the Developer Console shows the caller no organisation"},
		{{{ORGS, "{}"}}, "denied: the Developer Console shows"},
		{{{ORGS, "[{'id':1,'code':'FFFF@AdobeOrg'}]"}}, "denied: the Developer Console"},
		{{{ORGS, "[{'code':'" ORG "'},{'id':1}]"}}, "denied: the Developer Console"},
		{{{ORGS, "[{'id':'x1','code':'" ORG "'}]"}}, "denied: the Developer Console"},
		{{{ORGS, "[{'id':1,'code':'0123456789abcdef01234567@adobeorg'}]"}}, USUAL},
		{{{ORGS, "[{'id':1,'code':'" ORG "','name':'a\\u0001b'}]"}}, USUAL},
		{{{ORGS, "{}", 403}}, "denied: GET /organizations: 403"},
		{{{ORGS, "{}", 401}}, "denied: GET /organizations: 401"},
		{{{ORGS, "{}", 400}}, "remote: GET /organizations: 400"},
		{{{ORGS, "{}", 404}}, "denied: the Developer Console shows"},
		{{{ORGS, "<html>", 200, 0, "text/html"}},
		 "remote: GET /organizations: 200: the body is not of type JSON"},
		{{{ORGS, ""}}, "remote: GET /organizations: 200: the body is empty"},
	};
	check_rows(rows, COUNT(rows));
}

static void lists_that_are_not_there_end_the_read(void **state UNUSED)
{
	static const struct row rows[] = {
		{{{SERVICES, "{}", 404}}, "remote: GET /organizations/{org}/services: 404"},
		{{{PROJECTS, "{}", 404}}, "remote: GET /organizations/{org}/projects: 404"},
		{{{LIST, "{}", 404}}, "remote: GET /organizations/{org}/integrations?page: 404"},
		{{{SERVICES, "{}", 403}}, "denied: GET /organizations/{org}/services: 403"},
		{{{LIST, "{'content':[],'pages':100001}"}},
		 "remote: GET /organizations/{org}/integrations: 100001 pages"},
		{{{LIST, "{'content':[],'pages':2}"},
		  {ORGS "/1/integrations[?]page=1*", "{}", 403}},
		 "denied: GET /organizations/{org}/integrations?page: 403"},
		/* the list shrank meanwhile */
		{{{LIST, "{'pages':2}"}}, "; jane@example.com P A"},
		{{{LIST, "[]"}}, "; jane@example.com P A"},
		{{{LIST, "{'content':[1,null,{},{'id':7},{'id':7,'name':'x'},{'id':'z','name':'x',"
			 "'type':'entp'},{'id':8,'name':'x','type':'oauth'},{'id':9,'name':'',"
			 "'type':'entp'}]}"}},
		 "; jane@example.com P A"},
		/* the other spelling of a key; the same row twice */
		{{{LIST, "{'content':[{'id':'7','name':'asset-archiver','type':'entp','apiKey':"
			 "'c'},{'id':7,'name':'asset-archiver','type':'entp'}],'pages':'many'}"}},
		 USUAL},
		{{{PROJECTS, "[{'id':5},{'title':'x'},{'id':5,'title':'asset archiver','deleted':"
			     "true},{'id':5,'title':'a\\u0000b'}]"}},
		 "remote: GET /organizations/{org}/projects: 200: the body is not strict JSON"},
		{{{PROJECTS, "[{'id':5},{'title':'x'},{'id':5,'title':'asset archiver','deleted':"
			     "true}]"}},
		 "asset-archiver <7@techacct.adobe.com> [P API]"},
	};
	check_rows(rows, COUNT(rows));
}

static void a_catalogue_of_odd_rows(void **state UNUSED)
{
	static const struct row rows[] = {
		/* without its row an API is called by its code, and its licences are
		 * nobody else's */
		{{{SERVICES, "[]"}},
		 "asset-archiver (asset archiver) <7@techacct.adobe.com> [P]; asset-archiver P A;"},
		{{{SERVICES, "[{'code':'P','name':'x'},{'type':'adobeid','code':'P','name':'y'},"
			     "{'type':'entp','name':'z'},{'type':'entp','code':'P'},{'type':'entp',"
			     "'code':'P','name':'again'}]"}},
		 "asset-archiver (asset archiver) <7@techacct.adobe.com> [P]; jane"},
		/* all licences left out: asked once more */
		{{{SERVICES, CATALOGUE(""), .times = 1}}, USUAL},
		{{{SERVICES, CATALOGUE("")}}, ARCHIVER "; jane@example.com P A"},
		{{{SERVICES, CATALOGUE(""), .times = 1}, {SERVICES, "{}", 403}},
		 "denied: GET /organizations/{org}/services: 403"},
		/* licences without an id, without a name, twice */
		{{{SERVICES, CATALOGUE("{'name':'A'},{'id':'11'},{'id':11,'name':'A','productId':"
				       "'X1'},{'id':'11','name':'Other'}")},
		  {GROUPS, UMAPI_LIST("groups", "")}},
		 ARCHIVER "; asset-archiver X1 A"},
		/* neither words nor number of a product: then the profile's name stands for it */
		{{{SERVICES, CATALOGUE("{'id':11,'name':'A'}")},
		  {GROUPS, UMAPI_LIST("groups", "")}},
		 ARCHIVER "; asset-archiver A A"},
		{{{SERVICES, "[{'type':'entp','code':'P','name':'P API','enabled':0,"
			     "'disabledReasons':[]}]"}},
		 ARCHIVER},
	};
	check_rows(rows, COUNT(rows));
}

static void details_of_odd_forms(void **state UNUSED)
{
	static const struct row rows[] = {
		/* gone between the list and the look */
		{{{DETAIL, "{}", 404}}, "; jane@example.com P A"},
		/* a gateway's page is no word of the service: nothing is taken for gone */
		{{{DETAIL, "<h1>", 404, 0, "text/html"}},
		 "remote: GET /organizations/{org}/integrations/{id}: 404: the body is not of"},
		{{{PLACE, "<h1>", 404, 0, "text/html"}},
		 "remote: GET /organizations/{org}/projects_works"},
		{{{DETAIL, "{}", 403}}, "denied: GET /organizations/{org}/integrations/{id}: 403"},
		{{{DETAIL, "[]"}}, "asset-archiver (asset archiver); jane"},
		{{{DETAIL, "{'name':'','technicalAcctId':'T','sdkList':['P','P',1,'N'],"
			   "'technicalAccountEmail':3}"}},
		 "asset-archiver (asset archiver) [P API, N]; asset-archiver P A"},
		{{{PLACE, "{}", 404}}, "asset-archiver <7@techacct.adobe.com> [P API]"},
		{{{PLACE, "{}", 403}},
		 "denied: GET /organizations/{org}/projects_workspaces/credentials/{id}: 403"},
		{{{PLACE, "[{'projectId':'5','workspaceId':6}]"}}, USUAL},
		{{{PLACE, "[]"}}, "asset-archiver <7@techacct.adobe.com> [P API]"},
		{{{PLACE, "{'projectId':'55','workspaceId':6}"}},
		 "asset-archiver <7@techacct.adobe.com> [P API]"},
		{{{PROPERTIES, "{}", 404}}, ARCHIVER "; jane"},
		{{{PROPERTIES, "{}", 403}},
		 "denied: GET /organizations/{org}/integrations/entp/{id}/service/{code}"},
		{{{PROPERTIES, "[]"}}, ARCHIVER "; jane"},
		{{{PROPERTIES, HELD("11", "false")}}, ARCHIVER "; jane"},
		{{{PROPERTIES, HELD("11", "1")}}, USUAL},
		{{{PROPERTIES, "{'licenseConfigs':[{'selected':true},{'id':11,'selected':true},"
			       "{'id':99,'name':'New','description':'P','selected':true}]}"}},
		 ARCHIVER "; asset-archiver P New; jane"},
		/* what only another API offers is not of this one */
		{{{SERVICES, "[{'type':'entp','code':'P','name':'P API','properties':"
			     "{'licenseConfigs':[" PROFILE_B "]}},{'type':'entp','code':'Q','name':"
			     "'Q API','properties':{'licenseConfigs':[" PROFILE_A "]}}]"}},
		 ARCHIVER "; jane"},
	};
	check_rows(rows, COUNT(rows));
}

#define NOT_FOUND "{'result':'Not found'}"

static void lists_of_users_of_odd_forms(void **state UNUSED)
{
	static const struct row rows[] = {
		{{{GROUPS, "{}"}}, "remote: /groups/{org}/{page}: the answer says \"nothing\""},
		{{{GROUPS, "[]"}}, "remote: /groups/{org}/{page}: the answer says \"nothing\""},
		{{{GROUPS, "{'result':'error'}"}},
		 "remote: /groups/{org}/{page}: the answer says "},
		{{{GROUPS, "{'result':'success','groups':{}}"}},
		 "remote: /groups/{org}/{page}: the answer says \"success\" and has no list"},
		{{{DIRECT, "{'result':'success'}"}},
		 "remote: /users/{org}/{page}: the answer says"},
		{{{GROUPS, "{}", 403}}, "denied: GET /groups/{org}/{page}: 403"},
		{{{DIRECT, "{}", 401}}, "denied: GET /users/{org}/{page}: 401"},
		{{{INDIRECT, "{}", 400}}, "remote: GET /users/{org}/{page}: 400"},
		{{{GROUPS, NOT_FOUND}},
		 "remote: /groups/{org}/{page}: page 0 contradicts itself: there is no first page"},
		{{{DIRECT, NOT_FOUND}}, "remote: /users/{org}/{page}: page 0 contradicts itself"},
		{{{INDIRECT, NOT_FOUND}}, "remote: /users/{org}/{page}: page 0 contradicts itself"},
		/* a page that comes again is the end */
		{{{"GET /users/" ORG "/*directOnly=true",
		   "{'result':'success','users':[{'email':'jane@example.com','groups':['B']}]}"}},
		 ARCHIVER "; asset-archiver P A; jane@example.com P B"},
		{{{GROUPS, "{'result':'success','groups':[" GROUP_ROWS "]}"},
		  {"GET /groups/" ORG "/1", "{'result':'success','groups':[]}"}},
		 USUAL},
		{{{GROUPS, "{'result':'success','groups':[" GROUP_ROWS "]}"},
		  {"GET /groups/" ORG "/1", "{}", 403}},
		 "denied: GET /groups/{org}/{page}: 403"},
		{{{GROUPS, "{'result':'success','groups':[" GROUP_ROWS "]}"},
		  {"GET /groups/" ORG "/1", "{'result':'oops'}"}},
		 "remote: /groups/{org}/{page}: the answer says \"oops\""},
		{{{TOKEN, "{'error':'invalid_client'}", 400}},
		 "denied: a token for client server: POST /ims/token/v3: 400: invalid_client"},
		{{{TOKEN, "{'access_token':''}"}},
		 "remote: a token for client server: the answer holds no usable access token"},
		{{{TOKEN, "{'access_token':'a b'}"}},
		 "remote: a token for client server: the answer holds no usable access token"},
		{{{TOKEN, "{}"}},
		 "remote: a token for client server: the answer holds no usable access token"},
		{{{TOKEN, "{'message':'what is hidden?'}", 400}},
		 "denied: a token for client server: the service's words hold the secret"},
		{{{TOKEN, "{}", 404}},
		 "remote: a token for client server: POST /ims/token/v3: 404"},
	};
	check_rows(rows, COUNT(rows));
}

#define PAGES(page, of, key, rows)                                                                 \
	"application/json\r\nX-Current-Page: " page "\r\nX-Page-Count: " of

/* Pages that say how many there are are read side by side. */
static void pages_are_read_side_by_side(void **state UNUSED)
{
	static const struct {
		struct canned_answer own[ROWS];
		const char *told;
		size_t asked; /* pages of users */
	} rows[] = {
		{{{"GET /users/" ORG "/0*true",
		   "{'result':'success','users':[{'email':'a@example.com','groups':['A']}]}", 0, 0,
		   PAGES("0", "4", "", "")},
		  {"GET /users/" ORG "/1*true",
		   "{'result':'success','users':[{'email':'b@example.com','groups':['A']}]}", 0, 0,
		   PAGES("1", "4", "", "")},
		  {"GET /users/" ORG "/2*true",
		   "{'result':'success','users':[{'email':'c@example.com','groups':['A']}]}", 0, 0,
		   PAGES("2", "4", "", "")},
		  {"GET /users/" ORG "/3*true", "{'result':'success','lastPage':true,'users':[]}",
		   0, 0, PAGES("3", "4", "", "")}},
		 ARCHIVER "; asset-archiver P A; a@example.com P A; b@example.com P A; "
			  "c@example.com P A",
		 4},
		{{{"GET /users/" ORG "/0*true", "{'result':'success','users':[]}", 0, 0,
		   PAGES("0", "3", "", "")},
		  {"GET /users/" ORG "/1*true", "{'result':'success','users':[]}", 0, 0,
		   PAGES("1", "3", "", "")},
		  {"GET /users/" ORG "/2*true", "{}", 403}},
		 "denied: GET /users/{org}/{page}: 403",
		 3},
		{{{"GET /users/" ORG "/0*true", "{'result':'success','users':[]}", 0, 0,
		   PAGES("0", "3", "", "")},
		  {"GET /users/" ORG "/1*true", "{'result':'success'}", 0, 0,
		   PAGES("1", "3", "", "")}},
		 "remote: /users/{org}/{page}: the answer says \"success\" and has no list",
		 3},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		const char *said = read_with(&a, rows[i].own, &query_all);
		if (strncmp(said, rows[i].told, strlen(rows[i].told)) != 0)
			fail_msg("row %zu: \"%s\", not \"%s\"", i, said, rows[i].told);
		size_t asked = canned_asked(&canned, "GET /users/" ORG "/") -
			       canned_asked(&canned, "GET /users/" ORG "/0?directOnly=false");
		assert_int_equal(asked, rows[i].asked);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_organisation_is_read),
		cmocka_unit_test(the_organisation_must_be_there),
		cmocka_unit_test(lists_that_are_not_there_end_the_read),
		cmocka_unit_test(a_catalogue_of_odd_rows),
		cmocka_unit_test(details_of_odd_forms),
		cmocka_unit_test(lists_of_users_of_odd_forms),
		cmocka_unit_test(pages_are_read_side_by_side),
	};
	log_set_level(LOG_QUIET);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
