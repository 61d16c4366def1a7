/* SPDX-License-Identifier: Apache-2.0 */
/* drift_ignore.h - which drift manifests, or a person at the keyboard, leave as it is. */
#ifndef WRIT_DRIFT_IGNORE_H
#define WRIT_DRIFT_IGNORE_H

#include "core/plan/drift.h"

/* Days that a drift may be ignored from today on: a quarter, in which somebody decides. */
#define DRIFT_IGNORE_DAYS 90

struct operator_policy;

/* Why what gives or takes an administrator right is not ignored; NULL: the operator lets it be. */
const char *drift_not_left(const struct operator_policy *policy);

/* Why it may not be ignored until that day; NULL: it may. */
const char *drift_not_ignorable(const struct drift_item *d, int32_t until, int32_t today,
				const struct operator_policy *policy);

/* Marks the drifts that `ignores` name as DRIFT_IGNORED, as long as their last day is not over.
 * A drift that they may not ignore stays as it is, and says why. What is ignored of an account
 * stays ignored when the account gets another name: it is known by that of the snapshot, and by
 * those that `wanted` says it had. The rename itself is another drift. */
void drift_apply_ignores(struct drift_vec *drifts, const struct drift_ignore_vec *ignores,
			 const struct model_index *wanted, int32_t today,
			 const struct operator_policy *policy);

/* Makes an ignored drift one that somebody has to decide on, and says why. */
void drift_reopen(struct drift_item *d, const char *why);

/* Marks the drifts that `left` names as DRIFT_IGNORED, without a limit: a person chose the
 * others to be reverted. */
void drift_leave(struct drift_vec *drifts, const struct drift_ignore_vec *left);

#endif
