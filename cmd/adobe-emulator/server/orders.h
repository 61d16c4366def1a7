/* SPDX-License-Identifier: Apache-2.0 */
/* orders.h - the administrator's click in a console: what a test orders on the control path, and
 * what a fault lets happen beside a request. */
#ifndef EMULATOR_ORDERS_H
#define EMULATOR_ORDERS_H

#include "cmd/adobe-emulator/server/server.h"

/* Gives or takes what `order` says (see "give" and "take" in adobe-emulator(1)). NULL when it was
 * done, else why not. */
const char *order_give(struct server *s, const struct reply *order, bool give);

#endif
