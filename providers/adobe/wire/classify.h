/* SPDX-License-Identifier: Apache-2.0 */
/* classify.h - what became of a request, from what was seen of it.
 *
 * One pure function, so that every row of its table can be tried. It decides whether a request may
 * be sent again: only what was not sent, or was refused with a time to wait. */
#ifndef ADOBE_CLASSIFY_H
#define ADOBE_CLASSIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/contract/provider.h"

/* How the transfer ended. */
enum transfer {
	TRANSFER_NOT_CONNECTED, /* resolve, connect or TLS failed, or a fresh connection took no
				   byte */
	TRANSFER_BROKEN,	/* reset, timeout or a short body after something was sent */
	TRANSFER_TOO_LARGE,	/* the answer passed a ceiling */
	TRANSFER_COMPLETE,
};

/* What the body turned out to be. */
enum body_kind {
	BODY_NONE,
	BODY_JSON,  /* the right content type, and well formed */
	BODY_OTHER, /* HTML, garbage, cut short, the wrong type */
};

enum retry_after { RETRY_NONE, RETRY_SECONDS, RETRY_JUNK };

struct evidence {
	enum transfer transfer;
	long status; /* 0 without an answer */
	enum body_kind body;
	enum retry_after retry_after;
	uint32_t wait_s;    /* of RETRY_SECONDS: clamped to 1..RETRY_AFTER_MAX */
	bool empty_is_fine; /* the call is documented without a body */
};

/* Seconds, a week; the operator says how much of it may be waited for. */
#define RETRY_AFTER_MAX 604800

enum next_step { NEXT_NOTHING, NEXT_RETRY, NEXT_WAIT, NEXT_TOKEN };

struct verdict {
	enum outcome_class class; /* OUTCOME_APPLIED: a good answer, whose contents are still to be
				     read */
	enum next_step next;
};

/* What became of the request, and what may be done next; the table is in classify.c. */
struct verdict classify(const struct evidence *e);

/* Whether a failed read may be tried again: the service or the line failed for the moment. */
bool classify_is_passing(const struct evidence *e);

/* A Retry-After header's value: seconds or an HTTP date; `now` in seconds since 1970. */
enum retry_after retry_after_parse(const char *value, int64_t now, uint32_t *wait_s);

#endif
