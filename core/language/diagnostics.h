/* SPDX-License-Identifier: Apache-2.0 */
/* diagnostics.h - every diagnostic id: why there is such an error, what leads to it, and what to
 * do. Ids are stable and never reused. */
#ifndef WRIT_DIAGNOSTICS_H
#define WRIT_DIAGNOSTICS_H

#include <stddef.h>

#include "core/util/arena.h"

struct diagnostic_info {
	const char *id, *title, *cause, *example, *remedy; /* sentences, but for the example */
};

/* NULL when there is no such id. */
const struct diagnostic_info *diagnostics_find(const char *id);

/* "; did you mean \"W0705\"?"; "" when none is near. In `a`. */
const char *diagnostics_nearest(struct arena *a, const char *id);

/* All of them, in the order of their ids. */
const struct diagnostic_info *diagnostics_all(size_t *count);

#endif
