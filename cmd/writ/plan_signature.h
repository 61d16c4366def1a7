/* SPDX-License-Identifier: Apache-2.0 */
/* plan_signature.h - signatures of saved plans: FILE.sig beside FILE. */
#ifndef WRIT_CMD_PLAN_SIGNATURE_H
#define WRIT_CMD_PLAN_SIGNATURE_H

#include "cmd/writ/command.h"
#include "core/plan/plan.h"

#define PLAN_SIGNATURE ".sig" /* behind the plan's file name */

/* Signs a plan with the key of --sign or of the operator's configuration; *out is NULL when neither
 * names one. */
MUST_CHECK struct error *sign_plan(struct run *run, const struct plan *plan, const char *bytes,
				   size_t len, const char **out);

/* Where the operator lists who may sign: whether one of them signed this plan. `path` is NULL for a
 * plan that was never saved. What is wrong is in the run's report; then *status is EXIT_REFUSED. */
MUST_CHECK struct error *check_signature(struct run *run, const struct plan *plan, const char *path,
					 const char *bytes, size_t len, int *status);

#endif
