/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot_recording.h - snapshots, as commands make them. */
#ifndef WRIT_CMD_SNAPSHOT_RECORDING_H
#define WRIT_CMD_SNAPSHOT_RECORDING_H

#include "cmd/writ/session.h"
#include "core/apply/apply.h"
#include "core/record/record.h"

/* The folder that the command line names; NULL. */
const char *record_folder(const struct run *run);
/* The operator's, where they name a repository; NULL. */
const struct snapshot_settings *record_settings(const struct organization_config *config);

/* `writ snapshot`: writes and, when asked for, commits; of a run of --run too. */
MUST_CHECK struct error *record_snapshot(struct run *run, const struct session *session);

/* Before an apply's first request: whether what it does can be recorded; see record_prepare(). */
MUST_CHECK struct error *record_prepare_apply(struct run *run, const struct session *session,
					      const struct plan *plan);

/* Behind an apply, where there is a place for a snapshot: what is live now, and what the run did of
 * `plan`. `result` is NULL when there was nothing to apply. */
MUST_CHECK struct error *record_apply(struct run *run, const struct session *session,
				      const struct plan *plan, bool saved, const char *plan_digest,
				      const struct apply_result *result);
/* The same behind an apply that an error stopped part-way: what live shows of it is the run's. */
MUST_CHECK struct error *record_stopped(struct run *run, const struct session *session,
					const struct plan *plan, bool saved,
					const char *plan_digest, const struct apply_result *result);

#endif
