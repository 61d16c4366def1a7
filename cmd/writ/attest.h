/* SPDX-License-Identifier: Apache-2.0 */
/* attest.h - `writ apply --attest`: somebody says that a step was made which no read shows. */
#ifndef WRIT_CMD_ATTEST_H
#define WRIT_CMD_ATTEST_H

#include "cmd/writ/command.h"

/* Records, in the ledger of one organisation of the set, what the options attest; nothing is sent.
 * ERROR_INPUT where the plan has no such step, where a read can show it, or where writ makes it
 * itself. */
MUST_CHECK struct error *attest_steps(struct run *run, int *status);

#endif
