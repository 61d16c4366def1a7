/* SPDX-License-Identifier: Apache-2.0 */
/* last_manifests.h - whether manifests are older than those that were applied last, by the history
 * that they are of. */
#ifndef WRIT_LAST_MANIFESTS_H
#define WRIT_LAST_MANIFESTS_H

#include "core/ledger/ledger_view.h"

enum manifests_age {
	MANIFESTS_UNJUDGED, /* nothing was applied, or there is no history of them at hand */
	MANIFESTS_FINE,	    /* not older */
	MANIFESTS_OLDER,
	MANIFESTS_UNTOLD, /* the clone lacks the commits that would tell */
};

/* Whether it is manifests with this digest that were applied then, whatever commits lie between:
 * those may be about other organisations. Nothing need be compared then. */
bool last_manifests_are(const struct last_applied *last, const unsigned char *digest);

/* Compares manifests that are those of commit `own` (NULL: of none) in this repository (NULL:
 * none). *out_why is a clause without an end, in `a`: what is older than what, or what is
 * missing and which command brings it; else NULL. */
MUST_CHECK struct error *last_manifests_compare(const struct last_applied *last, const char *own,
						const char *repository, struct arena *a,
						enum manifests_age *out, const char **out_why);

#endif
