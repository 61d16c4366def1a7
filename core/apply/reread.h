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
	const struct plan *plan;
	const struct provider_reader *reader;
	struct universe *universe;
	struct live live;
	struct key_vec pairs; /* in ranks, sorted, each once; grants of an account to be renamed
				 under its new name */
	struct change_rank *ranks;	  /* by change */
	bool *unseen;			  /* by change: no read shows whether it is so already */
	struct made_project_vec projects; /* that changes are about, in their order */
};

/* What a look is asked for. */
struct reread_input {
	const struct provider_reader *reader;
	struct provider *session;
	struct intern *strings;
	const struct plan *plan;
	const struct policy *kept; /* only who holds the roles that it keeps is asked for; NULL:
				      all that the plan is about */
};

/* Reads live in `a`. */
MUST_CHECK struct error *reread_read(struct reread *v, const struct reread_input *input,
				     struct arena *a);
/* Whether a change takes, or may take, a role that `input->kept` keeps. */
bool reread_takes_kept(const struct reread_input *input, const struct change *c);
/* Of a whole look: where change i stands. */
enum standing reread_standing(const struct reread *v, size_t i);
/* What goes with the account that change i deletes and is not named there: "support-administrator,
 * product Express / Default"; NULL: nothing was seen. In `a`. */
const char *reread_unnamed(const struct reread *v, size_t i, struct arena *a);
/* ERROR_REFUSED: live is another organisation than the plan's. */
MUST_CHECK struct error *reread_check_organization(const struct reread *v);
/* A name is not an identity: where another account has it by now, what was planned for the one
 * would go to the other. ERROR_REFUSED then; `sent` says what was sent, for its message. */
MUST_CHECK struct error *reread_check_identities(const struct reread *v, const char *sent);
void reread_done(struct reread *v);

#endif
