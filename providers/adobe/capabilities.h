/* SPDX-License-Identifier: Apache-2.0 */
/* capabilities.h - how each change can be made, and what the last read can show, as members of
 * provider_reader. */
#ifndef ADOBE_CAPABILITIES_H
#define ADOBE_CAPABILITIES_H

#include "providers/adobe/session/session.h"

/* As provider_reader.can_grant, by what the last read showed. */
enum capability can_grant(struct provider *p, const struct principal *principal,
			  const struct account *account, const struct entitlement *e);
/* The other name under which the account lists this API before; NULL when it does not. */
const char *can_same_api(struct provider *p, const struct account *account, const char *name);
/* Why a grant cannot be made: it names the APIs that would offer the product, for none of the
 * account's own does, or says why an API cannot be added. In `a`; NULL: nothing is to be said. */
const char *can_explain(struct provider *p, struct arena *a, const struct principal *principal,
			const struct account *account, const struct entitlement *e);
/* Whether an API is an administrative one, by the name and the code that the catalogue has for
 * `name`. */
bool can_is_admin_api(const struct provider *p, const char *name);
/* As provider_reader.carries: what the API offers goes with it. */
bool can_carries(struct provider *p, const char *api, const struct entitlement *product);
/* As provider_reader.has_unnamed. */
bool can_have_unnamed(struct provider *p, const char *account, const char *api);
bool can_see(struct provider *p, const struct principal *principal, const struct account *account,
	     const struct entitlement *e);

/* The source that shows whether a pair is held, as provider_reader.source_of. */
const char *can_source(struct provider *p, const struct principal *principal,
		       const struct account *account, const struct entitlement *e);

/* Why nobody gains by a grant that can_see() denies, as provider_reader.idle. */
const char *can_idle(struct provider *p, const struct principal *principal,
		     const struct entitlement *e);

#endif
