/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot_recording.h - snapshots, as commands make them. */
#ifndef WRIT_CMD_SNAPSHOT_RECORDING_H
#define WRIT_CMD_SNAPSHOT_RECORDING_H

#include "cmd/writ/session.h"
#include "core/apply/apply.h"
#include "core/record/record.h"

/* The folder that the command line names; NULL. */
const char *recording_folder(const struct run *run);

/* `writ snapshot`: writes and, when asked for, commits; of a run of --run too. */
MUST_CHECK struct error *recording_snapshot(struct run *run, const struct session *session);

/* Records what is live, with a decision on what is open; *out_any is false without a place. */
MUST_CHECK struct error *record_decided(struct run *run, const struct session *session,
					const struct record_decision *decision,
					struct result_record *out, bool *out_any);

/* Before an apply's first request: whether what it does can be recorded; see record_prepare(). */
MUST_CHECK struct error *recording_prepare_apply(struct run *run, const struct session *session,
						 const struct plan *plan);

/* Before an apply's first request too: records the run of that name, which stopped or whose commit
 * failed, as what it was. *done is false where nothing is to be committed. */
MUST_CHECK struct error *recording_earlier(struct run *run, const struct session *session,
					   const char *name, bool *done);

/* Behind an apply, where there is a place for a snapshot: what is live now, and what the run did of
 * its plan. `result` is NULL when there was nothing to apply; `stopped` says that an error ended it
 * part-way, so that what live shows of it is the run's. *out stays as it is without a place. */
MUST_CHECK struct error *recording_apply(struct run *run, const struct session *session,
					 const struct planned *planned, bool saved,
					 const struct result *result, bool stopped,
					 struct result_record *out);

#endif
