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

/* `writ snapshot`: writes and, when asked for, commits. */
MUST_CHECK struct error *record_snapshot(struct run *run, const struct session *session);

#endif
