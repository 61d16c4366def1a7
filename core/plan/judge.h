/* SPDX-License-Identifier: Apache-2.0 */
/* judge.h - what the files that judge changes share; nobody else includes it.
 *
 * guard.c counts, asks for consent and calls the others; guard_holders.c knows who must keep what,
 * guard_own_rights.c what writ itself must; judge.c has what they all ask. */
#ifndef WRIT_JUDGE_H
#define WRIT_JUDGE_H

#include "core/plan/guard.h"

/* What is counted of one class of removals: roles, products or accounts. `deletes` are the plan's
 * own removals, `with_accounts` the grants that end because their account is deleted, and `live`
 * all of the class that are held now. */
struct tally {
	int64_t deletes, with_accounts, live;
};

struct judge {
	const struct guard_input *in;
	const struct universe *u;
	struct arena *arena;
	struct judgement *out;
	struct tally roles, products, accounts, projects;
	int64_t admin_grants;
};

/* judge_is_ahead() asks whether change i is still to be made. judge_is_due() asks besides whether
 * no guard has withheld it so far. */
bool judge_is_ahead(const struct judge *j, size_t i);
bool judge_is_due(const struct judge *j, size_t i);

/* Whether the grant that change i takes was given until a day that is over. */
bool judge_has_ended(const struct judge *j, size_t i);

/* Whether its holders can hand out rights: an admin role, or an administrative API. */
bool judge_is_admin(const struct judge *j, const struct entitlement *e);

/* Appends what one guard found. */
void judge_add(struct judge *j, struct guard g);

/* ---- guard_own_rights.c ---- */

/* Withholds each removal that takes a right from the account or user as whom writ itself works. */
void judge_own_rights(struct judge *j);

/* ---- guard_holders.c ---- */

/* Withholds removals that leave a role with fewer holders than it must keep. Where a plan takes
 * several, the first ones go ahead until one would leave too few; that one and those behind it are
 * withheld. */
void judge_holders(struct judge *j);

/* Withholds the removal of a grant that is not listed any more while somebody who is to get the
 * same entitlement does not have it: the grant is not possible yet, is made by hand, cannot be
 * seen, or has failed. */
void judge_replacements(struct judge *j);

/* Refuses when somebody who must hold a role would not. */
void judge_required(struct judge *j);

#endif
