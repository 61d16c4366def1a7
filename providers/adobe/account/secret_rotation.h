/* secret_rotation.h - a new client secret in place of the old one, without a gap (developer-console.md section 6).
 *
 * A credential has at most two secrets and both work. What stands in the service is the only memory of a rotation, so it
 * goes on from wherever it was cut:
 *
 *	one secret	make a second one, hand it to the operator's sink, and use it once
 *	two, new unused	it may have been lost on the way: nothing is deleted; ROTATE_AGAIN replaces it
 *	two, new used	it did arrive: delete the old one once it is quiet, or at once with ROTATE_FINISH
 *
 * The first use of the new one is its receipt: only who got it can use it, and the service keeps the time. */
#ifndef ADOBE_SECRET_ROTATION_H
#define ADOBE_SECRET_ROTATION_H

#include "providers/adobe/session/session.h"

/* provider_access.rotate */
MUST_CHECK struct error *adobe_rotate(struct provider *p, struct arena *a,
				      const struct account *account, enum rotate_way way,
				      bool *done, const char **message);

#endif
