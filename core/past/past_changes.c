/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/past_changes.h"

#include <string.h>

#include "core/past/past_lines.h"
#include "core/past/past_seen.h"
#include "core/past/reviewers.h"
#include "core/render/planfile.h"
#include "core/render/render.h"
#include "core/util/clock.h"
#include "core/util/json.h"

const char *past_verb_name(enum past_verb verb)
{
	static const char *const names[PAST_VERB_COUNT] = {"given", "taken", "created", "changed",
							   "deleted"};
	return names[verb];
}

const char *past_source_name(enum past_source source)
{
	static const char *const names[PAST_SOURCE_COUNT] = {"run", "drift", "unnamed"};
	return names[source];
}

const char *past_proof_name(enum past_proof proof)
{
	static const char *const names[PAST_PROOF_COUNT] = {"done", "not seen yet", "unknown"};
	return names[proof];
}

/* ---- what a ledger says of a run ---- */

/* When each change was sent, and for whom. */
struct past_sending {
	int64_t at;
	const char *actor;
};

struct past_maker {
	const struct past_changes_input *in;
	struct arena *arena;
	struct past_changes *out;
	const struct known_run *run; /* that is at hand */
	struct past_sending *sent;   /* by change of it */
	const char *manifests;	     /* commit of its manifests; NULL */
};

PRINTF(2, 3)
static void add_gap(struct past_maker *m, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	vec_push(m->arena, &m->out->gaps, arena_vprintf(m->arena, fmt, args));
	va_end(args);
}

/* Who held the ledger when a record was made: a run may be resumed by somebody else than the one
 * who began it. */
static const char *holder_at(struct arena *a, const struct known_ledger *l, uint64_t number)
{
	for (size_t i = number < l->records.len ? number : l->records.len; i-- > 0;) {
		const struct ledger_record *record = &l->records.at[i];
		for (size_t k = record->entries.len; k-- > 0;) {
			const struct ledger_entry *e = &record->entries.at[k];
			if (e->type == ENTRY_HOLD || e->type == ENTRY_TAKEOVER)
				return json_get_text(a, e->body, "actor");
		}
	}
	return NULL;
}

static void take_sent(struct past_maker *m, const struct ledger_entry *e)
{
	struct json_span list, item;
	struct json_cursor cursor = {0};
	size_t from, to;
	bool intent = e->type == ENTRY_INTENT;
	const char *actor = NULL;
	if (!json_member(e->body, "changes", &list))
		return;
	while (json_next(list, &cursor, &item)) {
		if (!change_range_parse(json_string(m->arena, item), &from, &to) ||
		    to > m->run->changes)
			continue;
		for (size_t i = from; i < to; i++) {
			if (!intent && m->sent[i].actor)
				continue; /* the request itself has its time */
			actor = actor ? actor : holder_at(m->arena, m->run->ledger, e->number);
			m->sent[i] = (struct past_sending){e->at, actor ? actor : m->run->by};
		}
	}
}

static void take_run(struct past_maker *m, const struct known_run *run)
{
	m->run = run;
	m->manifests = NULL;
	m->sent = arena_zalloc(m->arena, (run->changes + 1) * sizeof(*m->sent));
	for (size_t i = 0; i < run->changes; i++)
		m->sent[i].at = run->begun;
	for (size_t i = 0; i < run->entries.len; i++) {
		const struct ledger_entry *e = &run->entries.at[i];
		if (e->type == ENTRY_BEGIN)
			m->manifests = json_get_text(m->arena, e->body, "commit");
		else if (e->type == ENTRY_INTENT || e->type == ENTRY_RESULT ||
			 e->type == ENTRY_RECONCILED)
			take_sent(m, e);
	}
}

/* ---- rows of a run ---- */

static bool is_past(enum fate fate, enum past_proof *out)
{
	static const struct {
		enum fate fate;
		enum past_proof proof;
	} table[] = {{FATE_DONE, PAST_DONE}, {FATE_LATE, PAST_LATE}, {FATE_UNKNOWN, PAST_UNKNOWN}};
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		*out = table[i].proof;
		if (table[i].fate == fate)
			return true;
	}
	return false;
}

static enum past_verb verb_of(const struct change *c)
{
	static const enum past_verb of_account[] = {PAST_CREATED, PAST_CHANGED, PAST_DELETED};
	if (c->type != CHANGE_GRANT)
		return of_account[c->action];
	return c->action == ACTION_DELETE ? PAST_TAKEN : PAST_GIVEN;
}

static struct past_change row_of(const struct past_maker *m, const struct change *c, size_t i,
				 enum past_proof proof)
{
	struct past_change row = {.principal = *c->principal,
				  .time = m->sent[i].at,
				  .organization = m->run->organization,
				  .run = m->run->name,
				  .plan = m->run->plan,
				  .actor = m->sent[i].actor ? m->sent[i].actor : m->run->by,
				  .cause = reason_name(c->reason),
				  .expires = DATE_NONE,
				  .manifests = m->manifests,
				  .verb = verb_of(c),
				  .source = PAST_RUN,
				  .proof = proof};
	if (row.verb == PAST_CHANGED && c->reason == REASON_RENAMED)
		row.with_account = c->before->meta.name;
	if (c->entitlement) {
		row.entitlement = *c->entitlement;
		row.has_entitlement = true;
	}
	if (c->words) {
		row.reason = c->words->reason;
		row.ticket = c->words->ticket;
		row.expires = c->words->expires;
	}
	return row;
}

/* What a deleted account held is taken with it. */
static void add_lost(struct past_maker *m, const struct change *c, struct past_change row)
{
	row.verb = PAST_TAKEN;
	row.has_entitlement = true;
	row.with_account = row.principal.name;
	for (size_t i = 0; c->lost && i < c->lost->len; i++) {
		row.entitlement = *c->lost->at[i];
		vec_push(m->arena, &m->out->rows, row);
	}
}

static void add_changes(struct past_maker *m, const struct plan *plan)
{
	for (size_t i = 0; i < plan->changes.len && i < m->run->changes; i++) {
		const struct change *c = &plan->changes.at[i];
		enum past_proof proof;
		if (!is_past(m->run->fates[i], &proof))
			continue;
		struct past_change row = row_of(m, c, i, proof);
		vec_push(m->arena, &m->out->rows, row);
		if (row.verb == PAST_DELETED)
			add_lost(m, c, row);
	}
}

static struct error *add_run(struct past_maker *m, const struct known_run *run)
{
	struct run_plan bytes;
	struct plan *plan = arena_zalloc(m->arena, sizeof(*plan));
	TRY(run_list_plan(m->arena, run, &bytes));
	TRY(planfile_parse(run->name, bytes.bytes, bytes.len, m->in->strings, m->arena, plan));
	take_run(m, run);
	add_changes(m, plan);
	return NULL;
}

static bool is_in(const struct past_maker *m, int64_t time)
{
	return time >= m->in->since && time <= m->in->until;
}

/* Whether something of the run may be in the period: it was sent or recorded in it. */
static bool may_count(const struct past_maker *m, const struct known_run *run)
{
	for (size_t i = 0; i < run->entries.len; i++) {
		if (is_in(m, run->entries.at[i].at))
			return true;
	}
	for (size_t i = 0; i < run->commits.len; i++) {
		if (is_in(m, run->commits.at[i].commit_time))
			return true;
	}
	return is_in(m, run->begun);
}

static void add_runs(struct past_maker *m)
{
	const struct known_run_vec *runs = m->in->runs;
	for (size_t i = 0; i < runs->len; i++) {
		const struct known_run *run = &runs->at[i];
		if (!may_count(m, run))
			continue;
		if (!run->ledger) {
			add_gap(m,
				"run %s is known from its commit alone, for no ledger at hand has "
				"it: who ran it and what it sent in vain are not known here",
				run->name);
			continue;
		}
		struct error *error =
			run->damage ? error_new(ERROR_INPUT, "%s", run->damage) : add_run(m, run);
		if (!error)
			continue;
		add_gap(m, "what run %s changed is not known: %s", run->name,
			error_text(m->arena, error));
		m->out->failed = true; /* its ledger is at hand */
		error_free(error);
	}
}

/* ---- lines ---- */

/* The line of a grant that was taken, or of an account that is gone, is usually gone too, unless
 * it says until when, or that the account is to be absent. */
/* Why the line of a change cannot be asked for; NULL: it can. */
static const char *lineless(const struct past_maker *m, const struct past_change *row)
{
	if (row->source == PAST_DRIFT)
		return "it was made past writ: no line of the manifests made it";
	if (!m->in->manifests)
		return row->unknown ? row->unknown : "no manifests are at hand";
	if (row->manifests)
		return NULL;
	return row->unknown ? row->unknown
			    : "its run names no commit that holds the manifests as they were read";
}

static void ask_for_line(const struct past_change *row, struct past_line_request *out)
{
	*out = (struct past_line_request){.commit = row->manifests,
					  .principal = &row->principal,
					  .gone = row->verb == PAST_TAKEN ||
						  row->verb == PAST_DELETED};
	if (row->has_entitlement && !row->with_account) /* else it went with the account */
		out->entitlement = &row->entitlement;
}

static void take_line(struct past_change *row, const struct past_line_request *r)
{
	row->at = r->at;
	row->bundle = r->bundle;
	row->origin = r->origin;
	row->line_gone = r->taken_away;
	row->unknown = r->unknown;
	if (r->words && !row->reason && !row->ticket && row->expires == DATE_NONE) {
		row->reason = r->words->reason;
		row->ticket = r->words->ticket;
		row->expires = r->words->expires;
	}
}

static void find_lines(struct past_maker *m)
{
	struct past_line_request_vec requests = {0};
	struct past_change_vec *rows = &m->out->rows;
	struct past_lines *lines = NULL;
	for (size_t i = 0; i < rows->len; i++) {
		const char *why = lineless(m, &rows->at[i]);
		struct past_line_request r;
		if (why) {
			rows->at[i].unknown = why;
			continue;
		}
		ask_for_line(&rows->at[i], &r);
		vec_push(m->arena, &requests, r);
	}
	if (requests.len == 0)
		return;
	lines = past_lines_new(m->in->manifests, m->in->signers, m->in->strings);
	past_lines_find(lines, m->arena, &requests);
	m->out->failed |= past_lines_failed(lines);
	past_lines_free(lines);
	for (size_t i = 0, k = 0; i < rows->len; i++) {
		if (k < requests.len && requests.at[k].principal == &rows->at[i].principal)
			take_line(&rows->at[i], &requests.at[k++]);
	}
}

/* ---- the table ---- */

static int by_time(const void *a, const void *b)
{
	const struct past_change *x = a, *y = b;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	int order = strcmp(x->run ? x->run : "", y->run ? y->run : "");
	order = order ? order : principal_compare(&x->principal, &y->principal);
	if (order)
		return order;
	if (x->has_entitlement != y->has_entitlement)
		return x->has_entitlement ? 1 : -1;
	order = x->has_entitlement ? entitlement_compare(&x->entitlement, &y->entitlement) : 0;
	return order ? order : (int)x->verb - (int)y->verb;
}

static void keep_period(struct past_maker *m)
{
	struct past_change_vec *rows = &m->out->rows;
	size_t kept = 0;
	for (size_t i = 0; i < rows->len; i++) {
		if (is_in(m, rows->at[i].time))
			rows->at[kept++] = rows->at[i];
	}
	rows->len = kept;
	vec_sort(rows, by_time);
}

void past_changes_make(const struct past_changes_input *input, struct arena *a,
		       struct past_changes *out)
{
	struct past_maker m = {.in = input, .arena = a, .out = out};
	*out = (struct past_changes){0};
	add_runs(&m);
	if (input->timeline)
		past_seen_add(input, a, out);
	keep_period(&m);
	find_lines(&m);
}

/* ---- who stands for it ---- */

const char *past_change_approver(struct arena *a, const struct past_change *change,
				 bool *out_claimed, bool *out_known)
{
	*out_known = change->source == PAST_DRIFT || change->origin.state == LINE_ORIGIN_KNOWN;
	return reviewers_approver(a, &change->origin, out_claimed);
}

void past_changes_keep_unapproved(struct past_changes *changes, struct arena *a)
{
	struct past_change_vec *rows = &changes->rows;
	size_t kept = 0;
	for (size_t i = 0; i < rows->len; i++) {
		bool claimed, known;
		if (rows->at[i].verb == PAST_GIVEN &&
		    !past_change_approver(a, &rows->at[i], &claimed, &known))
			rows->at[kept++] = rows->at[i];
	}
	rows->len = kept;
}
