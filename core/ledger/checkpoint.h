/* SPDX-License-Identifier: Apache-2.0 */
/* checkpoint.h - records that nobody needs any more are emptied.
 *
 * A checkpoint is an entry that names the records that may be emptied, and has a digest of the
 * whole chain up to the last of them: what stands in their place afterwards is worth what that
 * digest says of it. In the same append stands the whole state, with the used plans and all that is
 * open. Only then the records are emptied, one by one and in any order, by whoever asks for it; who
 * was stopped at it left nothing that does not hold.
 *
 * Never emptied are the records of a run that has not ended, or whose snapshot is missing; of a run
 * that any other kept record is of; with a word of a person (ENTRY_ATTESTED) or a checkpoint; and
 * all from the last state on that stood before, so that who read the head just then can go on. */
#ifndef WRIT_CHECKPOINT_H
#define WRIT_CHECKPOINT_H

#include "core/ledger/checkpoint_chain.h"
#include "core/ledger/ledger_view.h"

/* Those of `records`, which are all of the ledger and hold, that were made before `until` and are
 * needed by nobody; emptied ones among them. `view` is what the records come to; in `a`. */
void checkpoint_find(const struct ledger_record_vec *records, const struct ledger_view *view,
		     int64_t until, struct arena *a, struct checkpoint *out);

/* Adds the entry; the state and the release follow (ledger_view.h). */
void checkpoint_add(struct ledger *l, const struct ledger_record_vec *records,
		    const struct checkpoint *c);

/* Empties those of `c` that are not yet, in the store; *count is how many. Only after the
 * checkpoint is on record. ERROR_SYSTEM: the store may have emptied some. */
MUST_CHECK struct error *checkpoint_empty(struct ledger *l, const struct ledger_record_vec *records,
					  const struct checkpoint *c, size_t *count);

#endif
