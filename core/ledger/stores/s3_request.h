/* SPDX-License-Identifier: Apache-2.0 */
/* s3_request.h - one request to an object store, signed (AWS signature version 4) by libcurl.
 *
 * TLS 1.2 and up, verified; http only to this machine; no redirect, proxy, .netrc or compression;
 * ceilings for time and size. */
#ifndef WRIT_S3_REQUEST_H
#define WRIT_S3_REQUEST_H

#include "core/ledger/stores/stores.h"

struct s3_session;

/* All is borrowed until it is closed, but `keys` itself. */
MUST_CHECK struct error *s3_open(const struct s3_settings *settings, const struct s3_keys *keys,
				 struct s3_session **out);
void s3_close(struct s3_session *s); /* accepts NULL */

struct s3_request {
	const char *path;  /* behind the endpoint, encoded; parameters sorted, as they are signed */
	const char *bytes; /* to put there; NULL: to get what is there */
	size_t len;
	bool only_new; /* not if there is something */
};

struct s3_answer {
	long status;	   /* of HTTP; 0: no whole answer came, and the request may have arrived */
	const char *bytes; /* NUL-terminated */
	size_t len;
	const char *words; /* what it says of an error, or why there is none; for people */
};

/* Sends it; libcurl does so again by itself where a kept connection turns out to be dead. The
 * answer is in `a`. An error is for what would fail the same way again: a certificate, an address
 * that is not allowed. */
MUST_CHECK struct error *s3_send(struct s3_session *s, struct arena *a,
				 const struct s3_request *request, struct s3_answer *out);

#endif
