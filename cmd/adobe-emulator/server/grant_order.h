/* SPDX-License-Identifier: Apache-2.0 */
/* grant_order.h - the administrator's click in a console: what a test orders on the control path,
 * and what a fault lets happen beside a request. */
#ifndef EMULATOR_GRANT_ORDER_H
#define EMULATOR_GRANT_ORDER_H

#include "cmd/adobe-emulator/server/server.h"

/* Gives or takes what `order` says (see "give" and "take" in adobe-emulator(1)). NULL when it was
 * done, else why not. */
const char *grant_order_carry_out(struct server *s, const struct reply *order, bool give);

#endif
