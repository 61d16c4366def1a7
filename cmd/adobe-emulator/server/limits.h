/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - rate limits: fixed windows for each client and class of calls.
 *
 * facts/umapi.md, "Limits": the gateway counts in windows and answers how long the present one
 * still lasts. */
#ifndef EMULATOR_LIMITS_H
#define EMULATOR_LIMITS_H

#include "cmd/adobe-emulator/wire/json_tree.h"
#include "core/util/error.h"

struct limit_window {
	char *key;
	int64_t start_ms, length_ms;
	int64_t count;
};

struct limits {
	double scale; /* of time; 0: no limits */
	VEC(, struct limit_window) windows;
	struct arena arena;
};

/* "real", "off" or a scale such as 0.01. */
MUST_CHECK struct error *limits_parse(const char *text, struct limits *out);

/* Counts one call of `client` in `class`, at most `limit` in `window_ms` (real time, before
 * scaling). 0 when it may pass, else the milliseconds until the window ends. */
int64_t limits_take(struct limits *l, const char *client, const char *class, int64_t limit,
		    int64_t window_ms, int64_t now);
void limits_reset(struct limits *l);

#endif
