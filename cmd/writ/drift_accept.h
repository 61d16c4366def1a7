/* SPDX-License-Identifier: Apache-2.0 */
/* drift_accept.h - `writ drift accept` and `writ drift ignore`, which write manifests. */
#ifndef WRIT_CMD_DRIFT_ACCEPT_H
#define WRIT_CMD_DRIFT_ACCEPT_H

#include "cmd/writ/command.h"
#include "core/plan/drift.h"

/* The error names the first fingerprint that is of none of these drifts. */
MUST_CHECK struct error *drift_check_named(const struct drift_vec *all, struct arguments named);

/* The words behind the verb. Of "accept" these are fingerprints (none: all open drifts) and PATHs;
 * of "ignore" one fingerprint and PATHs. */
struct error *drift_accept(struct run *run, struct arguments words, int *status);
struct error *drift_ignore(struct run *run, struct arguments words, int *status);

#endif
