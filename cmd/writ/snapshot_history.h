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
/* The newest `max` of them (0: all), for the organisation of this name, where the configuration has
 * several; NULL: the only one. */
MUST_CHECK struct error *snapshot_history_commits_of(struct run *run, const char *organization,
						     size_t max, struct commit_vec *out);

/* Why commits before the last of these may not be known here; NULL: there are none. */
const char *snapshot_history_cut(const struct commit_vec *commits);

/* A moment, or a date, which stands for its last second; false for any other text. */
bool snapshot_history_parse_moment(const char *text, int64_t *out);

/* The snapshot that a date, a moment or a bare revision means: of the newest commit by then
 * (committer's time), or at the revision of the snapshots' repository. *out_path is "ID:FOLDER" of
 * *out_repository; both NULL where `asked` is REV:PATH, or a revision and snapshots are in no
 * repository. */
MUST_CHECK struct error *snapshot_history_find_snapshot(struct run *run, const char *asked,
							const char **out_path,
							const char **out_repository);

/* The timeline of that place, whose repository is open as `h`; without a moment where nothing is
 * committed yet. The universe belongs to the caller, also after an error. */
MUST_CHECK struct error *snapshot_history_timeline(struct run *run, struct history *h,
						   const struct snapshot_home *m,
						   struct timeline *out);

/* The operator's words for the only organisation, or that of --org, which say who may sign commits;
 * NULL. */
MUST_CHECK struct error *snapshot_history_signers(struct run *run,
						  const struct organization_config **out);
/* The same, loaded; *out is NULL where nobody is configured. */
MUST_CHECK struct error *snapshot_history_load_signers(struct run *run, const struct signers **out);

#endif
