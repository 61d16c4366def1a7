/* SPDX-License-Identifier: Apache-2.0 */
/* drift_decisions.h - the parts of `writ drift` that write manifests. */
#ifndef WRIT_CMD_DRIFT_DECISIONS_H
#define WRIT_CMD_DRIFT_DECISIONS_H

#include "cmd/writ/command.h"

/* The words behind the verb. Of "accept" these are fingerprints (none: all open drifts) and PATHs;
 * of "ignore" one fingerprint and PATHs. */
struct error *drift_accept(struct run *run, struct arguments words, int *status);
struct error *drift_ignore(struct run *run, struct arguments words, int *status);

#endif
