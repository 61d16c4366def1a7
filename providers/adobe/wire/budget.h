/* SPDX-License-Identifier: Apache-2.0 */
/* budget.h - how soon the next request of a kind may start.
 *
 * The services count in windows of a minute whose start nobody knows, so a bucket that refills bit
 * by bit could still put twice the limit into one of them. Here no window of a minute, wherever it
 * starts, gets more than the limit. Time is the caller's, in milliseconds that only grow. */
#ifndef ADOBE_BUDGET_H
#define ADOBE_BUDGET_H

#include <stdint.h>

#define BUDGET_MAX                                                                                 \
	64 /* requests a minute that can be counted; the highest published limit is 25             \
	    *  \ */
#define BUDGET_WINDOW_MS 60500 /* a minute, and what two requests may differ in on their way */

struct budget_state {
	int64_t started[BUDGET_MAX]; /* a ring; `count` of them are used, `next` is the
				      * oldest then */
	unsigned limit, count, next; /* limit 0: none */
	int64_t held;		     /* nothing before this: the service asked for it */
};

/* When the next may start: a time that is not after `now` means at once. */
int64_t budget_due(const struct budget_state *b, int64_t now);
/* One starts now. */
void budget_take(struct budget_state *b, int64_t now);
/* Nothing before `until`. */
void budget_hold(struct budget_state *b, int64_t until);

#endif
