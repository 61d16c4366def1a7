/* SPDX-License-Identifier: Apache-2.0 */
/* manual_waiting.h - since when manual changes wait for a person.
 *
 * A file beside the journals, a line a change: the moment at which an apply first left it waiting,
 * and its address. It is only for telling people an age: losing it loses nothing else. */
#ifndef WRIT_MANUAL_WAITING_H
#define WRIT_MANUAL_WAITING_H

#include "core/plan/plan.h"

/* Sets `since` on the plan's manual changes from the file at PATH; lines that cannot be read count
 * for nothing. A file that does not exist is empty. */
MUST_CHECK struct error *manual_waiting_load(const char *path, struct arena *a, struct plan *plan);

/* Replaces the file by the changes for which `waits` is true, those without `since` waiting from
 * `now` on; the file is removed when none waits. */
MUST_CHECK struct error *manual_waiting_save(const char *path, struct arena *a,
					     const struct plan *plan, const bool *waits,
					     int64_t now);

#endif
