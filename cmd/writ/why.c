/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/asof.h"

#include <string.h>
#include <unistd.h>

#include "cmd/writ/ledger_access.h"
#include "cmd/writ/planning.h"
#include "cmd/writ/question.h"
#include "cmd/writ/snapshot_history.h"
#include "core/past/grant_answer.h"
#include "core/render/render.h"
#include "core/util/clock.h"
#include "core/util/log.h"

/* ---- the answer of manifests ---- */

static struct error *check_names(struct run *run, const struct question *q,
				 const struct manifests *m,
				 const struct declaration_vec *declarations)
{
	struct known_names known = {
		.elsewhere = "what is held, declared or not, snapshots tell: --as-of DATE or "
			     "--history, with --snapshot DIR"};
	for (size_t i = 0; i < m->model.accounts.len; i++)
		vec_push(&run->arena, &known.principals,
			 (struct principal){m->model.accounts.at[i].meta.name, PRINCIPAL_ACCOUNT});
	for (size_t i = 0; i < declarations->len; i++) {
		vec_push(&run->arena, &known.principals, declarations->at[i].principal);
		vec_push(&run->arena, &known.entitlements, declarations->at[i].entitlement);
	}
	return question_check(q, &run->arena, &known, "the manifests");
}

static struct error *load(struct run *run, struct arguments paths, struct manifests *m,
			  struct declaration_vec *declarations)
{
	TRY(load_manifests(run, paths.at, paths.count, m));
	if (run->report.errors)
		return NULL;
	declaration_collect(&m->model, &m->index, &run->arena, time_day(run->now), declarations);
	return NULL;
}

static void render(struct str *out, enum format format, const void *answer)
{
	if (format == FORMAT_JSON)
		grant_answer_print_json(out, answer);
	else if (format == FORMAT_CSV)
		grant_answer_print_csv(out, answer);
	else
		grant_answer_print_text(out, answer);
}

/* Whether it is known of each line who wrote it. */
static bool is_known(const struct grant_answer *answer)
{
	for (size_t i = 0; i < answer->facts.len; i++) {
		if (fact_origin(&answer->facts.at[i])->state != LINE_ORIGIN_KNOWN)
			return false;
	}
	return true;
}

static struct error *answer_from_manifests(struct run *run, const struct question *q, int *status)
{
	struct manifests m;
	struct declaration_vec declarations = {0};
	const char *why = NULL;
	TRY(load(run, q->manifests, &m, &declarations));
	if (run->report.errors)
		return NULL;
	TRY(check_names(run, q, &m, &declarations));
	struct grant_answer answer = {.organization = m.model.organizations.at[0].meta.name,
				      .principal = q->has_principal ? q->principal.text : NULL,
				      .entitlement =
					      q->has_entitlement ? q->entitlement.text : NULL};
	for (size_t i = 0; i < declarations.len; i++) {
		const struct declaration *s = &declarations.at[i];
		if (question_takes(q, &s->principal, &s->entitlement))
			vec_push(&run->arena, &answer.facts, (struct fact){.declaration = s});
	}
	if (answer.facts.len)
		ledger_access_attested(run, answer.organization, &answer.attested);
	if (run->report.errors)
		return NULL;
	const struct signers *signers;
	TRY(snapshot_history_load_signers(run, &signers));
	if (run->report.errors)
		return NULL;
	if (!grant_answer_trace(&answer, &run->arena, signers, &why) ||
	    (run->options.strict && !is_known(&answer)))
		*status = EXIT_ERROR; /* the answer has to say since when, too */
	if (run->options.unapproved)
		grant_answer_keep_unapproved(&answer, &run->arena);
	if (why)
		log_note("no commits are told: %s", why);
	return output_all(run, render, &answer);
}

/* Asks the question. The first `names` words of the command line are names; behind them stand
 * PATHs. */
static struct error *answer_question(struct run *run, struct question *q, size_t names, int *status)
{
	const struct options *o = &run->options;
	const char *past = NULL;
	TRY(options_manifests(o, names, &q->manifests));
	if (!o->as_of && !o->history)
		return answer_from_manifests(run, q, status);
	if (o->as_of && o->history)
		return error_new(ERROR_USAGE, "--as-of asks of one moment, --history of all");
	if (o->unapproved && o->history)
		return error_new(ERROR_USAGE, "--unapproved asks of one moment: now, or --as-of");
	if (o->history && (o->manifests || o->path_count > names))
		return error_new(ERROR_USAGE, "--history asks the snapshots, and no manifests");
	TRY(options_past_manifests(o, names, &past));
	return asof_answer(run, q, status);
}

static bool is_all(const char *word)
{
	return !strcmp(word, "all");
}

/* A second word is always an entitlement, even if something else has its name. */
static void note_path(const struct run *run)
{
	const struct options *o = &run->options;
	if (o->path_count == 2 && access(o->paths[1], F_OK) == 0)
		log_note("\"%.64s\" was taken for an entitlement; a PATH stands behind that: writ "
			 "why "
			 "%.64s all %.64s",
			 o->paths[1], o->paths[0], o->paths[1]);
}

struct error *cmd_why(struct run *run, int *status)
{
	const struct options *o = &run->options;
	size_t names = o->path_count < 2 ? 1 : 2;
	struct question q = {.has_principal = true};
	if (o->path_count < 1)
		return error_new(ERROR_USAGE, "why takes ACCOUNT [ENTITLEMENT|all [PATH...]]");
	selector_make(&q.principal, &run->arena, o->paths[0]);
	q.has_entitlement = names == 2 && !is_all(o->paths[1]);
	if (q.has_entitlement)
		selector_make(&q.entitlement, &run->arena, o->paths[1]);
	struct error *error = answer_question(run, &q, names, status);
	if (error || run->report.errors)
		note_path(run);
	return error;
}

struct error *cmd_who(struct run *run, int *status)
{
	struct question q = {0};
	if (run->options.path_count < 1)
		return error_new(ERROR_USAGE,
				 "who takes ENTITLEMENT, or the word all, and [PATH...]");
	q.has_entitlement = !is_all(run->options.paths[0]);
	selector_make(&q.entitlement, &run->arena, run->options.paths[0]);
	return answer_question(run, &q, 1, status);
}
