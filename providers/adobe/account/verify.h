/* SPDX-License-Identifier: Apache-2.0 */
/* verify.h - whether a technical account really gets in, tried with its own credential.
 *
 * Adobe names three conditions (facts/cloud-storage.md, "Conditions"): the API on the credential, a
 * licence of a product that includes Enterprise Storage, and an administrator's role. Each is
 * proven by a call of its own where there is one, and the storage service itself is asked at the
 * end. All calls only read. */
#ifndef ADOBE_VERIFY_H
#define ADOBE_VERIFY_H

#include "providers/adobe/session/session.h"

/* This is provider_access.verify; `licences` are of products that include Enterprise Storage.
 * Tokens are asked for anew, because an old one may not see a new grant. */
MUST_CHECK struct error *adobe_verify(struct provider *p, struct arena *a,
				      const struct account *account,
				      const struct entry_vec *licences, struct proof_vec *out,
				      struct line_vec *not_looked_at);

#endif
