/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot_history.h - the snapshots' history, for commands that ask it. */
#ifndef WRIT_CMD_SNAPSHOT_HISTORY_H
#define WRIT_CMD_SNAPSHOT_HISTORY_H

#include "cmd/writ/command.h"
#include "core/git/history.h"

/* Where snapshots are kept: of --snapshot, else of the operator's configuration. */
struct memory {
	const char *repository; /* NULL: nowhere, or in no repository */
	const char *folder;	/* in the repository */
	const char *branch;	/* NULL: the one that is checked out */
};
MUST_CHECK struct error *memory_find(struct run *run, struct memory *out);

/* Appends the commits of the snapshots' folder, newest first; none when there is no such place. */
MUST_CHECK struct error *memory_commits(struct run *run, struct commit_vec *out);

/* The operator's words for the only organisation, or that of --org, which say who may sign commits;
 * NULL. */
MUST_CHECK struct error *memory_signers(struct run *run, const struct organization_config **out);

#endif
