/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot_commits.h - whether the commits of the snapshots' folder are those that writ made, and
 * signed as git verify-commit would look at it. */
#ifndef WRIT_SNAPSHOT_COMMITS_H
#define WRIT_SNAPSHOT_COMMITS_H

#include "core/git/signature.h"
#include "core/past/run_verify.h"

/* Appends what does not hold of `commits`, newest first: a snapshot that was edited by hand,
 * serials that no commit has between those that some have, and what could not be checked, as where
 * the history is cut off. Then the runs that a ledger has and that did something, but are in no
 * commit although earlier and later ones of their organisation are. An error: a snapshot that is at
 * hand could not be read. */
MUST_CHECK struct error *snapshot_commits_verify(struct history *h, const char *folder,
						 struct arena *a, const struct commit_vec *commits,
						 const struct known_run_vec *runs,
						 struct run_finding_vec *out);

/* Appends what does not hold of `commits`, newest first. A commit without a signature is wrong
 * behind one that has one, and unchecked before: signing may have begun later. *out_signed counts
 * the good ones. */
MUST_CHECK struct error *snapshot_commits_verify_signatures(struct history *h, struct arena *a,
							    const struct commit_vec *commits,
							    const struct signers *signers,
							    struct run_finding_vec *out,
							    size_t *out_signed);

#endif
