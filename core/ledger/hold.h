/* SPDX-License-Identifier: Apache-2.0 */
/* hold.h - one run an organisation at a time, on whatever machines they are.
 *
 * A run that appends a hold behind a released ledger has the ledger. From then on nobody else
 * appends, except a run that takes over. The holder notices that when it appends its next
 * record, which it always does before it sends. A holder beats. Clocks of two machines are never
 * compared: a run that waits counts, by its own clock, for how long there was neither a record
 * nor a beat.
 *
 * A record gives leave to send for one lease: a request begins in the first half of it, and its
 * last byte is out in the second half or never. A run that takes over lets that time pass before
 * it looks. */
#ifndef WRIT_HOLD_H
#define WRIT_HOLD_H

#include "core/ledger/ledger_view.h"

#define LEASE_MS 120000	   /* silence after which a holder may be taken over; four beats */
#define HOLD_WAIT_MS 10000 /* a run that only ends is waited for; one that works is not */

struct hold_request {
	struct holder holder; /* who asks; lease_ms 0: LEASE_MS */
	int64_t wait_ms;      /* -1: HOLD_WAIT_MS */
	bool take_over;	      /* even from a holder that is alive, once its last send is over */
	void (*note)(const char *line); /* told while it waits; NULL: nobody */
};

struct hold;

/* Takes the organisation. `view` is as it was before the hold, in `a`. ERROR_LOCKED names who has
 * it. `open` opens the store once more, for the beats; what it opens is kept until the release. */
MUST_CHECK struct error *hold_take(struct ledger *l, const struct hold_request *request,
				   struct error *(*open)(void *context, struct store **out),
				   void *context, struct arena *a, struct ledger_view *view,
				   struct hold **out);

/* Whether a holder that may have been alive was taken over, by this process or by one before it
 * that did not wait for it. */
bool hold_is_takeover(const struct hold *h);
/* Until when, by clock_steady_ms(), such a run may still be sending; 0: it sends nothing. */
int64_t hold_others_send_until_ms(const struct hold *h);

/* How long a request that begins now may take until its last byte is out; 0: none may begin before
 * another record of this run was written. */
unsigned hold_leave_ms(const struct hold *h, const struct ledger *l);
/* The same at the moment of the record itself: an intent says this of itself. */
int64_t hold_lease_ms(const struct hold *h);

/* Appends the view and the release, and ends the beats; accepts NULL. After an error, or without
 * `view`, nothing is appended, and others take over once this process is gone. */
MUST_CHECK struct error *hold_release(struct hold *h, struct ledger *l, struct ledger_view *view,
				      int64_t now);
void hold_abandon(struct hold *h);

#endif
