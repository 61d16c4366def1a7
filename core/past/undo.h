/* SPDX-License-Identifier: Apache-2.0 */
/* undo.h - what a run did, the other way round.
 *
 * The wish is written as a model: the accounts and entitlements that the run changed as they are
 * live, with its changes taken back. It is planned like any other, so that order, guards, prices
 * and manual steps are those of every plan. What has changed again since the run is left alone, and
 * so is what the run did not do. What the run gave and no read shows is claimed, so that the plan
 * tells it as not seen, and is not said to be gone. */
#ifndef WRIT_UNDO_H
#define WRIT_UNDO_H

#include "core/past/run_list.h"
#include "core/plan/plan.h"

struct undo_input {
	const struct known_run *run;
	const struct plan *plan; /* that the run carried out, as it was saved */
	const char *file;	 /* the saved plan, whose lines are the places of the changes */
	const struct live *live;
	struct universe *universe;	      /* holds live's pairs, not yet ranked */
	unsigned attributes;		      /* that the provider reads */
	const struct provider_reader *reader; /* which tells what a read shows, with its session; */
	struct provider *session;	      /* NULL: live says that of itself */
	const struct live *agreed; /* the last snapshot, without open drift: it knows the ids of
				      accounts that the run made; NULL: there is none */
};

VEC(note_vec, const char *);

/* Where the run had made a grant that is taken away. */
struct undo_place {
	uint32_t principal, entitlement; /* numbers */
	struct location at;
};
VEC(undo_place_vec, struct undo_place);

struct undo {
	struct model wanted;
	struct text_vec unproven; /* live accounts that the run may not have made: nobody knows the
				     ids of those that it did */
	struct note_vec notes;	  /* what is not taken back, or not wholly: a sentence each */
	struct undo_place_vec places;
};

/* Makes the model, in `a`. */
void undo_make(const struct undo_input *input, struct arena *a, struct undo *out);

/* For a plan that was made of what undo wants: gives each removal the place of the change that
 * it takes back. The universe is ranked. */
void undo_place(const struct undo *undo, const struct universe *u, struct arena *a,
		struct plan *plan);

#endif
