/* SPDX-License-Identifier: Apache-2.0 */
/* result.h - what became of a plan: of each of its changes, and of the record of it. */
#ifndef WRIT_RESULT_H
#define WRIT_RESULT_H

#include "core/model/live.h"
#include "core/plan/attestation.h"
#include "core/plan/guard.h"
#include "core/util/digest.h"

/* What became of one change. */
enum fate {
	FATE_NOT_TRIED,
	FATE_DONE,
	FATE_FAILED,
	FATE_UNKNOWN,
	FATE_MANUAL,
	FATE_WITHHELD,
	FATE_LATE, /* accepted, and no read shows it yet */
	FATE_COUNT
};
const char *fate_name(enum fate fate);

struct result {
	uint8_t *fates;	       /* enum fate, by change */
	uint8_t *withheld;     /* enum withheld, by change: why, as it was judged last */
	const char **messages; /* why; NULL for most */
	const char **steps;    /* of what waits for a person, by change; NULL for the rest */
	/* By change, of what waits for a person: what the ledger has as attested; NULL: nothing. */
	const struct attestation **attested;
	const char **emails; /* under which the service knows the principal now; NULL */
	size_t count[FATE_COUNT];
	/* Addresses of grants that accounts of the plan hold since the run began and that it did
	 * not give: the service's own doing, or somebody else's. */
	struct line_vec unasked;
	struct guard_vec guards; /* as they were judged before the first request */
	const char *run;	 /* name; NULL when nothing was to be sent */
	const char *actor;	 /* who began it, as claimed; NULL likewise */
	const char *ledger;	 /* where it is on record; NULL likewise */
	uint64_t number;	 /* of the last record before its end */
	char head[SHA256_TEXT];	 /* and that record's digest */
	bool interrupted;
	bool expired;	 /* its plan had, when it was resumed: it sent nothing new, and ended */
	bool unsure;	 /* something unknown is looked for, and not asked for again */
	bool taken_over; /* another run has the organisation: what is live is its to record */
};

/* The snapshot and its commits; empty when there is no place for one. */
struct result_record {
	const char *folder; /* NULL: no snapshot */
	const char *organization;
	int32_t serial;
	bool changed, written;
	const char *commits[2]; /* ids */
	const char *subjects[2];
	size_t commit_count;
	const char *tree;   /* of the folder in the last of them; NULL */
	const char *pushed; /* the remote; NULL */
	const char *error;  /* why it failed; NULL */
};

#endif
