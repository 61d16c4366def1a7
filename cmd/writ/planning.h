/* SPDX-License-Identifier: Apache-2.0 */
/* planning.h - the plan that manifests make with what is live and the last snapshot. */
#ifndef WRIT_CMD_PLANNING_H
#define WRIT_CMD_PLANNING_H

#include "cmd/writ/manifests.h"
#include "cmd/writ/session.h"

/* "; did you mean \"X\"?", the nearest account that is declared or live (NULL: only declared); ""
 * when none is near. In `a`. */
const char *nearest_account(struct arena *a, const char *name, const struct model_index *wanted,
			    const struct live *live);

/* Refuses a --target that is neither declared nor live, or that is to get another name: its plan
 * would have no changes, which reads as "all is well". */
MUST_CHECK struct error *check_target(const struct run *run, const struct model_index *wanted,
				      const struct live *live);

/* Loads manifests, reads live and makes the plan; the universe belongs to the caller. */
struct plan;
MUST_CHECK struct error *make_plan(struct run *run, struct session *session,
				   struct universe **universe, struct plan *out);

/* Notes in a plan how far the ledger was when it was made. */
MUST_CHECK struct error *note_ledger(struct run *run, const struct session *session,
				     struct plan *plan);

/* Notes which runs of the organisation have not ended, or that its ledger cannot be read. */
/* Adds a warning, W0910, for what the service has and no manifest can say, to a report at the
 * organisation's document; the query of that read says that it is told. */
void warn_of_left_out(struct run *run, const struct live *live, struct location at);

void tell_open_runs(struct run *run, const struct session *session, const char *organization);

#endif
