/* SPDX-License-Identifier: Apache-2.0 */
/* wanted_apis.h - the APIs and licences that an account shall have once the plan is carried out. */
#ifndef ADOBE_WANTED_APIS_H
#define ADOBE_WANTED_APIS_H

#include "core/plan/plan.h"
#include "providers/adobe/console/wishes.h"

/* Appends the APIs that an account shall have, in `a`. Profiles that are selected in an API that
 * stays remain selected; those that the plan grants are added. `c` is the account's credential;
 * NULL: it has none yet. */
void wanted_apis(struct provider *p, struct arena *a, const struct account *account,
		 const struct credential *c, struct wish_vec *out);

/* The same for a new account. Profiles that come by themselves are taken off, unless the plan
 * grants them, when the account's products are listed. */
void wanted_of_new(struct provider *p, struct arena *a, const struct account *account,
		   struct wish_vec *out);

/* Fills in one API that the plan gives to an account which exists: with the licences that the plan
 * grants through it, and those that it takes over from APIs that the plan ends. */
void wanted_of_api(struct provider *p, struct arena *a, const struct credential *c,
		   const struct api *api, struct wish *out);

/* An API that goes takes its licences with it, and only licences that the plan ends may go. Others
 * are added to `wishes`, in an API that offers them too. The result says which one no other API
 * offers, in `a`; NULL: none is lost. */
const char *wanted_loses(struct provider *p, struct arena *a, const struct credential *c,
			 struct wish_vec *wishes, const char *account);

#endif
