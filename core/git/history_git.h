/* SPDX-License-Identifier: Apache-2.0 */
/* history_git.h - what the files of history share: the handle, and libgit2's failures as errors.
 *
 * history.c opens, finds commits and reads them; history_list.c lists those that changed a folder,
 * history_files.c reads what stands in one, history_united.c finds a merge of two of its versions,
 * history_merge.c the merge of a commit. history_order.c says which of two commits is older, and
 * where a branch began. history_owner.c judges whose repository it is, history_incomplete.c reads
 * what is there of a shallow or partial clone, history_blame.c who wrote a line, from what
 * line_map.c finds of two versions of a file.
 *
 * history_target.c looks whether a branch can be written, history_tree.c makes the folder of a
 * commit, history_write.c the commit, history_index.c lets the index follow, history_remote.c
 * pushes, history_rebase.c puts our commits behind what the remote has. */
#ifndef WRIT_HISTORY_GIT_H
#define WRIT_HISTORY_GIT_H

#include <git2.h>
#include <git2/sys/mempack.h>
#include <git2/sys/repository.h>

#include "core/git/history.h"
#include "core/git/history_write.h"
#include "core/util/str.h"

struct history {
	git_repository *repository;
	char *path; /* as given */
};

/* To be called before any other call of libgit2; when it succeeds, the caller owes one
 * git_libgit2_shutdown(). */
MUST_CHECK struct error *git_start(void);

/* The error of a libgit2 call that failed with `code`: `fmt`, then the library's own words,
 * escaped. ERROR_ABSENT: an object that the repository names is not in it. */
MUST_CHECK NOT_NULL struct error *git_failed(int code, const char *fmt, ...) PRINTF(2, 3);

/* The commit that a revision names, for the caller to free. ERROR_INPUT, for a full id
 * ERROR_ABSENT: there is none. */
MUST_CHECK struct error *history_find_commit(struct history *h, const char *revision,
					     git_commit **out);

/* 40 hexadecimal digits, in `a`. */
const char *history_id_text(struct arena *a, const git_oid *id);

/* A commit of libgit2 as one of ours, in `a`; `tree` is NULL. */
MUST_CHECK struct error *history_copy_commit(struct arena *a, const git_commit *from,
					     struct commit *out);

/* The id of what stands at a path of a commit; all zero when nothing does. */
MUST_CHECK struct error *history_entry_id(const git_commit *commit, const char *path, git_oid *out);
/* Whether a path means all of the commit: NULL, "" or ".". */
bool history_is_root(const char *path);

/* The full name of a branch (NULL: the one that is checked out), in `a`; it need not exist.
 * ERROR_INPUT: no name for a branch, or HEAD is detached. */
MUST_CHECK struct error *history_branch_name(struct history *h, const char *branch, struct arena *a,
					     const char **out);

/* How often a lock is looked at, and the pause between: a living git holds one for milliseconds. */
#define HISTORY_LOCK_TRIES 5
#define HISTORY_LOCK_WAIT_US 200000

/* The error for a lock that stays. */
MUST_CHECK NOT_NULL struct error *history_locked(const char *file);

/* Whether git itself would use the repository: it is this user's, or listed as safe.directory in
 * configuration that is not the repository's own, "*" and "FOLDER" + "/" + "*" included. libgit2's
 * own check knows neither of these, nor the environment. */
bool history_is_trusted(struct history *h);

/* A remote of a repository, talked with by the git program, so that whoever may push there with git
 * may with writ. What it brings goes to the repository's own objects; a folder "writ" of git's is
 * used meanwhile. */
struct history_remote;
/* `name`, which must outlive it, is that of a remote, or a URL. ERROR_INPUT: there is none of that
 * name. */
MUST_CHECK struct error *history_remote_open(struct history *h, const char *name,
					     struct history_remote **out);
void history_remote_close(struct history_remote *r); /* accepts NULL */
/* The commit of a branch ("refs/heads/...") there; all zero when it has no such branch.
 * ERROR_REMOTE. */
MUST_CHECK struct error *history_remote_find(struct history_remote *r, const char *branch,
					     git_oid *out);
/* Brings the commits here that the branch has there; `ours`, which may be NULL, and what is behind
 * it is not sent once more. ERROR_REMOTE. */
MUST_CHECK struct error *history_remote_fetch(struct history_remote *r, const char *branch,
					      const git_oid *ours);

/* What a commit says. */
struct history_commit_text {
	const git_signature *author, *committer;
	const char *message;
};
/* Stores one, signed as the target signs; moves no branch. */
MUST_CHECK struct error *history_store_commit(struct history *h, const struct history_target *t,
					      struct arena *a,
					      const struct history_commit_text *text,
					      const git_tree *tree, const git_commit **parents,
					      size_t count, git_oid *out);

/* Makes the names of new folders of objects last, which libgit2 does not: before a branch is moved
 * to what lies in them. */
MUST_CHECK struct error *history_sync_objects(struct history *h);

VEC(oid_vec, git_oid);

/* Whether `code` of a look-up means that a commit is among those that a shallow clone lacks. */
bool history_is_cut_off(struct history *h, int code);
/* ERROR_ABSENT becomes ERROR_SYSTEM where nothing was left out of the clone: what is not found is
 * damage there, or could not be read, for libgit2 does not tell a file that is not there from one
 * that it may not look at. Accepts NULL. */
struct error *history_judge_absence(struct history *h, struct error *error);
/* Appends the commits that are there, newest first, for libgit2's own walk ends with an error where
 * the history is cut off. Its cost is the square of their number: shallow clones are made to be
 * small. */
MUST_CHECK struct error *history_walk_shallow(struct history *h, struct arena *a,
					      const git_oid *from, struct oid_vec *out);

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
GIT_CLEANUP(diff)
GIT_CLEANUP(reference)
GIT_CLEANUP(signature)
GIT_CLEANUP(treebuilder)
GIT_CLEANUP(remote)
GIT_CLEANUP(index)
GIT_CLEANUP(odb)

#endif
