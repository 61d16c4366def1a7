/* SPDX-License-Identifier: Apache-2.0 */
/* question.h - what why and who are asked. */
#ifndef WRIT_CMD_QUESTION_H
#define WRIT_CMD_QUESTION_H

#include "cmd/writ/command.h"
#include "core/model/selector.h"

struct question {
	struct selector principal, entitlement;
	struct arguments manifests; /* at least one */
	bool has_principal, has_entitlement;
};

/* Whether a pair is among those that are asked about. */
bool question_takes(const struct question *q, const struct principal *p,
		    const struct entitlement *e);

/* The names that are known in the place where a question is asked. question_check() fails with
 * ERROR_INPUT, which tells the nearest name, when one of the question's is not among them; `where`
 * is as in "the manifests name no ...". */
struct known_names {
	VEC(, struct principal) principals;
	VEC(, struct entitlement) entitlements;
	const char *elsewhere; /* where else one may ask, in words; NULL */
};
MUST_CHECK struct error *question_check(const struct question *q, struct arena *a,
					const struct known_names *known, const char *where);

#endif
