/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the manifests are older than those that were applied last. */
#include <string.h>

#include "core/apply/applier.h"
#include "core/ledger/last_manifests.h"

/* The plan may have been made where the history was at hand, and carry the warning along. */
static struct error *check_warnings(const struct plan *plan)
{
	for (size_t i = 0; i < plan->warnings.len; i++) {
		const struct diagnostic *d = &plan->warnings.at[i];
		bool older = !strcmp(d->id, PLAN_WARNS_OLDER);
		if (older || !strcmp(d->id, PLAN_WARNS_UNTOLD))
			return error_new(older ? ERROR_REFUSED : ERROR_INPUT,
					 "the plan was made with this warning: %s; %s", d->summary,
					 d->detail);
	}
	return NULL;
}

struct error *applier_check_older(const struct applier *p)
{
	enum manifests_age age;
	const char *why;
	if (p->resumed || p->in->allow_older)
		return NULL;
	TRY(last_manifests_compare(&p->view.last, p->plan->manifest_commit, p->in->repository,
				   p->arena, &age, &why));
	if (age == MANIFESTS_OLDER)
		return error_new(ERROR_REFUSED,
				 "the manifests are older than those that were applied last: %s; "
				 "take the newer ones, or insist with --allow-older",
				 why);
	if (age == MANIFESTS_UNTOLD)
		return error_new(ERROR_INPUT,
				 "whether the manifests are older than those that were applied "
				 "last cannot be told: %s, and --allow-older insists; nothing was "
				 "sent",
				 why);
	return age == MANIFESTS_UNJUDGED ? check_warnings(p->plan) : NULL;
}
