/* answer.h - who holds what and why, for people, programs and spreadsheets.
 *
 * Text may improve; JSON and CSV are contracts (writ-why(1)). */
#ifndef WRIT_ANSWER_H
#define WRIT_ANSWER_H

#include "core/origin.h"
#include "core/saying.h"
#include "core/util/str.h"

/* A line that declares a grant, and since when it stands there. */
struct fact {
	const struct saying *saying;
	struct origin origin, bundle_origin;
};
VEC(fact_vec, struct fact);

struct answer {
	const char *organization;
	const char *principal, *entitlement; /* as asked; NULL: all */
	struct fact_vec facts;		     /* in the order of saying_collect() */
};

/* Fills in the origins of all facts, in `a`; *why as in origin_find(). */
void answer_trace(struct answer *answer, struct arena *a, const char **why);

void answer_print_text(struct str *out, const struct answer *answer);
void answer_print_json(struct str *out, const struct answer *answer);
void answer_print_csv(struct str *out, const struct answer *answer);

#endif
