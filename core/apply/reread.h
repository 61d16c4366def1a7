/* SPDX-License-Identifier: Apache-2.0 */
/* reread.h - a fresh look at the live organisation, with a plan in hand.
 *
 * Answers of each change: does live still have its `before`, has it its `after` already, or
 * something else? The stale check, the barrier, the final check and a resume all ask this one
 * question. */
#ifndef WRIT_REREAD_H
#define WRIT_REREAD_H

#include "core/plan/plan.h"
#include "core/util/keys.h"

enum standing { STANDING_BEFORE, STANDING_AFTER, STANDING_OTHER };

struct reread {
	struct universe *universe;
	struct live live;
	struct key_vec pairs; /* in ranks, sorted, each once; grants of an account to be renamed
				 under its new name */
};

/* Reads live in `a` and points the plan's changes at the view's ranks. */
MUST_CHECK struct error *reread_read(struct reread *v, const struct provider_reader *reader,
				     struct provider *session, struct intern *strings,
				     struct arena *a, struct plan *plan);
enum standing reread_standing(const struct reread *v, const struct provider_reader *reader,
			      const struct change *change);
void reread_done(struct reread *v);

#endif
