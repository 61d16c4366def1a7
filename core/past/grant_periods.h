/* SPDX-License-Identifier: Apache-2.0 */
/* grant_periods.h - from when to when each grant was held, for people, programs and spreadsheets.
 *
 * Text may improve; JSON and CSV are contracts (writ-why(1)). */
#ifndef WRIT_GRANT_PERIODS_H
#define WRIT_GRANT_PERIODS_H

#include "core/past/past_manifests.h"
#include "core/plan/unseen.h"
#include "core/util/str.h"

struct grant_periods {
	const struct timeline *timeline;
	const char *principal, *entitlement; /* as asked; NULL: all */
	const char *asked;		     /* the date or revision; NULL: all times */
	size_t moment;		       /* that it stands for; unused when all times are asked */
	struct past_manifests reasons; /* of that moment */
	struct tenure_vec tenures;
	struct unseen_vec unseen; /* what the snapshots did not show of what is asked */
};

/* Counts a time in which no snapshot showed whether a grant was held, in `all`; tenures come in the
 * order of pairs. `t` is copied. */
void grant_periods_hide(struct unseen_vec *all, struct arena *a, const struct tenure *t);

void grant_periods_print_text(struct str *out, const struct grant_periods *answer);
void grant_periods_print_json(struct str *out, const struct grant_periods *answer);
void grant_periods_print_csv(struct str *out, const struct grant_periods *answer);

#endif
