/* SPDX-License-Identifier: Apache-2.0 */
/* kept_policy.h - the limits that an apply had, as the ledger keeps them.
 *
 * Who proposes a change can propose in the same breath that no guard looks at it. The next plan
 * compares its limits with these, which no proposal can reach (writ-plan(1), GUARDS). */
#ifndef WRIT_KEPT_POLICY_H
#define WRIT_KEPT_POLICY_H

#include "core/model/model.h"
#include "core/util/json.h"

/* Adds the member "policy" to an object that is being written; `g` says all of it, and `set` (NULL:
 * not known) what of it manifests set. NULL: nothing is added. */
void kept_policy_put(struct str *out, const struct guards *g, const struct guards *set);

/* The member "policy" of an object, in `a`; NULL when it has none, or not all of it. */
const struct guards *kept_policy_find(struct arena *a, struct json_span object);
/* What of that manifests set, in `a`; NULL when it is not on record. */
const struct guards *kept_policy_find_set(struct arena *a, struct json_span object);

#endif
