/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/plan_signature.h"
#include "cmd/writ/configuration.h"

#include <errno.h>
#include <string.h>

#include "core/git/signature.h"
#include "core/util/file.h"
#include "core/util/log.h"

#define SIGNATURE_FILE_MAX ((size_t)65536)
#define NOTHING_CHANGED "nothing was changed"

/* ---- signing ---- */

static struct error *config_of(struct run *run, const struct plan *plan,
			       const struct organization_config **out)
{
	const struct named_organization service = {plan->provider, plan->organization,
						   plan->org_id};
	return find_configured(run, &service, out);
}

static struct error *choose_key(struct run *run, const struct plan *plan, struct signing *out)
{
	const struct organization_config *config;
	*out = (struct signing){.file = run->options.sign, .kind = SIGN_FILE};
	if (run->options.sign)
		return NULL;
	TRY(config_of(run, plan, &config));
	*out = config ? config->sign_plans : (struct signing){0};
	return NULL;
}

struct error *sign_plan(struct run *run, const struct plan *plan, const char *bytes, size_t len,
			const char **out)
{
	struct signing key;
	const char *signature;
	*out = NULL;
	TRY(choose_key(run, plan, &key));
	if (key.kind == SIGN_NONE)
		return NULL;
	struct error *error =
		signature_make(&key, SIGNATURE_PLAN, bytes, len, &run->arena, &signature);
	if (error)
		return error_wrap(error, "signing the plan");
	*out = arena_printf(&run->arena, "%s\n", signature);
	return NULL;
}

/* ---- verifying ---- */

static struct verdict_of_signers wrong(const struct organization_config *config, const char *id,
				       struct location at, const char *summary, const char *detail)
{
	return (struct verdict_of_signers){config, id, summary, detail, at, NULL};
}

static struct verdict_of_signers wrong_error(struct run *run,
					     const struct organization_config *config,
					     const char *id, const char *file, const char *what,
					     struct error *error)
{
	struct location at = {error->where.file ? error->where.file : file,
			      error->where.file ? error->where.line : 1, 1};
	at.file = arena_strdup(&run->arena, at.file);
	const char *summary =
		arena_printf(&run->arena, "%s: %s", what, error_text(&run->arena, error));
	error_free(error);
	return wrong(config, id, at, summary, NOTHING_CHANGED);
}

/* A signature as it was read from its file, or the verdict where it could not be. */
struct signature_file {
	const char *file;
	char *text; /* NULL: none */
	size_t len;
	bool absent;
};

static struct verdict_of_signers judge(struct run *run, const struct organization_config *config,
				       const struct signature_file *e, const char *bytes,
				       size_t len)
{
	struct arena *a = &run->arena;
	const struct signed_data data = {SIGNATURE_PLAN, bytes, len, run->now};
	struct verdict_of_signers good = {.config = config};
	struct signers signers;
	struct error *error = signers_load(config->signers, config->revoked_keys, a, &signers);
	if (error)
		return wrong_error(run, config, "E0904", config->signers,
				   "who may sign is not known", error);
	if (e->absent)
		return wrong(config, "E0901", (struct location){e->file, 1, 1},
			     "the plan is not signed: it has no such file beside it",
			     NOTHING_CHANGED);
	if (!e->text)
		return wrong(config, "E0902", (struct location){e->file, 1, 1},
			     "the plan's signature does not hold: its file cannot be read",
			     NOTHING_CHANGED);
	error = signature_check(&signers, e->text, e->len, &data, a, &good.by);
	if (!error)
		return good;
	switch (error->code) {
	case ERROR_DENIED:
		return wrong_error(run, config, "E0903", e->file,
				   "the plan's signer may not sign it", error);
	case ERROR_INPUT:
		return wrong_error(run, config, "E0902", e->file,
				   "the plan's signature does not hold", error);
	default:
		return wrong_error(run, config, "E0905", e->file,
				   "the plan's signature cannot be verified", error);
	}
}

static struct error *read_evidence(struct run *run, const char *path, struct signature_file *out)
{
	char *text = NULL;
	*out = (struct signature_file){
		.file = arena_printf(&run->arena, "%s" PLAN_SIGNATURE, path)};
	out->absent = access(out->file, F_OK) && errno == ENOENT;
	struct error *error =
		out->absent ? NULL : file_read(out->file, SIGNATURE_FILE_MAX, &text, &out->len);
	error_free(error); /* the verdict has words of its own for it */
	out->text = text ? arena_strndup(&run->arena, text, out->len) : NULL;
	free(text);
	return NULL;
}

static bool may_be_for(const struct run *run, const struct organization_config *config)
{
	return !run->options.org || !config->name || !strcmp(run->options.org, config->name);
}

static void refuse(struct run *run, const struct verdict_of_signers *v, int *status)
{
	report_add(&run->report, SEVERITY_ERROR, v->id, v->at, 0, v->detail, "%s", v->summary);
	*status = EXIT_REFUSED;
}

static struct error *verify(struct run *run, const struct signature_file *evidence,
			    const char *bytes, size_t len, struct verified_plan *out, int *status)
{
	size_t open = 0, good = 0; /* organisations without configured signers, and those of which a
				      signer signed */
	TRY(load_config_that_counts(run));
	*out = (struct verified_plan){.signature = evidence->text};
	for (size_t i = 0; !run->report.errors && i < run->config.organizations.len; i++) {
		const struct organization_config *config = &run->config.organizations.at[i];
		if (!may_be_for(run, config))
			continue;
		if (!config->signers) {
			open++;
			continue;
		}
		struct verdict_of_signers v = judge(run, config, evidence, bytes, len);
		good += !v.id;
		vec_push(&run->arena, &out->verdicts, v);
	}
	if (out->verdicts.len && !open && !good)
		refuse(run, &out->verdicts.at[0], status);
	return NULL;
}

struct error *verify_plan(struct run *run, const char *path, const char *bytes, size_t len,
			  struct verified_plan *out, int *status)
{
	struct signature_file evidence;
	TRY(read_evidence(run, path, &evidence));
	return verify(run, &evidence, bytes, len, out, status);
}

struct error *verify_kept_plan(struct run *run, const char *name, const char *bytes, size_t len,
			       const char *signature, struct verified_plan *out, int *status)
{
	const struct signature_file evidence = {
		.file = name,
		.text = signature ? arena_strdup(&run->arena, signature) : NULL,
		.len = signature ? strlen(signature) : 0,
		.absent = !signature};
	return verify(run, &evidence, bytes, len, out, status);
}

/* ---- and of the organisation that it is for ---- */

static const struct verdict_of_signers *find_verdict(const struct verified_plan *verified,
						     const struct organization_config *config)
{
	for (size_t i = 0; i < verified->verdicts.len; i++) {
		if (verified->verdicts.at[i].config == config)
			return &verified->verdicts.at[i];
	}
	return NULL;
}

struct error *check_signature(struct run *run, const struct plan *plan,
			      struct verified_plan *verified, int *status)
{
	const struct organization_config *config;
	TRY(config_of(run, plan, &config));
	if (run->report.errors || !config || !config->signers)
		return NULL;
	const struct verdict_of_signers *v = verified ? find_verdict(verified, config) : NULL;
	const struct verdict_of_signers unsaved = wrong(
		config, "E0901", config->at, "only signed plans are applied to this organisation",
		"plan with --out FILE, have it signed, and apply --plan FILE");
	if (!v)
		refuse(run, &unsaved, status);
	else if (v->id)
		refuse(run, v, status);
	else {
		verified->by = v->by;
		log_note("the plan is signed by %s", quoted(&run->arena, v->by));
	}
	return NULL;
}

struct error *check_unsigned(struct run *run, const struct named_organization *service,
			     const char *use, int *status)
{
	const struct organization_config *config;
	TRY(find_configured(run, service, &config));
	if (run->report.errors || !config || !config->signers)
		return NULL;
	const struct verdict_of_signers v = wrong(
		config, "E0901", config->at,
		arena_printf(&run->arena, "nobody signed the manifests that are to tell %s", use),
		"name the account under `accounts` there, and leave out the PATH");
	refuse(run, &v, status);
	return NULL;
}
