/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/asof.h"

#include <string.h>

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
	struct known_names known = {0};
	for (size_t i = 0; i < m->model.accounts.len; i++)
		vec_push(&run->arena, &known.principals,
			 (struct principal){m->model.accounts.at[i].meta.name, PRINCIPAL_ACCOUNT});
	for (size_t i = 0; i < declarations->len; i++) {
		vec_push(&run->arena, &known.principals, declarations->at[i].principal);
		vec_push(&run->arena, &known.entitlements, declarations->at[i].entitlement);
	}
	return question_check(q, &run->arena, &known, "the manifests");
}

static struct error *load(struct run *run, struct manifests *m,
			  struct declaration_vec *declarations)
{
	const char *path = run->options.manifests ? run->options.manifests : ".";
	TRY(load_manifests(run, &path, 1, m));
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

/* Whether the writer of each line is. */
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
	TRY(load(run, &m, &declarations));
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
		*status = EXIT_ERROR; /* since when was asked too */
	if (run->options.unapproved)
		grant_answer_keep_unapproved(&answer, &run->arena);
	if (why)
		log_note("no commits are told: %s", why);
	return output_all(run, render, &answer);
}

static struct error *answer_question(struct run *run, const struct question *q, int *status)
{
	const struct options *o = &run->options;
	if (!o->as_of && !o->history)
		return answer_from_manifests(run, q, status);
	if (o->as_of && o->history)
		return error_new(ERROR_USAGE, "--as-of asks of one moment, --history of all");
	if (o->unapproved && o->history)
		return error_new(ERROR_USAGE, "--unapproved asks of one moment: now, or --as-of");
	if (o->manifests && o->history)
		return error_new(ERROR_USAGE, "--manifests and --history are two questions");
	return asof_answer(run, q, status);
}

struct error *cmd_why(struct run *run, int *status)
{
	const struct options *o = &run->options;
	struct question q = {.has_principal = true, .has_entitlement = o->path_count == 2};
	if (o->path_count < 1 || o->path_count > 2)
		return error_new(ERROR_USAGE, "why takes ACCOUNT [ENTITLEMENT]");
	selector_make(&q.principal, &run->arena, o->paths[0]);
	if (q.has_entitlement)
		selector_make(&q.entitlement, &run->arena, o->paths[1]);
	return answer_question(run, &q, status);
}

struct error *cmd_who(struct run *run, int *status)
{
	struct question q = {0};
	if (run->options.path_count != 1)
		return error_new(ERROR_USAGE, "who takes one ENTITLEMENT, or the word all");
	q.has_entitlement = strcmp(run->options.paths[0], "all") != 0;
	selector_make(&q.entitlement, &run->arena, run->options.paths[0]);
	return answer_question(run, &q, status);
}
