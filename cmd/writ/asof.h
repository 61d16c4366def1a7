/* SPDX-License-Identifier: Apache-2.0 */
/* asof.h - the answer of the snapshots' history to why and who: --as-of, --history. */
#ifndef WRIT_CMD_ASOF_H
#define WRIT_CMD_ASOF_H

#include "cmd/writ/question.h"

/* Prints the answer in every format asked for. *status is EXIT_ERROR where something that was asked
 * about is not known. ERROR_USAGE: no place of snapshots is named; ERROR_INPUT: it has no snapshot
 * of the time, or knows no such name. */
MUST_CHECK struct error *asof_answer(struct run *run, const struct question *q, int *status);

#endif
