/* SPDX-License-Identifier: Apache-2.0 */
/* run_records.h - the records of one run. */
#ifndef WRIT_RUN_RECORDS_H
#define WRIT_RUN_RECORDS_H

#include "core/ledger/ledger_view.h"

/* Appends the run's entries, in the order in which they happened, in `a`. */
MUST_CHECK struct error *run_records_read(struct ledger *l, struct arena *a,
					  const struct open_run *run, struct ledger_entry_vec *out);

/* The bytes that a run carries out, and what was signed of them. */
struct run_plan {
	const char *bytes;
	size_t len;
	const char *signature; /* NULL: none */
};

/* Puts the plan's parts together, in `a`. ERROR_INPUT when a part is missing. */
MUST_CHECK struct error *run_records_plan(const struct ledger_entry_vec *entries, const char *run,
					  struct arena *a, struct run_plan *out);

/* Adds the plan as entries. */
void run_records_add_plan(struct ledger *l, const char *run, const struct run_plan *plan);

/* The next name of a run that begins now with the plan of this digest, in `a`:
 * TIME-DIGEST-SERIAL. */
const char *run_records_name(const struct ledger_view *view, struct arena *a, int64_t now,
			     const char *digest);

#endif
