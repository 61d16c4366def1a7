/* SPDX-License-Identifier: Apache-2.0 */
/* record_commit.h - the git half of a record: what is committed, by a child process. */
#ifndef WRIT_RECORD_COMMIT_H
#define WRIT_RECORD_COMMIT_H

#include "core/record/record.h"

struct record_work {
	const struct snapshot *before; /* what had drifted; NULL: nothing */
	const struct snapshot *after;  /* what the run made of it; NULL: nothing was done */
	const char *expected;	       /* history_target's */
	bool first;		       /* there was no snapshot before */
	bool limits;		       /* `before` has nothing new but the limits of the run */
	bool files;		       /* the branch is checked out: the index follows */
};

/* Whether commits can be made, as far as is seen before anything is written; *out_files: the branch
 * is checked out. */
MUST_CHECK struct error *record_check(struct history *h, const struct record_place *place,
				      bool *out_files);

/* Commits and pushes; commits of others in other folders that were pushed meanwhile come first.
 * Adds to out->commits what was made, also when a later step fails. Without `work` nothing is done
 * but to look at what only a child process should: the key, and whether the remote's branch has a
 * snapshot that this one lacks. */
MUST_CHECK struct error *record_commit(const struct record_input *input,
				       const struct record_work *work, struct arena *a,
				       struct record_result *out);

#endif
