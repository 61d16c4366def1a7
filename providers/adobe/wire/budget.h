/* SPDX-License-Identifier: Apache-2.0 */
/* budget.h - when more requests of a kind may be sent.
 *
 * The limits that a service publishes can change, and are counted in windows whose start nobody
 * knows. So nothing is paced by number: requests go until the service answers 429, and then wait as
 * long as that says. Time is the caller's, in milliseconds that only grow. */
#ifndef ADOBE_BUDGET_H
#define ADOBE_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#define BUDGET_WINDOW_S 60 /* limits are per minute: facts/umapi.md, "Limits" */

struct budget_state {
	int64_t held; /* no request may start before this: the service asked for it */
	bool served;  /* a request of the kind was answered since the last wait */
};

/* When the next request may start; a time that is not after `now` means at once. */
int64_t budget_due(const struct budget_state *b, int64_t now);
/* Notes that a request was answered with something other than a wait. */
void budget_served(struct budget_state *b);
/* Whether a wait that was asked for is the service's pace: no longer than a window, and something
 * was served since the last one. */
bool budget_is_pace(const struct budget_state *b, uint32_t wait_s);
/* Lets no request start before `until`; whether that is later than before. */
bool budget_hold(struct budget_state *b, int64_t until);

#endif
