/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot_history.h - the snapshots' history, for commands that ask it. */
#ifndef WRIT_CMD_SNAPSHOT_HISTORY_H
#define WRIT_CMD_SNAPSHOT_HISTORY_H

#include "cmd/writ/command.h"
#include "core/git/signature.h"
#include "core/past/timeline.h"

/* Where snapshots are kept: of --snapshot, else of the operator's configuration. */
struct snapshot_home {
	const char *repository; /* NULL: nowhere, or in no repository */
	const char *folder;	/* in the repository */
	const char *branch;	/* NULL: the one that is checked out */
};
MUST_CHECK struct error *snapshot_history_find(struct run *run, struct snapshot_home *out);

/* Appends the commits of the snapshots' folder, newest first; none when there is no such place. */
MUST_CHECK struct error *snapshot_history_commits(struct run *run, struct commit_vec *out);
/* The newest `max` of them (0: all). `organization` says whose, where the configuration has
 * several; NULL: of the only one. */
MUST_CHECK struct error *snapshot_history_commits_of(struct run *run, const char *organization,
						     size_t max, struct commit_vec *out);

/* Why commits before the last of these may not be known here; NULL: there are none. */
const char *snapshot_history_cut(const struct commit_vec *commits);

/* A moment, or a date, which stands for its last second; false for any other text. */
bool snapshot_history_parse_moment(const char *text, int64_t *out);

/* Finds the snapshot that a date, a moment or a bare revision means. Of a date or a moment it is
 * that of the newest commit by then, by committer's time; a revision is looked up in the snapshots'
 * repository. *out_path is "ID:FOLDER" of *out_repository. Both are NULL where `asked` is REV:PATH,
 * and for a revision where snapshots are in no repository. */
MUST_CHECK struct error *snapshot_history_find_snapshot(struct run *run, const char *asked,
							const char **out_path,
							const char **out_repository);

/* Reads the timeline of that place, whose repository is open as `h`. It has no moment where nothing
 * is committed yet. The universe belongs to the caller, also after an error. */
MUST_CHECK struct error *snapshot_history_timeline(struct run *run, struct history *h,
						   const struct snapshot_home *m,
						   struct timeline *out);

/* What the operator says of the only organisation, or of that of --org, which tells who may sign
 * commits; NULL. */
MUST_CHECK struct error *snapshot_history_signers(struct run *run,
						  const struct organization_config **out);
/* The same, loaded; *out is NULL where nobody is configured. */
MUST_CHECK struct error *snapshot_history_load_signers(struct run *run, const struct signers **out);

#endif
