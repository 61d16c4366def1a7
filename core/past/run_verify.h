/* SPDX-License-Identifier: Apache-2.0 */
/* run_verify.h - whether runs are on record as they were: the ledger's chain, each run's plan, and
 * the commits that name both. */
#ifndef WRIT_RUN_VERIFY_H
#define WRIT_RUN_VERIFY_H

#include "core/past/run_list.h"

/* What does not hold, one sentence each. */
struct run_finding {
	const struct known_run *run;	   /* NULL: of a commit or a ledger by itself */
	const struct commit *commit;	   /* then; NULL */
	const struct known_ledger *ledger; /* then; NULL */
	const char *what;
	bool unchecked; /* could not be checked here, which is not the same as wrong */
};
VEC(run_finding_vec, struct run_finding);

/* Checks each ledger's chain, each run's plan against the digest that the run begins with, and both
 * against the trailers of its commits. */
void run_verify(struct arena *a, const struct known_ledger_vec *ledgers,
		const struct known_run_vec *runs, struct run_finding_vec *out);

#endif
