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

/* What one organisation's signers say of a signature: nothing where `id` is NULL, for one of them
 * made it; else what is wrong with it, as a diagnostic. */
struct verdict_of_signers {
	const struct organization_config *config;
	const char *id, *summary, *detail;
	struct location at;
	const char *by;
};

/* A verdict for each organisation that the plan may be for and that has signers. */
struct verified_plan {
	VEC(, struct verdict_of_signers) verdicts;
	const char *signature; /* FILE.sig's text; NULL: not read, or not there */
	const char *by; /* who signed it; NULL until check_signature() has found that he may */
};

/* Asks every organisation's signers of the bytes of the file `path`. Where each organisation that
 * the plan may be for has signers and none of them signed it, the run's report says what is wrong
 * and *status is EXIT_REFUSED: nothing of the plan may be read then. */
MUST_CHECK struct error *verify_plan(struct run *run, const char *path, const char *bytes,
				     size_t len, struct verified_plan *out, int *status);

/* The same of bytes that were kept with their signature, which may be NULL; `name` is for messages.
 */
MUST_CHECK struct error *verify_kept_plan(struct run *run, const char *name, const char *bytes,
					  size_t len, const char *signature,
					  struct verified_plan *out, int *status);

/* Checks that a signer of the organisation which the plan names has signed it. If not, the run's
 * report says what is wrong and *status is EXIT_REFUSED. `verified` is NULL for a plan that was
 * never saved. */
MUST_CHECK struct error *check_signature(struct run *run, const struct plan *plan,
					 struct verified_plan *verified, int *status);

/* Refuses, as check_signature() refuses a plan that was never saved, to believe unsigned manifests
 * where the organisation of `service` has signers; `use` says what the manifests were to tell. No
 * secret is read and no service is asked. */
MUST_CHECK struct error *check_unsigned(struct run *run, const struct named_organization *service,
					const char *use, int *status);

#endif
