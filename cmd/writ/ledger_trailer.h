/* SPDX-License-Identifier: Apache-2.0 */
/* ledger_trailer.h - whether a ledger is the one that the snapshots' history speaks of.
 *
 * The last commit that a run made says how far the ledger was (Writ-Ledger). A shared ledger that
 * has no such record is another one, or one that was cut off: what it does not know of used plans,
 * of withheld removals and of runs at work would be taken for unused, free and idle. */
#ifndef WRIT_CMD_LEDGER_TRAILER_H
#define WRIT_CMD_LEDGER_TRAILER_H

#include "cmd/writ/command.h"
#include "core/ledger/ledger.h"
#include "core/ledger/place.h"

/* *out_why is a clause, in the run's arena, of what the history knows and the ledger does not; NULL
 * where they agree, where no history is at hand, and where no ledger is shared. */
MUST_CHECK struct error *ledger_trailer_compare(struct run *run, const char *organization,
						const struct ledger_place *place, struct ledger *l,
						const char **out_why);

#endif
