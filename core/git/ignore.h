/* SPDX-License-Identifier: Apache-2.0 */
/* ignore.h - what git ignores and does not track below a folder. */
#ifndef WRIT_IGNORE_H
#define WRIT_IGNORE_H

#include <stdbool.h>

struct arena;
struct ignore; /* a folder of a work tree */

/* Opens a folder that the user named; it lives in `a`. NULL where nothing below it is to be
 * skipped: it is in no work tree, git ignores it itself, or the repository cannot be read. */
struct ignore *ignore_open(struct arena *a, const char *folder);
void ignore_close(struct ignore *ignore); /* accepts NULL */

static inline void cleanup_ignore_close(struct ignore **ignore)
{
	ignore_close(*ignore);
}

/* Whether git ignores what stands at `below` the folder (with a slash behind a folder) and tracks
 * neither it nor anything in it. */
bool ignore_has(void *ignore, const char *below);

#endif
