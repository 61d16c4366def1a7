/* SPDX-License-Identifier: Apache-2.0 */
/* applying.h - a plan sent through core/apply, and what its run tells and leaves behind.
 *
 * A run's own failure is its error; what fails behind it, the record or the ledger's end, is told
 * beside that. The result is printed here, in each format that was asked for. */
#ifndef WRIT_CMD_APPLYING_H
#define WRIT_CMD_APPLYING_H

#include "cmd/writ/session.h"
#include "core/plan/planned.h"

/* What is carried out, and what of it is known beside its bytes. */
struct order {
	const struct planned *planned;
	bool saved;	       /* from a file, or from the ledger */
	bool whole;	       /* made of all manifests */
	bool vouched;	       /* somebody signed it, or named its digest */
	const char *recorded;  /* commit of a snapshot that names the plan; NULL */
	const char *untold;    /* why it may be missing though there is one; NULL */
	const char *objection; /* what the plan's bytes say against themselves; NULL */
};

/* Sends what the plan says. *status is the run's exit status, also with an error. */
MUST_CHECK struct error *apply_planned(struct run *run, struct session *session,
				       const struct order *order, int *status);
/* The same of a plan without a change: nothing is sent, but other runs learn of it. */
MUST_CHECK struct error *apply_nothing(struct run *run, struct session *session,
				       const struct order *order, int *status);
/* There is no run to go on with, and that is the result. */
MUST_CHECK struct error *apply_unresumed(struct run *run, const char *organization);

#endif
