/* SPDX-License-Identifier: Apache-2.0 */
/* child.h - programs that the operator's configuration names, ssh-keygen, and git: an argument
 * vector, never a shell.
 *
 * A program gets no environment but PATH, HOME, LANG, USER, XDG_RUNTIME_DIR and what its caller
 * adds, no open files but those that are meant for it, the signals as usual, no core dump, and a
 * session of its own: no terminal is its to ask at. The standard error of what child_start() starts
 * is dropped: nobody knows what it would say. */
#ifndef WRIT_CHILD_H
#define WRIT_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/util/arena.h"
#include "core/util/error.h"
#include "core/util/vec.h"

VEC(variable_vec, const char *);

/* Appends the variables of this process ("NAME=VALUE", borrowed) that are called so; a name that
 * ends with "*" stands for all that begin so. `names` ends with NULL. */
void child_keep(struct arena *a, const char *const *names, struct variable_vec *out);

/* Where the program of this name stands in a folder of PATH (of /usr/local/bin, /usr/bin and /bin
 * when that is not set), in `a`; NULL when in none. Folders that PATH does not name from the root
 * are passed over, so that no checkout can bring its own. */
const char *child_find(struct arena *a, const char *name);

struct child_bytes {
	const void *at;
	size_t len;
};

/* A program that is run to its end, with all that it reads and says in memory. */
struct child_job {
	const char *const *argv;	 /* an absolute path first, NULL last */
	const char *const *more;	 /* variables, as of child_start() */
	struct child_bytes input;	 /* its standard input */
	const struct child_bytes *files; /* it reads them as /dev/fd/3, /dev/fd/4, ... */
	size_t file_count;		 /* at most CHILD_FILES */
	size_t output_max;		 /* bytes kept of its output; 0: CHILD_SAID_MAX */
	int64_t timeout_ms;
};
#define CHILD_FILES 4
#define CHILD_SAID_MAX 65536 /* bytes kept of what it says, on each of the two */

struct child_said {
	const char *output, *errors; /* NUL-terminated */
	size_t output_len;	     /* of output, which may hold NUL */
	bool well;		     /* it ended with 0 */
};

/* ERROR_SYSTEM when it cannot be started or is late; `out` is in `a`. */
MUST_CHECK struct error *child_run(const struct child_job *job, struct arena *a,
				   struct child_said *out);

/* Starts argv (an absolute path first, NULL last) with `more` variables ("NAME=VALUE", NULL last;
 * may be NULL) and these descriptors as standard input and output; below 0 stands for /dev/null.
 * Returns 0 or an errno. The descriptors stay the caller's. */
int child_start(const char *const *argv, const char *const *more, int input, int output,
		pid_t *out);

/* Waits for its end until the deadline, by clock_steady_ms(). NULL when it ended with 0, else what
 * was wrong; its whole group is killed when it is late. With `wrong` it is killed at once, and that
 * is returned. */
const char *child_end(pid_t child, int64_t deadline, const char *wrong);

#endif
