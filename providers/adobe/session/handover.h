/* SPDX-License-Identifier: Apache-2.0 */
/* handover.h - the first secret of a new credential, from the service to the operator's sink. */
#ifndef ADOBE_HANDOVER_H
#define ADOBE_HANDOVER_H

#include "providers/adobe/session/session.h"

/* Fetches and hands over the secret that came with a credential made just now; without a sink
 * nothing is fetched. A failure leaves the account as it is: it is noted, with the command that
 * makes another secret. */
void handover_first(struct provider *p, const struct credential *c);

#endif
