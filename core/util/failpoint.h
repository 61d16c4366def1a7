/* failpoint.h - places where a test build may be killed.
 *
 * Only built with -DWRIT_FAILPOINTS; a release binary has none of it. WRIT_FAILPOINT=NAME:N kills the process at
 * the N-th hit of NAME ("*": of any point); WRIT_FAILPOINT_LOG=FILE gets a line for each hit. */
#ifndef WRIT_FAILPOINT_H
#define WRIT_FAILPOINT_H

#ifdef WRIT_FAILPOINTS
void failpoint_hit(const char *name);
#define FAILPOINT(name) failpoint_hit(name)
#else
#define FAILPOINT(name) ((void)0)
#endif

#endif
