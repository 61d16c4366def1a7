/* SPDX-License-Identifier: Apache-2.0 */
/* line_origin.h - since which commit a manifest's line stands there, and in which merge it was
 * reviewed.
 *
 * The lines are those of the files as they are read now, in the work tree or at a revision; what no
 * commit has yet is told as such. A file in no repository, or in one that may not be opened, has no
 * origins: an answer does without. */
#ifndef WRIT_LINE_ORIGIN_H
#define WRIT_LINE_ORIGIN_H

#include "core/git/history.h"
#include "core/git/signature.h"
#include "core/model/model.h"

enum line_origin_state {
	LINE_ORIGIN_UNKNOWN, /* in no repository */
	LINE_ORIGIN_NEW,     /* in no commit yet */
	LINE_ORIGIN_KNOWN,
	LINE_ORIGIN_ELSEWHERE, /* the clone is shallow or partial: who wrote it is not known here */
};

struct line_origin {
	enum line_origin_state state;
	bool merged;	      /* false: committed on the line of first parents itself */
	bool vouched;	      /* the merge carries a good signature of an allowed signer */
	struct commit commit; /* who wrote the line */
	struct commit merge;  /* what brought it into the line of first parents */
};
VEC(line_origin_vec, struct line_origin);

/* Where a line is, and where to put its origin. */
struct line_origin_request {
	struct location at;
	struct line_origin *out;
	const char *root;     /* of the repository whose path at.file is; NULL: of none */
	const char *revision; /* of that repository; NULL likewise */
};
VEC(line_origin_request_vec, struct line_origin_request);

/* Answers all requests, in `a`; sorts them. Each file's history is walked once. `signers` say whose
 * signature of a merge counts; NULL: nobody's. *why is set to a sentence when a repository was
 * found that could not be used; else left alone. */
void line_origin_find(struct arena *a, struct line_origin_request_vec *requests,
		      const struct signers *signers, const char **why);

/* The same of a commit that is known already: which merge brought it into the first parents of
 * `revision`. */
MUST_CHECK struct error *line_origin_of_commit(struct history *h, struct arena *a,
					       const char *revision, const struct commit *commit,
					       const struct signers *signers,
					       struct line_origin *out);

#endif
