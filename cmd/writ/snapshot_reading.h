/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot_reading.h - the last snapshot, for commands that compare with it. */
#ifndef WRIT_CMD_SNAPSHOT_READING_H
#define WRIT_CMD_SNAPSHOT_READING_H

#include "cmd/writ/session.h"

/* A snapshot's place. */
struct snapshot_source {
	const char *path;	/* a folder, a file, or REV:PATH; NULL: there is none */
	const char *repository; /* of REV:PATH; NULL: the current folder's */
	bool proper;		/* manifests that are no snapshot are refused */
	bool agreed;		/* what is agreed is wanted: open drift is undone */
};

/* The operator's settings of snapshots, where they name a repository; NULL. */
const struct snapshot_settings *snapshot_settings_of(const struct organization_config *config);

/* The snapshot that is given (a path, REV:PATH, or REV alone: the current folder there), else the
 * last one that was written where --snapshot or the operator say. `name` is the organisation's;
 * NULL: any. */
MUST_CHECK struct error *find_snapshot(struct run *run, const struct session *session,
				       const char *given, const char *name,
				       struct snapshot_source *out);
/* Puts the commit in place of a revision's name, so that it means the same when the branch has
 * moved. */
MUST_CHECK struct error *fix_snapshot(struct run *run, struct snapshot_source *source);
/* ERROR_INPUT when a snapshot is of another organisation than that of this name and id, either of
 * which may be NULL. */
MUST_CHECK struct error *check_snapshot_of(const struct snapshot_source *source,
					   const struct live *snapshot, const char *name,
					   const char *org_id);

/* Reads a snapshot as manifests, and each of its files once: what is checked is what is used. A
 * note says so when it was edited by hand. */
MUST_CHECK struct error *load_snapshot(struct run *run, const struct snapshot_source *source,
				       struct model *out);

/* What a snapshot says of the restore that is under way, by `key`: "from", "since" or "run"; NULL:
 * none is. */
const char *snapshot_restores(const struct model *m, const char *key);

/* The third leg of a plan: the snapshot that is given, or the last one; all NULL when there is
 * none. */
struct base {
	const char *name;
	const struct live *live;
	const struct guards *policy;	  /* limits of the apply that it records; NULL: not known */
	const struct grant_end_vec *ends; /* that it tells, sorted; NULL: there is no snapshot */
	struct snapshot_source source;
	const struct model *model;
	const char *lost; /* why the last one is not at hand, though there should be one; NULL */
};
/* Not having the last one is no error. */
MUST_CHECK struct error *load_base(struct run *run, const struct session *session,
				   const char *given, const char *name, struct universe *u,
				   struct base *out);

/* What a plan is made of; `live` and `base` are NULL where the options do not say. */
struct plan_sides {
	const char *const *paths;
	size_t count;
	const char *live, *base;
};

/* What the options name. With --base and nothing but revisions as PATHs, the plan is between the
 * two: the base stands for what is live. */
struct plan_sides find_sides(struct run *run);

#endif
