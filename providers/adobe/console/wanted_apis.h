/* SPDX-License-Identifier: Apache-2.0 */
/* wanted_apis.h - the APIs and licences that an account shall have once the plan is carried out. */
#ifndef ADOBE_WANTED_APIS_H
#define ADOBE_WANTED_APIS_H

#include "core/plan/plan.h"
#include "providers/adobe/console/wishes.h"

/* Appends the list of an account, in `a`. Of an API that stays, what is selected stays; what the
 * plan grants comes with it. `c` is what there is of the account; NULL: nothing yet. */
void wanted_apis(struct provider *p, struct arena *a, const struct account *account,
		 const struct credential *c, struct wish_vec *out);

/* The same of a new account: when its products are listed, what came by itself goes again unless
 * the plan grants it. */
void wanted_of_new(struct provider *p, struct arena *a, const struct account *account,
		   struct wish_vec *out);

/* One API that the plan gives to an account which is there: with the licences that the plan grants
 * through it, and those that it takes over from APIs that the plan ends. */
void wanted_of_api(struct provider *p, struct arena *a, const struct credential *c,
		   const struct api *api, struct wish *out);

/* Licences that go with an API are grants that end: only those that the plan ends. Others are put
 * back into the wishes; what none of them offers is told, in `a`. NULL: nothing is lost. */
const char *wanted_loses(struct provider *p, struct arena *a, const struct credential *c,
			 struct wish_vec *wishes, const char *account);

#endif
