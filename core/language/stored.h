/* SPDX-License-Identifier: Apache-2.0 */
/* stored.h - an organisation that stands in files: a live file, a snapshot, a revision of one.
 *
 * Live states, snapshots and exports are written in the manifest language, so reading one is
 * reading manifests; bundles are expanded, and accounts that are `absent` are not there. */
#ifndef WRIT_STORED_H
#define WRIT_STORED_H

#include "core/git/history.h"
#include "core/model/live.h"

/* Appends what PATH ("REV:PATH" too) describes to `out`, in `a`, numbering pairs in `u`; `what` is
 * a set of enum collection. The error names the first thing that is wrong and how many more there
 * are. */
MUST_CHECK struct error *stored_load(const char *path, unsigned what, struct intern *strings,
				     struct arena *a, struct universe *u, struct live *out);

/* The model alone, loaded and checked; `repository` is that of a REV:PATH, NULL: the current
 * folder's. */
MUST_CHECK struct error *stored_load_model(const char *path, const char *repository,
					   struct intern *strings, struct arena *a,
					   struct model *out);

/* The manifests of then, REV:PATH: what is no manifest below it, and snapshots that are kept beside
 * them, are left out. */
MUST_CHECK struct error *stored_load_past(const char *path, const char *repository,
					  struct intern *strings, struct arena *a,
					  struct model *out);

/* The same of files that were read already, whose paths are their names in messages; `place` is
 * that of all of them. */
MUST_CHECK struct error *stored_parse_model(const char *place, const struct stored_file_vec *files,
					    struct intern *strings, struct arena *a,
					    struct model *out);

/* The same of a model that was loaded and checked; lists are shared with it, not copied. */
void stored_of_model(struct model *model, unsigned what, struct arena *a, struct universe *u,
		     struct live *out);

#endif
