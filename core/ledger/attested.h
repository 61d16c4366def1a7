/* SPDX-License-Identifier: Apache-2.0 */
/* attested.h - how a ledger has what somebody attested: in an entry of its own, and in the state.
 */
#ifndef WRIT_ATTESTED_H
#define WRIT_ATTESTED_H

#include "core/ledger/ledger.h"
#include "core/plan/attestation.h"

/* Reads one, in `a`; false when it is none. */
bool attested_read(struct arena *a, struct json_span object, struct attestation *out);
/* Why that word no longer counts, in `a`; NULL: it counts. */
const char *attested_over(struct arena *a, struct json_span object);

/* Adds one as an object; `over` says why it no longer counts (NULL: it counts). */
void attested_put(struct str *out, const struct attestation *t, const char *over);

/* The entry that begins or ends one. */
void attested_add(struct ledger *l, const struct attestation *t, const char *over);

/* Takes what an entry says into the list of those that are not over, in `a`. */
void attested_take(struct arena *a, struct json_span body, struct attestation_vec *all);

#endif
