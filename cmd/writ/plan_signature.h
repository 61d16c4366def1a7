/* SPDX-License-Identifier: Apache-2.0 */
/* plan_signature.h - signatures of saved plans: FILE.sig beside FILE.
 *
 * What a plan file says is read after its signature was verified, never before: the bytes may come
 * from whoever could write the file. */
#ifndef WRIT_CMD_PLAN_SIGNATURE_H
#define WRIT_CMD_PLAN_SIGNATURE_H

#include "cmd/writ/session.h"
#include "core/plan/plan.h"

/* Signs a plan with the key of --sign or of the operator's configuration; *out is NULL when neither
 * names one. */
MUST_CHECK struct error *sign_plan(struct run *run, const struct plan *plan, const char *bytes,
				   size_t len, const char **out);

/* What is wrong with a signature, as a diagnostic; `id` is NULL where one of its organisation's
 * signers made it. */
struct verdict_of_signers {
	const struct organization_config *config;
	const char *id, *summary, *detail;
	struct location at;
	const char *by;
};

/* Of each organisation that the plan may be for and that has signers. */
struct verified_plan {
	VEC(, struct verdict_of_signers) verdicts;
	const char *signature; /* FILE.sig's text; NULL: not read, or not there */
	const char *by;	       /* who signed it, once check_signature() found him good; NULL */
};

/* Asks, of the bytes of the file `path`, every organisation's signers. Where each organisation that
 * the plan may be for has signers and none of them signed it, the run's report has what is wrong,
 * and *status is EXIT_REFUSED: nothing of the plan is to be read. */
MUST_CHECK struct error *verify_plan(struct run *run, const char *path, const char *bytes,
				     size_t len, struct verified_plan *out, int *status);

/* The same of bytes that were kept with their signature, which may be NULL; `name` is for messages.
 */
MUST_CHECK struct error *verify_kept_plan(struct run *run, const char *name, const char *bytes,
					  size_t len, const char *signature,
					  struct verified_plan *out, int *status);

/* Whether those of the very organisation that the plan names are among who signed it. What is wrong
 * is in the run's report; then *status is EXIT_REFUSED. `verified` is NULL for a plan that was
 * never saved. */
MUST_CHECK struct error *check_signature(struct run *run, const struct plan *plan,
					 struct verified_plan *verified, int *status);

/* Refuses what unsigned manifests say where the organisation of `service` has signers, as
 * check_signature() refuses a plan that was never saved; `use` is what they were to tell. It reads
 * no secret and asks nobody. */
MUST_CHECK struct error *check_unsigned(struct run *run, const struct named_organization *service,
					const char *use, int *status);

#endif
