/* SPDX-License-Identifier: Apache-2.0 */
/* credential_match.h - which credential is which account.
 *
 * An account of the manifests is the credential of its name, in its project when it names one.
 * Other credentials become accounts that are named after them, so that an import has names; the
 * same organisation always gets the same ones. */
#ifndef ADOBE_CREDENTIAL_MATCH_H
#define ADOBE_CREDENTIAL_MATCH_H

#include "providers/adobe/session/session.h"

/* Whether the query asks for the details of a credential of this name. */
bool match_wants(const struct query *query, const char *credential);

/* Gives every credential of the session its account, and sorts them by it. */
void match_accounts(struct provider *p, const struct query *query);

/* The spelling that the account uses for an API of this code and name; the name when it
 * has none. */
const char *match_spelling(const struct query *query, const char *account, const char *code,
			   const char *name);

#endif
