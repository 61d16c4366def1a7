/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/past_changes_print.h"

#include <string.h>

#include "core/past/grant_answer.h"
#include "core/past/reviewers.h"
#include "core/render/render.h"
#include "core/util/clock.h"
#include "core/util/csv.h"
#include "core/util/json.h"

/* ---- what is told of a row, whatever the format ---- */

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static const char *row_address(struct arena *a, const struct past_change *row)
{
	return change_address(a, &row->principal, row->has_entitlement ? &row->entitlement : NULL);
}

/* Who is said to have reviewed the line, and whether a signed merge says so; NULL. */
static const char *reviewers_of(struct arena *a, const struct past_change *row, bool *out_claimed)
{
	*out_claimed = false;
	return row->origin.state == LINE_ORIGIN_KNOWN
		       ? reviewers_named(a, &row->origin, out_claimed)
		       : NULL;
}

static const char *review_name(const char *who, bool claimed)
{
	return !who ? NULL : claimed ? "claimed" : "signed";
}

static const char *day_of(struct arena *a, const struct past_change *row)
{
	return row->expires == DATE_NONE ? NULL : render_day(a, row->expires);
}

static const struct commit *written(const struct past_change *row)
{
	return row->origin.state == LINE_ORIGIN_KNOWN ? &row->origin.commit : NULL;
}

static const struct commit *merged(const struct past_change *row)
{
	return row->origin.merged ? &row->origin.merge : NULL;
}

/* "yes", "no" or, where the line's history is not at hand, "unknown". */
static const char *approval(struct arena *a, const struct past_change *row)
{
	bool claimed, known;
	const char *who = past_change_approver(a, row, &claimed, &known);
	return who ? "yes" : known ? "no" : "unknown";
}

const char *past_changes_summary(struct arena *a, const struct change_table *t)
{
	struct str out = STR(a);
	const struct past_change_vec *rows = &t->changes->rows;
	size_t verbs[PAST_VERB_COUNT] = {0}, drift = 0, alone = 0, unknown = 0;
	for (size_t i = 0; i < rows->len; i++) {
		const struct past_change *row = &rows->at[i];
		const char *approved = approval(a, row);
		verbs[row->verb]++;
		drift += row->source == PAST_DRIFT;
		alone += row->verb == PAST_GIVEN && *approved == 'n';
		unknown += row->verb == PAST_GIVEN && *approved == 'u';
	}
	str_printf(&out, "%zu change%s", rows->len, rows->len == 1 ? "" : "s");
	if (t->unapproved)
		str_add(&out, " without an approver");
	if (t->since != INT64_MIN)
		str_printf(&out, " from %s", render_time(a, t->since));
	if (t->until != INT64_MAX)
		str_printf(&out, " to %s", render_time(a, t->until));
	for (int i = 0, told = 0; i < PAST_VERB_COUNT; i++) {
		if (verbs[i])
			str_printf(&out, "%s%zu %s", told++ ? ", " : ": ", verbs[i],
				   past_verb_name(i));
	}
	if (drift)
		str_printf(&out, "; %zu by drift", drift);
	if (alone)
		str_printf(&out, "; %zu given that nobody else stands for", alone);
	if (unknown)
		str_printf(&out, "; %zu given of which it is not known here who stands for it",
			   unknown);
	return str_text(&out);
}

/* ---- text ---- */

static void add_person(struct str *out, const char *verb, const struct commit *c)
{
	if (c)
		str_printf(out, "      %-8s  %.10s by %s  commit %.12s \"%s\"\n", verb,
			   render_time(out->arena, c->commit_time),
			   render_words(out->arena, c->author_name), c->id,
			   render_words(out->arena, c->subject));
}

static void add_line(struct str *out, const struct past_change *row)
{
	struct arena *a = out->arena;
	bool claimed;
	const char *who = reviewers_of(a, row, &claimed);
	if (row->at.file)
		str_printf(out, "      %-8s  %s%s%s\n", "line", render_place(a, row->at),
			   row->bundle ? "  bundle " : "",
			   row->bundle ? render_words(a, row->bundle) : "");
	add_person(out, row->line_gone ? "ended" : "written", written(row));
	add_person(out, "merged", merged(row));
	if (who)
		str_printf(out, "      %-8s  by %s (%s)\n", "reviewed", render_words(a, who),
			   claimed ? "claimed: no signed merge says so" : "signed");
	else if (written(row) && *approval(a, row) == 'n')
		str_printf(out, "      %-8s  by nobody that a commit names\n", "reviewed");
	if (row->unknown)
		str_printf(out, "      %-8s  %s\n", "note", render_shown(a, row->unknown));
}

static void add_text_words(struct str *out, const struct past_change *row)
{
	struct arena *a = out->arena;
	if (row->cause)
		str_printf(out, "  %s", row->cause);
	if (row->reason)
		str_printf(out, "  \"%s\"", render_words(a, row->reason));
	if (row->ticket)
		str_printf(out, "  %s", render_words(a, row->ticket));
	if (row->expires != DATE_NONE)
		str_printf(out, "  until %s", render_day(a, row->expires));
	if (row->proof != PAST_DONE)
		str_printf(out, "  [%s]", past_proof_name(row->proof));
}

static void add_text_row(struct str *out, const struct past_change *row)
{
	struct arena *a = out->arena;
	str_printf(out, "  %-8s%s", past_verb_name(row->verb),
		   render_principal(a, &row->principal));
	if (row->has_entitlement)
		str_printf(out, "  %s", render_entitlement(a, &row->entitlement));
	add_text_words(out, row);
	if (row->with_account)
		str_printf(out, row->has_entitlement ? "  with its account" : "  was %s",
			   render_words(a, row->with_account));
	str_addc(out, '\n');
	if (row->latest)
		str_printf(out, "      %-8s  or earlier: %s\n", "when",
			   render_shown(a, row->latest));
	add_line(out, row);
}

/* Rows of one run and moment have one title. */
static bool is_same_title(const struct past_change *a, const struct past_change *b)
{
	return a->time == b->time && a->source == b->source &&
	       !strcmp(or_empty(a->run), or_empty(b->run)) &&
	       !strcmp(or_empty(a->actor), or_empty(b->actor));
}

/* Of rows that have one title, the snapshot that shows them; not all of them are in one. */
static const char *title_snapshot(const struct past_change_vec *rows, const struct past_change *row)
{
	for (const struct past_change *r = row; r && is_same_title(r, row); r = vec_next(rows, r)) {
		if (r->snapshot)
			return r->snapshot;
	}
	return NULL;
}

static void add_text_title(struct str *out, const struct past_change_vec *rows,
			   const struct past_change *row)
{
	struct arena *a = out->arena;
	const char *snapshot = title_snapshot(rows, row);
	str_printf(out, "\n%s", render_time(a, row->time));
	if (row->source == PAST_DRIFT)
		str_printf(out, "  drift, found by %s%s",
			   strcmp(row->found_by, "snapshot") ? "run " : "writ ",
			   render_words(a, row->found_by));
	else if (row->source == PAST_RUN)
		str_printf(out, "  run %s", render_words(a, row->run));
	else
		str_add(out, "  made by nobody who is named");
	if (row->actor)
		str_printf(out, " by %s", render_words(a, row->actor));
	if (*row->organization)
		str_printf(out, "  %s", render_words(a, row->organization));
	if (snapshot)
		str_printf(out, "  snapshot %.12s", snapshot);
	str_addc(out, '\n');
}

void past_changes_print_text(struct str *out, const struct change_table *t)
{
	const struct past_changes *c = t->changes;
	str_printf(out, "%s.\n", past_changes_summary(out->arena, t));
	for (size_t i = 0; i < c->rows.len; i++) {
		const struct past_change *row = &c->rows.at[i];
		if (i == 0 || !is_same_title(row, row - 1))
			add_text_title(out, &c->rows, row);
		add_text_row(out, row);
	}
	if (c->gaps.len || c->unseen.len)
		str_add(out, "\nWhat is not known:\n");
	for (size_t i = 0; i < c->gaps.len; i++)
		str_printf(out, "  %s\n", render_shown(out->arena, c->gaps.at[i]));
	for (size_t i = 0; i < c->unseen.len; i++)
		str_printf(out, "  no snapshot shows all the time who held %s\n",
			   render_entitlement(out->arena, c->unseen.at[i].entitlement));
}

/* ---- JSON ---- */

static void add_json_origin(struct str *out, const struct past_change *row)
{
	struct arena *a = out->arena;
	bool claimed, ignored, known;
	const char *who = reviewers_of(a, row, &claimed);
	render_location_json(out, row->at);
	json_put_key(out, "line_gone");
	str_add(out, row->line_gone ? "true" : "false");
	json_put_text(out, "bundle", row->bundle);
	json_put_text(out, "manifests", row->manifests);
	grant_answer_add_json_commit(out, "written", written(row));
	grant_answer_add_json_commit(out, "merged", merged(row));
	json_put_text(out, "reviewers", who);
	json_put_text(out, "review", review_name(who, claimed));
	json_put_text(out, "approver", past_change_approver(a, row, &ignored, &known));
	json_put_text(out, "approved", approval(a, row));
}

static void add_json_row(struct str *out, const struct past_change *row)
{
	struct arena *a = out->arena;
	str_addc(out, '{');
	json_put_text(out, "time", render_time(a, row->time));
	json_put_text(out, "latest", row->latest);
	json_put_text(out, "organization", *row->organization ? row->organization : NULL);
	json_put_text(out, "change", past_verb_name(row->verb));
	json_put_text(out, "address", row_address(a, row));
	render_principal_json(out, &row->principal);
	render_entitlement_json(out, row->has_entitlement ? &row->entitlement : NULL);
	json_put_text(out, "title",
		      row->has_entitlement ? entitlement_title(a, &row->entitlement) : NULL);
	json_put_text(out, "source", past_source_name(row->source));
	json_put_text(out, "run", row->run);
	json_put_text(out, "plan", row->plan);
	json_put_text(out, "actor", row->actor);
	json_put_text(out, "found_by", row->found_by);
	json_put_text(out, "proof", past_proof_name(row->proof));
	json_put_text(out, "snapshot", row->snapshot);
	json_put_text(out, "cause", row->cause);
	json_put_text(out, "reason", row->reason);
	json_put_text(out, "ticket", row->ticket);
	json_put_text(out, "expires", day_of(a, row));
	json_put_text(out, "with_account", row->with_account);
	add_json_origin(out, row);
	json_put_text(out, "note", row->unknown);
	str_addc(out, '}');
}

void past_changes_print_json(struct str *out, const struct change_table *t)
{
	const struct past_changes *c = t->changes;
	str_addc(out, '{');
	json_put_text(out, "format_version", FORMAT_VERSION);
	json_put_text(out, "organization", t->organization);
	json_put_text(out, "since",
		      t->since == INT64_MIN ? NULL : render_time(out->arena, t->since));
	json_put_text(out, "until",
		      t->until == INT64_MAX ? NULL : render_time(out->arena, t->until));
	json_put_key(out, "unapproved");
	str_add(out, t->unapproved ? "true" : "false");
	json_put_key(out, "changes");
	str_addc(out, '[');
	for (size_t i = 0; i < c->rows.len; i++) {
		str_add(out, i ? ",\n  " : "\n  ");
		add_json_row(out, &c->rows.at[i]);
	}
	str_add(out, c->rows.len ? "\n]" : "]");
	json_put_key(out, "not_known");
	str_addc(out, '[');
	for (size_t i = 0; i < c->gaps.len; i++) {
		str_add(out, i ? ", " : "");
		json_add_text(out, c->gaps.at[i]);
	}
	str_addc(out, ']');
	render_unseen_json(out, &c->unseen);
	str_add(out, "}\n");
}

/* ---- CSV ---- */

static void add_csv_commit(struct arena *a, struct cell_vec *cells, const struct commit *c)
{
	vec_push(a, cells, c ? c->author_name : "");
	vec_push(a, cells, c ? c->author_email : "");
	vec_push(a, cells, c ? render_time(a, c->commit_time) : "");
	vec_push(a, cells, c ? c->id : "");
	vec_push(a, cells, c ? c->subject : "");
}

static void add_csv_row(struct str *out, const struct past_change *row)
{
	struct arena *a = out->arena;
	struct cell_vec cells = {0};
	bool claimed, ignored, known;
	const char *who = reviewers_of(a, row, &claimed);
	const char *const first[] = {render_time(a, row->time),
				     row->organization,
				     past_verb_name(row->verb),
				     principal_kind_name(row->principal.kind),
				     row->principal.name,
				     row->has_entitlement ? entitlement_title(a, &row->entitlement)
							  : "",
				     past_source_name(row->source),
				     row->run,
				     row->actor,
				     row->found_by,
				     past_proof_name(row->proof),
				     row->cause,
				     row->reason,
				     row->ticket,
				     day_of(a, row),
				     row->at.file,
				     row->at.file ? arena_printf(a, "%u", row->at.line) : "",
				     !row->at.file    ? ""
				     : row->line_gone ? "true"
						      : "false",
				     row->bundle,
				     row->manifests};
	for (size_t i = 0; i < sizeof(first) / sizeof(*first); i++)
		vec_push(a, &cells, first[i]);
	add_csv_commit(a, &cells, written(row));
	add_csv_commit(a, &cells, merged(row));
	vec_push(a, &cells, who);
	vec_push(a, &cells, review_name(who, claimed));
	vec_push(a, &cells, past_change_approver(a, row, &ignored, &known));
	vec_push(a, &cells, approval(a, row));
	vec_push(a, &cells, row->snapshot);
	vec_push(a, &cells, row->plan);
	vec_push(a, &cells, row->with_account);
	vec_push(a, &cells, row->latest);
	vec_push(a, &cells, row->unknown);
	vec_push(a, &cells, row_address(a, row));
	csv_add_row(out, cells.at, cells.len);
}

void past_changes_print_csv(struct str *out, const struct change_table *t)
{
	static const char *const titles[] = {"time",
					     "organization",
					     "change",
					     "principal_kind",
					     "principal",
					     "entitlement",
					     "source",
					     "run",
					     "actor",
					     "found_by",
					     "proof",
					     "cause",
					     "reason",
					     "ticket",
					     "expires",
					     "file",
					     "line",
					     "line_gone",
					     "bundle",
					     "manifests",
					     "written_by",
					     "written_by_email",
					     "written",
					     "commit",
					     "subject",
					     "merged_by",
					     "merged_by_email",
					     "merged",
					     "merge",
					     "merge_subject",
					     "reviewers",
					     "review",
					     "approver",
					     "approved",
					     "snapshot",
					     "plan",
					     "with_account",
					     "latest",
					     "note",
					     "address"};
	csv_add_row(out, titles, sizeof(titles) / sizeof(*titles));
	for (size_t i = 0; i < t->changes->rows.len; i++)
		add_csv_row(out, &t->changes->rows.at[i]);
}
