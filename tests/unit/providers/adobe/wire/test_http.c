/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/util/log.h"
#include "core/util/str.h"
#include "providers/adobe/wire/http.h"
#include "providers/adobe/wire/ims_token.h"
#include "tests/unit/check.h"
#include "tests/unit/loopback.h"
#include "tests/unit/moved_clock.h"

#define JSON_HEAD "Content-Type: application/json\r\n"
#define OK(text) "HTTP/1.1 200 OK\r\n" JSON_HEAD, text
#define STATUS(line, more, text) "HTTP/1.1 " line "\r\n" JSON_HEAD more, text

static struct loopback server;

static struct http *open_at(const char *url, unsigned max_wait_s)
{
	struct endpoints endpoints = {url, url, url, url};
	struct http *h;
	assert_ok(http_open(&(struct http_options){.endpoints = &endpoints,
						   .bearers = &ims_bearers,
						   .allow_local = true,
						   .connections = 4,
						   .max_wait_s = max_wait_s},
			    &h));
	return h;
}

static struct http_request ask(const char *method, const char *body)
{
	return (struct http_request){.service = SERVICE_CONSOLE,
				     .method = method,
				     .path = "/thing?x=1",
				     .route = "/thing",
				     .body = body};
}

/* Runs one request against a script; the server's notes are complete afterwards. */
static void run(struct arena *a, struct http_request *r, const struct loopback_answer *script,
		size_t count, unsigned max_wait_s)
{
	loopback_start(&server, script, count);
	struct http *h = open_at(server.url, max_wait_s);
	assert_ok(http_run(h, a, &r, 1));
	http_close(h);
	loopback_stop(&server);
}

/* What came back, how often it was sent, and what is said of it. */
static void answers_are_classified(void **state UNUSED)
{
	static const struct {
		const char *method;
		struct loopback_answer script[2];
		enum outcome_class class;
		size_t sent;
		const char *says; /* NULL: nothing */
	} rows[] = {
		{"GET", {{OK("{}")}}, OUTCOME_APPLIED, 1, NULL},
		{"POST", {{OK("{}")}}, OUTCOME_APPLIED, 1, NULL},
		{"POST", {{STATUS("201 Created", "", "{}")}}, OUTCOME_APPLIED, 1, NULL},
		{"DELETE", {{OK("{}")}}, OUTCOME_APPLIED, 1, NULL},
		/* told when to come back: all methods do */
		{"GET",
		 {{STATUS("429 Too Many", "Retry-After: 0\r\n", "{}")}, {OK("{}")}},
		 OUTCOME_APPLIED,
		 2,
		 NULL},
		{"POST",
		 {{STATUS("429 Too Many", "Retry-After: 1\r\n", "{}")}, {OK("{}")}},
		 OUTCOME_APPLIED,
		 2,
		 NULL},
		{"POST",
		 {{STATUS("503 Away", "Retry-After: 0\r\n", "{}")}, {OK("{}")}},
		 OUTCOME_APPLIED,
		 2,
		 NULL},
		{"POST",
		 {{STATUS("429 Too Many",
			  "Date: Fri, 23 Oct 2026 10:06:40 GMT\r\n"
			  "Retry-After: Fri, 23 Oct 2026 10:06:41 GMT\r\n",
			  "{}")},
		  {OK("{}")}},
		 OUTCOME_APPLIED,
		 2,
		 NULL},
		/* a write with an unknown outcome is not sent again; a read is */
		{"POST",
		 {{STATUS("500 Oops", "", "{\"message\": \"no\"}")}},
		 OUTCOME_UNKNOWN,
		 1,
		 "POST /thing: 500: no"},
		{"PUT", {{STATUS("503 Away", "", "{}")}}, OUTCOME_UNKNOWN, 1, "PUT /thing: 503"},
		{"DELETE",
		 {{STATUS("502 Gateway", "", "{}")}},
		 OUTCOME_UNKNOWN,
		 1,
		 "DELETE /thing: 502"},
		{"GET", {{STATUS("500 Oops", "", "{}")}, {OK("{}")}}, OUTCOME_APPLIED, 2, NULL},
		{"GET", {{NULL}, {OK("{}")}}, OUTCOME_APPLIED, 2, NULL},
		{"GET", {{STATUS("408 Late", "", "{}")}, {OK("{}")}}, OUTCOME_APPLIED, 2, NULL},
		{"POST",
		 {{STATUS("429 Too Many", "", "{}")}, {OK("{}")}},
		 OUTCOME_APPLIED,
		 2,
		 NULL},
		{"GET", {{STATUS("404 None", "", "")}}, OUTCOME_UNKNOWN, 1, "GET /thing: 404"},
		{"GET",
		 {{STATUS("404 None", "", "{\"messages\":[\"gone\"]}")}},
		 OUTCOME_REFUSED,
		 1,
		 "GET /thing: 404: gone"},
		{"GET",
		 {{STATUS("404 None", "", "[{\"reason\":\"r\",\"code\":\"c\"}]")}},
		 OUTCOME_REFUSED,
		 1,
		 "GET /thing: 404: r (c)"},
		{"POST", {{NULL}, {OK("{}")}}, OUTCOME_UNKNOWN, 1, "POST /thing: "},
		{"POST",
		 {{"HTTP/1.1 200 OK\r\nCont", .end = true}, {OK("{}")}},
		 OUTCOME_UNKNOWN,
		 1,
		 "POST /thing: "},
		{"POST",
		 {{"HTTP/1.1 200 OK\r\n" JSON_HEAD "Content-Length: 2\r\n\r\n{", .end = true}},
		 OUTCOME_UNKNOWN,
		 1,
		 "POST /thing: "},
		{"GET",
		 {{"HTTP/1.1 200 OK\r\n" JSON_HEAD "Content-Length: 2\r\n\r\n{", .end = true},
		  {OK("{}")}},
		 OUTCOME_APPLIED,
		 2,
		 NULL},
		/* refused is refused */
		{"POST",
		 {{STATUS("400 Bad", "", "\"plain words\"")}},
		 OUTCOME_REFUSED,
		 1,
		 "POST /thing: 400: plain words"},
		{"POST",
		 {{STATUS("409 Conflict", "",
			  "{\"messages\":[{\"template\":\"DUP\",\"message\":\"taken\"}]}")}},
		 OUTCOME_REFUSED,
		 1,
		 "POST /thing: 409: taken (DUP)"},
		{"GET",
		 {{STATUS("403 No", "", "{\"error_code\":403003,\"message\":\"Api Key\"}")}},
		 OUTCOME_REFUSED,
		 1,
		 "GET /thing: 403: Api Key (403003)"},
		{"GET", {{STATUS("401 No", "", "{}")}}, OUTCOME_REFUSED, 1, "GET /thing: 401"},
		{"GET",
		 {{STATUS("404 None", "", "{\"message\":\"a\\nb\\u001b[1m\"}")}},
		 OUTCOME_REFUSED,
		 1,
		 "GET /thing: 404: a\\nb\\x1B[1m"},
		/* what is no answer of the service */
		{"GET",
		 {{STATUS("302 Found", "Location: /other\r\n", "")}},
		 OUTCOME_UNKNOWN,
		 1,
		 "GET /thing: 302: a redirect, and none is followed"},
		{"POST",
		 {{STATUS("307 Again", "Location: /other\r\n", "{}")}},
		 OUTCOME_UNKNOWN,
		 1,
		 "POST /thing: 307: a redirect, and none is followed"},
		{"GET",
		 {{"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\n{}"}},
		 OUTCOME_UNKNOWN,
		 1,
		 "GET /thing: 200: the body is not of type JSON"},
		{"GET",
		 {{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"}},
		 OUTCOME_UNKNOWN,
		 1,
		 "GET /thing: 200: the body is not of type JSON"},
		{"GET",
		 {{OK("{\"a\":1,\"a\":2}")}},
		 OUTCOME_UNKNOWN,
		 1,
		 "GET /thing: 200: the body is not strict JSON"},
		{"GET",
		 {{OK("\xEF\xBB\xBF{}")}},
		 OUTCOME_UNKNOWN,
		 1,
		 "GET /thing: 200: the body is not strict JSON"},
		{"GET", {{OK("")}}, OUTCOME_UNKNOWN, 1, "GET /thing: 200: the body is empty"},
		{"GET",
		 {{"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.adobe+json; charset=utf-8\r\n"
		   "Content-Length: 2\r\n\r\n{}"}},
		 OUTCOME_APPLIED,
		 1,
		 NULL},
		{"GET",
		 {{"HTTP/1.1 200 OK\r\n" JSON_HEAD "Content-Length: 99999999\r\n\r\n{}"}},
		 OUTCOME_UNKNOWN,
		 1,
		 "GET /thing: the answer is too large"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct http_request r =
			ask(rows[i].method, strcmp(rows[i].method, "GET") != 0 ? "{}" : NULL);
		run(&a, &r, rows[i].script, rows[i].script[1].head ? 2 : 1, 20);
		if (r.verdict.class != rows[i].class || server.asked != rows[i].sent ||
		    r.attempts != rows[i].sent)
			fail_msg("row %zu: class %d, sent %zu times: %s", i, r.verdict.class,
				 server.asked, r.message);
		if (!rows[i].says)
			assert_null(r.message);
		else if (strncmp(r.message, rows[i].says, strlen(rows[i].says)) != 0)
			fail_msg("row %zu says: %s", i, r.message);
		http_done(&r);
	}
}

/* Wherever it leads to, and by whatever status and method: one request, whose outcome nobody knows,
 * and no second one with its token. */
static void no_redirect_is_followed(void **state UNUSED)
{
	static const char *const statuses[] = {"301 Moved", "302 Found", "303 Other", "307 Again",
					       "308 Gone on"};
	static const char *const methods[] = {"GET", "POST", "PUT", "DELETE"};
	static const char *const targets[] = {"/other",
					      "http://127.0.0.1:9/",
					      "//127.0.0.1:9/",
					      "https://localhost/",
					      "file:///etc/passwd",
					      NULL};
	size_t cases = 0;
	for (size_t i = 0; i < COUNT(statuses) * COUNT(methods) * COUNT(targets); i++) {
		ARENA a = {0};
		const char *method = methods[i % COUNT(methods)],
			   *status = statuses[i / COUNT(methods) % COUNT(statuses)],
			   *target = targets[i / COUNT(methods) / COUNT(statuses)];
		struct str head = STR(&a);
		str_printf(&head, "HTTP/1.1 %s\r\n" JSON_HEAD, status);
		if (target)
			str_printf(&head, "Location: %s\r\n", target);
		const struct loopback_answer script[] = {{str_text(&head), "{}"}, {OK("{}")}};
		struct http_request r = ask(method, strcmp(method, "GET") != 0 ? "{}" : NULL);
		run(&a, &r, script, 2, 2);
		if (r.verdict.class != OUTCOME_UNKNOWN || server.asked != 1 ||
		    !strstr(r.message, "a redirect, and none is followed"))
			fail_msg("%s %s %s: %s, sent %zu times", method, status,
				 target ? target : "nowhere", r.message, server.asked);
		http_done(&r);
		cases++;
	}
	assert_int_equal(cases, 120);
}

static void an_answer_without_end_is_cut(void **state UNUSED)
{
	ARENA a = {0};
	struct str head = STR(&a), block = STR(&a);
	str_fill(&block, ' ', 1 << 20);
	str_addc(&block, '1');
	str_add(&head, "HTTP/1.1 200 OK\r\n" JSON_HEAD);
	str_fill(&head, 'x', 70000);
	str_add(&head, ": y\r\nContent-Length: 2\r\n\r\n{}");
	struct str many = STR(&a);
	str_add(&many, "HTTP/1.1 200 OK\r\n" JSON_HEAD);
	for (int i = 0; i < 200; i++)
		str_printf(&many, "X-%d: 1\r\n", i);
	str_add(&many, "Content-Length: 2\r\n\r\n{}");
	struct str body = STR(&a);
	str_add(&body, "HTTP/1.1 200 OK\r\n" JSON_HEAD "\r\n");
	str_addn(&body, block.at, block.len);
	const struct loopback_answer answers[] = {
		{str_text(&head)}, {str_text(&many)}, {str_text(&body), .repeat = 9, .end = true}};
	for (size_t i = 0; i < COUNT(answers); i++) {
		struct http_request r = ask("GET", NULL);
		run(&a, &r, &answers[i], 1, 5);
		assert_int_equal(r.verdict.class, OUTCOME_UNKNOWN);
		assert_int_equal(r.evidence.transfer, TRANSFER_TOO_LARGE);
		assert_int_equal(server.asked, 1);
		http_done(&r);
	}
}

/* The value of X-Request-Id in a request that the server noted. */
static const char *id_of(struct arena *a, const char *request)
{
	const char *at = strstr(request, "X-Request-Id: ");
	assert_non_null(at);
	at += strlen("X-Request-Id: ");
	return arena_strndup(a, at, strcspn(at, "\r"));
}

static void a_request_keeps_its_id_over_all_tries(void **state UNUSED)
{
	ARENA a = {0};
	static const struct loopback_answer script[] = {
		{STATUS("429 Too Many", "Retry-After: 0\r\n", "{}")}, {OK("{}")}};
	struct http_request r = ask("POST", "{}");
	run(&a, &r, script, 2, 20);
	http_done(&r);
	const char *first = id_of(&a, server.requests[0]);
	assert_int_equal(strlen(first), 32);
	assert_string_equal(id_of(&a, server.requests[1]), first);
	r = ask("POST", "{}");
	run(&a, &r, script + 1, 1, 20);
	http_done(&r);
	assert_string_not_equal(id_of(&a, server.requests[0]), first);
}

static void patience_has_an_end(void **state UNUSED)
{
	ARENA a = {0};
	static const struct loopback_answer always[] = {
		{STATUS("429 Too Many", "Retry-After: 1\r\n", "{}")}};
	struct http_request r = ask("POST", "{}");
	run(&a, &r, always, 1, 2);
	assert_int_equal(r.verdict.class, OUTCOME_REFUSED);
	assert_in_range(server.asked, 2, 3);
	assert_non_null(strstr(r.message, "is over the limit of 2 s"));
	http_done(&r);
	static const struct loopback_answer huge[] = {
		{STATUS("429 Too Many", "Retry-After: 99999999999\r\n", "{}")}};
	r = ask("GET", NULL);
	run(&a, &r, huge, 1, 599);
	assert_int_equal(server.asked, 1);
	http_done(&r);
	/* what is told is what the service asked for */
	static const struct loopback_answer long_wait[] = {
		{STATUS("429 Too Many", "Retry-After: 1938\r\n", "{}")}};
	r = ask("GET", NULL);
	run(&a, &r, long_wait, 1, 1937);
	assert_int_equal(server.asked, 1);
	assert_non_null(strstr(r.message, "waiting 1938 s more is over the limit of 1937 s"));
	http_done(&r);
	/* and it is waited for to the last second that the operator allows */
	static const struct loopback_answer just[] = {
		{STATUS("429 Too Many", "Retry-After: 1938\r\n", "{}"), .times = 1}, {OK("{}")}};
	r = ask("GET", NULL);
	run(&a, &r, just, 2, 1938);
	assert_int_equal(r.verdict.class, OUTCOME_APPLIED);
	http_done(&r);
}

static void a_closed_port_is_not_sent(void **state UNUSED)
{
	ARENA a = {0};
	static const struct loopback_answer none[] = {{NULL}};
	loopback_start(&server, none, 1);
	struct http *h = open_at(server.url, 1);
	loopback_stop(&server);
	struct http_request r = ask("POST", "{}"), *list = &r;
	assert_ok(http_run(h, &a, &list, 1));
	assert_int_equal(r.verdict.class, OUTCOME_NOT_SENT);
	http_done(&r);
	http_close(h);
}

static void this_machine_is_off_limits_unless_allowed(void **state UNUSED)
{
	ARENA a = {0};
	static const struct loopback_answer fine[] = {{OK("{}")}};
	loopback_start(&server, fine, 1);
	struct endpoints endpoints = {server.url, server.url, server.url, server.url};
	struct http *h;
	assert_ok(http_open(&(struct http_options){.endpoints = &endpoints,
						   .bearers = &ims_bearers,
						   .connections = 4,
						   .max_wait_s = 5},
			    &h));
	struct http_request r = ask("POST", "{}"), *list = &r;
	assert_ok(http_run(h, &a, &list, 1));
	http_close(h);
	loopback_stop(&server);
	assert_int_equal(r.verdict.class, OUTCOME_NOT_SENT);
	assert_int_equal(r.attempts, 1);
	assert_int_equal(server.asked, 0);
	assert_non_null(strstr(r.message, "127.0.0.1 is of this machine"));
	http_done(&r);
}

static void reads_share_connections_and_writes_have_their_own(void **state UNUSED)
{
	ARENA a = {0};
	static const struct loopback_answer fine[] = {{OK("{}")}};
	for (int writes = 0; writes < 2; writes++) {
		struct http_request r[20], *list[20];
		for (size_t i = 0; i < 20; i++) {
			r[i] = ask(writes ? "POST" : "GET", NULL);
			list[i] = &r[i];
		}
		loopback_start(&server, fine, 1);
		struct http *h = open_at(server.url, 5);
		assert_ok(http_run(h, &a, list, 20));
		http_close(h);
		loopback_stop(&server);
		assert_int_equal(server.asked, 20);
		if (writes)
			assert_int_equal(server.accepted, 20);
		else
			assert_in_range(server.accepted, 1, 4);
		for (size_t i = 0; i < 20; i++) {
			assert_int_equal(r[i].verdict.class, OUTCOME_APPLIED);
			http_done(&r[i]);
		}
	}
}

static void headers_with_counts_are_read(void **state UNUSED)
{
	ARENA a = {0};
	static const struct loopback_answer fine[] = {
		{STATUS("200 OK",
			"X-Total-Count: 41\r\nx-page-count: 3\r\nX-PAGE-SIZE: 20\r\n"
			"X-Request-Id: a\r\nX-Request-Id: b\r\nX-Current-Page: -1\r\n",
			"[]")}};
	struct http_request r = ask("GET", NULL);
	run(&a, &r, fine, 1, 5);
	assert_int_equal(r.total_count, 41);
	assert_int_equal(r.page_count, 3);
	assert_int_equal(r.page_size, 20);
	assert_int_equal(r.current_page, UINT32_MAX);
	assert_true(reply_is_array(r.json));
	http_done(&r);
	assert_non_null(strstr(server.requests[0], "GET /thing?x=1 HTTP/1.1\r\n"));
	assert_null(strcasestr(server.requests[0], "Accept-Encoding"));
	assert_null(strcasestr(server.requests[0], "Cookie"));
	assert_null(strcasestr(server.requests[0], "Expect"));
	assert_null(strcasestr(server.requests[0], "Authorization"));
}

/* ---- tokens ---- */

#define TOKEN(value, life)                                                                         \
	OK("{\"access_token\": \"" value "\", \"token_type\": \"bearer\", \"expires_in\": " life   \
	   "}")

static struct secret_source source_of(const char *value)
{
	setenv("TEST_SECRET", value, 1);
	return (struct secret_source){.kind = SECRET_ENV, .name = "TEST_SECRET"};
}

/* Sends `count` GETs one after the other with one token. */
static void run_with_token(struct arena *a, struct token *token, struct http_request *r,
			   size_t count, const struct loopback_answer *script, size_t answers)
{
	loopback_start(&server, script, answers);
	struct http *h = open_at(server.url, 5);
	for (size_t i = 0; i < count; i++) {
		struct http_request *list = &r[i];
		r[i] = ask("GET", NULL);
		r[i].token = token;
		assert_ok(http_run(h, a, &list, 1));
		http_done(&r[i]);
	}
	http_close(h);
	loopback_stop(&server);
}

static void a_token_is_kept_for_its_life(void **state UNUSED)
{
	static const struct loopback_answer lives[] = {{TOKEN("T1", "86399")},
						       {TOKEN("T1", "86399999")},
						       {TOKEN("T1", "\"86399\"")},
						       {TOKEN("T1", "\"\"")},
						       {TOKEN("T1", "\"8x\"")},
						       {TOKEN("T1", "\"1234567890123456\"")},
						       {TOKEN("T1", "99999999999999")},
						       {TOKEN("T1", "null")},
						       {TOKEN("T1", "-1")}};
	for (size_t i = 0; i < COUNT(lives); i++) {
		ARENA a = {0};
		const struct loopback_answer script[] = {lives[i], {OK("{}")}};
		struct secret_source source = source_of("p&s=%");
		struct token *token = token_of_server("client", &source, "openid,AdobeID");
		struct http_request r[3];
		run_with_token(&a, token, r, 3, script, 2);
		assert_int_equal(server.asked, 4);
		assert_non_null(strstr(server.requests[0], "POST /ims/token/v3 HTTP/1.1\r\n"));
		assert_non_null(strstr(server.requests[0],
				       "\r\n\r\ngrant_type=client_credentials&client_id=client&"
				       "client_secret=p%26s%3D%25&scope=openid%2CAdobeID"));
		assert_non_null(strstr(server.requests[3], "Authorization: Bearer T1\r\n"));
		assert_non_null(strstr(server.requests[3], "x-api-key: client\r\n"));
		token_free(token);
	}
}

static void a_401_renews_the_token_once(void **state UNUSED)
{
	ARENA a = {0};
	static const struct loopback_answer script[] = {
		{TOKEN("T1", "86399")},
		{STATUS("401 No", "", "{}")},
		{TOKEN("T2", "86399")},
		{OK("{}")},
	};
	struct secret_source source = source_of("s");
	struct token *token = token_of_server("client", &source, "openid");
	struct http_request r[1];
	run_with_token(&a, token, r, 1, script, COUNT(script));
	assert_int_equal(r[0].verdict.class, OUTCOME_APPLIED);
	assert_int_equal(server.asked, 4);
	assert_non_null(strstr(server.requests[3], "Bearer T2\r\n"));
	token_free(token);
}

/* 401 for ever: one renewal in all, however many requests there are. */
static void a_401_is_never_a_loop(void **state UNUSED)
{
	ARENA a = {0};
	static const struct loopback_answer script[] = {
		{TOKEN("T1", "86399")},
		{STATUS("401 No", "", "{}")},
		{TOKEN("T2", "86399")},
		{STATUS("401 No", "", "{}")},
	};
	struct secret_source source = source_of("s");
	struct token *token = token_of_server("client", &source, "openid");
	struct http_request r[4];
	run_with_token(&a, token, r, 4, script, COUNT(script));
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(r[i].verdict.class, OUTCOME_REFUSED);
	assert_int_equal(server.asked, 7);
	token_free(token);
}

static void side_by_side_requests_renew_together(void **state UNUSED)
{
	ARENA a = {0};
	static const struct loopback_answer script[] = {
		{TOKEN("T1", "86399")},	      {STATUS("401 No", "", "{}")},
		{STATUS("401 No", "", "{}")}, {STATUS("401 No", "", "{}")},
		{TOKEN("T2", "86399")},	      {OK("{}")},
	};
	struct secret_source source = source_of("s");
	struct token *token = token_of_server("client", &source, "openid");
	struct http_request r[3], *list[3];
	for (size_t i = 0; i < 3; i++) {
		r[i] = ask("GET", NULL);
		r[i].token = token;
		list[i] = &r[i];
	}
	loopback_start(&server, script, COUNT(script));
	struct http *h = open_at(server.url, 5);
	assert_ok(http_run(h, &a, list, 3));
	http_close(h);
	loopback_stop(&server);
	assert_int_equal(server.asked, 8);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(r[i].verdict.class, OUTCOME_APPLIED);
		http_done(&r[i]);
	}
	token_free(token);
}

static void a_refused_credential_is_said_without_its_secret(void **state UNUSED)
{
	static const struct {
		struct loopback_answer answer;
		enum error_code code;
		const char *says;
	} rows[] = {
		{{STATUS("400 Bad", "",
			 "{\"error\":\"invalid_client\",\"error_description\":\"invalid "
			 "client_secret parameter\"}")},
		 ERROR_DENIED,
		 "invalid client_secret parameter (invalid_client)"},
		{{STATUS("401 No", "", "{\"error\":\"invalid_client\"}")},
		 ERROR_DENIED,
		 "invalid_client"},
		{{STATUS("400 Bad", "", "{\"error\":\"your hunter2 is wrong\"}")},
		 ERROR_DENIED,
		 "are left out"},
		{{OK("{\"access_token\":\"a b\"}")}, ERROR_REMOTE, "no usable access token"},
		{{OK("{\"access_token\":\"a\\u007f\"}")}, ERROR_REMOTE, "no usable access token"},
		{{OK("{\"access_token\":\"\"}")}, ERROR_REMOTE, "no usable access token"},
		{{OK("{\"access_token\":1}")}, ERROR_REMOTE, "no usable access token"},
		{{STATUS("404 None", "", "{}")}, ERROR_REMOTE, "404"},
		{{OK("{}")}, ERROR_REMOTE, "no usable access token"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		const struct loopback_answer script[] = {rows[i].answer};
		struct secret_source source = source_of("hunter2");
		struct token *token = token_of_server("client", &source, "openid");
		struct http_request r = ask("GET", NULL), *list = &r;
		r.token = token;
		loopback_start(&server, script, 1);
		struct http *h = open_at(server.url, 5);
		struct error *error = http_run(h, &a, &list, 1);
		http_close(h);
		loopback_stop(&server);
		assert_non_null(error);
		assert_int_equal(error->code, rows[i].code);
		assert_non_null(strstr(error->cause->message, rows[i].says));
		assert_null(strstr(error->cause->message, "hunter2"));
		assert_int_equal(server.asked, 1);
		assert_int_equal(r.verdict.class, OUTCOME_NOT_SENT);
		error_free(error);
		token_free(token);
	}
}

static void scopes_share_one_reading_of_the_secret(void **state UNUSED)
{
	ARENA a = {0};
	static const struct loopback_answer script[] = {
		{TOKEN("T1", "86399")}, {OK("{}")}, {TOKEN("T2", "86399")}, {OK("{}")}};
	struct secret_source source = source_of("s");
	struct token *one = token_of_server("client", &source, "a");
	struct token *two = token_with_scopes(one, "b");
	loopback_start(&server, script, COUNT(script));
	struct http *h = open_at(server.url, 5);
	struct http_request r[2];
	for (size_t i = 0; i < 2; i++) {
		r[i] = ask("GET", NULL);
		r[i].token = i ? two : one;
		assert_ok(http_get(h, &a, &r[i]));
		http_done(&r[i]);
	}
	http_close(h);
	loopback_stop(&server);
	assert_non_null(strstr(server.requests[2], "client_secret=s&scope=b"));
	token_free(two);
	token_free(one);
}

/* A person's token that can be had only once is not asked for again. */
static void a_session_of_a_person_is_taken_as_it_is(void **state UNUSED)
{
	ARENA a = {0};
	static const struct loopback_answer script[] = {{STATUS("401 No", "", "{}")}};
	struct secret_source source = source_of("person");
	struct token *token = token_of_user("cli", &source);
	struct http_request r[2];
	run_with_token(&a, token, r, 2, script, 1);
	assert_int_equal(server.asked, 2);
	assert_non_null(strstr(server.requests[1], "Bearer person\r\n"));
	assert_int_equal(r[0].verdict.class, OUTCOME_REFUSED);
	token_free(token);
}

static void what_cannot_be_sent_is_not_sent(void **state UNUSED)
{
	ARENA a = {0};
	struct str long_path = STR(&a);
	str_addc(&long_path, '/');
	str_fill(&long_path, 'x', 8000001); /* beyond what libcurl takes */
	const struct {
		const char *path, *client, *bearer;
		enum error_code code;
		const char *says;
	} rows[] = {
		{"/a\r\nX-Evil: 1", "c", "t", ERROR_INPUT, "a blank, control or foreign character"},
		{"/a b", "c", "t", ERROR_INPUT, "a blank, control or foreign character"},
		{"/a\x7F", "c", "t", ERROR_INPUT, "a blank, control or foreign character"},
		{"/a", "c\xC3\xBC", "t", ERROR_INPUT, "a blank, control or foreign character"},
		{"/a", "c", "t u", ERROR_INPUT, "a blank, control or foreign character"},
		{str_text(&long_path), "c", "t", ERROR_SYSTEM, "libcurl: URL: "},
	};
	static const struct loopback_answer fine[] = {{OK("{}")}};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct secret_source source = source_of(rows[i].bearer);
		struct token *token = token_of_user(rows[i].client, &source);
		loopback_start(&server, fine, 1);
		struct http *h = open_at(server.url, 5);
		struct http_request r = ask("GET", NULL), *list = &r;
		r.path = rows[i].path;
		r.token = token;
		CLEANUP(error_free) struct error *error = http_run(h, &a, &list, 1);
		assert_non_null(error);
		assert_int_equal(error->code, rows[i].code);
		assert_ptr_equal(strstr(error->message, rows[i].says), error->message);
		assert_int_equal(r.verdict.class, OUTCOME_NOT_SENT);
		http_close(h);
		loopback_stop(&server);
		assert_int_equal(server.asked, 0);
		token_free(token);
	}
}

static void a_session_that_is_not_there(void **state UNUSED)
{
	ARENA a = {0};
	static const struct loopback_answer fine[] = {{OK("{}")}};
	const struct secret_source source = {.kind = SECRET_FILE, .name = "/none/there"};
	struct token *token = token_of_user("cli", &source);
	struct http_request r = ask("GET", NULL), *list = &r;
	r.token = token;
	loopback_start(&server, fine, 1);
	struct http *h = open_at(server.url, 5);
	CLEANUP(error_free) struct error *error = http_run(h, &a, &list, 1);
	http_close(h);
	loopback_stop(&server);
	assert_non_null(error);
	assert_non_null(strstr(error->message, "the token of the user's session"));
	assert_int_equal(server.asked, 0);
	token_free(token);
	token_free(NULL);
	http_close(NULL);
}

/* The one whose token cannot be had ends the round; what runs already is brought to its end. */
static void one_token_too_few_starts_no_more(void **state UNUSED)
{
	ARENA a = {0};
	static const struct loopback_answer fine[] = {{OK("{}")}};
	const struct secret_source good = source_of("good"),
				   none = {.kind = SECRET_FILE, .name = "/none/there"};
	struct token *first = token_of_user("cli", &good), *second = token_of_user("cli", &none);
	struct http_request r[4], *list[4];
	for (size_t i = 0; i < 4; i++) {
		r[i] = ask("GET", NULL);
		list[i] = &r[i];
	}
	r[1].token = first;
	r[2].token = second;
	loopback_start(&server, fine, 1);
	struct http *h = open_at(server.url, 5);
	CLEANUP(error_free) struct error *error = http_run(h, &a, list, 4);
	http_close(h);
	loopback_stop(&server);
	assert_non_null(error);
	assert_int_equal(r[0].verdict.class, OUTCOME_APPLIED);
	assert_int_equal(r[2].verdict.class, OUTCOME_NOT_SENT);
	assert_int_equal(r[3].verdict.class, OUTCOME_NOT_SENT);
	for (size_t i = 0; i < 4; i++)
		http_done(&r[i]);
	token_free(first);
	token_free(second);
}

static void a_short_life_is_over_soon(void **state UNUSED)
{
	ARENA a = {0};
	static const struct loopback_answer script[] = {
		{TOKEN("T1", "1")}, {OK("{}")}, {TOKEN("T2", "86399")}, {OK("{}")}};
	struct secret_source source = source_of("AZaz09-._~@[`{/:\xC3\xBC");
	struct token *token = token_of_server("client", &source, "a"), *other;
	other = token_with_scopes(token, "b");
	loopback_start(&server, script, COUNT(script));
	struct http *h = open_at(server.url, 5);
	for (size_t i = 0; i < 2; i++) {
		struct http_request r = ask("GET", NULL);
		r.token = token;
		assert_ok(http_get(h, &a, &r));
		http_done(&r);
		if (i == 0)
			clock_sleep_ms(1000);
	}
	http_close(h);
	loopback_stop(&server);
	assert_int_equal(server.asked, 4);
	assert_non_null(strstr(server.requests[0],
			       "client_secret=AZaz09-._~%40%5B%60%7B%2F%3A%C3%BC&scope=a"));
	assert_non_null(strstr(server.requests[3], "Bearer T2\r\n"));
	struct token *third = token_with_scopes(other, "c"); /* still of the first */
	token_free(third);
	token_free(other);
	token_free(token);
}

/* A file can be read again: it may hold another token by now. */
static void a_session_in_a_file_is_read_anew(void **state UNUSED)
{
	ARENA a = {0};
	static const struct loopback_answer script[] = {{STATUS("401 No", "", "{}")}, {OK("{}")}};
	char path[] = "/tmp/writ-token-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "kept", 4), 4);
	close(fd);
	const struct secret_source source = {.kind = SECRET_FILE, .name = path};
	struct token *token = token_of_user("cli", &source);
	struct http_request r[1];
	run_with_token(&a, token, r, 1, script, 2);
	assert_int_equal(r[0].verdict.class, OUTCOME_APPLIED);
	assert_int_equal(server.asked, 2);
	token_free(token);
	unlink(path);
}

/* Who was told to wait makes the others of the same kind wait along. */
static void a_wait_holds_for_all_of_a_kind(void **state UNUSED)
{
	ARENA a = {0};
	static const struct loopback_answer script[] = {
		{STATUS("429 Too Many", "Retry-After: 60\r\n", "{}")}, {OK("{}")}};
	struct http_request r[3], *list[3];
	for (size_t i = 0; i < 3; i++) {
		r[i] = ask("GET", NULL);
		list[i] = &r[i];
	}
	loopback_start(&server, script, 2);
	struct endpoints endpoints = {server.url, server.url, server.url, server.url};
	struct http *h;
	assert_ok(http_open(&(struct http_options){.endpoints = &endpoints,
						   .bearers = &ims_bearers,
						   .allow_local = true,
						   .connections = 1,
						   .max_wait_s = 120},
			    &h));
	int64_t before = clock_steady_ms();
	assert_ok(http_run(h, &a, list, 3));
	assert_in_range(clock_steady_ms() - before, 60000, 66000); /* a little is added by chance */
	http_close(h);
	loopback_stop(&server);
	assert_int_equal(server.asked, 4);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(r[i].attempts, i == 0 ? 2 : 1);
		assert_int_equal(r[i].verdict.class, OUTCOME_APPLIED);
		http_done(&r[i]);
	}
}

/* A limit of so many a minute is a pace, however much there is to do; to be told twice to wait, and
 * to wait for longer, takes patience. */
static void a_pace_takes_no_patience(void **state UNUSED)
{
#define MINUTE                                                                                     \
	{                                                                                          \
		STATUS("429 Too Many", "Retry-After: 60\r\n", "{}")                                \
	}
	static const struct {
		struct loopback_answer script[6];
		size_t count, applied;
		unsigned max_wait_s;
	} rows[] = {
		{{{OK("{}")}, MINUTE, {OK("{}")}, MINUTE, {OK("{}")}}, 5, 3, 60},
		{{{OK("{}")}, MINUTE, MINUTE, MINUTE}, 4, 1, 60},
		{{MINUTE, MINUTE}, 2, 0, 60},
		{{{OK("{}")}, {STATUS("429 Too Many", "Retry-After: 61\r\n", "{}")}}, 2, 1, 60},
		{{{OK("{}")}, {STATUS("503 Busy", "Retry-After: 61\r\n", "{}")}}, 2, 1, 60},
		{{{OK("{}")}, MINUTE}, 2, 1, 59}, /* one alone is longer than all patience */
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct http_request r[3], *list[3];
		size_t applied = 0;
		for (size_t k = 0; k < 3; k++) {
			r[k] = ask("POST", "{}");
			list[k] = &r[k];
		}
		loopback_start(&server, rows[i].script, rows[i].count);
		struct endpoints endpoints = {server.url, server.url, server.url, server.url};
		struct http *h;
		assert_ok(http_open(&(struct http_options){.endpoints = &endpoints,
							   .bearers = &ims_bearers,
							   .allow_local = true,
							   .connections = 1,
							   .max_wait_s = rows[i].max_wait_s},
				    &h));
		assert_ok(http_run(h, &a, list, 3));
		http_close(h);
		loopback_stop(&server);
		for (size_t k = 0; k < 3; k++) {
			applied += r[k].verdict.class == OUTCOME_APPLIED;
			http_done(&r[k]);
		}
		if (applied != rows[i].applied)
			fail_msg("row %zu: %zu", i, applied);
	}
}

static void types_of_json(void **state UNUSED)
{
	static const struct {
		const char *type;
		bool json;
	} rows[] = {
		{"application/json", true},
		{"Application/JSON;charset=utf-8", true},
		{"application/problem+json", true},
		{"application/x+JSON ;v=1", true},
		{"application/+json", false},
		{"application/jsox", false},
		{"application/xjson", false},
		{"application/problem+xml", false},
		{"application/json5", false},
		{"text/json", false},
		{"json", false},
		{"", false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		const struct loopback_answer answer = {
			arena_printf(&a, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\n", rows[i].type),
			"{}"};
		struct http_request r = ask("GET", NULL);
		run(&a, &r, &answer, 1, 5);
		if ((r.verdict.class == OUTCOME_APPLIED) != rows[i].json)
			fail_msg("%s: %d", rows[i].type, r.verdict.class);
		http_done(&r);
	}
}

static void counts_in_headers_of_every_form(void **state UNUSED)
{
	static const struct {
		const char *line;
		uint32_t count;
	} rows[] = {
		{"X-Page-Count: 7", 7},
		{"X-Page-Count:7", 7},
		{"X-Page-Count: \t 7 \t", 7},
		{"X-Page-Count: 007", 7},
		{"X-Page-Count: 999999999", 999999999},
		{"X-Page-Count: 1000000000", UINT32_MAX},
		{"X-Page-Count: ", UINT32_MAX},
		{"X-Page-Count: 7, 7", UINT32_MAX},
		{"X-Page-Count: -1", UINT32_MAX},
		{"X-Page-Counts: 7", UINT32_MAX},
		{"X-Page: 7", UINT32_MAX},
		{"X-Page-Count: 7\r\nX-Page-Count: x", UINT32_MAX},
		{"X-Page-Count: "
		 "0000000000000000000000000000000000000000000000000000000000000000000007",
		 UINT32_MAX},
		/* an interim answer counts for nothing */
		{"X-Page-Count: 7\r\nRetry-After: 4", 7},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		const struct loopback_answer answer = {
			arena_printf(&a,
				     "HTTP/1.1 100 Continue\r\nX-Page-Count: 3\r\n\r\n"
				     "HTTP/1.1 200 OK\r\n" JSON_HEAD "%s\r\n",
				     rows[i].line),
			"{}"};
		struct http_request r = ask("GET", NULL);
		run(&a, &r, &answer, 1, 5);
		if (r.page_count != rows[i].count)
			fail_msg("%s: %u", rows[i].line, r.page_count);
		http_done(&r);
	}
}

/* ---- leave ---- */

static unsigned leaves_left; /* how often it is given */

static unsigned give_leave(void *context UNUSED)
{
	return leaves_left ? leaves_left-- * 1000 : 0;
}

/* Each request that may change something asks, each time that it is sent; what only reads does
 * not. */
static void nothing_is_begun_without_leave(void **state UNUSED)
{
	static const struct leave leave = {give_leave, NULL};
	static const struct {
		const char *methods[6];
		struct loopback_answer script[3];
		unsigned leaves;
		const char *classes; /* "nRAPU" of each */
		size_t sent;
	} rows[] = {
		{{"POST"}, {{OK("{}")}}, 1, "A", 1},
		{{"POST"}, {{OK("{}")}}, 0, "n", 0},
		{{"POST", "PUT", "PATCH", "DELETE", "POST", "POST"}, {{OK("{}")}}, 3, "AAAnnn", 3},
		{{"GET", "POST", "GET"}, {{OK("{}")}}, 0, "AnA", 2},
		{{"POST"},
		 {{STATUS("429 Too Many", "Retry-After: 1\r\n", "{}")}, {OK("{}")}},
		 1,
		 "n",
		 1},
		{{"POST"},
		 {{STATUS("429 Too Many", "Retry-After: 1\r\n", "{}")}, {OK("{}")}},
		 2,
		 "A",
		 2},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct http_request all[6], *list[6];
		size_t len = strlen(rows[i].classes);
		struct str out = STR(&a);
		leaves_left = rows[i].leaves;
		loopback_start(&server, rows[i].script, rows[i].script[1].head ? 2 : 1);
		struct http *h = open_at(server.url, 10);
		http_set_leave(h, &leave);
		for (size_t k = 0; k < len; k++) {
			all[k] = ask(rows[i].methods[k], "{}");
			list[k] = &all[k];
		}
		assert_ok(http_run(h, &a, list, len));
		http_close(h);
		loopback_stop(&server);
		for (size_t k = 0; k < len; k++) {
			str_addc(&out, "nRAPU"[all[k].verdict.class]);
			if (all[k].verdict.class == OUTCOME_NOT_SENT)
				assert_non_null(strstr(all[k].message, "send nothing more"));
			http_done(&all[k]);
		}
		assert_string_equal(str_text(&out), rows[i].classes);
		assert_int_equal(server.asked, rows[i].sent);
	}
}

static unsigned short_leave(void *context UNUSED)
{
	return 1;
}

/* A server that does not come to reading: the request is given up while nothing of it is out. */
static void what_is_not_out_in_time_is_given_up(void **state UNUSED)
{
	static const struct leave leave = {short_leave, NULL};
	ARENA a = {0};
	char url[64];
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(at);
	int mute = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(mute, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(mute, 1), 0);
	assert_int_equal(getsockname(mute, (struct sockaddr *)&at, &len), 0);
	snprintf(url, sizeof(url), "https://127.0.0.1:%d", ntohs(at.sin_port));
	struct http *h = open_at(url, 0);
	http_set_leave(h, &leave);
	struct http_request r = ask("POST", "{}"), *list[] = {&r};
	assert_ok(http_run(h, &a, list, 1));
	assert_int_equal(r.verdict.class, OUTCOME_NOT_SENT);
	assert_non_null(strstr(r.message, "it was not sent in time"));
	http_done(&r);
	http_close(h);
	close(mute);
}

static void names_are_escaped_for_a_path(void **state UNUSED)
{
	static const char *const rows[][2] = {
		{"plain", "plain"},
		{"a b/c?d#e%f", "a%20b%2Fc%3Fd%23e%25f"},
		{"x@y.z", "x@y.z"},
		{"-._~", "-._~"},
		{"..", "%2E%2E"},
		{".", "%2E"},
		{"...", "..."},
		{"\xC3\xBC", "%C3%BC"},
		{"a+b&c=d", "a%2Bb%26c%3Dd"},
		{"\r\n", "%0D%0A"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct str out = STR(&a);
		http_escape(&out, rows[i][0]);
		assert_string_equal(str_text(&out), rows[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_classified),
		cmocka_unit_test(no_redirect_is_followed),
		cmocka_unit_test(an_answer_without_end_is_cut),
		cmocka_unit_test(a_request_keeps_its_id_over_all_tries),
		cmocka_unit_test(patience_has_an_end),
		cmocka_unit_test(a_closed_port_is_not_sent),
		cmocka_unit_test(this_machine_is_off_limits_unless_allowed),
		cmocka_unit_test(reads_share_connections_and_writes_have_their_own),
		cmocka_unit_test(headers_with_counts_are_read),
		cmocka_unit_test(a_token_is_kept_for_its_life),
		cmocka_unit_test(a_401_renews_the_token_once),
		cmocka_unit_test(a_401_is_never_a_loop),
		cmocka_unit_test(side_by_side_requests_renew_together),
		cmocka_unit_test(a_refused_credential_is_said_without_its_secret),
		cmocka_unit_test(scopes_share_one_reading_of_the_secret),
		cmocka_unit_test(a_session_of_a_person_is_taken_as_it_is),
		cmocka_unit_test(what_cannot_be_sent_is_not_sent),
		cmocka_unit_test(a_session_that_is_not_there),
		cmocka_unit_test(one_token_too_few_starts_no_more),
		cmocka_unit_test(a_short_life_is_over_soon),
		cmocka_unit_test(a_session_in_a_file_is_read_anew),
		cmocka_unit_test(a_wait_holds_for_all_of_a_kind),
		cmocka_unit_test(a_pace_takes_no_patience),
		cmocka_unit_test(types_of_json),
		cmocka_unit_test(counts_in_headers_of_every_form),
		cmocka_unit_test(nothing_is_begun_without_leave),
		cmocka_unit_test(what_is_not_out_in_time_is_given_up),
		cmocka_unit_test(names_are_escaped_for_a_path),
	};
	log_set_level(LOG_QUIET);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
