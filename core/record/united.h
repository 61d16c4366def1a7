/* SPDX-License-Identifier: Apache-2.0 */
/* united.h - what is agreed where a merge brought two recordings together.
 *
 * Whoever merges two clones that recorded at once takes one side's files. What the other side's
 * runs made and its decisions are agreed all the same: agreed is the one side's agreed state, with
 * what the other's differs from that of their base. */
#ifndef WRIT_UNITED_H
#define WRIT_UNITED_H

#include "core/git/history.h"
#include "core/model/model.h"
#include "core/util/intern.h"

/* Of the newest commit of `revision` that concerns the folder. Where that is such a merge, fills
 * *out in `a` (the open drift of both sides in out->drifts, for who asks since when) and sets
 * *out_found. What a shallow clone lacks is not asked for. */
MUST_CHECK struct error *united_agreed(struct history *h, const char *revision, const char *folder,
				       struct intern *strings, struct arena *a, struct model *out,
				       bool *out_found);

#endif
