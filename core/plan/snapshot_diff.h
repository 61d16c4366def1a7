/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot_diff.h - what differs between two organisations as they were seen: one snapshot and the
 * next. */
#ifndef WRIT_SNAPSHOT_DIFF_H
#define WRIT_SNAPSHOT_DIFF_H

#include "core/plan/plan.h"

/* Appends the changes that turn `before` into `after`, accounts first, each sorted by name, in `a`.
 * Pairs of both are numbered in `u`, which is ranked and knows all their accounts. Only kinds,
 * actions and attributes are filled in, and `unseen` of a grant that one of them has and the other
 * could not show: it may have been there before, or be there still. */
void snapshot_diff_make(const struct live *before, const struct live *after,
			const struct universe *u, struct arena *a, struct change_vec *out);

#endif
