/* SPDX-License-Identifier: Apache-2.0 */
/* checkpoint.h - records that nobody needs any more are emptied.
 *
 * A checkpoint is an entry that names the records that may be emptied. It has a digest of the
 * whole chain up to the last of them, against which the bytes left in their place are checked.
 * The same append has the whole state, with the used plans and all that is open. Only after that
 * are the records emptied, one by one and in any order, by any run that asks for it; when it is
 * stopped in between, the ledger still holds.
 *
 * Never emptied are: the records of a run that has not ended, or whose snapshot is missing;
 * those of a run that has a part in any record that is kept; those with a person's word
 * (ENTRY_ATTESTED) or with a checkpoint; and all from the last state before the checkpoint on,
 * so that a reader who has just read the head can go on. */
#ifndef WRIT_CHECKPOINT_H
#define WRIT_CHECKPOINT_H

#include "core/ledger/checkpoint_chain.h"
#include "core/ledger/ledger_view.h"

/* Finds the records that were made before `until` and that nobody needs any more, those among
 * them that are emptied already included. `records` are all of the ledger, and hold; `view` is
 * what they come to. In `a`. */
void checkpoint_find(const struct ledger_record_vec *records, const struct ledger_view *view,
		     int64_t until, struct arena *a, struct checkpoint *out);

/* Adds the entry; the state and the release follow (ledger_view.h). */
void checkpoint_add(struct ledger *l, const struct ledger_record_vec *records,
		    const struct checkpoint *c);

/* Empties the records of `c` in the store, but for those that are emptied already; *count is how
 * many. To be called only once the checkpoint is on record. ERROR_SYSTEM: the store may have
 * emptied some. */
MUST_CHECK struct error *checkpoint_empty(struct ledger *l, const struct ledger_record_vec *records,
					  const struct checkpoint *c, size_t *count);

#endif
