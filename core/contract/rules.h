/* SPDX-License-Identifier: Apache-2.0 */
/* rules.h - what a service would refuse of manifests, as far as that is known without asking it. */
#ifndef WRIT_RULES_H
#define WRIT_RULES_H

#include "core/contract/provider.h"
#include "core/util/report.h"

/* Reports what the service refuses of one account (E0603), each at the value that is wrong. */
void rules_check_account(const struct provider_reader *service, struct arena *a,
			 const struct account *account, struct report *report);

/* The same of a whole set, and of the kinds of principals that can hold something (E0604). An
 * account with an id of the service exists there, so that its names are not judged. Documents with
 * errors may be among them. */
void rules_check(const struct provider_reader *service, struct arena *a, const struct model *model,
		 struct report *report);

/* The words for a product grant of an account that no API of its carries; `apis` would. */
const char *rules_no_carrier(struct arena *a, const char *account, const struct entitlement *e,
			     const char *apis);

/* The other name under which the account lists this API before, by what a snapshot says of the
 * service's APIs; NULL. */
const char *rules_same_api(const struct catalogue *c, const struct account *account,
			   const char *api);

/* Why a grant is not possible by what a snapshot says of the service's APIs, in `a`; NULL: nothing
 * speaks against it, or the snapshot does not tell. `account` is what manifests say of a principal
 * that is one, or NULL; `live` what the snapshot does, or NULL. `*steps` of nearest.h are spent. */
const char *rules_blocks(const struct catalogue *c, struct arena *a, const struct account *account,
			 const struct account *live, const struct entitlement *e, size_t *steps);

#endif
