/* SPDX-License-Identifier: Apache-2.0 */
/* unseen.h - what no configured source shows, so that nobody says more than was seen. A pair that
 * is not seen is not taken for one that is not held: it is told, by entitlement, with the source
 * that would show it. */
#ifndef WRIT_UNSEEN_H
#define WRIT_UNSEEN_H

#include "core/plan/drift.h"

/* An entitlement that no configured source shows, and of how many principals: such pairs are not
 * taken for pairs that are not held. */
struct unseen_item {
	const struct entitlement *entitlement;
	const char *source;	       /* that would show it; NULL: none that writ can read */
	size_t claimed, wanted, ended; /* by a complete list; to be granted; past the last day */
	size_t unclaimed;	       /* of whom no document says anything: not in the summary */
	bool anybody;		       /* users whom nothing lists are among them, counted as one */
};
VEC(unseen_vec, struct unseen_item);

/* The item of this entitlement and source, which is a constant; a new one of `all`, in `a`, where
 * there is none yet. */
struct unseen_item *unseen_item_of(struct unseen_vec *all, struct arena *a,
				   const struct entitlement *e, const char *source);

/* What should have ended first, then by entitlement. */
void unseen_sort(struct unseen_vec *all);

/* Counts the pairs of which a comparison with a snapshot says nothing: those that the snapshot
 * has and no read shows, and roles of the whole organisation that somebody may hold unseen. All
 * count as claimed. */
void unseen_since(const struct drift_input *in, struct arena *a, struct unseen_vec *out);

/* How many pairs that somebody asks about are not seen. */
size_t unseen_pairs(const struct unseen_vec *all);

#endif
