/* SPDX-License-Identifier: Apache-2.0 */
/* role_names.h - admin roles: what they are called where, and who can hand them out
 * (facts/admin-roles.md). */
#ifndef ADOBE_ROLE_NAMES_H
#define ADOBE_ROLE_NAMES_H

#include "core/contract/provider.h"
#include "core/language/config.h"

struct role_names {
	const char *title; /* in the Admin Console */
	const char *group; /* in the User Management API: a name, or with a scope the prefix of one;
			      NULL: none */
	const char *named; /* `named_role` in profiles of the identity service; NULL: not known */
	const char *export; /* the word of the Admin Console's files; NULL: they have a column for
			       it */
};
extern const struct role_names role_names[ROLE_COUNT];

/* How a grant or removal can be made, without regard to products of technical accounts: those go
 * through the Developer Console, which alone knows. `config` may lack the credential of the User
 * Management API; then everything is for a person, or for the operator's program when it is
 * a role. */
enum capability roles_can(const struct organization_config *config, enum principal_kind kind,
			  const struct entitlement *e);

/* Why nobody of this kind can hold such an entitlement at Adobe, a constant; NULL: somebody can. */
const char *roles_refuse(enum principal_kind kind, const struct entitlement *e);

/* A role by any spelling that the Admin Console or its files use for it: "Storage administrator",
 * "STORAGE_ADMIN", "storage". Only roles of the whole organisation; ROLE_NONE when it is none of
 * them. */
enum role role_of_word(const char *text, size_t len);

#endif
