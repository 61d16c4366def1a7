/* SPDX-License-Identifier: Apache-2.0 */
/* former_names.h - what accounts were called before, for what is kept by address.
 *
 * An account is one with its id: what is on record of its grants goes along with it, whether a plan
 * renames it or somebody did in the service. */
#ifndef WRIT_FORMER_NAMES_H
#define WRIT_FORMER_NAMES_H

#include "core/plan/change.h"

struct plan;

struct former_name {
	const char *then, *now;
	const char *id; /* the service's; NULL: not known */
};
VEC(former_name_vec, struct former_name);

/* The names that accounts of the plan had until it, or in the last snapshot, in `a`; borrowed from
 * the plan. */
void former_names_find(const struct plan *plan, struct arena *a, struct former_name_vec *out);

/* The address, in `a`, under which the plan has what is on record under this one; the same when its
 * account has no other name in the plan. */
const char *former_names_follow(const struct former_name_vec *names, const char *address,
				struct arena *a);

/* The same of what was said of the account with this id, which may be NULL. */
const char *former_names_follow_id(const struct plan *plan, const struct former_name_vec *names,
				   const char *address, const char *id, struct arena *a);

/* The names that were former ones before a plan whose changes `done` says are made, and those that
 * this plan made so, in `a`: `before` of accounts that are not gone, under their present names. */
void former_names_move_on(const struct plan *plan, const bool *done,
			  const struct former_name_vec *before, struct arena *a,
			  struct former_name_vec *out);

/* Whether the account that is called `now` and has this id (NULL: not known) was called `then`. */
bool former_names_has(const struct former_name_vec *names, const char *now, const char *then,
		      const char *id);

#endif
