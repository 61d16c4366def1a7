/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/log_verify.h"

#include "cmd/writ/snapshot_history.h"
#include "core/past/run_verify.h"
#include "core/past/snapshot_commits.h"
#include "core/render/render.h"
#include "core/util/json.h"

struct log_verdict {
	const struct known_run_vec *runs;
	const struct run_finding_vec *findings;
	size_t wrong, unchecked;
	size_t checked; /* runs on record, commits of those, good signatures */
	bool signers;	/* are known */
	size_t signed_;
};

static void add_verdict_text(struct str *out, const struct log_verdict *v)
{
	struct arena *a = out->arena;
	size_t commits = 0;
	for (size_t i = 0; i < v->runs->len; i++)
		commits += v->runs->at[i].commits.len;
	for (size_t i = 0; i < v->findings->len; i++) {
		const struct run_finding *f = &v->findings->at[i];
		str_printf(out, "%s  %s: %s\n", f->unchecked ? "unchecked" : "WRONG    ",
			   f->run      ? render_words(a, f->run->name)
			   : f->commit ? arena_printf(a, "commit %.12s", f->commit->id)
				       : arena_printf(a, "ledger in %s",
						      render_words(a, f->ledger->place)),
			   render_shown(a, f->what));
	}
	str_printf(out, "%zu run%s and %zu commit%s: ", v->runs->len, v->runs->len == 1 ? "" : "s",
		   commits, commits == 1 ? "" : "s");
	if (v->wrong)
		str_printf(out, "%zu thing%s wrong", v->wrong, v->wrong == 1 ? " is" : "s are");
	else if (v->checked)
		str_add(out, v->unchecked ? "what could be checked holds" : "every chain holds");
	else
		str_add(out, "nothing was checked");
	if (v->signers)
		str_printf(out, ", %zu good signature%s", v->signed_, v->signed_ == 1 ? "" : "s");
	if (v->unchecked)
		str_printf(out, ", %zu could not be checked here", v->unchecked);
	str_add(out, ".\n");
}

static void add_verdict_json(struct str *out, const struct log_verdict *v)
{
	str_addc(out, '{');
	json_put_text(out, "format_version", FORMAT_VERSION);
	json_put_number(out, "runs", (int64_t)v->runs->len);
	json_put_number(out, "checked", (int64_t)v->checked);
	json_put_number(out, "wrong", (int64_t)v->wrong);
	json_put_number(out, "unchecked", (int64_t)v->unchecked);
	if (v->signers)
		json_put_number(out, "signed", (int64_t)v->signed_);
	json_put_key(out, "findings");
	str_addc(out, '[');
	for (size_t i = 0; i < v->findings->len; i++) {
		const struct run_finding *f = &v->findings->at[i];
		str_add(out, i ? ",\n  {" : "\n  {");
		json_put_text(out, "run", f->run ? f->run->name : NULL);
		json_put_text(out, "commit", f->commit ? f->commit->id : NULL);
		json_put_text(out, "ledger", f->ledger ? f->ledger->place : NULL);
		json_put_text(out, "verdict", f->unchecked ? "unchecked" : "wrong");
		json_put_text(out, "message", f->what);
		str_addc(out, '}');
	}
	str_add(out, v->findings->len ? "\n]}\n" : "]}\n");
}

static void render(struct str *out, enum format format, const void *verdict)
{
	if (format == FORMAT_JSON)
		add_verdict_json(out, verdict);
	else
		add_verdict_text(out, verdict);
}

static struct error *verify_commits(struct run *run, const struct commit_vec *commits,
				    const struct known_run_vec *runs,
				    struct run_finding_vec *findings)
{
	CLEANUP(history_close) struct history *h = NULL;
	struct snapshot_home m;
	if (commits->len == 0)
		return NULL;
	TRY(snapshot_history_find(run, &m));
	TRY(history_open(m.repository, &h));
	return snapshot_commits_verify(h, m.folder, &run->arena, commits, runs, findings);
}

static struct error *verify_signatures(struct run *run, const struct commit_vec *commits,
				       struct run_finding_vec *findings, struct log_verdict *v)
{
	CLEANUP(history_close) struct history *h = NULL;
	struct signers signers;
	struct snapshot_home m;
	const struct organization_config *config;
	TRY(snapshot_history_signers(run, &config));
	if (!config || !config->signers || commits->len == 0)
		return NULL;
	TRY(signers_load(config->signers, config->revoked_keys, &run->arena, &signers));
	TRY(snapshot_history_find(run, &m));
	TRY(history_open(m.repository, &h));
	v->signers = true;
	return snapshot_commits_verify_signatures(h, &run->arena, commits, &signers, findings,
						  &v->signed_);
}

struct error *log_verify(struct run *run, const struct known_ledger_vec *ledgers,
			 const struct known_run_vec *runs, const struct commit_vec *commits,
			 int *status)
{
	struct run_finding_vec findings = {0};
	struct log_verdict v = {.runs = runs, .findings = &findings};
	run_verify(&run->arena, ledgers, runs, &findings);
	TRY(verify_commits(run, commits, runs, &findings));
	TRY(verify_signatures(run, commits, &findings, &v));
	if (run->report.errors)
		return NULL;
	v.checked = v.signed_;
	for (size_t i = 0; i < runs->len; i++) {
		const struct known_run *r = &runs->at[i];
		v.checked += r->ledger ? 1 : 0;
		v.checked += r->ledger || r->emptied_in ? r->commits.len : 0;
	}
	for (size_t i = 0; i < findings.len; i++)
		*(findings.at[i].unchecked ? &v.unchecked : &v.wrong) += 1;
	for (size_t i = 0; i < run->options.outputs.len; i++) {
		if (run->options.outputs.at[i].format == FORMAT_CSV)
			return error_new(ERROR_USAGE, "log verify has the formats text and json");
	}
	TRY(output_all(run, render, &v));
	if (v.wrong || !v.checked || (run->options.strict && v.unchecked))
		*status = EXIT_ERROR;
	return NULL;
}
