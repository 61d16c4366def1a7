/* SPDX-License-Identifier: Apache-2.0 */
/* ledger_move.h - a ledger goes on in another store. */
#ifndef WRIT_LEDGER_MOVE_H
#define WRIT_LEDGER_MOVE_H

#include "core/ledger/ledger_view.h"

/* Copies all records of `from`, which is held, into the empty store of `to`, reads them back, and
 * ends `from` with a record that says where it goes on; *count is how many were copied. Where `to`
 * has the first of these records already, it goes on from there: a move that was stopped. */
MUST_CHECK struct error *ledger_move(struct ledger *from, struct ledger *to,
				     struct ledger_view *view, int64_t now, uint64_t *count);

#endif
