/* SPDX-License-Identifier: Apache-2.0 */
/* grantable.h - what there is to grant, and to whom (writ-manifest(5), "DOCUMENTS"). */
#ifndef WRIT_GRANTABLE_H
#define WRIT_GRANTABLE_H

#include "core/model/live.h"

VEC(name_vec, const char *);

struct profile_name {
	const char *product, *profile; /* as they are looked up */
	const char *spelled[2];	       /* as the service has them */
};
VEC(profile_vec, struct profile_name);

/* Sorted; a list that the service did not give is unknown, and then nothing is refused. */
struct grantable {
	struct name_vec users, groups;
	struct name_vec spelled_groups;
	struct name_vec typed; /* other entries of users' addresses */
	struct profile_vec profiles;
	bool knows_users, knows_groups, knows_products, knows_typed;
	bool folds_names; /* groups and profiles are kept and looked up folded */
};

/* From what the service lists and from what its live grants name. */
void grantable_make(struct grantable *out, struct arena *a, const struct universe *u,
		    const struct live *live);

/* NULL when the grant is possible, else what does not exist, in `a`. */
const char *grantable_check(const struct grantable *x, struct arena *a,
			    const struct principal *principal, const struct entitlement *e);

/* The name nearest to the one that does not exist, of those that do, in `a`; NULL: none is near, or
 * `*steps` of nearest.h are used up: *out_unsought says so behind what does not exist, else it is
 * "". */
const char *grantable_nearest(const struct grantable *x, struct arena *a,
			      const struct principal *principal, const struct entitlement *e,
			      size_t *steps, const char **out_unsought);

#endif
