/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/plan_signature.h"
#include "cmd/writ/session.h"

#include <errno.h>
#include <string.h>

#include "core/git/signers.h"
#include "core/util/file.h"
#include "core/util/log.h"

#define SIGNATURE_FILE_MAX ((size_t)65536)
#define PUBLIC_KEY_MAX ((size_t)16384)

/* ---- signing ---- */

/* --sign KEY: a private key's file, or a public key's: then ssh-agent has the other half. */
static struct error *given_key(const char *path, struct ssh_key **out)
{
	CLEANUP(free) char *text = NULL;
	size_t name = strlen(path), len;
	if (name <= 4 || strcmp(path + name - 4, ".pub") != 0)
		return ssh_key_load(path, out);
	TRY(file_read(path, PUBLIC_KEY_MAX, &text, &len));
	return ssh_key_from_agent(text, out);
}

static struct error *config_of(struct run *run, const struct plan *plan,
			       const struct organization_config **out)
{
	const struct named_organization service = {plan->provider, plan->organization,
						   plan->org_id};
	return find_configured(run, &service, out);
}

static struct error *load_key(struct run *run, const struct plan *plan, struct ssh_key **out)
{
	const struct organization_config *config;
	if (run->options.sign)
		return given_key(run->options.sign, out);
	TRY(config_of(run, plan, &config));
	return config ? signing_load(&config->sign_plans, out) : NULL;
}

struct error *sign_plan(struct run *run, const struct plan *plan, const char *bytes, size_t len,
			const char **out)
{
	CLEANUP(ssh_key_free) struct ssh_key *key = NULL;
	const char *signature;
	*out = NULL;
	struct error *error = load_key(run, plan, &key);
	if (!error && key)
		error = sshsig_sign(key, SSHSIG_PLAN, bytes, len, &run->arena, &signature);
	if (error)
		return error_wrap(error, "signing the plan");
	if (key)
		*out = arena_printf(&run->arena, "%s\n", signature);
	return NULL;
}

/* ---- checking ---- */

static struct error *refuse(struct run *run, const char *id, struct location at,
			    const char *summary, const char *detail, int *status)
{
	report_add(&run->report, SEVERITY_ERROR, id, at, 0, detail, "%s", summary);
	*status = EXIT_REFUSED;
	return NULL;
}

static struct error *refuse_error(struct run *run, const char *id, const char *file,
				  const char *what, struct error *error, int *status)
{
	struct location at = {error->where.file ? error->where.file : file,
			      error->where.file ? error->where.line : 1, 1};
	at.file = arena_strdup(&run->arena, at.file);
	const char *summary = arena_printf(&run->arena, "%s: %s", what, error->message);
	error_free(error);
	return refuse(run, id, at, summary, "nothing was changed", status);
}

struct error *check_signature(struct run *run, const struct plan *plan, const char *path,
			      const char *bytes, size_t len, int *status)
{
	CLEANUP(free) char *signature = NULL;
	const struct organization_config *config;
	struct signers signers;
	const char *by;
	size_t size;
	TRY(config_of(run, plan, &config));
	if (run->report.errors || !config || !config->signers)
		return NULL;
	if (!path)
		return refuse(run, "E0901", config->at,
			      "only signed plans are applied to this organisation",
			      "plan with --out FILE, have it signed, and apply FILE", status);
	struct error *error = signers_load(config->signers, &run->arena, &signers);
	if (error)
		return refuse_error(run, "E0904", config->signers, "who may sign is not known",
				    error, status);
	const char *file = arena_printf(&run->arena, "%s" PLAN_SIGNATURE, path);
	if (access(file, F_OK) && errno == ENOENT)
		return refuse(run, "E0901", (struct location){file, 1, 1},
			      "the plan is not signed: it has no such file beside it",
			      "nothing was changed", status);
	error = file_read(file, SIGNATURE_FILE_MAX, &signature, &size);
	const struct signed_data data = {SSHSIG_PLAN, bytes, len, run->now};
	if (!error)
		error = signers_check(&signers, signature, size, &data, &by);
	if (error) {
		bool denied = error->code == ERROR_DENIED;
		return refuse_error(run, denied ? "E0903" : "E0902", file,
				    denied ? "the plan's signer may not sign it"
					   : "the plan's signature does not hold",
				    error, status);
	}
	log_note("the plan is signed by %s", quoted(&run->arena, by));
	return NULL;
}
