/* SPDX-License-Identifier: Apache-2.0 */
/* run_list.h - the runs that a ledger at hand remembers, or a commit in the snapshots' repository.
 *
 * A ledger is a chain of digests; a commit's trailer holds the number and the digest that its head
 * had when the snapshot was taken. Whoever changes the ledger afterwards, by a bit or by writing
 * all of it anew, no longer has that digest at that number. */
#ifndef WRIT_RUN_LIST_H
#define WRIT_RUN_LIST_H

#include "core/apply/apply.h"
#include "core/git/history.h"
#include "core/ledger/run_records.h"

enum run_state {
	RUN_DONE,	/* ended: nothing left to do */
	RUN_EXPIRED,	/* stopped part-way, and gone on with when its plan had expired */
	RUN_SUPERSEDED, /* stopped part-way, and a later plan began from there */
	RUN_OPEN,	/* stopped part-way, or still at it */
	RUN_UNREADABLE, /* a record of it is damaged */
	RUN_ELSEWHERE,	/* known from a commit alone */
	RUN_EMPTIED,	/* the same, and its records were emptied */
	RUN_STATE_COUNT,
};
const char *run_state_name(enum run_state state);

/* A ledger at hand, and all of its records. */
struct known_ledger {
	const char *organization; /* name */
	const char *key;	  /* ledger_key() */
	const char *place;	  /* for people */
	struct ledger_record_vec records;
};
VEC(known_ledger_vec, struct known_ledger);

struct known_run {
	const char *name;		       /* TIME-DIGEST-SERIAL */
	const char *organization;	       /* "" when unknown */
	const char *by;			       /* who began it, as claimed; NULL */
	const char *plan;		       /* digest of its plan, "sha256:..."; NULL */
	const struct known_ledger *ledger;     /* NULL: none at hand has it */
	const struct known_ledger *emptied_in; /* that has what is left of it; NULL */
	const char *damage;		       /* what is wrong with its records; NULL */
	const char *head;		       /* digest of its last record, "sha256:..."; NULL */
	struct ledger_entry_vec entries;
	const char *tree; /* git's id of the snapshot's folder as it was committed for it; NULL */
	struct commit_vec commits; /* those that name it, oldest first */
	uint8_t *fates; /* enum fate, by change, as the ledger knows them; of a run that has not
			   ended, manual and withheld ones are not tried */
	size_t changes, count[FATE_COUNT];
	int64_t begun;	 /* seconds since 1970 */
	uint64_t number; /* of its first record; 0: no ledger at hand has one */
	enum run_state state : 8;
};
VEC(known_run_vec, struct known_run);

/* Reads all of a ledger, in `a`; what is damaged is told by run_verify(). */
MUST_CHECK struct error *known_ledger_read(struct ledger *l, struct arena *a,
					   const char *organization, const char *key,
					   struct known_ledger *out);

size_t known_ledger_emptied(const struct known_ledger *l); /* records */

/* The plan that a run carried out, in `a`. ERROR_INPUT when the ledger has not all of it, or it is
 * not the plan that the run began with. */
MUST_CHECK struct error *run_list_plan(struct arena *a, const struct known_run *run,
				       struct run_plan *out);

/* Appends the runs of these ledgers, in `a`, oldest first, and those that commits alone know.
 * `commits` are those of the snapshots' history in any order; may be empty. A record that is
 * damaged makes its run one with `damage`, no error. The ledgers are borrowed. */
void run_list_load(struct arena *a, const struct known_ledger_vec *ledgers,
		   const struct commit_vec *commits, struct known_run_vec *out);

/* Whether a record of the ledger is, or was before it was emptied, the one of "NUMBER DIGEST". */
bool run_list_had(const struct known_ledger *l, const char *head);

/* "NUMBER DIGEST" of the last record of the run but its end, as a commit's trailer has it. */
const char *run_list_head(struct arena *a, const struct known_run *run);

/* The run that `name`, or its beginning, names. ERROR_INPUT when none does, or several. */
MUST_CHECK struct error *run_list_find(const struct known_run_vec *runs, const char *name,
				       const struct known_run **out);

#endif
