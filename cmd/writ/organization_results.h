/* SPDX-License-Identifier: Apache-2.0 */
/* organization_results.h - what members print, put together. */
#ifndef WRIT_CMD_ORGANIZATION_RESULTS_H
#define WRIT_CMD_ORGANIZATION_RESULTS_H

#include "cmd/writ/members.h"

/* How much of what a member printed is on the screen already. */
struct shown_words {
	size_t text, out, errors;
	bool named[2]; /* on standard output, on standard error */
};

struct result_screen {
	struct run *run;
	const struct member_vec *members;
	struct shown_words *told; /* one for each member */
};

/* Shows what a member has printed since it was shown last: standard error first, then text. The
 * `context` is a struct result_screen. */
void results_show(void *context, const struct member *member);

/* Writes every result that was asked for, of all members together. Text that was shown already is
 * followed by a table of them. */
MUST_CHECK struct error *results_write(struct run *run, const struct member_vec *members,
				       int status);

#endif
