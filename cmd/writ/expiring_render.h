/* SPDX-License-Identifier: Apache-2.0 */
/* expiring_render.h - grants that end, or that have ended and are held, as text, JSON, CSV and a
 * calendar; for output_all(). */
#ifndef WRIT_CMD_EXPIRING_RENDER_H
#define WRIT_CMD_EXPIRING_RENDER_H

#include "cmd/writ/command.h"
#include "core/model/declaration.h"

/* One declaration that ends. */
struct ending {
	const struct declaration *declaration;
	const struct declaration *goes_on; /* that keeps the same grant longest after it; NULL */
	size_t twin;			   /* how many alike stand before it in its document */
	bool unseen; /* of what is overdue: no source shows whether it is held */
};

struct endings {
	const char *organization;
	bool overdue; /* what has ended and is held, instead of what ends soon */
	int32_t today, until;
	int64_t now;
	VEC(, struct ending) all;
};

/* The last day that a declaration says; INT32_MAX: it says none. */
int32_t ending_day(const struct declaration *d);

/* `answer` is a struct endings. */
void expiring_render(struct str *out, enum format format, const void *answer);

#endif
