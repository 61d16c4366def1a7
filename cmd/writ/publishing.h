/* SPDX-License-Identifier: Apache-2.0 */
/* publishing.h - a plan that was made, or that was saved, told in every format asked for. */
#ifndef WRIT_CMD_PUBLISHING_H
#define WRIT_CMD_PUBLISHING_H

#include "cmd/writ/command.h"

struct plan;
struct planned;

/* Writes a plan where each of the options' formats goes. */
MUST_CHECK struct error *show_plan(struct run *run, const struct planned *planned);

/* The same, saved by --out too, and with the exit status that the options ask for. */
MUST_CHECK struct error *publish_plan(struct run *run, const struct plan *plan, int *status);

#endif
