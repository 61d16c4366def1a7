/* SPDX-License-Identifier: Apache-2.0 */
/* asof.h - the answer of the snapshots' history to why and who: --as-of, --history. */
#ifndef WRIT_CMD_ASOF_H
#define WRIT_CMD_ASOF_H

#include "cmd/writ/question.h"

MUST_CHECK struct error *asof_answer(struct run *run, const struct question *q, int *status);

#endif
