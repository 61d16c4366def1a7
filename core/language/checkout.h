/* SPDX-License-Identifier: Apache-2.0 */
/* checkout.h - of which commit the files of a run are.
 *
 * A commit is named only when it holds just what was read: each file byte for byte, and below the
 * PATHs no file more. Line ends that git itself would put right count as equal; what other filters
 * do to files on their way into a work tree is a difference. */
#ifndef WRIT_CHECKOUT_H
#define WRIT_CHECKOUT_H

#include "core/git/history.h"

struct checkout_path {
	const char *revision; /* of "REV:PATH"; NULL: in the work tree */
	const char *below;    /* the root of the repository, in that revision or the work tree */
	bool folder;
};

struct checkout {
	const char *root; /* of the work tree */
	VEC(, struct checkout_path) paths;
};

/* Finds where the PATHs of manifest_load() are; false unless all are in one work tree. It looks
 * at names alone. */
bool checkout_find(struct arena *a, const char *const *paths, size_t count, struct checkout *out);

/* The commit of what was `read` there (path and id of each file), in `a`; NULL when it is not as
 * HEAD has it, when PATHs name different commits, and when the repository cannot be read. */
const char *checkout_commit(const struct checkout *checkout, struct arena *a,
			    const struct stored_file_vec *read);

/* Whether this commit has a manifest where `file` is, as far as the clone can tell. */
bool checkout_was_manifest(const struct checkout *checkout, struct arena *a, const char *commit,
			   const char *file);

/* Finds the files below the PATHs that a commit has in another form than they were `read`, with
 * their bytes, in `a`. The commit is `at`, or with NULL the one where the line of HEAD began
 * (history_fork_point()). *out_commit is NULL when it cannot be told. Where all PATHs
 * are of one commit, that commit's line counts, and it is what was read. */
MUST_CHECK struct error *checkout_replaced(const struct checkout *checkout, struct arena *a,
					   const char *at, const struct stored_file_vec *read,
					   const char **out_commit, struct stored_file_vec *out);

/* Whether files were `read` from the line of HEAD, and the clone does not tell where that line
 * began. */
bool checkout_lacks_fork_point(const struct checkout *checkout);

#endif
