/* SPDX-License-Identifier: Apache-2.0 */
/* adopt.h - takes over what runs left on this machine before there was a ledger. */
#ifndef WRIT_ADOPT_H
#define WRIT_ADOPT_H

#include "core/ledger/ledger_view.h"

/* Takes over the journals, plans and waiting changes in an organisation's state folder, where there
 * are any and nobody holds the ledger; each file is moved aside once it is on record. ERROR_LOCKED
 * when a program of that time is at work. Interrupted anywhere, the next call goes on. */
MUST_CHECK struct error *ledger_adopt(struct ledger *l, const char *state, int64_t now);

#endif
