/* SPDX-License-Identifier: Apache-2.0 */
/* grant_periods.h - from when to when each grant was held, for people, programs and spreadsheets.
 *
 * Text may improve; JSON and CSV are contracts (writ-why(1)). */
#ifndef WRIT_GRANT_PERIODS_H
#define WRIT_GRANT_PERIODS_H

#include "core/past/grant_answer.h"
#include "core/past/past_lines.h"
#include "core/plan/unseen.h"
#include "core/util/str.h"

struct grant_periods {
	const struct timeline *timeline;
	const char *principal, *entitlement; /* as asked; NULL: all */
	const char *asked;		     /* the date or revision; NULL: all times */
	int64_t time;			     /* that this means, in seconds since 1970 */
	size_t moment;	     /* that it stands for; unused when all times are asked */
	const char *between; /* a sentence without its stop: what came or went behind the moment,
				and perhaps before `time`; NULL: nothing */
	struct past_manifests reasons; /* of that moment */
	struct tenure_vec tenures;
	/* By grant_periods_trace(); NULL before. */
	struct fact *facts;		  /* by declaration of `reasons` */
	struct past_line_request *firsts; /* by tenure: the line that the run had which gave it */
	struct unseen_vec unseen;	  /* what the snapshots did not show of what is asked */
	/* What people said of that and what counted at the time; all of it when all times are
	 * asked. */
	struct known_attestation_vec attested;
};

static inline const struct moment *grant_periods_moment(const struct grant_periods *answer,
							size_t i)
{
	return &answer->timeline->moments.at[i];
}

/* Where a tenure of the answer begins, and where it ends when it has, and why that may be
 * otherwise; with `dark_after`, where it was seen last. */
struct moment grant_periods_since(const struct grant_periods *answer, const struct tenure *t);
struct moment grant_periods_until(const struct grant_periods *answer, const struct tenure *t);

/* Counts a time in which no snapshot showed whether a grant was held, in `all`; tenures come in the
 * order of pairs, and `last` is what was counted before (NULL: none): each pair counts once. What
 * is kept of `t` is copied. */
void grant_periods_hide(struct unseen_vec *all, struct arena *a, const struct tenure *t,
			const struct tenure *last);

/* Where to look for who stands for each grant of one moment: who wrote, merged and reviewed its
 * lines as they stood then, and the line on which the run that gave it acted. */
struct grant_periods_source {
	struct history *snapshots;
	const char *manifests;	       /* a folder or file in the work tree that has them now */
	const struct signers *signers; /* whose signature of a merge counts; NULL: nobody's */
	struct intern *strings;
};
void grant_periods_trace(struct grant_periods *answer, const struct grant_periods_source *source,
			 struct arena *a);

/* Keeps the grants for which nobody stands besides the writers of their lines, or for which it
 * is not known. Called after grant_periods_trace(). */
void grant_periods_keep_unapproved(struct grant_periods *answer, struct arena *a);

void grant_periods_print_text(struct str *out, const struct grant_periods *answer);
void grant_periods_print_json(struct str *out, const struct grant_periods *answer);
void grant_periods_print_csv(struct str *out, const struct grant_periods *answer);

#endif
