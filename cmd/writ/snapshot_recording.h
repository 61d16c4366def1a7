/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot_recording.h - snapshots, as commands make them. */
#ifndef WRIT_CMD_SNAPSHOT_RECORDING_H
#define WRIT_CMD_SNAPSHOT_RECORDING_H

#include "cmd/writ/session.h"
#include "core/apply/apply.h"
#include "core/record/record.h"

/* The folder that the command line names; NULL. */
const char *recording_folder(const struct run *run);

/* Does what `writ snapshot` does: writes one, commits it where that is asked for, and records the
 * run of --run with it. */
MUST_CHECK struct error *recording_snapshot(struct run *run, const struct session *session);

/* Records what is live together with a decision on open drift. *out_any is false where there is no
 * place for snapshots. */
MUST_CHECK struct error *record_decided(struct run *run, const struct session *session,
					const struct record_decision *decision,
					struct result_record *out, bool *out_any);

/* To be called before an apply's first request: fails when what it does could not be recorded; see
 * record_prepare(). */
MUST_CHECK struct error *recording_prepare_apply(struct run *run, const struct session *session,
						 const struct plan *plan);

/* To be called before an apply's first request: records the earlier run of that name, which stopped
 * or whose commit failed, as the run that it was. *done is false where nothing is to be
 * committed. */
MUST_CHECK struct error *recording_earlier(struct run *run, const struct session *session,
					   const char *name, bool *done);

/* To be called behind an apply: records what is live now, and what the run did of its plan.
 * `result` is NULL when there was nothing to apply; `stopped` says that an error ended the run
 * part-way, so that live shows what it did. *out stays as it is where there is no place for
 * snapshots. */
MUST_CHECK struct error *recording_apply(struct run *run, const struct session *session,
					 const struct planned *planned, bool saved,
					 const struct result *result, bool stopped,
					 struct result_record *out);

#endif
