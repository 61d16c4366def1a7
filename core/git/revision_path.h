/* SPDX-License-Identifier: Apache-2.0 */
/* revision_path.h - "REV:PATH": files as git keeps them, wherever a path may stand. */
#ifndef WRIT_REVISION_PATH_H
#define WRIT_REVISION_PATH_H

#include "core/git/history.h"

struct revision_path {
	const char *revision; /* as it was written */
	const char *root;     /* of its repository; NULL: the current folder is in none */
	const char *below;    /* PATH from there; "": all of it */
};

/* Whether that is what a text says: there is no file of this name, and something in front of a
 * colon. */
bool revision_path_is(const char *text);

/* Resolves a text that is one, in `a`. PATH counts from the root of the repository, behind "./"
 * from the current folder. With `repository` (NULL: the current folder's) it always counts from the
 * root. */
MUST_CHECK struct error *revision_path_find(struct arena *a, const char *text,
					    const char *repository, struct revision_path *out);

/* Appends its files as history_read_files() does. ERROR_INPUT: there is no repository, revision
 * or path. */
MUST_CHECK struct error *revision_path_read(const struct revision_path *at, struct arena *a,
					    size_t max, struct stored_file_vec *out);

/* How one of its `count` files is called in messages, in `a`: "REV:BELOW/FILE". */
const char *revision_path_name(struct arena *a, const struct revision_path *at,
			       const struct stored_file *file, size_t count);

#endif
