/* SPDX-License-Identifier: Apache-2.0 */
/* drift_accept.h - `writ drift accept` and `writ drift ignore`, which write manifests. */
#ifndef WRIT_CMD_DRIFT_ACCEPT_H
#define WRIT_CMD_DRIFT_ACCEPT_H

#include "cmd/writ/command.h"

/* The words behind the verb. Of "accept" these are fingerprints (none: all open drifts) and PATHs;
 * of "ignore" one fingerprint and PATHs. */
struct error *drift_accept(struct run *run, struct arguments words, int *status);
struct error *drift_ignore(struct run *run, struct arguments words, int *status);

#endif
