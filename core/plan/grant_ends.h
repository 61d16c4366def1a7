/* SPDX-License-Identifier: Apache-2.0 */
/* grant_ends.h - which grants have an end, as something other than the manifests remembers it.
 *
 * Writing an end that has already passed asks for a removal, and makes it look like the course
 * of things. So the consent to remove what has ended counts only where the end was on record
 * before it passed: in the ledger, or in the last snapshot. */
#ifndef WRIT_GRANT_ENDS_H
#define WRIT_GRANT_ENDS_H

#include "core/plan/former_names.h"

struct grant_end {
	const char *address; /* of the grant */
	int32_t day;	     /* the last on which it holds, in days since 1970 */
};
VEC(grant_end_vec, struct grant_end);

/* By address; of one address the latest day counts. */
void grant_ends_sort(struct grant_end_vec *ends);

/* The one of this address among sorted ends; NULL: none. */
const struct grant_end *grant_ends_find(const struct grant_end_vec *ends, const char *address);

/* Joins the ends that the ledger has with those that only the snapshot has, in `a`. Both are
 * sorted; `snapshot` may be NULL. */
struct grant_end_vec *grant_ends_join(const struct grant_end_vec *ledger,
				      const struct grant_end_vec *snapshot, struct arena *a);

/* The ends that a snapshot tells, in `a`, sorted. Numbers its grants in `u`, which is not ranked
 * yet. */
void grant_ends_of(const struct model *snapshot, struct universe *u, struct arena *a,
		   struct grant_end_vec *out);

/* Ends are on record under the name that an account had then. Gives those of accounts that the
 * changes rename to the new name, and drops what another account left under that; sorted. `of`, by
 * change, says which renames count; NULL: all. */
void grant_ends_move(struct grant_end_vec *ends, const struct change_vec *changes, const bool *of,
		     struct arena *a);

/* By change, in `a`: whether `ends`, sorted and under the names that the changes lead to, have an
 * end of it that is before `today`. NULL: of none. */
const bool *grant_ends_passed(const struct change_vec *changes, const struct grant_end_vec *ends,
			      int32_t today, struct arena *a);

#endif
