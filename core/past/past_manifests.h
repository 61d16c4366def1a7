/* SPDX-License-Identifier: Apache-2.0 */
/* past_manifests.h - what the manifests of a moment in the past said of a grant.
 *
 * A run's commit in the snapshots' repository names the commit of its manifests (Writ-Manifests,
 * record.h). Where that commit is at hand, its lines tell what the snapshot does not: who asked for
 * a grant, in which line, and why. */
#ifndef WRIT_PAST_MANIFESTS_H
#define WRIT_PAST_MANIFESTS_H

#include "core/model/declaration.h"
#include "core/past/timeline.h"

struct past_manifests_source {
	struct history *history; /* of the snapshots */
	const struct timeline *timeline;
	size_t moment;	       /* the newest run up to it counts */
	const char *manifests; /* a folder or file in the work tree that has them now */
	int32_t today;	       /* the day that is asked about */
	struct intern *strings;
};

struct past_manifests {
	const char *commit;	   /* of the manifests; NULL: not known */
	const char *root;	   /* of their repository; NULL likewise */
	const char *unknown;	   /* why not; NULL */
	bool failed;		   /* they are at hand, and reading them failed */
	const struct model *model; /* NULL: not known */
	/* As declaration_collect() sorts them; files are below the root. */
	struct declaration_vec declarations;
};

/* Reads them, in `a`. */
void past_manifests_load(const struct past_manifests_source *source, struct arena *a,
			 struct past_manifests *out);

/* The commit of the manifests that the run of a moment names, in `a`. ERROR_INPUT: none. */
MUST_CHECK struct error *past_manifests_of_moment(struct history *snapshots, struct arena *a,
						  const struct moment *m, const char **out);

/* The same of one commit: `at` is a folder or file in the work tree that has them now, `today` the
 * day that is asked about. ERROR_INPUT, ERROR_ABSENT: they are not at hand. */
MUST_CHECK struct error *past_manifests_read(const char *commit, const char *at, int32_t today,
					     struct intern *strings, struct arena *a,
					     struct past_manifests *out);

/* The declarations of one grant, and how many; NULL when there are none. */
const struct declaration *past_manifests_find(const struct past_manifests *reasons,
					      const struct principal *principal,
					      const struct entitlement *entitlement,
					      size_t *out_count);

#endif
