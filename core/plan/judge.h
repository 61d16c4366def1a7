/* SPDX-License-Identifier: Apache-2.0 */
/* judge.h - what the files that judge changes share; nobody else includes it.
 *
 * guard.c counts and asks for consent; guard_holders.c knows who must keep what. */
#ifndef WRIT_JUDGE_H
#define WRIT_JUDGE_H

#include "core/plan/guard.h"

/* Of one class of deletes: how many there are, how many grants go with accounts, and how many of
 * the class are live. */
struct tally {
	int64_t deletes, with_accounts, live;
};

struct judge {
	const struct guard_input *in;
	const struct universe *u;
	struct arena *arena;
	struct judgement *out;
	struct tally roles, products, accounts;
	int64_t admin_grants;
};

/* Whether change i is still to be made, and whether nothing withholds it so far. */
bool judge_is_ahead(const struct judge *j, size_t i);
bool judge_is_due(const struct judge *j, size_t i);

/* Whether who holds it can hand out rights: an admin role, or an administrative API. */
bool judge_is_admin(const struct judge *j, const struct entitlement *e);

void judge_add(struct judge *j, struct guard g);

/* ---- guard_holders.c ---- */

/* Withholds what takes from writ itself what it needs, then what takes the last holders of a role,
 * of several those from the first that would on. */
void judge_own_rights(struct judge *j);
void judge_holders(struct judge *j);

/* Withholds what is not listed any more where what is to come in its place is not there: not
 * possible yet, by hand, not seen, or failed. */
void judge_replacements(struct judge *j);

/* Refuses when somebody who must hold a role would not. */
void judge_required(struct judge *j);

#endif
