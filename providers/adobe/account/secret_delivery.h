/* SPDX-License-Identifier: Apache-2.0 */
/* secret_delivery.h - the first secret of a new credential, from the service to the operator's
 * sink.
 *
 * The workspace's file shows it, and only a caller who may see it all. Where it does not, a second
 * one is made, handed over, and the first one deleted, which nobody has. */
#ifndef ADOBE_SECRET_DELIVERY_H
#define ADOBE_SECRET_DELIVERY_H

#include "providers/adobe/session/session.h"

/* provider_writer.has_sink and deliver */
bool secret_delivery_has_sink(struct provider *p);
MUST_CHECK struct error *secret_deliver(struct provider *p, struct arena *a, const char *account,
					bool again, struct outcome *out);

#endif
