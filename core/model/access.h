/* SPDX-License-Identifier: Apache-2.0 */
/* access.h - who holds what, as pairs of small numbers.
 *
 * A grant is a pair (principal, entitlement). Both are numbered once for wanted and live alike, so
 * that a plan compares integers. After universe_rank() the numbers' order is the order of the names
 * they stand for: it depends on content, never on files. */
#ifndef WRIT_ACCESS_H
#define WRIT_ACCESS_H

#include "core/model/model.h"

struct principal {
	const char *name; /* a user in the service's spelling when live knows it */
	enum principal_kind kind : 8;
	enum user_type type : 8; /* what live says of a user without a type */
};

struct entitlement {
	const char *product, *profile, *group; /* interned; NULL where the role has no such scope */
	enum role role : 8; /* ROLE_NONE: the product profile itself, or an API */
	const char *api; /* interned; an API of a credential, then all else is unset; else NULL */
};

/* Whether it is a product profile. */
static inline bool entitlement_is_product(const struct entitlement *e)
{
	return e->role == ROLE_NONE && !e->api;
}

/* Whether an API lets its holder hand out rights, as far as its name tells: those that manage
 * users, projects and their credentials, or storage. */
bool api_is_admin(const char *api);

/* How much power it gives: the smaller, the more. POWER_NONE: it is nobody's right. */
#define POWER_NONE UINT8_MAX
uint8_t entitlement_power(const struct entitlement *e);

/* Whether the API's name or code has a word (lower case letters and figures) in it, whatever its
 * case, blanks and marks. */
bool api_has_word(const char *api, const char *word);

#define OBJECT_KEY_MAX 288 /* bytes of a folded user: its type and the longest e-mail */

struct universe;

struct universe *universe_new(struct intern *strings);
void universe_free(struct universe *u); /* accepts NULL */

/* For a service that folds the case of names; to be called before anything is numbered. From
 * then on products, profiles and groups are one when they are equal after text_fold(). They keep
 * the spelling that came first, which is the service's. */
void universe_fold_names(struct universe *u);
bool universe_folds_names(const struct universe *u);

/* The number of a principal or entitlement, given on first sight. Users are one when equal after
 * ASCII folding; `live` says that the spelling is the service's. Names must be interned. */
uint32_t universe_principal(struct universe *u, enum principal_kind kind, const char *name,
			    bool live);
/* Of a user whom live calls by the address alone: the entry's type. Before manifests are
 * numbered, so that a user who is named with this type is the same principal. */
void universe_user_type(struct universe *u, uint32_t number, enum user_type type);
uint32_t universe_entitlement(struct universe *u, enum role role, const char *product,
			      const char *profile, const char *group);
/* The same of an entitlement as it stands elsewhere, whose names are interned. */
uint32_t universe_number(struct universe *u, const struct entitlement *e);

/* Fixes the order, after which nothing may be added. Behind it: the rank of a number, the number
 * at a rank, and what stands at a rank. */
void universe_rank(struct universe *u);
uint32_t universe_principal_rank(const struct universe *u, uint32_t number);
uint32_t universe_entitlement_rank(const struct universe *u, uint32_t number);
uint32_t universe_principal_number(const struct universe *u, uint32_t rank);
uint32_t universe_entitlement_number(const struct universe *u, uint32_t rank);
const struct principal *universe_principal_at(const struct universe *u, uint32_t rank);
const struct entitlement *universe_entitlement_at(const struct universe *u, uint32_t rank);
/* What a number stands for, ranked or not; valid until something is added. */
const struct principal *universe_principal_numbered(const struct universe *u, uint32_t number);
const struct entitlement *universe_entitlement_numbered(const struct universe *u, uint32_t number);
size_t universe_principals(const struct universe *u);
size_t universe_entitlements(const struct universe *u);

/* Order by role, product, profile, group; then APIs, and product grants last: an API is there
 * before what it carries, and what it carries goes with it. */
int entitlement_compare(const struct entitlement *a, const struct entitlement *b);

/* A grant, in numbers. */
struct pair {
	uint32_t principal, entitlement;
};
VEC(pair_vec, struct pair);

#endif
