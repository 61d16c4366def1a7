/* SPDX-License-Identifier: Apache-2.0 */
/* run_shown.h - a run's record as people read it: what became of each change, with names. */
#ifndef WRIT_CMD_RUN_SHOWN_H
#define WRIT_CMD_RUN_SHOWN_H

#include "cmd/writ/command.h"

/* Whether a text is a run's name, or its beginning: eight digits of a day and maybe more. */
bool run_shown_is_name(const char *text);

/* Prints the run of that name, or of which it is the beginning. ERROR_INPUT names the nearest when
 * there is none; ERROR_USAGE: a format beside text and json. */
MUST_CHECK struct error *run_shown_print(struct run *run, const char *name);

#endif
