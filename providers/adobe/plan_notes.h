/* SPDX-License-Identifier: Apache-2.0 */
/* plan_notes.h - what a reviewer of a plan would be surprised by. */
#ifndef ADOBE_PLAN_NOTES_H
#define ADOBE_PLAN_NOTES_H

#include "core/plan/plan.h"

/* One line about a change of the plan, in `a`; NULL when there is nothing to say. After a read. */
const char *note_change(struct provider *p, struct arena *a, const struct plan *plan,
			const struct change *change);

#endif
