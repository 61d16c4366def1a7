/* SPDX-License-Identifier: Apache-2.0 */
/* guard.h - what a list of changes may do to an organisation, judged before it is done.
 *
 * A removal that lacks consent, or that would take what a guard protects, is withheld: it takes
 * nothing away, and the rest goes on. Some guards refuse the whole. Judging changes nothing: the
 * plan that is judged is const, and what came of it is a judgement (writ-plan(1), GUARDS). */
#ifndef WRIT_GUARD_H
#define WRIT_GUARD_H

#include "core/plan/change.h"
#include "core/plan/policy.h"

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

/* A list of changes and the live organisation that they would change, as it is now. */
struct guard_input {
	const struct change_vec *changes; /* in the order of execution */
	const struct change_rank *ranks;  /* by change, in `universe` */
	const struct universe *universe;
	const struct live *live;
	const uint64_t *pairs; /* live grants in ranks of the universe, sorted, each once */
	size_t count;
	const struct provider_reader *reader; /* says what a read shows; NULL: it shows all */
	struct provider *session;
	struct policy policy;
	struct consent consent;
	/* Its required holders count; NULL: there are none. */
	const struct operator_policy *operator_policy;
	bool empty_manifests; /* nothing at all is declared */
	int32_t live_shrink;  /* percent that live is below the last snapshot */
	const bool *settled;  /* by change: already in `live`, or never to be sent; NULL: none is */
	const bool *unseen;   /* by change: no read shows it; NULL: as the changes say */
	const bool *unmet;    /* by change: a grant that did not come about; NULL: none failed */
	const struct entitlement *const *blocked; /* of grants that are not possible yet; NULL
						     among them: accounts */
	size_t blocked_count;
	const bool *owed; /* by change: withheld by an earlier apply; NULL: none was */
	/* For each change, whether its end was on record before it passed; NULL: for none. */
	const bool *passed;
	bool unvouched; /* nobody vouches for the reasons of changes: an end counts on record */
};

struct judgement {
	uint8_t *withheld; /* enum withheld, by change */
	struct guard_vec guards;
};

/* Judges all of it, in `a`. */
void guard_judge(const struct guard_input *input, struct arena *a, struct judgement *out);

/* Judges again, with live as it is by now, only what no consent can allow: the holders that a role
 * must keep and writ's own rights. Adds to out->withheld; out->guards is made anew. */
void guard_judge_again(const struct guard_input *input, struct arena *a, struct judgement *out);

/* Whether taking this grant could ever be withheld for the sake of its holders. */
bool guard_is_kept(const struct policy *policy, const struct entitlement *e);

/* "%" where its value and limit are percentages, or "". */
const char *guard_unit(const struct guard *g);

/* The key of the operator's configuration that sets its limit; NULL: none does. */
const char *guard_key(const struct guard *g);

/* How to let a guard pass that did not: "; allow with --allow-admin-grants 7
 * (policy.maxAdminGrants)", " (policy.minHolders)", or "" where nothing lets it; in `a`. */
const char *guard_remedy(struct arena *a, const struct guard *g);

/* The first guard with this verdict; NULL. */
const struct guard *guard_find(const struct guard_vec *guards, enum guard_verdict verdict);

/* "product-administrator of Adobe Express", in `a`. */
const char *guard_role_text(struct arena *a, const struct entitlement *e);

#endif
