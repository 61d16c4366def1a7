/* SPDX-License-Identifier: Apache-2.0 */
/* signed_commits.h - the signatures of the snapshots' commits, as git verify-commit would look at
 * them. */
#ifndef WRIT_SIGNED_COMMITS_H
#define WRIT_SIGNED_COMMITS_H

#include "core/git/signature.h"
#include "core/past/run_verify.h"

/* Appends what does not hold of `commits`, newest first. A commit without a signature is wrong
 * behind one that has one, and unchecked before: signing may have begun later. *out_signed counts
 * the good ones. */
MUST_CHECK struct error *signed_commits_verify(struct history *h, struct arena *a,
					       const struct commit_vec *commits,
					       const struct signers *signers,
					       struct run_finding_vec *out, size_t *out_signed);

#endif
