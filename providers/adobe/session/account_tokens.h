/* SPDX-License-Identifier: Apache-2.0 */
/* account_tokens.h - tokens of technical accounts' own credentials, where the configuration has
 * their secrets. */
#ifndef ADOBE_ACCOUNT_TOKENS_H
#define ADOBE_ACCOUNT_TOKENS_H

#include "providers/adobe/session/session.h"

/* The configuration's entry of an account's secret; NULL: there is none. */
const struct account_credential *account_tokens_credential(const struct provider *p,
							   const char *account);

/* The token of an account for these scopes (a constant), made on first sight and kept with the
 * session; the secret is read once, whatever the scopes. NULL when the configuration has no secret
 * of the account. */
struct token *account_tokens_get(struct provider *p, const char *account, const char *scopes);

/* Frees what account_tokens_get() gave. */
void account_tokens_done(struct provider *p);

#endif
