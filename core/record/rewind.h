/* SPDX-License-Identifier: Apache-2.0 */
/* rewind.h - the organisation as it would be without a run: what is live, with the run's own
 * changes undone. */
#ifndef WRIT_REWIND_H
#define WRIT_REWIND_H

#include "core/plan/plan.h"

/* Undoes those changes of `plan` that are `done` in `live`, whose pairs are numbered in `u`, not
 * yet ranked. What an account that was deleted held is taken from `last`, the organisation of the
 * snapshot before (NULL: it held nothing). The result is in `a` and shares with `live`. */
void rewind_plan(const struct plan *plan, const bool *done, const struct live *live,
		 const struct live *last, struct universe *u, struct arena *a, struct live *out);

/* Clears done[i] where `live` does not show what change i made, although a read would show it. */
void rewind_drop_missing(const struct plan *plan, const struct live *live, struct universe *u,
			 struct arena *a, bool *done);

/* Clears done[i] where `last` has what change i made: an earlier record of the same run counted
 * it. */
void rewind_drop_recorded(const struct plan *plan, const struct live *last, struct universe *u,
			  struct arena *a, bool *done);

#endif
