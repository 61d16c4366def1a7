/* SPDX-License-Identifier: Apache-2.0 */
/* attested_list.h - what people attested of steps that no read shows, from when to when it counted.
 */
#ifndef WRIT_ATTESTED_LIST_H
#define WRIT_ATTESTED_LIST_H

#include "core/past/run_list.h"

struct known_attestation {
	const char *organization;
	struct attestation said;
	const char *over; /* why it counts no more; NULL: it does */
	int64_t over_at;  /* seconds since 1970; 0: it counts */
};
VEC(known_attestation_vec, struct known_attestation);

/* Appends those of one ledger, in `a`, in the order in which they were said. */
void attested_list_load(struct arena *a, const struct known_ledger *ledger,
			struct known_attestation_vec *out);

/* Whether it counted at `moment`. */
bool attested_list_counts(const struct known_attestation *k, int64_t moment);

/* One line without its end: who, when, why, and since when it is over. Callers escape it. */
const char *attested_list_text(struct arena *a, const struct known_attestation *k);

/* Adds one as an object of JSON. */
void attested_list_json(struct str *out, const struct known_attestation *k);

/* Whether its address is of this entitlement, and of a user; then *name is the user's, in `a`. */
bool attested_list_is_of_user(struct arena *a, const struct known_attestation *k,
			      const struct entitlement *e, const char **name);

#endif
