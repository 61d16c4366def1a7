/* SPDX-License-Identifier: Apache-2.0 */
/* progress.h - how far a long step has come, for whoever waits for it.
 *
 * Who does a step says how it is called and counts; a thread of its own tells: on a terminal a line
 * that is written over, in a narrow one a few, elsewhere a line a minute, and to a listener every
 * ten seconds. Steps under a second are not told at all. Nothing of it goes to results. Safe from
 * any thread. */
#ifndef WRIT_PROGRESS_H
#define WRIT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum progress_view { PROGRESS_SILENT, PROGRESS_LINE, PROGRESS_LOG };

#define PROGRESS_FIRST_MS 900  /* until a line is first seen */
#define PROGRESS_LOG_MS 60000  /* between lines where there is no terminal */
#define PROGRESS_BEAT_MS 10000 /* between calls of the listener */
#define PROGRESS_TEXT_MAX 256  /* bytes of a told line, with its NUL */

/* How a step stands. Texts are the caller's. */
struct progress {
	const char *what, *unit; /* "reading users", "requests", with an s behind it; static. what
				    NULL: nothing goes on */
	size_t done, total;	 /* total 0: not known */
	size_t answered, asked; /* requests for the next units, where those are not what is counted;
				   asked 0: none are under way */
	int64_t elapsed_ms;
	char wait[PROGRESS_TEXT_MAX]; /* why it waits; "": it does not */
	int64_t wait_ms;	      /* until it goes on */
};

/* Before the first step, by main(). The listener (NULL: none) is called by the thread. */
void progress_show(enum progress_view view, void (*listener)(const struct progress *now));
/* Ends the step and the thread, and takes the line away. */
void progress_stop(void);

/* A step begins, and the one before is over; `total` 0: not known, then requests are counted. */
void progress_step(const char *what, const char *unit, size_t total);
/* The step is over, and nothing long comes next: a person is asked, or a result is written. */
void progress_idle(void);
/* So many more of the step's units are done. */
void progress_add(size_t done);
/* Requests that are to be sent, and that were answered: what a step without a total counts, and
 * what another tells until its next units are done, many at once. */
void progress_requests(size_t queued, size_t answered);
/* It waits for so long, unless something else is told before. */
void progress_wait(const char *why, int64_t ms);

/* Takes the line away for one that somebody else writes; it comes back by itself. */
void progress_hide(void);

/* "reading users: 1200 of 5000 requests, 20 a second, about 3 min left"; "reading users: 1200 of
 * 5000 requests; waiting 38 s: why"; "sending changes: 100 of 300 changes, 12 of 57 requests for
 * the next". */
void progress_text(const struct progress *p, char out[static PROGRESS_TEXT_MAX]);

#define PROGRESS_LINES 4 /* of a terminal, at most */
#define PROGRESS_WRAPPED_MAX (PROGRESS_TEXT_MAX + 3 * PROGRESS_LINES)
/* The text in lines of at most `columns` columns, those behind the first with two blanks in front;
 * returns how many they are. No word is broken: one that is wider than a line, and all that has no
 * room in so many lines, is left out. */
size_t progress_wrap(const char *text, size_t columns, size_t lines,
		     char out[static PROGRESS_WRAPPED_MAX]);

#endif
