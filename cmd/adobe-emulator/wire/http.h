/* SPDX-License-Identifier: Apache-2.0 */
/* http.h - requests and replies as data, and the listener that carries them.
 *
 * Handlers see a request and fill a reply; everything in both lives in the request's arena. The
 * listener (listen.c) is the only file that knows libmicrohttpd. */
#ifndef EMULATOR_HTTP_H
#define EMULATOR_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "cmd/adobe-emulator/wire/json_tree.h"
#include "core/util/error.h"
#include "core/util/str.h"

#define BODY_MAX ((size_t)8 << 20) /* no documented call takes more than 1 MB */
#define ARGS_MAX 8		   /* variable parts of a path */

struct server;
struct caller;

struct pair_text {
	const char *name, *value;
};
VEC(fields_vec, struct pair_text);

struct request {
	struct arena *arena;
	const char *method, *target; /* as sent; the target may be in absolute form */
	const char *path;	     /* of the target, still percent-encoded, without the query */
	struct fields_vec query, headers;
	const char *body; /* NUL-terminated behind its last byte */
	size_t body_len;
	const char *id;		     /* X-Request-Id, as sent or made here */
	uint64_t number;	     /* of the request, from 1 */
	int64_t now;		     /* milliseconds since 1970, by the emulator's clock */
	uint64_t view;		     /* the revision that reads see */
	const char *args[ARGS_MAX];  /* what the route's variables stand for, decoded */
	const struct caller *caller; /* NULL before the token was checked */
};

/* How a reply is sent. All but the first are faults. */
enum delivery {
	DELIVER_WHOLE,
	DELIVER_RESET, /* `cut` bytes of the whole message, then a TCP reset */
	DELIVER_SHORT, /* `cut` bytes of the whole message, then the end of the connection */
	DELIVER_HANG,  /* nothing, until the client gives up or `delay_ms` is over */
	DELIVER_DRIP,  /* a byte each `delay_ms` */
};

struct response {
	int status;
	const char *type; /* content type; NULL: none */
	struct fields_vec headers;
	const char *body;
	size_t len;
	enum delivery delivery;
	size_t cut;
	int delay_ms;
};

/* The first header or query parameter of that name; NULL. Header names fold case. */
const char *request_header(const struct request *r, const char *name);
const char *request_query(const struct request *r, const char *name);

/* Whether a query parameter is true, in any letter case; `otherwise` when it is absent, or is
 * neither true nor false. */
bool request_flag(const struct request *r, const char *name, bool otherwise);

/* The JSON body, which the caller frees; NULL when it is no JSON. Keys may be in it twice. */
struct reply *request_json(const struct request *r);

/* Fields of a form: the urlencoded or multipart body first, then the query. Names may repeat. */
void request_form(const struct request *r, struct fields_vec *out);
const char *form_get(const struct fields_vec *form, const char *name);

/* Reads user and password of Basic authentication; false when there are none. */
bool request_basic(const struct request *r, const char **user, const char **password);

/* Decodes `len` percent-encoded bytes; '+' is a blank when `plus`. NULL when they are malformed, or
 * have a NUL or anything that is no UTF-8. */
const char *http_decode(struct arena *a, const char *text, size_t len, bool plus);

/* Fills path and query from the target: the absolute form ("http://host/path") and the
 * origin form. */
void request_split_target(struct request *r);

/* A date as HTTP writes it, of milliseconds since 1970. */
const char *http_date(struct arena *a, int64_t ms);

void response_header(struct request *r, struct response *response, const char *name,
		     const char *value);
/* The tree is consumed. */
void response_json(struct request *r, struct response *response, int status, struct tree *tree);
void response_text(struct response *response, int status, const char *type, const char *text);
void response_empty(struct response *response, int status);
const char *reason_phrase(int status);

/* The message as it goes over the wire, headers included. */
void response_render(const struct response *response, struct str *out);

struct listen_options {
	uint16_t port;		/* 0: any */
	const char *cert, *key; /* PEM files; NULL: plain HTTP */
};

struct listener;

/* Starts to accept connections on 127.0.0.1. `server` outlives the listener. */
MUST_CHECK struct error *listener_open(const struct listen_options *options, struct server *server,
				       struct listener **out);
uint16_t listener_port(const struct listener *l);
void listener_close(struct listener *l); /* answers what is in flight; accepts NULL */

#endif
