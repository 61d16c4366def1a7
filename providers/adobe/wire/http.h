/* SPDX-License-Identifier: Apache-2.0 */
/* http.h - requests to Adobe's services.
 *
 * One libcurl multi handle with at most `connections` transfers at a time, kept alive. A request is
 * sent again only when classify() says that it was not sent, or was refused with a time to wait,
 * within the session's deadline; what waits is told. A service's limits are obeyed where it answers
 * 429, and not guessed (budget.h). No redirect is followed, nothing is decompressed, answers and
 * headers have ceilings, and no log line holds a secret. */
#ifndef ADOBE_HTTP_H
#define ADOBE_HTTP_H

#include "core/language/config.h"
#include "core/util/arena.h"
#include "core/util/reply.h"
#include "core/util/secret.h"
#include "providers/adobe/wire/classify.h"

enum service { SERVICE_IMS, SERVICE_CONSOLE, SERVICE_USERS, SERVICE_STORAGE, SERVICE_COUNT };

/* The limits that a service publishes, in requests a minute (facts/umapi.md, "Limits"), to say how
 * long a plan takes; others have none. When one request is to wait, all of its budget wait. */
enum budget { BUDGET_NONE, BUDGET_ACTION, BUDGET_USERS, BUDGET_USER, BUDGET_GROUPS, BUDGET_COUNT };
extern const struct rate_budget
	http_budgets[]; /* of BUDGET_ACTION on; ends with a NULL operation */

/* Seconds, unless somebody says otherwise, that a session waits in all: when a service asks for it,
 * and between tries. Waits of up to a minute, between which something was served, are the service's
 * pace and do not count. */
#define HTTP_MAX_WAIT_S 600

struct http;

/* What a request carries as its credential. Tokens are asked for when first needed, kept for their
 * life, and asked for anew once when a request is answered 401. A request only holds on to one;
 * what it is, the bearer_source knows (ims_token.h). */
struct token;

struct bearer_source {
	const char *(*client_id)(const struct token *t); /* for the header that names the client */
	/* The token in memory, while it lives; NULL: get() is due. */
	const struct secret *(*kept)(const struct token *t);
	/* Notes that an answer other than 401 came for it. */
	void (*accepted)(struct token *t);
	/* Whether asking anew after a 401 makes sense. */
	bool (*may_refresh)(const struct token *t);
	/* Makes a token ready, and may send requests of its own through `h`; `fresh` throws the
	 * kept one away first. */
	struct error *(*get)(struct token *t, struct http *h, bool fresh,
			     const struct secret **out);
};

struct http_request {
	/* Asked. */
	enum service service;
	enum budget budget;
	const char *method; /* "GET", "POST", "PUT", "PATCH", "DELETE" */
	const char *path;   /* after the endpoint, from "/", each segment percent-encoded, with its
			       query */
	const char *route;  /* the same with names for the ids, for logs: "/users/{org}/{page}" */
	const char *body;   /* JSON, or with `form` application/x-www-form-urlencoded; NULL: none */
	bool form;
	bool empty_is_fine;  /* the call is documented without a body */
	bool repeatable;     /* changes nothing although it is no GET: as a GET after an
			      * unknown outcome */
	struct token *token; /* NULL: none */

	/* Answered. */
	struct verdict verdict;
	struct evidence evidence;
	struct reply *json;  /* of any status with a JSON body; freed by http_done(); NULL */
	const char *message; /* one line for a person, without secrets: "GET /x: 403: ..."; NULL
				when applied */
	uint32_t total_count, page_count, page_size,
		current_page; /* X-... headers; UINT32_MAX: absent */
	uint32_t attempts;    /* how often it was sent */
};

struct http_options {
	const struct endpoints *endpoints;
	const struct bearer_source *bearers; /* NULL: no request carries a token */
	bool allow_local;		     /* peers on this machine are allowed */
	const char *ca_file;		     /* NULL: the system's */
	const char *pinned_key;		     /* NULL: any */
	unsigned connections, max_wait_s;    /* 0: HTTP_MAX_WAIT_S */
};

/* Endpoints are copied, all else of the options is borrowed. ERROR_SYSTEM: libcurl does not start.
 */
MUST_CHECK struct error *http_open(const struct http_options *options, struct http **out);
void http_close(struct http *h); /* accepts NULL */

/* Sets whom to ask before each try of a request that may change something; NULL: nobody. A request
 * that is not allowed to begin is "not sent". */
void http_set_leave(struct http *h, const struct leave *leave);

/* Sends all requests side by side and fills in every answer; `a` holds the messages. The error is
 * for what no answer can say: there is no token, or the machine lacks something. A GET may also be
 * sent again after an unknown outcome, since reading changes nothing. */
MUST_CHECK struct error *http_run(struct http *h, struct arena *a,
				  struct http_request *const *requests, size_t len);
/* Sends one request that reads. The error is for any outcome but "applied"; its code is
 * ERROR_DENIED for 401 and 403. */
MUST_CHECK struct error *http_get(struct http *h, struct arena *a, struct http_request *r);
/* Whether the service itself says that there is no such thing. The page of a gateway in front of it
 * does not count. */
bool http_is_missing(const struct http_request *r);
void http_done(struct http_request *r); /* frees what was answered */

/* Appends `text` percent-encoded as one segment of a path or one value of a query; "@" and "-._~"
 * stay. */
void http_escape(struct str *out, const char *text);

#endif
