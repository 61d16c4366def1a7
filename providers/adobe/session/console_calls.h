/* SPDX-License-Identifier: Apache-2.0 */
/* console_calls.h - requests to the Developer Console, singly and side by side. */
#ifndef ADOBE_CONSOLE_CALLS_H
#define ADOBE_CONSOLE_CALLS_H

#include "providers/adobe/session/session.h"

/* Requests that are sent together, with the memory that they need. */
struct calls {
	struct provider *session;
	struct arena arena;
	VEC(, struct http_request *) all;
};
#define CALLS(p)                                                                                   \
	{                                                                                          \
		.session = (p)                                                                     \
	}
void calls_done(struct calls *c);
#define CALLS_DONE __attribute__((cleanup(calls_done)))

/* Adds a request to the console; `route` is a constant, and `path` follows "/console/". */
struct http_request *calls_add(struct calls *c, const char *method, const char *route,
			       const char *path, ...) PRINTF(4, 5);
/* Sends the requests from number `first` on. The error is of the first read that failed other than
 * by a 404. */
MUST_CHECK struct error *calls_read(struct calls *c, size_t first);

bool call_found(const struct http_request *r); /* applied, not 404 */
/* What became of a write, its message in `a`. */
struct outcome call_outcome(const struct http_request *r, struct arena *a);
/* Refused before anything was sent; `why` is borrowed. */
struct outcome call_refused(const char *why);

#endif
