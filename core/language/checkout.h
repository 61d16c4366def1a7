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
	const char *below;    /* the root of the repository */
	bool folder;
};

struct checkout {
	const char *root; /* of the work tree */
	VEC(, struct checkout_path) paths;
};

/* Where the PATHs of manifest_load() are; false unless all are in one work tree. Looks at names
 * alone. */
bool checkout_find(struct arena *a, const char *const *paths, size_t count, struct checkout *out);

/* The commit of what was `read` there (path and id of each file), in `a`; NULL when it is not as
 * HEAD has it, when PATHs name different commits, and when the repository cannot be read. */
const char *checkout_commit(const struct checkout *checkout, struct arena *a,
			    const struct stored_file_vec *read);

/* Whether this commit has a manifest where `file` is, as far as the clone can tell. */
bool checkout_was_manifest(const struct checkout *checkout, struct arena *a, const char *commit,
			   const char *file);

/* The commit `at`, or with NULL that where the line of HEAD began (history_fork_point()), and those
 * files that it has below the PATHs and that were not `read` just so, with their bytes; in `a`.
 * *out_commit is NULL when it cannot be told, or when a PATH is a revision. */
MUST_CHECK struct error *checkout_replaced(const struct checkout *checkout, struct arena *a,
					   const char *at, const struct stored_file_vec *read,
					   const char **out_commit, struct stored_file_vec *out);

/* Whether the clone does not tell where the line of HEAD began, which is what was `read` there. */
bool checkout_lacks_fork_point(const struct checkout *checkout);

#endif
