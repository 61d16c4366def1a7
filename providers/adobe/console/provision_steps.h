/* SPDX-License-Identifier: Apache-2.0 */
/* provision_steps.h - the parts of provision.c: one change of one account each. */
#ifndef ADOBE_PROVISION_STEPS_H
#define ADOBE_PROVISION_STEPS_H

#include "providers/adobe/console/provision.h"

/* The body of a request that makes or changes a credential; `first` may be empty. */
void provision_print(struct str *body, const char *name, const char *description,
		     const struct wish_vec *first);

MUST_CHECK struct error *provision_create(struct provider *p, struct arena *a,
					  const struct account *account, struct outcome *out);

/* `attributes` says which of `after` differ: a set of enum attribute. */
MUST_CHECK struct error *provision_update(struct provider *p, struct arena *a, struct credential *c,
					  const struct account *after, unsigned attributes,
					  struct outcome *out);
/* What an account lacks of its manifest: of a create that an earlier run left half done. */
bool provision_lacks_words(const struct credential *c, const struct account *wanted);
bool provision_lacks_apis(struct provider *p, const struct credential *c,
			  const struct account *wanted);

/* Afterwards the session knows the credential no more. */
MUST_CHECK struct error *provision_delete(struct provider *p, struct arena *a, struct credential *c,
					  struct outcome *out);

#endif
