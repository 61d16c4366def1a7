/* SPDX-License-Identifier: Apache-2.0 */
/* drift_accept.h - the parts of `writ drift` that write manifests. */
#ifndef WRIT_CMD_DRIFT_ACCEPT_H
#define WRIT_CMD_DRIFT_ACCEPT_H

#include "cmd/writ/command.h"

/* Behind "accept" come fingerprints (none: all open drifts) and PATHs; behind "ignore" one
 * fingerprint and PATHs. */
struct error *drift_accept(struct run *run, int *status);
struct error *drift_ignore(struct run *run, int *status);

#endif
