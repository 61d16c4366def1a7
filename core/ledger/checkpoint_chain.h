/* SPDX-License-Identifier: Apache-2.0 */
/* checkpoint_chain.h - which records checkpoints name, and whether the chain is still theirs.
 *
 * The digest of a chain goes from record to record: 32 zeros, then the SHA-256 of what it was and
 * of the record's digest. */
#ifndef WRIT_CHECKPOINT_CHAIN_H
#define WRIT_CHECKPOINT_CHAIN_H

#include "core/ledger/ledger.h"

/* Which records are named, from 1; `marked` has one more than there are records. */
struct checkpoint {
	uint64_t to; /* the last of them; 0: there is none */
	size_t count;
	bool *marked;
};

void checkpoint_init(struct checkpoint *c, struct arena *a, size_t records); /* names none */
void checkpoint_mark(struct checkpoint *c, uint64_t number);

/* The digest of the records 1 .. to. */
void checkpoint_chain(const struct ledger_record_vec *records, uint64_t to, char out[SHA256_TEXT]);

/* Finds the records that the checkpoints in `records` name, and marks them as `named`. A
 * checkpoint whose chain is not that of `records` gives its record `damage`; so does an emptied
 * record that no checkpoint names. In `a`. */
void checkpoint_check(struct ledger_record_vec *records, struct arena *a, struct checkpoint *out);

#endif
