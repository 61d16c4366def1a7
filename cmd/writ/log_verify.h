/* SPDX-License-Identifier: Apache-2.0 */
/* log_verify.h - whether runs, their commits and signatures are as they were left. */
#ifndef WRIT_CMD_LOG_VERIFY_H
#define WRIT_CMD_LOG_VERIFY_H

#include "cmd/writ/command.h"
#include "core/past/run_list.h"

/* `writ log verify`, of all that is known; the status is EXIT_ERROR when something is wrong, or
 * when nothing could be checked. */
MUST_CHECK struct error *log_verify(struct run *run, const struct known_ledger_vec *ledgers,
				    const struct known_run_vec *runs,
				    const struct commit_vec *commits, int *status);

#endif
