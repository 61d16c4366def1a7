/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/asof.h"

#include <stdio.h>
#include <string.h>

#include "cmd/writ/ledger_access.h"
#include "cmd/writ/snapshot_history.h"
#include "core/past/grant_periods.h"
#include "core/render/render.h"
#include "core/util/clock.h"
#include "core/util/log.h"

/* ---- which moment ---- */

static struct error *before_history(struct arena *a, const struct timeline *t, const char *asked)
{
	const struct moment *first = &t->moments.at[0];
	return error_new(ERROR_INPUT,
			 "the history of snapshots begins at %s; nothing is known of %s%s%s",
			 render_time(a, first->time), render_shown(a, asked),
			 first->unsure ? " here: " : "", first->unsure ? first->unsure : "");
}

/* The newest commit of a revision's history that changed the folder: it has that revision's
 * snapshot. */
static struct error *find_revision(struct run *run, struct history *h,
				   const struct snapshot_home *m, const struct timeline *t,
				   size_t *out)
{
	const char *asked = run->options.as_of;
	struct commit_vec commits = {0};
	struct commit_query query = {
		.from = asked, .folder = m->folder, .max = 1, .simplified = true};
	char id[HISTORY_ID];
	TRY(history_resolve(h, asked, id));
	TRY(history_list(h, &run->arena, &query, &commits));
	if (commits.len == 0)
		return before_history(&run->arena, t, asked);
	*out = timeline_find_commit(t, commits.at[0].id);
	if (*out == SIZE_MAX)
		return error_new(ERROR_INPUT,
				 "the snapshot of revision \"%s\" is not in the history of %s",
				 render_shown(&run->arena, asked), m->branch ? m->branch : "HEAD");
	return NULL;
}

static struct error *find_moment(struct run *run, struct history *h, const struct snapshot_home *m,
				 const struct timeline *t, size_t *out, int64_t *out_time)
{
	int64_t time;
	bool dated = snapshot_history_parse_moment(run->options.as_of, &time);
	if (!dated)
		TRY(find_revision(run, h, m, t, out));
	else
		*out = timeline_find_time(t, time);
	if (*out == SIZE_MAX)
		return before_history(&run->arena, t, run->options.as_of);
	*out_time = dated ? time : t->moments.at[*out].time;
	const struct moment *found = &t->moments.at[*out];
	if (found->damage)
		return error_new(ERROR_INPUT, "the snapshot of commit %.12s cannot be read: %s",
				 found->id, found->damage);
	return NULL;
}

/* ---- the answer ---- */

static void note_damage(const struct timeline *t)
{
	size_t count = 0;
	const struct moment *first = NULL;
	for (size_t i = 0; i < t->moments.len; i++) {
		if (!t->moments.at[i].damage)
			continue;
		first = first ? first : &t->moments.at[i];
		count++;
	}
	if (count)
		log_note("%zu snapshot%s cannot be read, and what changed there is told of the "
			 "next: "
			 "%.12s: %s",
			 count, count == 1 ? "" : "s", first->id, first->damage);
}

static struct error *check_names(struct run *run, const struct question *q,
				 const struct timeline *t)
{
	struct known_names known = {0};
	for (uint32_t i = 0; i < universe_principals(t->universe); i++) {
		const struct principal *p = universe_principal_numbered(t->universe, i);
		if (*p->name) /* without a name it stands for all users of whom something was not
				 seen */
			vec_push(&run->arena, &known.principals, *p);
	}
	for (uint32_t i = 0; i < universe_entitlements(t->universe); i++)
		vec_push(&run->arena, &known.entitlements,
			 *universe_entitlement_numbered(t->universe, i));
	const char *where =
		t->incomplete ? arena_printf(&run->arena, "the snapshots that are known here (%s)",
					     t->incomplete)
			      : "the snapshots";
	return question_check(q, &run->arena, &known, where);
}

static void render(struct str *out, enum format format, const void *answer)
{
	if (format == FORMAT_JSON)
		grant_periods_print_json(out, answer);
	else if (format == FORMAT_CSV)
		grant_periods_print_csv(out, answer);
	else
		grant_periods_print_text(out, answer);
}

/* Whether the tenure holds at the moment that is asked about; where none is asked about, any does.
 */
static bool is_then(const struct grant_periods *out, const struct tenure *one)
{
	return !out->asked || (one->from <= out->moment && one->to > out->moment);
}

static void take_tenures(struct run *run, const struct question *q, struct grant_periods *out)
{
	struct tenure_vec all = {0};
	timeline_tenures(out->timeline, &run->arena, &all);
	for (size_t i = 0; i < all.len; i++) {
		const struct tenure *one = &all.at[i];
		if (is_then(out, one) && question_takes(q, &one->principal, &one->entitlement))
			vec_push(&run->arena, &out->tenures, *one);
	}
}

/* Whether the moment's snapshot was made by the run that made its changes, after that time. A name
 * of a run begins with when it began; the commit may have been made anew since. */
static bool began_after(const struct moment *m, int64_t time)
{
	int64_t begun;
	char text[TIME_TEXT];
	int year, month, day, hour, minute, second;
	if (!m->run || m->drift ||
	    sscanf(m->run, "%4d%2d%2dT%2d%2d%2dZ", &year, &month, &day, &hour, &minute, &second) !=
		    6)
		return false;
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day, hour,
		 minute, second);
	return time_parse(text, &begun) && begun > time;
}

/* A change that was found between the asked snapshot and the next may be older than the time that
 * is asked about: nobody looked at that time. */
static void find_between(struct run *run, const struct question *q, struct grant_periods *out)
{
	struct tenure_vec all = {0};
	const struct moment_vec *moments = &out->timeline->moments;
	size_t next = out->moment + 1, came = 0, went = 0;
	while (next < moments->len && moments->at[next].damage)
		next++;
	if (next >= moments->len || out->time <= moments->at[out->moment].time ||
	    began_after(&moments->at[next], out->time))
		return;
	timeline_tenures(out->timeline, &run->arena, &all);
	for (size_t i = 0; i < all.len; i++) {
		const struct tenure *one = &all.at[i];
		if (question_takes(q, &one->principal, &one->entitlement)) {
			came += one->from == next;
			went += one->to == next;
		}
	}
	if (came + went)
		out->between = arena_printf(
			&run->arena,
			"the next one, snapshot %.12s of %s, has %zu such grant%s more and lacks "
			"%zu; when between the two that changed is not known",
			moments->at[next].id, render_time(&run->arena, moments->at[next].time),
			came, came == 1 ? "" : "s", went);
}

/* Whether the question is about a user: then what was not seen of any user concerns it. */
static bool takes_users(const struct question *q, const struct timeline *t)
{
	for (uint32_t i = 0; i < universe_principals(t->universe); i++) {
		const struct principal *p = universe_principal_numbered(t->universe, i);
		if (p->kind == PRINCIPAL_USER && *p->name &&
		    selector_takes_principal(&q->principal, p))
			return true;
	}
	return false;
}

static bool is_taken(const struct known_attestation_vec *all, const struct known_attestation *k)
{
	for (size_t i = 0; i < all->len; i++) {
		if (all->at[i].said.at == k->said.at &&
		    attestation_is_same(&all->at[i].said, &k->said))
			return true;
	}
	return false;
}

/* Adds what somebody attested of a grant that was not seen, if it was said by the time that is
 * asked about. */
static void take_attested(struct run *run, const struct question *q, struct grant_periods *out,
			  const struct known_attestation_vec *all, const struct tenure *hidden)
{
	const char *address =
		*hidden->principal.name
			? change_address(&run->arena, &hidden->principal, &hidden->entitlement)
			: NULL;
	for (size_t i = 0; i < all->len; i++) {
		const struct known_attestation *k = &all->at[i];
		struct principal user = {.kind = PRINCIPAL_USER};
		bool same = address ? !strcmp(address, k->said.address)
				    : attested_list_is_of_user(&run->arena, k, &hidden->entitlement,
							       &user.name) &&
					      (!q->has_principal ||
					       selector_takes_principal(&q->principal, &user));
		if (same && (!out->asked || attested_list_counts(k, out->time)) &&
		    !is_taken(&out->attested, k))
			vec_push(&run->arena, &out->attested, *k);
	}
}

static void take_hidden(struct run *run, const struct question *q, struct grant_periods *out)
{
	struct tenure_vec all = {0};
	struct known_attestation_vec attested = {0};
	struct question without = *q;
	bool users = !q->has_principal || takes_users(q, out->timeline);
	const struct tenure *last = NULL;
	without.has_principal = false;
	timeline_hidden(out->timeline, &run->arena, &all);
	for (size_t i = 0; i < all.len; i++) {
		const struct tenure *one = &all.at[i];
		bool takes = *one->principal.name
				     ? question_takes(q, &one->principal, &one->entitlement)
				     : users && question_takes(&without, &one->principal,
							       &one->entitlement);
		if (!takes || !is_then(out, one))
			continue;
		if (out->unseen.len == 0)
			ledger_access_attested(run, run->options.org, &attested);
		grant_periods_hide(&out->unseen, &run->arena, one, last);
		last = one;
		take_attested(run, q, out, &attested, one);
	}
}

/* Whether nothing that the answer needs is unknown: neither a line nor who wrote it. */
static bool is_whole(const struct grant_periods *out)
{
	for (size_t i = 0; i < out->tenures.len && out->asked; i++) {
		const struct tenure *t = &out->tenures.at[i];
		size_t count;
		const struct declaration *s =
			past_manifests_find(&out->reasons, &t->principal, &t->entitlement, &count);
		for (size_t k = 0; k < count; k++) {
			const struct fact *f = &out->facts[s + k - out->reasons.declarations.at];
			if (fact_origin(f)->state != LINE_ORIGIN_KNOWN)
				return false;
		}
	}
	return !out->asked || out->reasons.commit;
}

/* The manifests of the moment that is asked about, and who wrote and signed the lines. */
static struct error *find_lines(struct run *run, const struct question *q, struct history *h,
				struct grant_periods *out)
{
	struct past_manifests_source then = {.history = h,
					     .timeline = out->timeline,
					     .moment = out->moment,
					     .manifests = q->manifests.at[0],
					     .today = time_day(out->time),
					     .strings = run->strings};
	struct grant_periods_source source = {
		.snapshots = h, .manifests = q->manifests.at[0], .strings = run->strings};
	past_manifests_load(&then, &run->arena, &out->reasons);
	TRY(snapshot_history_load_signers(run, &source.signers));
	if (!run->report.errors)
		grant_periods_trace(out, &source, &run->arena);
	return NULL;
}

static struct error *answer(struct run *run, const struct question *q, struct history *h,
			    const struct snapshot_home *m, const struct timeline *t, int *status)
{
	struct grant_periods out = {.timeline = t,
				    .principal = q->has_principal ? q->principal.text : NULL,
				    .entitlement = q->has_entitlement ? q->entitlement.text : NULL,
				    .asked = run->options.as_of};
	if (t->moments.len == 0)
		return error_new(ERROR_INPUT, "no commit of %s has a snapshot in \"%s\"",
				 m->repository, m->folder);
	TRY(check_names(run, q, t));
	if (out.asked)
		TRY(find_moment(run, h, m, t, &out.moment, &out.time));
	take_tenures(run, q, &out);
	take_hidden(run, q, &out);
	if (out.asked)
		find_between(run, q, &out);
	note_damage(t);
	for (size_t i = 0; out.between && i < run->options.outputs.len; i++) {
		if (run->options.outputs.at[i].format == FORMAT_CSV)
			log_note("%s", out.between);
	}
	if (t->failed || (!out.asked && t->incomplete))
		*status = EXIT_ERROR; /* the whole history was asked for */
	if (out.asked) {
		TRY(find_lines(run, q, h, &out));
		if (run->report.errors)
			return NULL;
	}
	if (run->options.unapproved)
		grant_periods_keep_unapproved(&out, &run->arena);
	/* An answer about what was not seen is no answer: the command fails. */
	if (out.unseen.len || (run->options.strict && !is_whole(&out)))
		*status = EXIT_ERROR;
	if (out.reasons.failed) {
		log_note("lines and reasons are not known: %s", out.reasons.unknown);
		*status = EXIT_ERROR;
	}
	return output_all(run, render, &out);
}

struct error *asof_answer(struct run *run, const struct question *q, int *status)
{
	CLEANUP(history_close) struct history *h = NULL;
	struct snapshot_home m;
	struct timeline t = {0};
	TRY(snapshot_history_find(run, &m));
	if (run->report.errors)
		return NULL;
	if (!m.repository)
		return error_new(ERROR_USAGE, "name the snapshots' folder in a git repository with "
					      "--snapshot DIR, or configure it");
	TRY(history_open(m.repository, &h));
	struct error *error = snapshot_history_timeline(run, h, &m, &t);
	if (!error && !t.universe)
		error = error_new(ERROR_INPUT, "repository %s has no commit yet", m.repository);
	if (!error)
		error = answer(run, q, h, &m, &t, status);
	universe_free(t.universe);
	return error;
}
