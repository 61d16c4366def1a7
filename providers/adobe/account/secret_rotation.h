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

/* provider_access.rotate */
MUST_CHECK struct error *adobe_rotate(struct provider *p, struct arena *a,
				      const struct account *account, enum rotate_way way,
				      bool *done, const char **message);

#endif
