/* SPDX-License-Identifier: Apache-2.0 */
/* emptied.h - what is left of a record whose contents nobody needs any more.
 *
 * It keeps its number, so that nobody makes it a second time; its digest, by which the record
 * behind it and the commits of snapshots name it; and the digest of the record before it. Whether
 * it may stand there is said by a checkpoint (checkpoint.h), never by itself. */
#ifndef WRIT_EMPTIED_H
#define WRIT_EMPTIED_H

#include "core/ledger/store.h"

#define EMPTIED_TEXT 256 /* at most, with its NUL */

struct emptied {
	uint64_t number;
	unsigned char digest[SHA256_SIZE];
	unsigned char before[SHA256_SIZE]; /* zeros for the first */
};

/* Writes its bytes, and NUL; returns how many. Databases know this form too (stores/postgres.c). */
size_t emptied_text(const struct emptied *e, char out[static EMPTIED_TEXT]);

/* False, and nothing is written, when the bytes are anything else. */
bool emptied_parse(uint64_t number, const char *bytes, size_t len, struct emptied *out);

/* The digest by which others name the record: that of its bytes, or, when it was emptied, that
 * of the bytes it had. */
void record_digest(uint64_t number, const char *bytes, size_t len, unsigned char out[SHA256_SIZE]);

#endif
