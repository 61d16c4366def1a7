/* SPDX-License-Identifier: Apache-2.0 */
/* router.h - from a request to its reply: the surface and route that take it, and the faults, lags,
 * saving and logging around them. */
#ifndef EMULATOR_ROUTER_H
#define EMULATOR_ROUTER_H

#include "cmd/adobe-emulator/server/server.h"

/* Answers one request. Thread-safe. */
void router_answer(struct server *s, struct request *r, struct response *response);

#endif
