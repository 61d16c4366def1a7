/* tenures.h - from when to when each grant was held, for people, programs and spreadsheets.
 *
 * Text may improve; JSON and CSV are contracts (writ-why(1)). */
#ifndef WRIT_TENURES_H
#define WRIT_TENURES_H

#include "core/past/reasons.h"
#include "core/util/str.h"

struct tenure_answer {
	const struct timeline *timeline;
	const char *principal, *entitlement; /* as asked; NULL: all */
	const char *asked;		     /* the date or revision; NULL: all times */
	size_t moment;		/* that it stands for; unused when all times are asked */
	struct reasons reasons; /* of that moment */
	struct tenure_vec tenures;
};

void tenures_print_text(struct str *out, const struct tenure_answer *answer);
void tenures_print_json(struct str *out, const struct tenure_answer *answer);
void tenures_print_csv(struct str *out, const struct tenure_answer *answer);

#endif
