/* SPDX-License-Identifier: Apache-2.0 */
/* manual.h - what a person has to do in the Admin Console, told so that it cannot go wrong.
 *
 * A technical account's id looks like an e-mail address too, and whoever pastes it makes a useless
 * Adobe ID an administrator (facts/cloud-storage.md, "Conditions"). So the steps name the address,
 * the entry's type, and how to tell. */
#ifndef ADOBE_MANUAL_H
#define ADOBE_MANUAL_H

#include "core/plan/plan.h"

struct manual_context {
	const char *organization, *org_id; /* of the Admin Console; either may be NULL */
	const char *seen_by; /* the sources that will show that it is done; NULL: none */
};

/* Appends the steps of one change, one a line. `email` is the principal's address in the service;
 * NULL: it has none yet. */
void manual_describe(const struct manual_context *context, const struct change *change,
		     const char *email, struct str *out);

/* Appends a file for "Add users by CSV" of the Admin Console, with a row for each principal that is
 * granted something, sorted by address. Removals have no such form and are left out, as are groups
 * and principals without an address. The changes may be in any order. */
void manual_export(const struct change *const *changes, const char *const *emails, size_t len,
		   struct str *out);

#endif
