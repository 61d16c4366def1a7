/* SPDX-License-Identifier: Apache-2.0 */
/* drift_runs.h - changes that look like drift and were made by a run whose record is missing. */
#ifndef WRIT_CMD_DRIFT_RUNS_H
#define WRIT_CMD_DRIFT_RUNS_H

#include "cmd/writ/session.h"
#include "core/plan/drift.h"

/* Names in each item the run that made the very same change, where a ledger at hand tells of one.
 * Only runs after the last one with a commit are looked at, and of several that changed the same
 * thing only the latest. */
void drift_tell_runs(struct run *run, const struct session *session, const char *organization,
		     struct drift_vec *items);

/* The command that records this run where the snapshot is; in the run's arena. */
const char *drift_record_command(struct run *run, const char *name);

#endif
