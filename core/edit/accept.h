/* SPDX-License-Identifier: Apache-2.0 */
/* accept.h - drift written into the manifests, so that they say what is live.
 *
 * A grant goes into the account's own list, or to the members of the document that claims it, or
 * into a new document; one that has gone is taken out wherever it is said. The edited set is read
 * again: what it wants must differ from before by what was meant and nothing else. A drift that
 * cannot be accepted so is told, with what to write by hand. */
#ifndef WRIT_ACCEPT_H
#define WRIT_ACCEPT_H

#include "core/edit/edit_set.h"
#include "core/plan/drift.h"

enum accepted {
	ACCEPT_NOTHING, /* the manifests say it already, or nothing of it */
	ACCEPT_WRITTEN,
	ACCEPT_REFUSED,
	ACCEPT_AGREED, /* the caller recorded it as agreed, for no manifest says it */
};

struct accept_input {
	const struct edit_set *set; /* the manifests as they are */
	const struct live *live, *base;
	const struct universe *universe; /* ranked; of live's pairs and of the drifts */
	const struct drift_item *const *drifts;
	size_t count;
	struct intern *strings;
	int32_t today; /* days since 1970 */
};

/* Appends what becomes of each drift to `outcomes` (enum accepted, `count` of them), the edited set
 * to `out`, all in `a`. Why one is refused is a finding in `report`; the others are accepted all
 * the same. */
void accept_drifts(const struct accept_input *in, struct arena *a, struct report *report,
		   uint8_t *outcomes, struct edit_set *out);

/* The set with an entry in the Organization's ignoredDrift, in place of one with the same
 * fingerprint. */
MUST_CHECK struct error *accept_ignore(const struct accept_input *in, struct arena *a,
				       const char *fingerprint, const char *until,
				       const char *reason, struct edit_set *out);

#endif
