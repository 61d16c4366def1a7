/* SPDX-License-Identifier: Apache-2.0 */
/* price.h - what a plan costs in requests and, at the limits that Adobe publishes, in time. */
#ifndef ADOBE_PRICE_H
#define ADOBE_PRICE_H

#include "core/plan/plan.h"
#include "providers/adobe/session/session.h"

/* provider_writer.queue: the console's, the directory's, and the operator's program. */
#define PRICE_QUEUES 3
unsigned price_queue(const struct change *change);

/* How many of the leading changes, at least 1, are of one group: what one request, or one account's
 * requests, or the requests of accounts that are made side by side, can carry. */
size_t price_group(const struct change *const *changes, size_t len);

/* How many of the leading changes, at least 1, are a batch: a group, or what PROVISION_WAVE
 * accounts gain, most of which came with their creation and costs no request. */
size_t price_take(const struct change *const *changes, size_t len);

/* provider_reader.price: the writes, and the looks that follow them; not the reads before and
 * after. */
void price_plan(struct provider *p, const struct plan *plan, struct cost *out);

/* Which of the services, and so which kind of request, makes a change. */
enum change_route { ROUTE_ACCOUNT, ROUTE_API, ROUTE_LICENCE, ROUTE_USERS, ROUTE_COMMAND };
enum change_route route_of(const struct change *c);

#endif
