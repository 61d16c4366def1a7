/* SPDX-License-Identifier: Apache-2.0 */
/* control.h - the administrator's click, as other parts of the emulator may need it. */
#ifndef EMULATOR_CONTROL_H
#define EMULATOR_CONTROL_H

#include "cmd/adobe-emulator/server/server.h"

/* Gives or takes what `order` says (see adobe-emulator(1), "give" and "take"). NULL when it was
 * done, else why not. */
const char *control_give(struct server *s, const struct reply *order, bool give);

#endif
