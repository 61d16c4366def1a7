/* reasons.h - what the manifests of a moment in the past said of a grant.
 *
 * A run's commit in the snapshots' repository names the commit of its manifests (Writ-Manifests, record.h). Where that
 * commit is at hand, its lines tell what the snapshot does not: who asked for a grant, in which line, and why. */
#ifndef WRIT_REASONS_H
#define WRIT_REASONS_H

#include "core/model/saying.h"
#include "core/past/timeline.h"

struct reasons_source {
	struct history *history; /* of the snapshots */
	const struct timeline *timeline;
	size_t moment;	       /* the newest run up to it counts */
	const char *manifests; /* a folder or file in the work tree that has them now */
	int32_t today;	       /* the day that is asked about */
	struct intern *strings;
};

struct reasons {
	const char *commit;	   /* of the manifests; NULL: not known */
	const char *unknown;	   /* why not; NULL */
	struct saying_vec sayings; /* as saying_collect() sorts them; files are below the root */
};

/* Reads them, in `a`. */
void reasons_load(const struct reasons_source *source, struct arena *a, struct reasons *out);

/* The sayings of one grant, and how many; NULL when there are none. */
const struct saying *reasons_find(const struct reasons *reasons, const struct principal *principal,
				  const struct entitlement *entitlement, size_t *out_count);

#endif
