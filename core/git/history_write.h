/* SPDX-License-Identifier: Apache-2.0 */
/* history_write.h - commits of one folder, and nothing else.
 *
 * A commit's tree is that of its parent with the folder's own files replaced; no index, staged
 * change, hook or filter has a part in it. The branch moves only from the commit that was its tip
 * when the work began: whoever was quicker wins. Whoever calls this runs it in a child process of
 * its own. */
#ifndef WRIT_HISTORY_WRITE_H
#define WRIT_HISTORY_WRITE_H

#include "core/git/history.h"

struct history_target {
	const char *branch; /* NULL: the one that is checked out */
	const char *folder; /* of the repository, "/" between parts; never its root */
	const char *author_name, *author_email; /* NULL: git's own user, else writ's */
	const char *expected; /* the folder's history_id_at(); NULL: whatever it is */
	int64_t time;	      /* of the commit, in seconds since 1970 */
	/* Which names directly in the folder are ours, to be replaced. */
	bool (*owns)(const char *name);
	/* Signs a commit's bytes; *out is the signature's text, in `a`. NULL: unsigned. */
	struct error *(*sign)(const void *context, const char *bytes, size_t len, struct arena *a,
			      const char **out);
	const void *sign_context;
};

/* Makes everything durable before it is named (fsync): to be called once, before the rest. */
void history_write_start(void);

/* Whether the target's branch is the one that is checked out: then files and index follow the
 * commits. */
MUST_CHECK struct error *history_is_checked_out(struct history *h, const char *branch, bool *out);

/* Whether the repository's configuration has commit.gpgsign. */
bool history_wants_signatures(struct history *h);

/* What would keep a commit from being made: a detached HEAD without a branch, a merge in progress,
 * locks that are there, a folder of git's that cannot be written. */
MUST_CHECK struct error *history_check_target(struct history *h, const struct history_target *t);

/* Commits `files` as the folder's own files. *out_id is "" when nothing differs from the tip.
 * ERROR_REFUSED when the folder is not as `expected`, or the branch moves meanwhile. */
MUST_CHECK struct error *history_commit(struct history *h, const struct history_target *t,
					const struct stored_file_vec *files, const char *message,
					char out_id[static HISTORY_ID]);

/* The error for a folder that is not as it was expected. */
MUST_CHECK NOT_NULL struct error *history_moved(const char *repository, const char *folder);

/* Makes the index say of the folder what the tip says; all other entries stay as they are. */
MUST_CHECK struct error *history_update_index(struct history *h, const struct history_target *t);

/* Pushes the branch to a configured remote, never with force. ERROR_REMOTE; *out_lost tells that
 * the remote has commits that this branch lacks. */
MUST_CHECK struct error *history_push(struct history *h, const struct history_target *t,
				      const char *remote, bool *out_lost);

/* What the branch of a remote has that this one lacks. */
enum history_ahead {
	HISTORY_NOT_AHEAD,
	HISTORY_AHEAD_ELSEWHERE, /* nothing in the target's folder */
	HISTORY_AHEAD_IN_FOLDER,
};

/* Asks the remote, and fetches where it has commits that are not here. *out_tip is the commit of
 * its branch, "" when it has no such branch. ERROR_INPUT: no remote of that name; ERROR_REMOTE: it
 * does not answer. */
MUST_CHECK struct error *history_look_ahead(struct history *h, const struct history_target *t,
					    const char *remote, enum history_ahead *out,
					    char out_tip[static HISTORY_ID]);

/* A commit, and what it became behind others. */
struct history_move {
	char from[HISTORY_ID], to[HISTORY_ID];
};
VEC(history_moved_vec, struct history_move);

/* Makes the branch's own commits, which must be of the target's folder alone, anew behind `tip`, as
 * history_look_ahead() found it, and moves the branch there; where it is checked out, what the
 * others changed comes into the work tree. ERROR_REFUSED: there are commits of more than the
 * folder. A work tree in which a file of theirs was edited is an error and stays as it is. */
MUST_CHECK struct error *history_rebase(struct history *h, const struct history_target *t,
					struct arena *a, const char *tip,
					struct history_moved_vec *out);

/* Where both have the target's folder anew: a merge of the branch and `tip`, with that folder as it
 * is here and all else as it is there. ERROR_REFUSED: there are commits of more than the folder. */
MUST_CHECK struct error *history_unite(struct history *h, const struct history_target *t,
				       struct arena *a, const char *tip, const char *message);

#endif
