/* SPDX-License-Identifier: Apache-2.0 */
/* selector.h - which principals or entitlements a person means.
 *
 * The spelling is that of addresses, cut at "/", each part percent-decoded:
 * "role/storage-administrator", "product/Adobe%20Express/Default", "group/Designers". The first
 * part may be left out, and what stands behind: "developer" is that role for any profile, "Adobe
 * Express" any profile of that product, "role" every role. What a plan or a table prints is taken
 * too: "Adobe Express / Default", "developer of Adobe Express / Default", "Storage administrator",
 * "API Creative SDK", "user jane@example.com". */
#ifndef WRIT_SELECTOR_H
#define WRIT_SELECTOR_H

#include "core/model/access.h"

struct selector {
	const char *text; /* as typed */
	VEC(, const char *) parts;
};

/* Cuts `text` up, in `a`. */
void selector_make(struct selector *s, struct arena *a, const char *text);

bool selector_takes_entitlement(const struct selector *s, const struct entitlement *e);
bool selector_takes_principal(const struct selector *s, const struct principal *p);

/* True for a role without its scope, whether anybody holds it or not. */
bool selector_is_role(const struct selector *s);

/* The entitlement that is named whole, whether anybody declares or holds it or not; NULL: none is.
 * In `a`. Two names with " / " between are read as they are printed; "product/Adobe%20/x" names one
 * that ends in a blank. */
const struct entitlement *selector_make_entitlement(const struct selector *s, struct arena *a);

/* Spellings that could have been meant, as few as are told apart, appended to `out`: for
 * nearest_word(). */
VEC(spelling_vec, const char *);
void selector_spell_entitlement(const struct selector *s, struct arena *a,
				const struct entitlement *e, struct spelling_vec *out);
void selector_spell_roles(const struct selector *s, struct arena *a, struct spelling_vec *out);

#endif
