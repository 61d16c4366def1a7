/* SPDX-License-Identifier: Apache-2.0 */
/* history_tree.h - files as a folder of git's, inside the tree of a commit; shared by
 * history_write.c and history_tree.c only.
 *
 * Many new objects of one commit go into memory first and from there into one pack. */
#ifndef WRIT_HISTORY_TREE_H
#define WRIT_HISTORY_TREE_H

#include "core/git/history_git.h"

/* The folder of one commit while it is made. The caller fills in the first four, and releases the
 * arena. */
struct tree_writer {
	struct history *h;
	const struct history_target *target;
	const struct stored_file_vec *files;
	git_odb *odb; /* the repository's */
	struct arena arena;
	bool packs; /* objects go to memory and from there into a pack, not to files each */
	VEC(, git_oid) made; /* what is new, for the pack; the commit is added by who made it */
	git_oid *ids;	     /* of the files' contents */
	bool *stored;	     /* by file: git has it */
};

/* Stores the files, and the tree that is `old` (NULL: empty) with them in the target's folder in
 * place of the ones that it owns there; *out is its id. ERROR_INPUT: a file stands where the folder
 * should. */
MUST_CHECK struct error *history_tree_write(struct tree_writer *w, const git_tree *old,
					    git_oid *out);

/* Writes the pack of what history_tree_write() left in memory, and of the commit; nothing where it
 * stored each file by itself. Before a branch is moved there. */
MUST_CHECK struct error *history_tree_pack(struct tree_writer *w);

/* Gives the repository its own objects back, `odb`; to be called however the rest went. */
MUST_CHECK struct error *history_tree_done(struct tree_writer *w, git_odb *odb);

#endif
