/* SPDX-License-Identifier: Apache-2.0 */
/* provision.h - making, changing and deleting technical accounts at the Developer Console.
 *
 * A technical account comes into being with its credential, a credential lives in a project. No
 * create is repeated before a look by name: the console would make a second one, or refuse what it
 * has just made. */
#ifndef ADOBE_PROVISION_H
#define ADOBE_PROVISION_H

#include "core/plan/plan.h"
#include "providers/adobe/console/subscribe.h"

/* Why this account cannot be made or changed as its manifest says, in words, in `a`; NULL when it
 * can. After a read. */
const char *provision_check(struct provider *p, struct arena *a, const struct account *account);

/* Carries out one change of an account. */
MUST_CHECK struct error *provision_change(struct provider *p, struct arena *a,
					  const struct change *change, struct outcome *out);

/* Carries out changes of product grants of one account, all grants or all removals, by
 * one request. */
MUST_CHECK struct error *provision_grants(struct provider *p, struct arena *a,
					  const struct change *const *changes, size_t len,
					  struct outcome *outcomes);

/* Carries out one change of an API of an account that is there, by itself: what others added since
 * the read stays. An API that goes hands what is to stay to another first. */
MUST_CHECK struct error *provision_api(struct provider *p, struct arena *a,
				       const struct change *change, struct outcome *out);

/* Names of the catalogue's APIs that offer a (product, profile): "A or B"; NULL when none does. */
const char *provision_offers(const struct provider *p, struct arena *a, const char *product,
			     const char *profile);

#endif
