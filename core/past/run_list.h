/* SPDX-License-Identifier: Apache-2.0 */
/* run_list.h - the runs that left a journal on this machine or a commit in the snapshots'
 * repository.
 *
 * A journal is a chain of digests; a commit's trailers hold the head that it had when the snapshot
 * was taken. Whoever changes a journal afterwards, by a bit or by writing all of it anew, no longer
 * has that head in its chain. */
#ifndef WRIT_RUN_LIST_H
#define WRIT_RUN_LIST_H

#include "core/apply/apply.h"
#include "core/git/history.h"
#include "core/ledger/journal.h"

enum run_state {
	RUN_DONE,	/* ended: nothing left to do */
	RUN_SUPERSEDED, /* stopped part-way, and a later plan began from there */
	RUN_OPEN,	/* stopped part-way, or still at it */
	RUN_UNREADABLE, /* its journal is damaged */
	RUN_ELSEWHERE,	/* known from a commit alone */
	RUN_STATE_COUNT,
};
const char *run_state_name(enum run_state state);

struct known_run {
	const char *name;	  /* of the journal, without folder and ending */
	const char *organization; /* "" when unknown */
	const char *by;		  /* who began it; NULL */
	const char *plan;	  /* digest of its plan, "sha256:..."; NULL */
	const char *journal;	  /* path; NULL: none here */
	const char *damage;	  /* what is wrong with the journal; NULL */
	const char *head;	  /* of the chain, "sha256:..."; NULL */
	struct journal_record_vec records;
	struct commit_vec commits; /* those that name it, oldest first */
	uint8_t *fates; /* enum fate, by change, as the journal knows them; of a run that has not
			   ended, manual and withheld ones are not tried */
	size_t changes, count[FATE_COUNT];
	size_t torn;   /* bytes behind the last good record */
	int64_t begun; /* seconds since 1970 */
	enum run_state state : 8;
};
VEC(known_run_vec, struct known_run);

/* Where a run's saved plan is: beside its journal. */
const char *run_plan_path(struct arena *a, const struct known_run *run);

/* Reads the plan's file; `bytes` is the caller's to free. ERROR_INPUT when it is not the plan
 * that the journal names. */
MUST_CHECK struct error *run_read_plan(struct arena *a, const struct known_run *run, char **bytes,
				       size_t *len);

/* Whether the run was of this organisation: its journal lies in the folder that belongs to the
 * name and the identity (of the provider's table). */
bool run_is_of(struct arena *a, const struct known_run *run, const char *organization,
	       const char *identity);

/* Appends the runs of all organisations (NULL) or of one, in `a`, oldest first. `commits` are those
 * of the snapshots' history in any order; may be empty. A journal that is damaged is a run with
 * `damage`, no error. */
MUST_CHECK struct error *run_list_load(struct arena *a, const char *organization,
				       const struct commit_vec *commits, struct known_run_vec *out);

/* The run that `name`, or its beginning, names. ERROR_INPUT when none does, or several. */
MUST_CHECK struct error *run_list_find(const struct known_run_vec *runs, const char *name,
				       const struct known_run **out);

/* What does not hold, one sentence each. */
struct run_finding {
	const struct known_run *run; /* NULL: of a commit by itself */
	const struct commit *commit; /* then */
	const char *what;
	bool unchecked; /* could not be checked here, which is not the same as wrong */
};
VEC(run_finding_vec, struct run_finding);

/* Checks each run: its journal's chain, its plan against the digest that the journal begins with,
 * and both against the trailers of its commits. */
void run_list_verify(struct arena *a, const struct known_run_vec *runs,
		     struct run_finding_vec *out);

#endif
