/* SPDX-License-Identifier: Apache-2.0 */
/* said.h - what goes with grants and accounts though no service keeps it. */
#ifndef WRIT_SAID_H
#define WRIT_SAID_H

#include "core/plan/plan.h"

/* What is said of each grant, in `a`: by the manifests that `plan` was just made of, else by the
 * changes of a saved one, else by the last snapshot. Numbers grants, so `u` is not ranked yet.
 * `last` (its model) and `plan` may be NULL. */
const struct grant_words_vec *said_words(const struct model *last, const struct plan *plan,
					 const bool *made, struct universe *u, struct arena *a);

/* Gives the accounts of `live`, as copies, the owners that a service does not tell: of the
 * manifests, else of the last snapshot. */
void said_owners(const struct live *last, const struct plan *plan, unsigned attributes,
		 struct arena *a, struct live *live);

#endif
