/* SPDX-License-Identifier: Apache-2.0 */
/* router.h - from a request to its reply: it finds the surface and the route, and cares for faults,
 * lags, saving and logging. */
#ifndef EMULATOR_ROUTER_H
#define EMULATOR_ROUTER_H

#include "cmd/adobe-emulator/server/server.h"

/* Answers one request. Thread-safe. */
void router_answer(struct server *s, struct request *r, struct response *response);

#endif
