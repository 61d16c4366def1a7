/* SPDX-License-Identifier: Apache-2.0 */
/* store.h - what a place must offer to keep a ledger: numbered records, each made once.
 *
 * A store is dumb: it does not know what a record says. It promises three things. A number is made
 * by one caller at most, whoever else tries at the same moment. A record that was made stays as it
 * is, or is emptied. The head is never behind a record whose maker was told "appended". Everything
 * else that a ledger promises follows from these in ledger.c.
 * `tests/unit/core/ledger/store_suite.h` is the test of all of them. */
#ifndef WRIT_STORE_H
#define WRIT_STORE_H

#include <stdint.h>

#include "core/util/arena.h"
#include "core/util/digest.h"
#include "core/util/error.h"
#include "core/util/vec.h"

#define STORE_RECORD_MAX ((size_t)1 << 20) /* bytes */
#define STORE_NUMBER_MAX ((uint64_t)999999999999)

/* The bytes of one record, without a newline; NUL-terminated. */
struct stored_record {
	uint64_t number;
	const char *bytes;
	size_t len;
};
VEC(stored_record_vec, struct stored_record);

/* A record that is to be made. */
struct new_record {
	uint64_t number;
	const char *bytes;
	size_t len;
	/* SHA-256 of the record before it, for a store that can compare; zeros for the first. */
	unsigned char before[SHA256_SIZE];
};

enum append_answer {
	APPEND_DONE,
	APPEND_TAKEN,	  /* the number is somebody's; it may be ours, by an answer that was lost */
	APPEND_UNANSWERED /* it may be made, now or later: only the same bytes may be tried again */
};

struct store {
	const struct store_kind *kind;
};

/* All errors are ERROR_SYSTEM where the place cannot be reached or used, ERROR_DENIED where it
 * refuses the credentials, ERROR_INPUT where what it holds is no ledger. None is called by two
 * threads at once with one store. */
struct store_kind {
	const char *name;
	bool shared; /* whether other machines see it */

	/* The last record, in `a`; number 0 when there is none. At most three requests, however
	 * long the history is. */
	struct error *(*head)(struct store *s, struct arena *a, struct stored_record *out);

	/* Appends the records from .. to, both included, in order and in `a`. ERROR_INPUT when one
	 * of them is not there. */
	struct error *(*read)(struct store *s, struct arena *a, uint64_t from, uint64_t to,
			      struct stored_record_vec *out);

	/* Makes a record. An error means that it was not made, and will not be. `words` (in `a`)
	 * says why there was no answer. */
	struct error *(*append)(struct store *s, struct arena *a, const struct new_record *record,
				enum append_answer *answer, const char **words);

	/* Puts what is left of a record (emptied.h) in its place, at once and to last: who reads
	 * sees the one or the other. NULL where the place keeps all for ever. */
	struct error *(*empty)(struct store *s, struct arena *a, const struct new_record *left);

	/* Keeps room for so many bytes of records until the store is closed, so that a full disk
	 * is found before anything is sent; NULL where that is the place's own matter. */
	struct error *(*reserve)(struct store *s, size_t bytes);

	/* A sign of life beside the records, which the next one replaces; *out is "" when there is
	 * none. It may be lost. */
	struct error *(*beat)(struct store *s, const char *text);
	struct error *(*read_beat)(struct store *s, struct arena *a, const char **out);

	/* Where it is, for people, in `a`; without secrets. */
	const char *(*describe)(const struct store *s, struct arena *a);

	void (*close)(struct store *s);
};

#endif
