/* SPDX-License-Identifier: Apache-2.0 */
/* secret_rotation.h - a new client secret in place of the old one, without a gap
 * (facts/developer-console.md, "Writing").
 *
 * A credential has at most two secrets and both work. What stands in the service is the only memory
 * of a rotation, so it goes on from wherever it was cut:
 *
 * - With one secret, a second one is made, handed to the operator's sink, and used once.
 * - With two, the new one not used, it may have been lost on the way: nothing is deleted;
 *   ROTATE_AGAIN replaces it.
 * - With two, the new one used, it did arrive: the old one is deleted once it is quiet, or at once
 *   with ROTATE_FINISH.
 *
 * The first use of the new one is its receipt: only who got it can use it, and the service keeps
 * the time. */
#ifndef ADOBE_SECRET_ROTATION_H
#define ADOBE_SECRET_ROTATION_H

#include "providers/adobe/session/session.h"

/* This is provider_access.rotate. */
MUST_CHECK struct error *adobe_rotate(struct provider *p, struct arena *a,
				      const struct account *account, enum rotate_way way,
				      bool *done, const char **message);

/* for an account that was made just now, whose secrets nobody has */

struct secrets_seen {
	size_t count;	    /* 1 or 2 */
	bool used;	    /* one of them gave a token */
	const char *newest; /* uuid, in `a` */
	const char *left;   /* uuid of the older one, which nobody used while the newest is used;
			       NULL */
};
MUST_CHECK struct error *secret_rotation_look(struct provider *p, struct arena *a,
					      const struct credential *c, struct secrets_seen *out);
MUST_CHECK struct error *secret_rotation_drop(struct provider *p, struct arena *a,
					      const struct credential *c, const char *uuid);
/* Replaces the only secret of a credential: makes another, hands it to the sink and deletes the old
 * one. Nothing is changed when one of them was used, or when the sink does not take it. */
MUST_CHECK struct error *secret_rotation_replace(struct provider *p, struct arena *a,
						 const struct credential *c);

#endif
