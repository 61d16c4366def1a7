/* SPDX-License-Identifier: Apache-2.0 */
/* grant_answer.h - who holds what and why, for people, programs and spreadsheets.
 *
 * Text may improve; JSON and CSV are contracts (writ-why(1)). */
#ifndef WRIT_GRANT_ANSWER_H
#define WRIT_GRANT_ANSWER_H

#include "core/model/declaration.h"
#include "core/past/attested_list.h"
#include "core/past/line_origin.h"
#include "core/util/str.h"

/* A line that declares a grant, and since when it stands there. */
struct fact {
	const struct declaration *declaration;
	struct line_origin origin, bundle_origin;
};
VEC(fact_vec, struct fact);

struct grant_answer {
	const char *organization;
	const char *principal, *entitlement; /* as asked; NULL: all */
	struct fact_vec facts;		     /* in the order of declaration_collect() */
	/* What people said of steps that no read shows, as far as it counts now. */
	struct known_attestation_vec attested;
};

/* Fills in the origins of all facts, in `a`; `signers` and *why as in line_origin_find(). False
 * when some are not known here, but would be in a whole clone. */
bool grant_answer_trace(struct grant_answer *answer, struct arena *a, const struct signers *signers,
			const char **why);

/* One declaration: in text with its place and words, as an object of JSON, as cells of CSV behind
 * those titles. */
void grant_answer_add_text(struct str *out, const struct fact *fact);
/* Adds an origin alone: as lines below a declaration, or as members of a JSON object. */
void grant_answer_add_origin(struct str *out, const struct line_origin *o);
void grant_answer_add_json_origin(struct str *out, const struct line_origin *o);
/* The origin of the grant: of a bundle's grant, which has two lines, that of the line that was
 * written last. */
const struct line_origin *fact_origin(const struct fact *fact);
void grant_answer_add_json(struct str *out, const struct fact *fact);
/* A member `key` with a commit: its id, time, author and subject. NULL: null. */
void grant_answer_add_json_commit(struct str *out, const char *key, const struct commit *c);
VEC(cell_vec, const char *);
#define ANSWER_CSV_TITLES                                                                          \
	"file", "line", "bundle", "bundle_file", "bundle_line", "reason", "ticket", "expires",     \
		"expired", "owner"
#define ANSWER_CSV_CELLS 10
void grant_answer_add_cells(struct arena *a, struct cell_vec *cells, const struct declaration *s);

/* Keeps the grants that are held and for which nobody stands besides the writers of their lines,
 * or for which it is not known whether somebody does. Origins must be filled in. */
void grant_answer_keep_unapproved(struct grant_answer *answer, struct arena *a);

void grant_answer_print_text(struct str *out, const struct grant_answer *answer);
void grant_answer_print_json(struct str *out, const struct grant_answer *answer);
void grant_answer_print_csv(struct str *out, const struct grant_answer *answer);

#endif
