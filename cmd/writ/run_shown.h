/* SPDX-License-Identifier: Apache-2.0 */
/* run_shown.h - a run's record as people read it: what became of each change, with names. */
#ifndef WRIT_CMD_RUN_SHOWN_H
#define WRIT_CMD_RUN_SHOWN_H

#include "cmd/writ/command.h"

/* Whether a text is a run's name or its beginning: at least the eight digits of its day. */
bool run_shown_is_name(const char *text);

/* Prints the run whose name begins so. ERROR_INPUT, which names the nearest, when there is none;
 * ERROR_USAGE for a format other than text and json. */
MUST_CHECK struct error *run_shown_print(struct run *run, const char *name);

#endif
