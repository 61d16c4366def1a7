/* SPDX-License-Identifier: Apache-2.0 */
/* policy.h - the limits that hold for a plan, and what an operator agreed to beyond them.
 *
 * The operator's configuration sets limits, manifests may tighten them (writ-config(5),
 * writ-manifest(5)). */
#ifndef WRIT_POLICY_H
#define WRIT_POLICY_H

#include "core/model/model.h"

struct operator_policy;

struct policy {
	int32_t max_removals;	   /* product grants and ordinary APIs that go without consent */
	int32_t max_removal_delta; /* percent of all live ones, likewise */
	int32_t max_admin_grants;
	int32_t max_live_shrink;	 /* percent; the operator's alone */
	int32_t min_persons;		 /* users among the system administrators */
	int32_t min_holders[ROLE_COUNT]; /* by role, for each of its scopes; 0: none need stay */
};
extern const struct policy policy_default;

/* What the operator says, the defaults where nothing is said; NULL: the defaults. */
struct policy policy_of(const struct operator_policy *said);

/* The strictest of both; -1 in `guards` is unsaid. */
struct policy policy_tighten(struct policy policy, const struct guards *guards);
struct policy policy_strictest(struct policy a, struct policy b);

/* A limit that is looser than it was. */
struct loosened {
	const char *name;    /* "maxRemovals", ..., as in a guard */
	const char *subject; /* the role it is about; NULL: all */
	int64_t before, now;
};
VEC(loosened_vec, struct loosened);

/* Appends to `out`, in `a`, which of the limits that manifests can set are looser `now` than
 * `before`. */
void policy_find_loosened(const struct policy *before, const struct policy *now, struct arena *a,
			  struct loosened_vec *out);

/* The limits as a record keeps them, all of them said. */
struct guards policy_as_guards(const struct policy *policy);
/* Those of them alone that are stricter than in `other`. */
struct guards policy_stricter_than(const struct policy *policy, const struct policy *other);

/* What the operator agreed to on the command line. */
struct consent {
	enum { CONSENT_NONE, CONSENT_COUNT, CONSENT_PERCENT } removals;
	int32_t amount;	      /* of removals */
	int32_t admin_grants; /* -1: unsaid */
	bool live_shrink;     /* to live that is far below the last snapshot */
	bool expired;	      /* to the removal of grants whose last day is over */
	bool unreplaced;      /* to the removal of grants whose replacement is not there */
};

/* "N" or "P%". */
bool consent_parse(const char *text, struct consent *out);

/* As options, each with a blank in front: " --allow-remove 25% --allow-expired"; nothing for none.
 */
void consent_add_options(struct str *out, const struct consent *consent);

/* The consent that holds when it was given with a plan and again with its apply: about removals
 * what was said later, and of everything else the larger. */
struct consent consent_merge(struct consent a, const struct consent *given);

#endif
