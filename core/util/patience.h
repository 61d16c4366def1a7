/* SPDX-License-Identifier: Apache-2.0 */
/* patience.h - looking again for what a service shows late.
 *
 * `for (struct patience t = {.all_ms = N, .what = "..."}; patience_next(&t);)` looks at once, then
 * after pauses that grow to PATIENCE_PAUSE_MS, and for the last time when N ms are over; what the
 * looks themselves take counts. From PATIENCE_TOLD_MS on it is told what is waited for. */
#ifndef WRIT_PATIENCE_H
#define WRIT_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

#define PATIENCE_PAUSE_MS 15000
#define PATIENCE_TOLD_MS 2000
#define PATIENCE_HURRIED_LOOKS 3 /* what lags by more is for another read */

struct patience {
	unsigned all_ms;  /* 0: one look */
	const char *what; /* "accepted, waiting to see it"; NULL: nothing is told */
	bool hurried;	  /* PATIENCE_HURRIED_LOOKS looks at most */
	/* Kept by patience_next(). */
	unsigned looks;
	int64_t began_ms;
};

bool patience_next(struct patience *t);

#endif
