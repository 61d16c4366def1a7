/* SPDX-License-Identifier: Apache-2.0 */
/* review_organizations.h - the reviews of several organisations as one, so that every format and
 * every budget is of all of them.
 *
 * What is dangerous in any of them comes first, then the rest of each, by name. Each section and
 * each item says of which it is. */
#ifndef WRIT_REVIEW_ORGANIZATIONS_H
#define WRIT_REVIEW_ORGANIZATIONS_H

#include "core/render/render_organizations.h"
#include "core/render/review.h"

/* The reviews of one organisation: as a rule one; behind an error two, and none where its work was
 * cut short. */
VEC(review_vec, struct review);

/* `reviews` has one vector for each of `all`, in their order; items stay theirs. `status` is that
 * of the whole `command`. */
void review_of_organizations(struct review *out, struct arena *a, const char *command,
			     const struct organization_result_vec *all,
			     const struct review_vec *reviews, int status);

#endif
