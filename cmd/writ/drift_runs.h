/* SPDX-License-Identifier: Apache-2.0 */
/* drift_runs.h - changes that look like drift and were made by a run whose record is missing. */
#ifndef WRIT_CMD_DRIFT_RUNS_H
#define WRIT_CMD_DRIFT_RUNS_H

#include "cmd/writ/snapshot_reading.h"
#include "core/plan/drift.h"

/* What is compared: the organisation, and the snapshot that is the third leg. */
struct drift_sides {
	const struct session *session;
	const char *organization;
	const struct snapshot_source *source;
	const struct model *snapshot;
};

/* Names in each item the run that made the very same change, where a ledger at hand tells of one.
 * Only runs after the last one with a commit are looked at, and of several that changed the same
 * thing only the latest. Where the snapshot's history shows that nothing was recorded between that
 * run and the item, the item is `unrecorded`. Where no ledger is shared, a note says that runs of
 * other machines are not known. */
void drift_tell_runs(struct run *run, const struct drift_sides *sides, struct drift_vec *items);

/* The last run that did something and that nobody recorded since, as far as the ledgers at hand and
 * the snapshot's history tell; NULL. */
const char *drift_find_unrecorded(struct run *run, const struct drift_sides *sides);

/* The command that records this run where the snapshot is; in the run's arena. */
const char *drift_record_command(struct run *run, const char *name);

#endif
