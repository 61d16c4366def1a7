/* SPDX-License-Identifier: Apache-2.0 */
/* united.h - what is agreed where a merge brought two recordings together.
 *
 * Whoever merges two clones that recorded at once takes the files of one side. What the other
 * side's runs made and what was decided there is agreed all the same. So the agreed state is
 * that of the one side, with every difference between the other side's agreed state and that of
 * their common base. */
#ifndef WRIT_UNITED_H
#define WRIT_UNITED_H

#include "core/git/history.h"
#include "core/model/model.h"
#include "core/util/intern.h"

/* Looks at the newest commit of `revision` that concerns the folder. If it is such a merge, *out
 * is filled in `a`, with the open drift of both sides in out->drifts, from which it can be told
 * since when an item is open; and *out_found is set. What a shallow clone lacks is not asked
 * for. */
MUST_CHECK struct error *united_agreed(struct history *h, const char *revision, const char *folder,
				       struct intern *strings, struct arena *a, struct model *out,
				       bool *out_found);

#endif
