/* SPDX-License-Identifier: Apache-2.0 */
/* journal.h - the file that a run left before there was a ledger, read.
 *
 * A record is a header (length, type, sequence number), its payload, the CRC32C of both, and the
 * SHA-256 of the chain up to it: head(n) = SHA-256(head(n-1), header, payload), head(0) = SHA-256
 * of the magic. A torn tail was never finished; a bad record in front of a good one is corruption.
 * Layout, little-endian: u32 length, u32 type, u64 sequence, payload, u32 CRC32C, 32 bytes of
 * chain. */
#ifndef WRIT_JOURNAL_H
#define WRIT_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/util/digest.h"
#include "core/util/error.h"
#include "core/util/vec.h"

#define JOURNAL_PAYLOAD_MAX ((uint32_t)16 << 20) /* a record is a list of ids or one message */

enum record_type {
	RECORD_BEGIN = 1,
	RECORD_INTENT,	   /* these changes are about to be sent */
	RECORD_RESULT,	   /* what came of one */
	RECORD_RECONCILED, /* what a later read showed of one */
	RECORD_END,	   /* nothing is left to do or to find out */
};

struct journal_record {
	enum record_type type;
	uint64_t sequence;
	const char *payload; /* NUL-terminated */
	uint32_t len;
	unsigned char head[SHA256_SIZE]; /* of the chain up to it */
};
VEC(journal_record_vec, struct journal_record);

/* What reading found. */
struct journal_state {
	size_t good;   /* bytes of the magic and all good records */
	size_t torn;   /* bytes behind them: a record that was never finished */
	uint64_t next; /* sequence number of the next record */
	bool ended;    /* has RECORD_END */
	unsigned char head[SHA256_SIZE];
};

/* Reads the records of bytes / of a file, in `a`. ERROR_INPUT with the offset when corrupt. */
MUST_CHECK struct error *journal_parse(const char *name, const char *bytes, size_t len,
				       struct arena *a, struct journal_record_vec *out,
				       struct journal_state *state);
MUST_CHECK struct error *journal_read(const char *path, struct arena *a,
				      struct journal_record_vec *out, struct journal_state *state);

#endif
