/* SPDX-License-Identifier: Apache-2.0 */
/* provision.h - making, changing and deleting technical accounts at the Developer Console.
 *
 * A technical account comes into being with its credential, a credential lives in a project. No
 * create is repeated before a look by name: the console would make a second one, or refuse what it
 * has just made. */
#ifndef ADOBE_PROVISION_H
#define ADOBE_PROVISION_H

#include "core/plan/plan.h"
#include "providers/adobe/console/wishes.h"

/* Why this account cannot be made or changed as its manifest says, in words, in `a`; NULL when it
 * can. After a read. */
const char *provision_check(struct provider *p, struct arena *a, const struct account *account);

/* How many accounts are made side by side: some a connection, so that one slow answer does not keep
 * all waiting. */
#define PROVISION_WAVE ((size_t)4 * CONFIG_CONNECTIONS_MAX)

/* Carries out changes of accounts: a single one of any kind, or up to PROVISION_WAVE that make
 * accounts. The error is for what ends the run before anything was sent. */
MUST_CHECK struct error *provision_accounts(struct provider *p, struct arena *a,
					    const struct change *const *changes, size_t len,
					    struct outcome *outcomes);

/* Makes accounts that no read shows, at most PROVISION_WAVE, side by side (provision_create.c). */
MUST_CHECK struct error *provision_create(struct provider *p, struct arena *a,
					  const struct change *const *changes, size_t len,
					  struct outcome *outcomes);
/* Appends the body of a request that makes or changes a credential. `first` has the APIs that it
 * begins with, and may be empty. */
void provision_print(struct str *body, const char *name, const char *description,
		     const struct wish_vec *first);

/* Carries out changes of product grants of one account, all grants or all removals, by
 * one request. */
MUST_CHECK struct error *provision_grants(struct provider *p, struct arena *a,
					  const struct change *const *changes, size_t len,
					  struct outcome *outcomes);

/* Carries out one change of an API of an account that exists. Only this API is sent, so that what
 * others added since the read stays. Before an API goes, the profiles that are to stay are selected
 * in another one. */
MUST_CHECK struct error *provision_api(struct provider *p, struct arena *a,
				       const struct change *change, struct outcome *out);

/* Names of the catalogue's APIs that offer a (product, profile): "A or B"; NULL when none does. */
const char *provision_offers(const struct provider *p, struct arena *a, const char *product,
			     const char *profile);

#endif
