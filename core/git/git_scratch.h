/* SPDX-License-Identifier: Apache-2.0 */
/* git_scratch.h - an empty folder for what git keeps while it works for one caller.
 *
 * No two callers share one, and none is used twice: what a killed process leaves in one, locks too,
 * is in nobody's way, and the next caller removes it. */
#ifndef WRIT_GIT_SCRATCH_H
#define WRIT_GIT_SCRATCH_H

#include "core/util/arena.h"
#include "core/util/error.h"

struct git_scratch {
	const char *path; /* this user's, 0700 */
	int fd;		  /* locked as long as it is in use; below 0: it is not open */
};

/* Makes one in `folder`, which is made too. `a` must outlive it. */
MUST_CHECK struct error *git_scratch_open(struct git_scratch *s, struct arena *a,
					  const char *folder);
void git_scratch_close(struct git_scratch *s); /* removes it with all that is in it */

/* Keeps others from opening one in `folder`, until *out is closed. */
MUST_CHECK struct error *git_scratch_lock(const char *folder, int *out);

#endif
