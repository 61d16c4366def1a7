/* SPDX-License-Identifier: Apache-2.0 */
/* said.h - what manifests say of grants and accounts that no service keeps: reasons, tickets,
 * ends and owners. */
#ifndef WRIT_SAID_H
#define WRIT_SAID_H

#include "core/plan/plan.h"

/* Collects what is said of each grant, in `a`: by the manifests that `plan` was just made of,
 * else by the changes of a saved plan, else by the last snapshot. It numbers grants, so `u` is
 * not ranked yet. `last` (the snapshot's model) and `plan` may be NULL. */
const struct grant_words_vec *said_words(const struct model *last, const struct plan *plan,
					 const bool *made, struct universe *u, struct arena *a);

/* Gives the accounts of `live`, which become copies, the owners that a service does not tell:
 * those of the manifests, or else of the last snapshot. */
void said_owners(const struct live *last, const struct plan *plan, unsigned attributes,
		 struct arena *a, struct live *live);

#endif
