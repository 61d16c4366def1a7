/* SPDX-License-Identifier: Apache-2.0 */
/* live_read.h - an organisation as its sources show it, put together. */
#ifndef ADOBE_LIVE_READ_H
#define ADOBE_LIVE_READ_H

#include "providers/adobe/session/session.h"

/* This is provider_reader.read. The Developer Console is always read, other sources where they are
 * configured; live->source names all that were read. */
MUST_CHECK struct error *live_read(struct provider *p, struct arena *a, struct universe *u,
				   const struct query *query, struct live *out);

#endif
