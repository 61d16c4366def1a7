/* SPDX-License-Identifier: Apache-2.0 */
/* late_results.h - what came of requests while the ledger could not be told.
 *
 * When a record cannot be made any more, because the store is away or another run took over, the
 * results of the last requests are kept in a file of this machine. The next run here that has
 * the organisation appends them. They say what was known then, and do not overrule what was read
 * since. */
#ifndef WRIT_LATE_RESULTS_H
#define WRIT_LATE_RESULTS_H

#include "core/ledger/ledger.h"

VEC(late_result_vec, const char *); /* bodies of results, each one JSON object */

/* Keeps them in a file of `folder`, which is made when absent. */
MUST_CHECK struct error *late_results_keep(const struct ledger *l, const char *folder,
					   const char *run, const struct late_result_vec *results);

/* Appends what is kept in `folder` to the ledger, which is held, and takes the files away once it
 * is on record; *count is how many these were. *left is how many stay, since this ledger does not
 * have the last record that their run knew: it is another one, or lost records. */
MUST_CHECK struct error *late_results_append(struct ledger *l, const char *folder, size_t *count,
					     size_t *left);

#endif
