/* SPDX-License-Identifier: Apache-2.0 */
/* drift_runs.h - what looks like drift, and is what a run did that was not recorded. */
#ifndef WRIT_CMD_DRIFT_RUNS_H
#define WRIT_CMD_DRIFT_RUNS_H

#include "cmd/writ/session.h"
#include "core/plan/drift.h"

/* Gives each item the run that did just this, as far as the ledgers at hand tell: of those behind
 * the last one with a commit, the last that changed the same. */
void drift_tell_runs(struct run *run, const struct session *session, const char *organization,
		     struct drift_vec *items);

/* The command that records this run where the snapshot is; in the run's arena. */
const char *drift_record_command(struct run *run, const char *name);

#endif
