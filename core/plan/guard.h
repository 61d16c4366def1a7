/* SPDX-License-Identifier: Apache-2.0 */
/* guard.h - limits to what one plan may do.
 *
 * Rules: writ-plan(1), "GUARDS". Guards judge effective changes: a removal without consent is
 * withheld and takes nothing away. Grants come before removals in a plan, so the last prefix of the
 * action list is the weakest and judging the end judges every prefix. */
#ifndef WRIT_GUARD_H
#define WRIT_GUARD_H

#include "core/model/access.h"

struct plan;
struct live;
struct operator_policy;

/* Limits, as writ-plan(1) has them in "GUARDS". */
struct policy {
	int32_t max_removals, max_removal_delta, max_admin_grants, min_holders;
	int32_t max_live_shrink; /* the operator's alone */
};
extern const struct policy policy_default;

/* What the operator says, the defaults where nothing is said; NULL: the defaults. */
struct policy policy_of(const struct operator_policy *said);

/* The strictest of both; -1 in `guards` is unsaid. */
struct policy policy_tighten(struct policy policy, const struct guards *guards);
struct policy policy_strictest(struct policy a, struct policy b);

/* What the operator agreed to on the command line. */
struct consent {
	enum { CONSENT_NONE, CONSENT_COUNT, CONSENT_PERCENT } removals;
	int32_t amount;	      /* of removals */
	int32_t admin_grants; /* -1: unsaid */
	bool live_shrink;     /* that live is far below the last snapshot */
};
/* "N" or "P%". */
bool consent_parse(const char *text, struct consent *out);

enum guard_verdict {
	VERDICT_PASS,
	VERDICT_ALLOWED,
	VERDICT_WITHHELD,
	VERDICT_REFUSED,
	VERDICT_COUNT
};
const char *verdict_name(enum guard_verdict verdict);

struct guard {
	const char *name;    /* "maxRemovals", ...: a contract */
	const char *subject; /* the role it is about; NULL: the whole plan */
	const char *flag;    /* that would let it pass; NULL: none would */
	int64_t limit, value;
	enum guard_verdict verdict;
};
VEC(guard_vec, struct guard);

/* The live organisation that a plan was made from. */
struct guard_input {
	const struct universe *universe;
	const struct live *live;
	const uint64_t *pairs; /* live grants in ranks of the universe, sorted, each once */
	size_t count;
	const struct operator_policy
		*operator_policy; /* whose required holders count; NULL: none */
	bool empty_manifests;	  /* nothing at all is declared */
	const bool *settled; /* by change: already in `live`, or never to be sent; NULL: none is */
};

/* Judges the plan: sets `withheld` on its changes and fills its guards, in `a`. */
void guard_judge(struct plan *plan, const struct guard_input *input, struct arena *a);

/* "%" where its value and limit are percentages, or "". */
const char *guard_unit(const struct guard *g);

/* The first guard with this verdict; NULL. */
const struct guard *guard_find(const struct plan *plan, enum guard_verdict verdict);

#endif
