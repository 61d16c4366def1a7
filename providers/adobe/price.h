/* SPDX-License-Identifier: Apache-2.0 */
/* price.h - what a plan costs in requests and, at the limits that Adobe publishes, in time. */
#ifndef ADOBE_PRICE_H
#define ADOBE_PRICE_H

#include "core/plan/plan.h"
#include "providers/adobe/session/session.h"

/* The queues of provider_writer.queue: the console's, the directory's, and that of the operator's
 * program. */
#define PRICE_QUEUES 3
unsigned price_queue(const struct change *change);

/* How many of the leading changes, at least 1, can go together: in one request, in the requests
 * about one account, or in those for accounts that are made side by side. */
size_t price_group(const struct change *const *changes, size_t len);

/* How many of the leading changes, at least 1, make a batch: those of price_group(), or all that up
 * to PROVISION_WAVE accounts gain. Most of that came when the account was made, and costs no
 * request. */
size_t price_take(const struct change *const *changes, size_t len);

/* This is provider_reader.price: the writes, and the looks that follow each; not the reads before
 * and after the whole. */
void price_plan(struct provider *p, const struct plan *plan, struct cost *out);

/* Which service, and so which kind of request, makes a change. */
enum change_route {
	ROUTE_ACCOUNT,
	ROUTE_PROJECT,
	ROUTE_API,
	ROUTE_LICENCE,
	ROUTE_USERS,
	ROUTE_COMMAND
};
enum change_route route_of(const struct change *c);

#endif
