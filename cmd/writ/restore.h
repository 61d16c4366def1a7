/* SPDX-License-Identifier: Apache-2.0 */
/* restore.h - plans that lead back to a snapshot. */
#ifndef WRIT_CMD_RESTORE_H
#define WRIT_CMD_RESTORE_H

#include "cmd/writ/drift_runs.h"
#include "cmd/writ/session.h"
#include "cmd/writ/snapshot_reading.h"
#include "core/plan/plan.h"

/* An organisation and the snapshot that it goes back to. */
struct restore {
	struct session session;
	struct universe *universe;
	struct snapshot_source source;
	struct model wanted; /* the snapshot */
	struct model_index index;
	struct model last; /* the snapshot taken last, where that is another one */
	struct model_index last_index;
	struct live live;
};

/* Reads the organisation, and the snapshot that `given` names, or the last one when it is NULL.
 * ERROR_USAGE when there is none. restore_done() frees *out, also after an error. */
MUST_CHECK struct error *restore_read(struct run *run, const char *given, struct restore *out);
void restore_done(struct restore *r);
struct drift_sides restore_sides(const struct restore *r);

/* How far the way back goes, and what it may do. */
struct restore_wish {
	const struct drift_ignore_vec *left; /* drifts that stay; NULL: all go */
	bool prune;
	struct consent consent;
};

/* Makes the plan that leads back. */
void restore_plan(struct run *run, struct restore *r, const struct restore_wish *wish,
		  struct plan *out);

#endif
