/* SPDX-License-Identifier: Apache-2.0 */
/* organization_before.h - what the manifests asked of their grants before.
 *
 * Who loosens a guard, or drops a rule, and uses that in one and the same proposal would have it
 * say nothing. A plan compares with what held before; of guards the last record says that, and
 * where there is none, git does. */
#ifndef WRIT_ORGANIZATION_BEFORE_H
#define WRIT_ORGANIZATION_BEFORE_H

#include "core/language/checkout.h"
#include "core/model/model.h"

struct intern;

/* The Organization document as the commit `at` has it, or with NULL the fork point
 * (checkout_replaced()), of several the one with this name, and that commit, in `a`. NULL when the
 * document is the one that was `read`, and when it cannot be told: no commit, a shallow clone, a
 * document that does not parse. */
const struct organization *organization_before(const struct checkout *checkout, const char *at,
					       const struct stored_file_vec *read, const char *name,
					       struct intern *strings, struct arena *a,
					       const char **out_commit);

#endif
