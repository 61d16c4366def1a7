/* SPDX-License-Identifier: Apache-2.0 */
/* failpoint.h - places where a test build may be killed.
 *
 * Only built with -DWRIT_FAILPOINTS; a release binary has none of it. WRIT_FAILPOINT=NAME:N kills
 * the process at the N-th hit of NAME ("*": of any point); behind ":int", ":term" and ":stop" it
 * gets that signal, behind ":abort" it ends itself, and behind ":sleep" it sleeps and goes on.
 * WRIT_FAILPOINT_LOG=FILE gets a line for each hit. */
#ifndef WRIT_FAILPOINT_H
#define WRIT_FAILPOINT_H

#ifdef WRIT_FAILPOINTS
#include <stddef.h>

void failpoint_hit(const char *name);
#define FAILPOINT(name) failpoint_hit(name)

/* Writes the first half of what is to be written, and hits the point. */
void failpoint_write(const char *name, int fd, const char **bytes, size_t *len);
#define FAILPOINT_WRITE(name, fd, bytes, len) failpoint_write(name, fd, &(bytes), &(len))
#else
#define FAILPOINT(name) ((void)0)
#define FAILPOINT_WRITE(name, fd, bytes, len) ((void)0)
#endif

#endif
