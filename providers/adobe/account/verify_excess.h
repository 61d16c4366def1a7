/* SPDX-License-Identifier: Apache-2.0 */
/* verify_excess.h - what a technical account has though nothing asks for it, as far as its own
 * credential shows. It is told, and no verification fails for it. */
#ifndef ADOBE_VERIFY_EXCESS_H
#define ADOBE_VERIFY_EXCESS_H

#include "core/util/reply.h"
#include "providers/adobe/session/session.h"

/* Whether `item`, a part of a profile, is about this organisation: the id under one of `keys` (NULL
 * at the end) is its id, or there is none. */
bool profile_is_ours(const struct provider *p, const struct reply *item, const char *const *keys);

/* Appends a proof for each administrative API that the credential gives a token for and that
 * `account` does not list. The tokens are asked for anew. An error is for what says nothing about
 * the account. */
MUST_CHECK struct error *verify_excess_apis(struct provider *p, struct arena *a,
					    const struct account *account, struct proof_vec *out);

/* Appends a proof for each product that the account's own profile names and none of its products
 * is. */
void verify_excess_products(const struct provider *p, struct arena *a,
			    const struct account *account, const struct reply *profile,
			    struct proof_vec *out);

/* Appends what is not looked at here; `profile` says whether the account's own profile could be
 * read. */
void verify_not_looked_at(struct arena *a, bool profile, struct line_vec *out);

#endif
