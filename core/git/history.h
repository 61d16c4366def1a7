/* SPDX-License-Identifier: Apache-2.0 */
/* history.h - what git remembers: commits, files as they were, and who wrote a line.
 *
 * Read-only; history_write.h makes commits. The repository may be somebody else's work: it is
 * opened at the path given and nowhere above it, a foreign owner is refused, no hook, filter or
 * program of its configuration runs, and links are never followed. libgit2 is known to the files of
 * this folder alone.
 *
 * Texts are as stored (a message may be hostile: escape before printing) and live in the arena
 * handed in. */
#ifndef WRIT_HISTORY_H
#define WRIT_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/util/error.h"
#include "core/util/vec.h"

#define HISTORY_ID 41			    /* 40 hexadecimal digits of SHA-1 and their NUL */
#define HISTORY_FILES_MAX ((size_t)1000000) /* as below a folder of manifests */

struct history; /* an open repository */

bool history_is_id(const char *text); /* of a commit, in full */

struct trailer {
	const char *key, *value;
};
VEC(trailer_vec, struct trailer);

struct commit {
	const char *id;	  /* 40 hexadecimal digits */
	const char *tree; /* id of the folder asked for; NULL where it is absent */
	const char *author_name, *author_email, *committer_name;
	const char *subject, *message;	  /* the first line; all of it */
	int64_t author_time, commit_time; /* seconds since 1970 UTC */
	struct trailer_vec trailers;	  /* in the order of the message */
	size_t parents;
	bool cut_off; /* history_list(): a parent is not in this shallow clone */
};
VEC(commit_vec, struct commit);

/* Why what came before a commit that is `cut_off` is not known. */
#define HISTORY_CUT_OFF                                                                            \
	"the clone is shallow, and its history is cut off here; git fetch --unshallow brings the " \
	"rest"

/* A regular file of a commit. Equal ids mean equal bytes. */
struct stored_file {
	const char *path;  /* below the folder asked for; the file's name when that is a file */
	const char *id;	   /* of its contents */
	const char *bytes; /* NUL-terminated; NULL from history_list_files() */
	size_t len;
};
VEC(stored_file_vec, struct stored_file);

/* Opens the repository whose work tree's root, .git folder or bare folder PATH is. ERROR_INPUT when
 * there is none, or when it is another user's. */
MUST_CHECK struct error *history_open(const char *path, struct history **out);
void history_close(struct history *h); /* accepts NULL */
bool history_is_bare(const struct history *h);

static inline void cleanup_history_close(struct history **h)
{
	history_close(*h);
}

/* For files that the user named: walks up from PATH (which must exist) to the work tree that holds
 * it. *out_root is its root and *out_below what of PATH is below it ("" for the root itself), both
 * in `a`; both NULL when there is none. */
MUST_CHECK struct error *history_find(struct arena *a, const char *path, const char **out_root,
				      const char **out_below);

/* The commit that a revision names ("HEAD", "main~3", a tag, an id or its beginning). ERROR_INPUT
 * when there is none, ERROR_ABSENT for a full id. */
MUST_CHECK struct error *history_resolve(struct history *h, const char *revision,
					 char out[static HISTORY_ID]);

/* The commit that HEAD, or the branch (NULL: HEAD) stands at; "" when it has none yet. */
MUST_CHECK struct error *history_tip(struct history *h, const char *branch,
				     char out[static HISTORY_ID]);

/* The last commit that a commit (NULL: HEAD) shares with the branch that its changes go back to, as
 * far as the clone's references tell (origin/HEAD, main, master); itself where it is no other's
 * line. "" when there is none, as in a shallow clone. */
MUST_CHECK struct error *history_fork_point(struct history *h, const char *commit,
					    char out[static HISTORY_ID]);
/* Of the commits behind its oldest one, a shallow clone has only the names. */
bool history_is_shallow(struct history *h);
/* Whether the clone lacks what tells that commit: it is shallow, or has a detached HEAD and no
 * branch, as jobs check out a proposal. */
bool history_lacks_fork_point(struct history *h);

/* How a commit stands to another one: before it means that it is a proper ancestor. */
enum history_order {
	HISTORY_SAME,
	HISTORY_BEFORE,
	HISTORY_AFTER,
	HISTORY_APART,
	HISTORY_UNTOLD, /* one is not here, or a shallow clone ends before it can be told */
};
MUST_CHECK struct error *history_order(struct history *h, const char *one, const char *two,
				       enum history_order *out);
/* Whether the commit of this full id is here. */
MUST_CHECK struct error *history_has_commit(struct history *h, const char *id, bool *out);

/* Which commits to list. */
struct commit_query {
	const char *from;   /* revision */
	const char *folder; /* folder or file; only commits that change it. NULL or "": all */
	size_t max;	    /* 0: no limit */
	bool simplified; /* as git log does: a merge that took the folder of one parent unchanged is
			    followed to that parent only */
};

/* Appends commits in `a`, newest first, a parent never before its child. A merge counts as a change
 * only when the folder is unlike that of every parent. A shallow clone's history begins where it
 * was cut off: whether such a commit changed the folder is not known here. */
MUST_CHECK struct error *history_list(struct history *h, struct arena *a,
				      const struct commit_query *query, struct commit_vec *out);

/* One commit; `tree` is NULL. */
MUST_CHECK struct error *history_read_commit(struct history *h, struct arena *a,
					     const char *revision, struct commit *out);

/* The signature of a commit and the bytes that it signs, both NUL-terminated in `a`;
 * *out_signature is NULL when the commit has none. */
MUST_CHECK struct error *history_read_signature(struct history *h, struct arena *a, const char *id,
						const char **out_signature, const char **out_data);

/* The value of a trailer, by name in any case; the last one counts. NULL. */
const char *commit_trailer(const struct commit *commit, const char *key);

/* The ids that git gives a file of the work tree: of its bytes, and of what a commit of it would
 * hold once line ends are put right as core.autocrlf and .gitattributes have it. `path` is below
 * the work tree's root. */
MUST_CHECK struct error *history_hash_file(struct history *h, const char *path,
					   char out_raw[static HISTORY_ID],
					   char out_clean[static HISTORY_ID]);

/* Appends the *.yaml, *.yml and *.json files of `folder` ("" or "." or NULL: all of the commit) at
 * a revision, in byte order of path; entries whose names start with a dot are left out. A folder
 * that is a file is that file, whatever its ending. ERROR_INPUT when it does not exist there, when
 * a link has such an ending, or when a name in it is none: empty, or with a slash. */
MUST_CHECK struct error *history_list_files(struct history *h, struct arena *a,
					    const char *revision, const char *folder,
					    struct stored_file_vec *out);
/* The same with bytes and len of each file; ERROR_INPUT when one is larger than `max` bytes,
 * ERROR_ABSENT when the clone was made without it, or without the commit of that full id;
 * ERROR_SYSTEM when it should be here. */
MUST_CHECK struct error *history_read_files(struct history *h, struct arena *a,
					    const char *revision, const char *folder, size_t max,
					    struct stored_file_vec *out);

/* The id of the folder or file at a revision, "" when it is not there. Equal ids mean equal
 * contents. */
MUST_CHECK struct error *history_id_at(struct history *h, const char *revision, const char *path,
				       char out[static HISTORY_ID]);
/* Whether the folder or file is there at a revision. */
MUST_CHECK struct error *history_has(struct history *h, const char *revision, const char *path,
				     bool *out);

/* Who last wrote a line, as git blame -w -C finds it: white space does not count, and a line that
 * moved from another file of the same commit is followed there. Commits that .git-blame-ignore-revs
 * (at the revision) or a file of blame.ignoreRevsFile lists are looked through, but only where they
 * changed no word: none hides who granted something. In a shallow clone commit.cut_off tells that
 * the line may be older than the commit. */
struct blame {
	struct commit commit; /* of the line */
	const char *path;     /* of the file then */
	uint32_t line;	      /* in that file */
};

/* Lines (from 1) of a file at a revision, with one walk through its history; `lines`, `out` and
 * `out_found` have `count` members. With `bytes`, of these contents instead (a file in the work
 * tree): out_found[i] is false for a line that is in no commit yet, and out[i] is not written.
 * ERROR_INPUT when the revision has no such file or line. */
MUST_CHECK struct error *history_blame_lines(struct history *h, struct arena *a,
					     const char *revision, const char *path,
					     const char *bytes, size_t len, const uint32_t *lines,
					     size_t count, struct blame *out, bool *out_found);

/* A merge of two branches that both changed a folder. */
struct united {
	char base[HISTORY_ID], one[HISTORY_ID], two[HISTORY_ID]; /* "" when there is none */
};
/* Whether the newest commit of a revision's history that concerns the folder is such a merge,
 * whichever side it took. If not, `out` is empty, and so it is for a shallow clone. */
MUST_CHECK struct error *history_find_united(struct history *h, const char *revision,
					     const char *folder, struct united *out);

/* Which merges brought the commits of a revision's history into its line of first parents, found in
 * one walk through what was committed from `since` on (seconds since 1970), and a month more. */
struct merge_index;
MUST_CHECK struct error *history_index_merges(struct history *h, const char *revision,
					      int64_t since, struct merge_index **out);
void history_merges_free(struct merge_index *m); /* accepts NULL */

/* The merge of one commit. *out_found is false when the commit is on that line itself, or is no
 * ancestor of the revision. */
MUST_CHECK struct error *history_find_merge(const struct merge_index *m, struct arena *a,
					    const char *id, struct commit *out, bool *out_found);

#endif
