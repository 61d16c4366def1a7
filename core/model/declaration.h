/* SPDX-License-Identifier: Apache-2.0 */
/* declaration.h - every line that declares a grant, with the words that go with it.
 *
 * A plan needs only one place for a grant; whoever asks why it is there wants all of them: the
 * account's own list, a bundle that the account names, the members of an AdminRole or
 * ProductAssignment. */
#ifndef WRIT_DECLARATION_H
#define WRIT_DECLARATION_H

#include "core/model/access.h"

struct declaration {
	struct principal principal;
	struct entitlement entitlement;
	struct location at; /* as in a plan: the item, or the account's mention of the bundle */
	struct location bundle_at; /* the item in the bundle */
	const char *bundle;	   /* NULL: no bundle */
	const char *document;	   /* name of the document that `at` is in */
	const char *owner;	   /* of an account; NULL */
	const struct words *words; /* NULL when none */
	enum kind kind : 8;	   /* of the document */
	bool expired;		   /* counts as absent */
};
VEC(declaration_vec, struct declaration);

/* Appends all that a model says on `today`, absent accounts left out: in the order of principals
 * (accounts, groups, users; each by name), entitlements and places. Names are borrowed from the
 * model. */
void declaration_collect(const struct model *model, const struct model_index *index,
			 struct arena *a, int32_t today, struct declaration_vec *out);

/* Whether two declarations are of one grant. */
bool declaration_is_same_grant(const struct declaration *a, const struct declaration *b);

/* Order of principals: by kind, then by name, users folded. */
int principal_compare(const struct principal *a, const struct principal *b);

#endif
