/* SPDX-License-Identifier: Apache-2.0 */
/* open_drift.h - what somebody changed and nobody has decided on yet.
 *
 * A snapshot says what was seen. Open drift stands beside it, one OpenDrift document an item,
 * because recording what is live does not make it agreed. It becomes agreed by a run that made
 * it, by manifests that say the same, or by a person's decision. What is agreed is the snapshot
 * with its open drift undone (agreed.h). */
#ifndef WRIT_OPEN_DRIFT_H
#define WRIT_OPEN_DRIFT_H

#include "core/plan/plan.h"
#include "core/util/str.h"

/* What a person decided, without a plan. */
struct open_drift_decision {
	const char *const *accepted; /* fingerprints of what is agreed as it is live */
	size_t count;
	const char *until; /* what was found by this moment is agreed likewise; NULL: nothing */
};

struct open_drift_input {
	struct universe *universe;	    /* ranked */
	const struct live *agreed, *live;   /* before this recording; what is recorded */
	const struct open_drift_vec *known; /* of the last snapshot */
	const struct provider_reader *reader;
	struct provider *session;
	const struct plan *plan;	/* of the run that is recorded; NULL: none */
	const bool *done;		/* by change of it: the run made it */
	bool decides;			/* what the run made and its manifests say closes items */
	const struct text_vec *managed; /* as in struct plan, of the last apply; NULL: nothing */
	const char *kept; /* what was found by this moment, of a restore that is under way, stays
			     open whoever manages it; NULL: nothing */
	const struct open_drift_decision *decision; /* NULL: none */
	const char *found_by;			    /* the run's name, or "snapshot" */
	int64_t now;
	void (*note)(const char *line); /* told of what is agreed or closed; NULL */
};

/* Appends to `out` what stays open, in the order of drift_find(); known items keep their `since`
 * and `run`. Closed are: what the run made, with the product profiles that came along with its
 * accounts and APIs; what is live as the whole manifests of its plan have it; and what a person
 * decided. A user's or group's grant of a product that the last apply's manifests neither wanted
 * nor claimed is told once, and is agreed from then on. What no read shows stays agreed, and is
 * marked `unseen`. */
void open_drift_find(const struct open_drift_input *in, struct arena *a, struct drift_vec *out);

/* Fills in since when and by which run items are known. `live` is the organisation of the items;
 * its accounts may have other names by now than in `known`. `u` tells whether names are folded. */
void open_drift_remember(const struct open_drift_vec *known, const struct live *live,
			 struct universe *u, struct arena *a, struct drift_vec *items);

/* ---- open_drift_documents.c ---- */

/* Appends the documents; nothing when there are no items. */
void open_drift_emit(const struct drift_vec *items, const struct live *agreed,
		     const struct universe *u, struct str *out);

#endif
