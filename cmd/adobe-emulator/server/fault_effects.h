/* SPDX-License-Identifier: Apache-2.0 */
/* fault_effects.h - what each kind of fault does to a request and its reply. */
#ifndef EMULATOR_FAULT_EFFECTS_H
#define EMULATOR_FAULT_EFFECTS_H

#include "cmd/adobe-emulator/server/server.h"

extern const struct fault_kind fault_kinds[]; /* ends with a row without name */

/* To be called in front of the handler: makes the reply of a fault that comes before the change.
 * False when there is none, and the handler is to be called. */
bool fault_before(struct server *s, struct fault *f, struct request *r, struct response *response);
/* Alters the reply as the fault says. */
void fault_alter(struct server *s, struct fault *f, struct request *r, struct response *response);

#endif
