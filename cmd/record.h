/* record.h - snapshots, as commands make them. */
#ifndef WRIT_CMD_RECORD_H
#define WRIT_CMD_RECORD_H

#include "cmd/command.h"
#include "core/apply.h"
#include "core/record.h"

/* The folder that the command line names; NULL. */
const char *record_folder(const struct run *run);
/* The operator's, where they name a repository; NULL. */
const struct snapshot_settings *record_settings(const struct organization_config *config);

/* `writ snapshot`: writes and, when asked for, commits; of a run of --run too. */
MUST_CHECK struct error *record_snapshot(struct run *run, const struct session *session);

/* Behind an apply, where there is a place for a snapshot: what is live now, and what the run did of `plan`. A failure makes
 * *status EXIT_RECORD where the apply went well; else it is printed. `result` is NULL when there was nothing to apply. */
MUST_CHECK struct error *record_apply(struct run *run, const struct session *session,
				      const struct plan *plan, bool saved, const char *plan_digest,
				      const struct apply_result *result, const int *status);

#endif
