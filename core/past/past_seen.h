/* SPDX-License-Identifier: Apache-2.0 */
/* past_seen.h - what the history of snapshots adds to what ledgers say of a period. */
#ifndef WRIT_PAST_SEEN_H
#define WRIT_PAST_SEEN_H

#include "core/past/past_changes.h"

/* Names in each row of a run the snapshot that shows it, and appends what came and went in the
 * period besides, in `a`: drift, and what runs did that no ledger at hand has. The rows are those
 * of runs alone, in any order. */
void past_seen_add(const struct past_changes_input *input, struct arena *a,
		   struct past_changes *out);

#endif
