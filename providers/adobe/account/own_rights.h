/* SPDX-License-Identifier: Apache-2.0 */
/* own_rights.h - who writ itself is in an organisation: the account whose credential it uses, and
 * the person whose session it was lent.
 *
 * writ could not give back what was taken from these two. */
#ifndef ADOBE_OWN_RIGHTS_H
#define ADOBE_OWN_RIGHTS_H

#include "providers/adobe/session/session.h"

/* The account of the server credential, after a read of the Developer Console; NULL: there is none,
 * or the console lists no such client. */
const char *own_account(const struct provider *p);

/* The address of the person whose token is configured, interned, in the spelling of the identity
 * service; asked for once a session. NULL: no such token, or the service did not say. */
const char *own_person(struct provider *p);

/* The grants that writ's requests rest on, among those that live->own and live->own_user hold, in
 * `a`. */
const struct pair_vec *own_needs(const struct provider *p, struct arena *a,
				 const struct universe *u, const struct live *live);

#endif
