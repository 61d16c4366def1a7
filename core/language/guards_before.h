/* SPDX-License-Identifier: Apache-2.0 */
/* guards_before.h - which guards the manifests had where their branch began.
 *
 * Who loosens a guard and uses that in one and the same proposal would have the guard say nothing.
 * A plan compares with what held before; the last record says that, and where there is none, git
 * does. */
#ifndef WRIT_GUARDS_BEFORE_H
#define WRIT_GUARDS_BEFORE_H

#include "core/language/checkout.h"
#include "core/model/model.h"

struct intern;

/* The guards of the Organization document as the fork point has it (checkout_replaced()), of
 * several that with this name, and that commit, in `a`. False when the document is the one that was
 * `read`, and when it cannot be told: no commit, a shallow clone, a document that does not parse.
 */
bool guards_before(const struct checkout *checkout, const struct stored_file_vec *read,
		   const char *organization, struct intern *strings, struct arena *a,
		   struct guards *out, const char **out_commit);

#endif
