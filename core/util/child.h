/* SPDX-License-Identifier: Apache-2.0 */
/* child.h - programs that the operator's configuration names: an argument vector, never a shell.
 *
 * A program gets no environment but PATH, HOME, LANG, USER, XDG_RUNTIME_DIR and what its caller
 * adds, no open files but the three, SIGPIPE as usual, and a process group of its own. Its standard
 * error is dropped: nobody knows what it would say. */
#ifndef WRIT_CHILD_H
#define WRIT_CHILD_H

#include <stdint.h>
#include <sys/types.h>

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
