/* SPDX-License-Identifier: Apache-2.0 */
/* past_lines.h - which line of the manifests said a grant at one of their commits, and since when.
 *
 * Manifests are read once for each state that their folder had. */
#ifndef WRIT_PAST_LINES_H
#define WRIT_PAST_LINES_H

#include "core/past/line_origin.h"
#include "core/past/past_manifests.h"

#define PAST_LINES_BACK 200 /* commits of the manifests that are looked through for a line */

struct past_lines;

/* `manifests`: a folder or file in the work tree that has them now. */
struct past_lines *past_lines_new(const char *manifests, const struct signers *signers,
				  struct intern *strings);
void past_lines_free(struct past_lines *l); /* accepts NULL */

/* What is asked: a grant, or an account itself where `entitlement` is NULL. */
struct past_line_request {
	const char *commit;		       /* of the manifests; NULL: nothing is answered */
	const struct principal *principal;     /* borrowed */
	const struct entitlement *entitlement; /* borrowed; NULL */
	bool gone;			       /* the line that is there no more is asked for */
	/* answers, in the arena */
	bool taken_away;    /* the line is not there, and `origin` took it away */
	struct location at; /* below the root; file NULL: no line says it */
	const char *bundle;
	const struct words *words;
	struct line_origin origin; /* of the line; with `gone` of the commit that took it away */
	const char *unknown;	   /* why something is not known; NULL */
};
VEC(past_line_request_vec, struct past_line_request);

/* Answers all of them, in `a`. */
void past_lines_find(struct past_lines *l, struct arena *a, struct past_line_request_vec *requests);

/* Whether something was at hand and could not be read. */
bool past_lines_failed(const struct past_lines *l);

#endif
