/* SPDX-License-Identifier: Apache-2.0 */
/* history_git.h - what the files of history share: the handle, and libgit2's failures as errors.
 *
 * history.c reads, history_owner.c judges whose repository it is, history_shallow.c reads what is
 * there of a shallow clone; history_write.c makes commits, history_index.c lets the index follow,
 * history_push.c pushes. */
#ifndef WRIT_HISTORY_GIT_H
#define WRIT_HISTORY_GIT_H

#include "core/git/git2.h"
#include "core/git/history.h"

struct history {
	git_repository *repository;
	char *path; /* as given */
};

/* The error of a libgit2 call that failed with `code`: `fmt`, then the library's own words,
 * escaped. */
MUST_CHECK NOT_NULL struct error *git_failed(int code, const char *fmt, ...) PRINTF(2, 3);

/* The full name of a branch (NULL: the one that is checked out), in `a`; it need not exist.
 * ERROR_INPUT: no name for a branch, or HEAD is detached. */
MUST_CHECK struct error *history_branch_name(struct history *h, const char *branch, struct arena *a,
					     const char **out);

/* Whether git itself would use the repository: it is this user's, or listed as safe.directory in
 * configuration that is not the repository's own, "*" and "FOLDER" + "/" + "*" included. libgit2's
 * own check knows neither of these, nor the environment. */
bool history_is_trusted(struct history *h);

VEC(oid_vec, git_oid);

/* A shallow clone has no more of what its last commits come from than the names. */
bool history_is_shallow(struct history *h);
/* Whether `code` of a look-up means that a commit is among those that a shallow clone lacks. */
bool history_is_cut_off(struct history *h, int code);
/* Appends the commits that are there, newest first, for libgit2's own walk ends with an error where
 * the history is cut off. Its cost is the square of their number: shallow clones are made to be
 * small. */
MUST_CHECK struct error *history_walk_shallow(struct history *h, struct arena *a,
					      const git_oid *from, bool first_parent,
					      struct oid_vec *out);

/* Handles of libgit2 that the end of the block releases. */
#define GIT_CLEANUP(type)                                                                          \
	static inline void cleanup_git_##type##_free(git_##type **at)                              \
	{                                                                                          \
		git_##type##_free(*at);                                                            \
	}
GIT_CLEANUP(object)
GIT_CLEANUP(commit)
GIT_CLEANUP(tree)
GIT_CLEANUP(tree_entry)
GIT_CLEANUP(blob)
GIT_CLEANUP(revwalk)
GIT_CLEANUP(blame)
GIT_CLEANUP(reference)
GIT_CLEANUP(signature)
GIT_CLEANUP(treebuilder)
GIT_CLEANUP(remote)
GIT_CLEANUP(index)
GIT_CLEANUP(odb)

#endif
