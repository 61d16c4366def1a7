/* SPDX-License-Identifier: Apache-2.0 */
/* curl_transfer.h - libcurl, hardened: exchanges side by side, each sent once.
 *
 * No other file of this provider knows libcurl. What was seen of an exchange is told as it was;
 * http.c draws the conclusions. No redirect, cookie, proxy, .netrc or compression; TLS 1.2 and up,
 * verified; HTTP/1.1; ceilings for headers, body, connecting, silence and the whole. A write has a
 * connection of its own, because libcurl sends a request again by itself when a kept connection
 * turns out to be dead. */
#ifndef ADOBE_CURL_TRANSFER_H
#define ADOBE_CURL_TRANSFER_H

#include "core/util/error.h"
#include "core/util/secret.h"
#include "providers/adobe/wire/classify.h"

struct transfers;

/* One exchange; all text is borrowed until it is over. */
struct exchange {
	const char *method, *url;
	const char *body; /* NULL: none */
	const char *content_type;
	const char *client_id;	   /* NULL */
	const char *client_header; /* what the service calls the header for it */
	const char *request_id;	   /* the same for every try of a request */
	const char *bearer;	   /* NULL */
	bool is_read;		   /* may use a kept connection */
	unsigned send_ms; /* it is given up when its last byte is not sent by then; 0: when libcurl
			     gives up */
	struct http_request *request; /* passed on to struct seen, and not looked at */
};

struct seen {
	struct http_request *request;
	enum transfer transfer;
	bool hopeless; /* would fail the same way again: a certificate, an address that is not
			  allowed */
	long status;
	char problem[256]; /* of a transfer that is not complete: a constant or libcurl's words */
	char content_type[128], retry_after[128], request_id[64]; /* "" when absent */
	bool has_retry_after;
	int64_t date; /* of the answer, seconds since 1970; -1 when absent */
	uint32_t total_count, page_count, page_size, current_page; /* UINT32_MAX when absent */
	char *body;						   /* may be NULL */
	size_t len, sent;
	int64_t elapsed_ms;
};
void seen_done(struct seen *s); /* wipes the body */

struct transfers_options {
	bool allow_local;
	const char *ca_file;	/* NULL: the system's */
	const char *pinned_key; /* the only keys that a vouched-for service may have; NULL: any */
	unsigned connections;
};
MUST_CHECK struct error *transfers_open(const struct transfers_options *options,
					struct transfers **out);
void transfers_close(struct transfers *t); /* accepts NULL */

/* Starts an exchange. The caller sees to it that at most `connections` run at a time. ERROR_INPUT
 * for what may not be sent: a URL or a header with bytes that do not belong there. */
MUST_CHECK struct error *transfers_start(struct transfers *t, const struct exchange *e);
/* Runs all exchanges until one ends or the time is over. */
void transfers_wait(struct transfers *t, int timeout_ms);
/* Takes the next exchange that has ended; false when none has. */
bool transfers_next(struct transfers *t, struct seen *out);

#endif
