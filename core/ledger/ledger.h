/* SPDX-License-Identifier: Apache-2.0 */
/* ledger.h - what an organisation's runs remember: a chain of numbered records in a store.
 *
 * A record is one line of JSON: its number, when and by which process it was made, the SHA-256 of
 * the record before it, the number of the last record that says all that is open, and its entries
 * in the order in which they happened (schemas/ledger.schema.json). Entries are gathered with
 * ledger_add() and are on record, all or none, once ledger_write() returned. */
#ifndef WRIT_LEDGER_H
#define WRIT_LEDGER_H

#include "core/ledger/store.h"
#include "core/util/json.h"

enum entry_type {
	ENTRY_HOLD,	  /* a run has the organisation for itself */
	ENTRY_TAKEOVER,	  /* the same, where another run had it and was silent */
	ENTRY_PLAN,	  /* a part of the bytes of a run's plan, or of their signature */
	ENTRY_BEGIN,	  /* the run has its plan */
	ENTRY_INTENT,	  /* these changes are about to be sent */
	ENTRY_RESULT,	  /* what came of some */
	ENTRY_RECONCILED, /* what a later read showed of some */
	ENTRY_LATE,	  /* a result that could not be put on record at its time */
	ENTRY_END,	  /* nothing of the run is left to do or to find out */
	ENTRY_STATE,	  /* a part of all that is open (ledger_view.h) */
	ENTRY_RELEASE,	  /* the organisation is free */
	ENTRY_ATTESTED,	  /* somebody says that a step was made which no read shows, or that is over
			   */
	ENTRY_MOVED,	  /* the ledger goes on elsewhere; nothing follows */
	ENTRY_CHECKPOINT, /* the records that it names may be emptied (checkpoint.h) */
	ENTRY_COUNT,
};
const char *entry_type_name(enum entry_type type);

struct ledger_entry {
	enum entry_type type;
	uint64_t number; /* of its record */
	int64_t at;	 /* seconds since 1970, by the clock of the machine that made it */
	const char *run; /* name; NULL: of none */
	struct json_span body;
};
VEC(ledger_entry_vec, struct ledger_entry);

/* A record and where its entries are. */
struct ledger_record {
	uint64_t number, state_at;
	int64_t at;
	const char *process;
	unsigned char before[SHA256_SIZE], digest[SHA256_SIZE];
	struct ledger_entry_vec entries;
	bool emptied;	    /* its contents are gone (emptied.h); `digest` and `before` are kept */
	bool named;	    /* by a checkpoint: it is emptied, or may be at any time */
	const char *damage; /* why it is no record, or no link of the chain; NULL */
};
VEC(ledger_record_vec, struct ledger_record);

struct ledger;

/* Takes over `store`, and reads its head. */
MUST_CHECK struct error *ledger_open(struct store *store, struct ledger **out);
void ledger_close(struct ledger *l); /* accepts NULL */

/* Reads the head anew: somebody may have written. */
MUST_CHECK struct error *ledger_refresh(struct ledger *l);

/* The last record known: its number (0: none), and its digest. */
uint64_t ledger_number(const struct ledger *l);
void ledger_digest(const struct ledger *l, unsigned char out[SHA256_SIZE]);
/* The record that begins the last whole state; 0: none was written yet. */
uint64_t ledger_state_at(const struct ledger *l);
struct store *ledger_store(struct ledger *l);
/* What tells this process from all others, also those in containers of one image. */
const char *ledger_process(const struct ledger *l);

/* The records from .. to, in `a`; each is checked, and the chain between them. ERROR_INPUT at the
 * first that does not hold, or was emptied. */
MUST_CHECK struct error *ledger_read(struct ledger *l, struct arena *a, uint64_t from, uint64_t to,
				     struct ledger_record_vec *out);
/* Reads all records, for a caller that tells what is wrong: a record that does not hold has
 * `damage`. An emptied record holds where a checkpoint names it. */
MUST_CHECK struct error *ledger_read_all(struct ledger *l, struct arena *a,
					 struct ledger_record_vec *out);
/* The same, with ERROR_INPUT at the first that does not hold. */
MUST_CHECK struct error *ledger_read_whole(struct ledger *l, struct arena *a,
					   struct ledger_record_vec *out);

/* Whether record `number` is, or was before it was emptied, the one of this digest. */
MUST_CHECK struct error *ledger_has(struct ledger *l, uint64_t number,
				    const unsigned char digest[SHA256_SIZE], bool *out);

/* Adds an entry to the next record; `body` is one JSON object. An entry that does not fit beside
 * the others begins another record. */
void ledger_add(struct ledger *l, enum entry_type type, const char *run, const char *body);
/* Adds a long text, as entries with the members part, parts, text, and those in `more` (", KEY:
 * VALUE" or ""). */
void ledger_add_parts(struct ledger *l, enum entry_type type, const char *run, const char *text,
		      size_t len, const char *more);
void ledger_drop(struct ledger *l); /* what was added and not written */

/* Makes the records of what was added. After a store gave no answer the same bytes are tried again
 * for LEDGER_PATIENCE_MS. ERROR_LOCKED: the number is somebody else's, and nothing was made of what
 * was added, or somebody took over before the answer came. Any other error is final: each later
 * call fails too. */
#define LEDGER_PATIENCE_MS 30000
MUST_CHECK struct error *ledger_write(struct ledger *l);

/* When the append of the last record that was made here began, by clock_steady_ms(). */
int64_t ledger_written_ms(const struct ledger *l);

#endif
