/* SPDX-License-Identifier: Apache-2.0 */
/* reviewing.h - results for who reviews, in the formats that are made of a review. */
#ifndef WRIT_CMD_REVIEWING_H
#define WRIT_CMD_REVIEWING_H

#include "cmd/writ/command.h"

/* Whether some result is to be made of a review. */
bool wants_review(const struct options *options);

/* Writes the review to every result that is made of one. Of format github, a step's summary and its
 * outputs are appended to the files that GITHUB_STEP_SUMMARY and GITHUB_OUTPUT name. What goes to
 * memory is the review itself, packed (review_pack.h). */
MUST_CHECK struct error *write_reviews(struct run *run, struct review *review);

/* Writes the run's findings, where its own result could not be made. */
MUST_CHECK struct error *write_findings(struct run *run);

/* Fails with ERROR_USAGE when the options ask for a format that is made of a review, for `what` is
 * none. */
MUST_CHECK struct error *refuse_reviews(const struct run *run, const char *what);

#endif
