/* SPDX-License-Identifier: Apache-2.0 */
/* attestation.h - what somebody says of a step that no read can show.
 *
 * It is a person's word and stays one: the pair is still not seen. Nothing counts it as held, no
 * guard and no snapshot takes it for a proof, and it is over as soon as the plan no longer has the
 * step, or a read can show what came of it. */
#ifndef WRIT_ATTESTATION_H
#define WRIT_ATTESTATION_H

#include "core/plan/change.h"

struct attestation {
	const char *address; /* of the change */
	const char *by, *why;
	const char *id; /* the service's, of the account that holds it; NULL: none is known */
	int64_t at;	/* seconds since 1970 */
	bool removal;	/* that it was taken, not that it was given */
};
VEC(attestation_vec, struct attestation);

/* Whether a person makes the change and no read can show that. */
bool attestation_is_due(const struct change *c);

/* Finds what was said of a change whose account the service knows as `id` (NULL: not known).
 * NULL: nobody said anything of it, or it was said of another account that had the name. */
const struct attestation *attestation_find(const struct attestation_vec *all,
					   const struct change *c, const char *id);

/* "attested by WHO at 2026-11-30T10:00:00Z: "WHY"; no read shows it", in `a`; callers escape it. */
const char *attestation_text(struct arena *a, const struct attestation *t);

/* Whether both are about the same address and direction. */
bool attestation_is_same(const struct attestation *x, const struct attestation *y);

#endif
