/* SPDX-License-Identifier: Apache-2.0 */
/* past_renamed.h - accounts that have another name from one snapshot to the next; past_seen.c alone
 * includes it.
 *
 * A snapshot has the ids of accounts, and its grants by name: what an account kept looks as if one
 * had lost it and another got it. */
#ifndef WRIT_PAST_RENAMED_H
#define WRIT_PAST_RENAMED_H

#include "core/past/past_changes.h"
#include "core/util/keys.h"

struct past_rename {
	uint32_t moment, then, now; /* accounts, as the timeline's universe numbers them */
};
VEC(past_rename_vec, struct past_rename);

struct past_renames {
	struct past_rename_vec all; /* by moment */
	/* What went along with an account: shifts that are none. By moment, sorted. */
	struct key_vec *along;
};

/* Finds them, in `a`; none without `input->source`. Only accounts that hold something are found. */
void past_renames_find(const struct past_changes_input *input, struct arena *a,
		       struct past_renames *out);

/* Whether this shift is of a grant that its account kept under another name. */
bool past_renames_have(const struct past_renames *all, const struct shift *shift);

#endif
