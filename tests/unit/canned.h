/* SPDX-License-Identifier: Apache-2.0 */
/* canned.h - an organisation at Adobe made of kept answers, and a session with it.
 *
 * There is one credential, number 7, of account "asset-archiver" in project 5 and workspace 6. It
 * has P API, which offers the profiles A (11) and B (12) of product P, and holds A. A test puts
 * answers of its own in front. */
#ifndef TEST_CANNED_H
#define TEST_CANNED_H

#include <stdlib.h>

#include "providers/adobe/adobe.h"
#include "providers/adobe/session/session.h"
#include "tests/unit/loopback.h"

#define ORG "0123456789ABCDEF01234567@AdobeOrg"
#define ORGS "GET /console/organizations"
#define SERVICES ORGS "/1/services"
#define PROJECTS ORGS "/1/projects"
#define TITLED ORGS "/1/projects[?]title=*"
#define WORKSPACES ORGS "/1/projects/5/workspaces"
#define CREDENTIALS ORGS "/1/projects/5/workspaces/6/credentials"
#define LIST ORGS "/1/integrations[?]page=0*"
#define DETAIL ORGS "/1/integrations/7"
#define PLACE ORGS "/1/projects_workspaces/credentials/7"
#define PROPERTIES ORGS "/1/integrations/entp/7/service/P/properties"
#define MAKE_PROJECT "POST /console/organizations/1/projects"
#define MAKE_CREDENTIAL                                                                            \
	"POST /console/organizations/1/projects/*/workspaces/*/credentials/oauth-server-to-server"
#define EDIT_CREDENTIAL "PUT /console/organizations/1/credentials/oauth-server-to-server/7"
#define PUT_SERVICES                                                                               \
	"PUT /console/organizations/1/credentials/oauth-server-to-server/[0-9]*/services"
#define SUBSCRIBE                                                                                  \
	"PATCH "                                                                                   \
	"/console/organizations/1/credentials/oauth-server-to-server/[0-9]*/service/subscribe"
#define UNSUBSCRIBE                                                                                \
	"PATCH /console/organizations/1/credentials/oauth-server-to-server/[0-9]*/service/"        \
	"unsubscribe"
#define DELETE_CREDENTIAL "DELETE /console/organizations/1/projects/*/workspaces/*/credentials/7"
#define GROUPS "GET /groups/" ORG "/0"
#define DIRECT "GET /users/" ORG "/0[?]directOnly=true"
#define INDIRECT "GET /users/" ORG "/0[?]directOnly=false"
#define USER "GET /organizations/" ORG "/users/*"
#define ACTION "POST /action/" ORG
#define TOKEN "POST /ims/token/v3"
#define PROFILE "GET /ims/profile/v1"
#define POLICY "GET /policies/*"
#define STORAGE_PROJECTS "GET /projects[?]limit=1"

#define PROFILE_A "{'id':'11','name':'A','productId':'X1','description':'P'}"
#define PROFILE_B "{'id':12,'name':'B','productId':'X1','description':'P'}"
#define CATALOGUE(rows)                                                                            \
	"[{'type':'entp','code':'P','name':'P API','properties':{'licenseConfigs':[" rows "]}},"   \
	"{'type':'entp','code':'Q','name':'Q API'},"                                               \
	"{'type':'entp','code':'S','name':'Adobe Cloud Storage and Collaboration API'},"           \
	"{'type':'entp','code':'Z','name':'Z API','enabled':false,"                                \
	"'disabledReasons':['MISSING_TERMS']}]"
#define HELD(id, selected) "{'licenseConfigs':[{'id':'" id "','name':'A','selected':" selected "}]}"
#define INTEGRATION(more)                                                                          \
	"{'id':'7','name':'asset-archiver','technicalAccountId':'T7@techacct.adobe.com',"          \
	"'technicalAccountEmail':'7@techacct.adobe.com','sdkList':['P']" more "}"
#define UMAPI_LIST(key, rows) "{'lastPage':true,'result':'success','" key "':[" rows "]}"
#define GROUP_ROWS                                                                                 \
	"{'groupId':11,'groupName':'A','type':'PRODUCT_PROFILE','productName':'P'},"               \
	"{'groupId':12,'groupName':'B','type':'PRODUCT_PROFILE','productName':'P'},"               \
	"{'groupId':20,'groupName':'Designers','type':'USER_GROUP'}"

/* Of a status and JSON, with ' for "; `type` is another Content-Type. */
struct canned_answer {
	const char *to, *body;
	unsigned status; /* 0: 200 */
	unsigned times;	 /* 0: always */
	const char *type;
};

static const struct canned_answer canned_answers[] = {
	{ORGS, "[{'id':1,'code':'" ORG "','name':'Acme Ltd','roles':[]}]"},
	{SERVICES, CATALOGUE(PROFILE_A "," PROFILE_B)},
	{PROJECTS, "[{'id':5,'title':'asset archiver','name':'assetarchiver'}]"},
	{TITLED, "[]"},
	{WORKSPACES, "[{'id':6,'name':'Production'}]"},
	{CREDENTIALS, "[]"},
	{LIST, "{'pages':1,'content':[{'id':7,'name':'asset-archiver','type':'entp',"
	       "'apikey':'client7'}]}"},
	{DETAIL, INTEGRATION("")},
	{PLACE, "{'projectId':5,'workspaceId':'6'}"},
	{PROPERTIES, HELD("11", "true")},
	{GROUPS, UMAPI_LIST("groups", GROUP_ROWS)},
	{DIRECT, UMAPI_LIST("users", "{'email':'jane@example.com','groups':['A','Designers']}")},
	{INDIRECT, UMAPI_LIST("users", "{'email':'jane@example.com','groups':['A','Designers']}")},
	{TOKEN, "{'access_token':'T','token_type':'bearer','expires_in':86399}"},
};

#define CANNED_BASE (sizeof(canned_answers) / sizeof(*canned_answers))

struct canned {
	struct loopback loopback;
	struct arena arena;
	struct intern *strings;
	struct organization_config config;
	struct settings settings;
	struct loopback_answer answers[LOOPBACK_ANSWERS];
	struct provider *session;
};

static inline char *canned_json(struct arena *a, const char *text)
{
	char *copy = arena_strdup(a, text);
	for (char *at = copy; *at; at++)
		*at = *at == '\'' ? '"' : *at;
	return copy;
}

static inline void canned_script(struct canned *s, const struct canned_answer *own, size_t count)
{
	for (size_t i = 0; i < count + CANNED_BASE; i++) {
		const struct canned_answer *a = i < count ? &own[i] : &canned_answers[i - count];
		s->answers[i] = (struct loopback_answer){
			.head = arena_printf(&s->arena, "HTTP/1.1 %u Said\r\nContent-Type: %s\r\n",
					     a->status ? a->status : 200,
					     a->type ? a->type : "application/json"),
			.body = canned_json(&s->arena, a->body),
			.to = a->to,
			.times = a->times};
	}
}

/* A variable can be read once, so each use has its own. */
static inline struct secret_source canned_secret(const char *name)
{
	setenv(name, "hidden", 1);
	return (struct secret_source){.kind = SECRET_ENV, .name = name};
}

/* Other answers from now on, and nothing asked so far; while no request is under way. */
static inline void canned_go_on(struct canned *s, const struct canned_answer *own, size_t count)
{
	size_t n = 0;
	while (n < count && own[n].to)
		n++;
	canned_script(s, own, n);
	s->loopback.count = n + CANNED_BASE;
	s->loopback.asked = 0;
	memset(s->loopback.given, 0, sizeof(s->loopback.given));
	memset(s->loopback.requests, 0, sizeof(s->loopback.requests));
}

/* Own answers end with one that has no `to`, or are `count`. Nothing is opened yet. */
static inline void canned_start(struct canned *s, const struct canned_answer *own, size_t count)
{
	memset(s, 0, sizeof(*s));
	loopback_start(&s->loopback, s->answers, 1);
	canned_go_on(s, own, count);
	const struct secret_source token = canned_secret("TEST_TOKEN");
	const struct secret_source secret = canned_secret("TEST_SERVER_SECRET");
	const char *url = s->loopback.url;
	s->strings = intern_new();
	s->config = (struct organization_config){.org_id = ORG,
						 .endpoints = {url, url, url, url},
						 .allow_local = true,
						 .connections = 4,
						 .max_wait = 1};
	s->config.user = (struct user_credential){"cli", token};
	s->config.server = (struct server_credential){"server", NULL, secret};
	s->config.policy.guards = (struct guards)GUARDS_UNSAID;
	s->settings = (struct settings){.strings = s->strings,
					.organization = "acme",
					.config = &s->config,
					.now = 1780272000};
}

static inline struct error *canned_open(struct canned *s)
{
	struct error *error = adobe_reader.open(&s->settings, &s->session);
	if (!error)
		s->session->patience_ms = 60; /* two looks */
	return error;
}

static inline void canned_stop(struct canned *s)
{
	adobe_reader.close(s->session);
	loopback_stop(&s->loopback);
	intern_free(s->strings);
	arena_done(&s->arena);
}

/* How many requests began so. */
static inline size_t canned_asked(const struct canned *s, const char *begin)
{
	size_t count = 0;
	for (size_t i = 0; i < s->loopback.asked && i < LOOPBACK_REQUESTS; i++)
		count += !strncmp(s->loopback.requests[i], begin, strlen(begin));
	return count;
}

/* What a read found: "asset-archiver (its project) <its e-mail> [P API]; asset-archiver P A". */
static inline const char *canned_shown(struct arena *a, const struct live *live,
				       const struct universe *u)
{
	struct str out = STR(a);
	size_t apis = 0; /* each is a grant, too */
	for (size_t i = 0; i < live->accounts.len; i++) {
		const struct account *row = &live->accounts.at[i];
		str_printf(&out, "%s%s", i ? ", " : "", row->meta.name);
		if (row->project)
			str_printf(&out, " (%s)", row->project);
		if (row->email)
			str_printf(&out, " <%s>", row->email);
		apis += row->apis.len;
		for (size_t k = 0; k < row->apis.len; k++)
			str_printf(&out, "%s%s%s", k ? ", " : " [", row->apis.at[k].name,
				   k + 1 == row->apis.len ? "]" : "");
	}
	for (size_t i = 0; i < live->grants.len; i++) {
		const struct principal *p =
			universe_principal_numbered(u, live->grants.at[i].principal);
		const struct entitlement *e =
			universe_entitlement_numbered(u, live->grants.at[i].entitlement);
		if (e->api) { /* stands in brackets */
			apis--;
			continue;
		}
		str_printf(&out, "; %s %s", p->name, e->role ? role_table[e->role].name : "");
		str_cut(&out, out.len - !e->role);
		const char *parts[] = {e->product, e->profile, e->group};
		for (size_t k = 0; k < 3; k++) {
			if (parts[k])
				str_printf(&out, " %s", parts[k]);
		}
	}
	if (apis)
		str_add(&out, "; APIs that are no grants");
	return str_text(&out);
}

/* "ok", or the class of an error and its messages. */
static inline const char *canned_told(struct arena *a, struct error *error)
{
	static const char *const codes[] = {
		[ERROR_INPUT] = "input",     [ERROR_USAGE] = "usage",	[ERROR_SYSTEM] = "system",
		[ERROR_ABSENT] = "absent",   [ERROR_REMOTE] = "remote", [ERROR_DENIED] = "denied",
		[ERROR_REFUSED] = "refused", [ERROR_GUARD] = "guard",	[ERROR_LOCKED] = "locked",
		[ERROR_PARTIAL] = "partial", [ERROR_RECORD] = "record",
	};
	struct str out = STR(a);
	if (!error)
		return "ok";
	str_add(&out, codes[error->code]);
	for (const struct error *e = error; e; e = e->cause)
		str_printf(&out, ": %s", e->message);
	error_free(error);
	return str_text(&out);
}

#endif
