/* SPDX-License-Identifier: Apache-2.0 */
/* secret_delivery.h - the first secret of a new credential, from the service to the operator's
 * sink.
 *
 * The workspace's file has it, if the caller may see secrets. If not, a second secret is made and
 * handed over, and the first one, which nobody has, is deleted. */
#ifndef ADOBE_SECRET_DELIVERY_H
#define ADOBE_SECRET_DELIVERY_H

#include "providers/adobe/session/session.h"

/* These are provider_writer.has_sink and provider_writer.deliver. */
bool secret_delivery_has_sink(struct provider *p);
MUST_CHECK struct error *secret_deliver(struct provider *p, struct arena *a, const char *account,
					bool again, struct outcome *out);

#endif
