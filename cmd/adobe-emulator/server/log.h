/* SPDX-License-Identifier: Apache-2.0 */
/* log.h - what was asked and what it changed.
 *
 * Every request is kept, except on the control path, and every change of the organisation with the
 * request that made it. So a test can prove that something happened once, in which order, and that
 * nothing else did. */
#ifndef EMULATOR_LOG_H
#define EMULATOR_LOG_H

#include "cmd/adobe-emulator/wire/http.h"

#define LOG_BODY_MAX ((size_t)16 << 10) /* of a request; the rest is left out */

struct request_log {
	struct tree *requests, *changes; /* arrays */
	uint64_t requests_seen, changes_seen;
	const struct request *current;
	struct tree *current_changes; /* numbers, for the current request's entry */
};

void log_init(struct request_log *l);
void log_done(struct request_log *l);
void log_reset(struct request_log *l); /* the numbers are not reset */
/* Changes between log_begin() and log_end() belong to `r`. `fault` is NULL or names the fault. */
void log_begin(struct request_log *l, struct request *r);
void log_change(struct request_log *l, const char *what, const char *subject, const char *object);
void log_end(struct request_log *l, const struct response *response, const char *fault, bool keep);

#endif
