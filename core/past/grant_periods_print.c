/* SPDX-License-Identifier: Apache-2.0 */
/* From when to when somebody held something, as text, JSON and CSV. */
#include "core/past/grant_periods.h"

#include <string.h>

#include "core/past/reviewers.h"
#include "core/render/render.h"
#include "core/util/csv.h"
#include "core/util/json.h"

static void add_unseen(struct str *out, const struct grant_periods *answer)
{
	for (size_t i = 0; i < answer->unseen.len; i++) {
		const struct unseen_item *u = &answer->unseen.at[i];
		size_t some = u->claimed - u->anybody;
		const char *who = u->entitlement->role ? "account" : "user group";
		str_printf(out, "Not seen %s: whether ", answer->asked ? "then" : "all the time");
		if (some)
			str_printf(out, "%zu %s%s", some, who, some == 1 ? "" : "s");
		str_printf(out, "%s%s held %s.\n", some && u->anybody ? " or " : "",
			   !u->anybody		  ? ""
			   : u->entitlement->role ? "any user"
						  : "any user or user group",
			   render_entitlement(out->arena, u->entitlement));
	}
}

/* A person's word is told beside what was not seen; it does not fill the gap. */
static void add_attested(struct str *out, const struct grant_periods *answer)
{
	struct arena *a = out->arena;
	for (size_t i = 0; i < answer->attested.len; i++) {
		const struct known_attestation *k = &answer->attested.at[i];
		str_printf(out, "Of %s, %s of %s: %s.\n", render_words(a, k->organization),
			   k->said.removal ? "the removal" : "the grant",
			   render_shown(a, k->said.address),
			   render_shown(a, attested_list_text(a, k)));
	}
}

static void add_json_attested(struct str *out, const struct grant_periods *answer)
{
	json_put_key(out, "attested");
	str_addc(out, '[');
	for (size_t i = 0; i < answer->attested.len; i++) {
		str_add(out, i ? ",\n  " : "\n  ");
		attested_list_json(out, &answer->attested.at[i]);
	}
	str_addc(out, ']');
}

static void add_edited(struct str *out, const struct moment *m)
{
	if (m->edited)
		str_printf(out, "                     %s was edited by hand, or mixed by a merge\n",
			   render_shown(out->arena, m->edited));
}

/* What may be older than the snapshot that shows it is put down to nobody. */
static void add_unsure(struct str *out, const char *verb, const struct moment *m, const char *bound)
{
	str_printf(out, "  %-5s  not known here, %.10s at the %s: %s\n", verb,
		   render_time(out->arena, m->time), bound, render_shown(out->arena, m->unsure));
	add_edited(out, m);
}

static void add_moment(struct str *out, const char *verb, const struct moment *m, bool first)
{
	struct arena *a = out->arena;
	str_printf(out, "  %-5s  %.10s", verb, render_time(a, m->time));
	if (first)
		str_add(out, "  there when the history began");
	else if (m->run)
		str_printf(out, "  run %s", render_words(a, m->run));
	else if (m->drift)
		str_printf(out, "  drift, found by %s%s",
			   strcmp(m->drift, "snapshot") ? "run " : "writ ",
			   render_words(a, m->drift));
	else
		str_add(out, "  the commit names no run");
	if (!first && m->run && m->plan)
		str_printf(out, "\n                     plan %s", render_shown(a, m->plan));
	if (!first && m->run && m->actor)
		str_printf(out, "\n                     by %s, as claimed",
			   render_words(a, m->actor));
	str_printf(out, "\n                     commit %.12s by %s \"%s\"\n", m->id,
		   render_words(a, m->author), render_words(a, m->subject));
	add_edited(out, m);
}

static void add_since(struct str *out, const struct grant_periods *answer, const struct tenure *t)
{
	const struct moment m = grant_periods_since(answer, t);
	if (m.unsure)
		add_unsure(out, "since", &m, "latest");
	else
		add_moment(out, "since", &m, t->from == 0);
}

static void add_until(struct str *out, const struct grant_periods *answer, const struct tenure *t)
{
	const struct moment m = grant_periods_until(answer, t);
	if (m.unsure)
		add_unsure(out, "until", &m, t->dark_after ? "earliest" : "latest");
	else
		add_moment(out, "until", &m, false);
}

static void add_title(struct str *out, const struct grant_periods *answer)
{
	struct arena *a = out->arena;
	size_t count = answer->tenures.len;
	const char *what = answer->entitlement ? render_words(a, answer->entitlement) : "anything";
	const char *who = answer->principal ? render_words(a, answer->principal) : NULL;
	bool whole = (answer->asked || !answer->timeline->incomplete) && !answer->unseen.len &&
		     !answer->between;
	if (count == 0 && answer->asked && answer->unseen.len && who)
		str_printf(out, "Whether %s held %s is not known", who, what);
	else if (count == 0 && answer->asked && answer->unseen.len)
		str_printf(out, "Who held %s is not known", what);
	else if (count == 0 && who)
		str_printf(out,
			   whole ? "%s did not hold %s" : "No snapshot here shows that %s held %s",
			   who, what);
	else if (count == 0)
		str_printf(out, whole ? "Nobody held %s" : "No snapshot here shows who held %s",
			   what);
	else
		str_printf(out, "%zu grant%s%s%s%s%s", count, count == 1 ? "" : "s",
			   answer->entitlement ? " of " : "", answer->entitlement ? what : "",
			   who ? " to " : "", who ? who : "");
	if (answer->asked) {
		const struct moment *m = grant_periods_moment(answer, answer->moment);
		str_printf(out, " as of %s: snapshot %.12s of %s", render_shown(a, answer->asked),
			   m->id, render_time(a, m->time));
		if (m->edited)
			str_printf(out, ", whose %s was edited by hand, or mixed by a merge",
				   render_shown(a, m->edited));
		str_add(out, ".\n");
		if (answer->between)
			str_printf(out, "But %s.\n", answer->between);
	} else {
		const struct moment_vec *all = &answer->timeline->moments;
		str_printf(out, " in %zu snapshot%s from %.10s to %.10s.\n", all->len,
			   all->len == 1 ? "" : "s", render_time(a, all->at[0].time),
			   render_time(a, all->at[all->len - 1].time));
	}
	add_unseen(out, answer);
	add_attested(out, answer);
	if (!answer->asked && answer->timeline->incomplete)
		str_printf(out, "The history is not whole: %s.\n",
			   render_shown(a, answer->timeline->incomplete));
}

static void add_reasons_title(struct str *out, const struct past_manifests *r)
{
	if (r->commit)
		str_printf(out, "Lines and reasons are of manifests %.12s.\n", r->commit);
	else
		str_printf(out, "Lines and reasons are not known: %s.\n",
			   render_shown(out->arena, r->unknown));
}

static void add_reasons(struct str *out, const struct grant_periods *answer, const struct tenure *t)
{
	const struct past_manifests *r = &answer->reasons;
	size_t count;
	const struct declaration *s =
		past_manifests_find(r, &t->principal, &t->entitlement, &count);
	if (!r->commit)
		return;
	if (!s)
		str_add(out, "  no line of the manifests granted it\n");
	for (size_t i = 0; i < count; i++)
		grant_answer_add_text(out, &answer->facts[s + i - r->declarations.at]);
}

/* Adds the line that the run which gave the grant acted on, when the manifests of the moment no
 * longer have it. */
static void add_first(struct str *out, const struct grant_periods *answer, size_t i)
{
	const struct past_line_request *first = &answer->firsts[i];
	const struct tenure *t = &answer->tenures.at[i];
	size_t count;
	const struct declaration *s =
		past_manifests_find(&answer->reasons, &t->principal, &t->entitlement, &count);
	if (!first->commit && !grant_periods_moment(answer, t->from)->run)
		return; /* "since" says why */
	if (!first->at.file) {
		str_printf(out, "  first approval not known: %s\n",
			   render_shown(out->arena, first->unknown));
		return;
	}
	for (size_t k = 0; k < count; k++) {
		const struct fact *f = &answer->facts[s + k - answer->reasons.declarations.at];
		const struct line_origin *o = fact_origin(f);
		if (o->state == LINE_ORIGIN_KNOWN && first->origin.state == LINE_ORIGIN_KNOWN &&
		    !strcmp(o->commit.id, first->origin.commit.id))
			return;
	}
	str_printf(out, "  first given by %s\n", render_place(out->arena, first->at));
	grant_answer_add_origin(out, &first->origin);
}

void grant_periods_print_text(struct str *out, const struct grant_periods *answer)
{
	static const char *const kinds[] = {"", "group ", "user "};
	add_title(out, answer);
	if (answer->asked && answer->tenures.len)
		add_reasons_title(out, &answer->reasons);
	for (size_t i = 0; i < answer->tenures.len; i++) {
		const struct tenure *t = &answer->tenures.at[i];
		str_printf(out, "\n%s%s  %s\n", kinds[t->principal.kind],
			   render_words(out->arena, t->principal.name),
			   render_entitlement(out->arena, &t->entitlement));
		add_since(out, answer, t);
		if (t->to != SIZE_MAX)
			add_until(out, answer, t);
		if (answer->asked) {
			add_first(out, answer, i);
			add_reasons(out, answer, t);
		}
	}
}

/* `open`: it may not be over. */
static void add_json_moment(struct str *out, const char *key, const struct moment *m, bool first,
			    bool open)
{
	json_put_key(out, key);
	if (!m) {
		str_add(out, "null");
		return;
	}
	const char *time = render_time(out->arena, m->time);
	bool known = !m->unsure;
	str_addc(out, '{');
	json_put_text(out, "commit", known ? m->id : NULL);
	json_put_text(out, "time", known ? time : NULL);
	json_put_text(out, "author", known ? m->author : NULL);
	json_put_text(out, "email", known ? m->email : NULL);
	json_put_text(out, "subject", known ? m->subject : NULL);
	json_put_text(out, "run", known ? m->run : NULL);
	json_put_text(out, "plan", known ? m->plan : NULL);
	json_put_text(out, "actor", known ? m->actor : NULL);
	json_put_text(out, "drift", known ? m->drift : NULL);
	json_put_text(out, "edited", m->edited);
	json_put_text(out, "latest", known || open ? NULL : time);
	json_put_text(out, "unknown", m->unsure);
	json_put_key(out, "first");
	str_add(out, first ? "true" : "false");
	str_addc(out, '}');
}

static void add_json_history(struct str *out, const struct timeline *t)
{
	const struct moment_vec *all = &t->moments;
	json_put_key(out, "history");
	str_addc(out, '{');
	json_put_number(out, "snapshots", (int64_t)all->len);
	json_put_text(out, "begins", render_time(out->arena, all->at[0].time));
	json_put_text(out, "ends", render_time(out->arena, all->at[all->len - 1].time));
	json_put_text(out, "incomplete", t->incomplete);
	json_put_key(out, "unreadable");
	str_addc(out, '[');
	for (size_t i = 0, count = 0; i < all->len; i++) {
		if (!all->at[i].damage)
			continue;
		str_add(out, count++ ? ", {" : "{");
		json_put_text(out, "commit", all->at[i].id);
		json_put_text(out, "message", all->at[i].damage);
		str_addc(out, '}');
	}
	str_add(out, "]}");
}

static void add_json_manifests(struct str *out, const struct grant_periods *answer)
{
	json_put_key(out, "manifests");
	if (!answer->asked) {
		str_add(out, "null");
		return;
	}
	str_addc(out, '{');
	json_put_text(out, "commit", answer->reasons.commit);
	json_put_text(out, "unknown", answer->reasons.unknown);
	str_addc(out, '}');
}

static void add_json_reasons(struct str *out, const struct grant_periods *answer,
			     const struct tenure *t)
{
	size_t count;
	const struct declaration *s =
		past_manifests_find(&answer->reasons, &t->principal, &t->entitlement, &count);
	json_put_key(out, "declarations");
	if (!answer->reasons.commit) {
		str_add(out, "null");
		return;
	}
	str_addc(out, '[');
	for (size_t i = 0; i < count; i++) {
		str_add(out, i ? ",\n    " : "\n    ");
		grant_answer_add_json(out, &answer->facts[s + i - answer->reasons.declarations.at]);
	}
	str_addc(out, ']');
}

/* Adds the line that the run which gave the grant acted on; null when all times are asked about. */
static void add_json_first(struct str *out, const struct grant_periods *answer, size_t i)
{
	json_put_key(out, "first");
	if (!answer->firsts) {
		str_add(out, "null");
		return;
	}
	const struct past_line_request *first = &answer->firsts[i];
	str_addc(out, '{');
	render_location_json(out, first->at);
	grant_answer_add_json_origin(out, &first->origin);
	json_put_text(out, "unknown", first->unknown);
	str_addc(out, '}');
}

void grant_periods_print_json(struct str *out, const struct grant_periods *answer)
{
	str_addc(out, '{');
	json_put_text(out, "format_version", FORMAT_VERSION);
	json_put_text(out, "principal", answer->principal);
	json_put_text(out, "entitlement", answer->entitlement);
	json_put_text(out, "as_of", answer->asked);
	add_json_moment(out, "snapshot",
			answer->asked ? grant_periods_moment(answer, answer->moment) : NULL,
			answer->moment == 0, false);
	json_put_text(out, "between", answer->between);
	add_json_history(out, answer->timeline);
	add_json_manifests(out, answer);
	render_unseen_json(out, &answer->unseen);
	add_json_attested(out, answer);
	json_put_key(out, "grants");
	str_addc(out, '[');
	for (size_t i = 0; i < answer->tenures.len; i++) {
		const struct tenure *t = &answer->tenures.at[i];
		str_add(out, i ? ",\n  {" : "\n  {");
		json_put_text(out, "address",
			      change_address(out->arena, &t->principal, &t->entitlement));
		render_principal_json(out, &t->principal);
		render_entitlement_json(out, &t->entitlement);
		const struct moment since = grant_periods_since(answer, t);
		bool over = t->to != SIZE_MAX;
		const struct moment until =
			over ? grant_periods_until(answer, t) : (struct moment){0};
		add_json_moment(out, "since", &since, t->from == 0, false);
		add_json_moment(out, "until", over ? &until : NULL, false, t->dark_after);
		add_json_first(out, answer, i);
		add_json_reasons(out, answer, t);
		str_addc(out, '}');
	}
	str_add(out, answer->tenures.len ? "\n]}\n" : "]}\n");
}

static void add_csv_moment(struct arena *a, struct cell_vec *cells, const struct moment *m)
{
	const struct moment unknown = {0};
	const struct moment *k = m && !m->unsure ? m : &unknown;
	const char *time = !m ? NULL : m->unsure ? "not known here" : render_time(a, m->time);
	const char *const texts[] = {time, k->id, k->author, k->subject, k->run, k->plan, k->drift};
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		vec_push(a, cells, texts[i]);
}

/* Who wrote, merged and reviewed a line, and who stands for it. */
static void add_csv_origin(struct arena *a, struct cell_vec *cells, const struct line_origin *o)
{
	bool known = o && o->state == LINE_ORIGIN_KNOWN, merged = known && o->merged, claimed;
	const char *const texts[] = {known ? o->commit.id : NULL,
				     known ? render_time(a, o->commit.commit_time) : NULL,
				     known ? o->commit.author_name : NULL,
				     merged ? o->merge.id : NULL,
				     merged ? o->merge.author_name : NULL,
				     known ? reviewers_named(a, o, &claimed) : NULL,
				     known ? reviewers_approver(a, o, &claimed) : NULL};
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		vec_push(a, cells, texts[i]);
}

/* `s` is NULL where no line is known. */
static void add_csv_row(struct str *out, const struct grant_periods *answer, size_t i,
			const struct declaration *s)
{
	const struct tenure *t = &answer->tenures.at[i];
	const struct fact *f = s ? &answer->facts[s - answer->reasons.declarations.at] : NULL;
	struct arena *a = out->arena;
	struct cell_vec cells = {0};
	vec_push(a, &cells, principal_kind_name(t->principal.kind));
	vec_push(a, &cells, t->principal.name);
	vec_push(a, &cells, entitlement_address(a, &t->entitlement));
	bool over = t->to != SIZE_MAX;
	const struct moment since = grant_periods_since(answer, t);
	const struct moment until = over ? grant_periods_until(answer, t) : (struct moment){0};
	add_csv_moment(a, &cells, &since);
	add_csv_moment(a, &cells, over ? &until : NULL);
	vec_push(a, &cells, answer->reasons.commit ? answer->reasons.commit : "");
	if (s)
		grant_answer_add_cells(a, &cells, s);
	for (size_t k = 0; !s && k < ANSWER_CSV_CELLS; k++)
		vec_push(a, &cells, "");
	add_csv_origin(a, &cells, f ? fact_origin(f) : NULL);
	add_csv_origin(a, &cells, answer->firsts ? &answer->firsts[i].origin : NULL);
	vec_push(a, &cells, entitlement_title(a, &t->entitlement));
	vec_push(a, &cells, change_address(a, &t->principal, &t->entitlement));
	csv_add_row(out, cells.at, cells.len);
}

void grant_periods_print_csv(struct str *out, const struct grant_periods *answer)
{
	static const char *const titles[] = {
		"principal_kind", "principal",	   "entitlement",     "since",
		"since_commit",	  "since_author",  "since_subject",   "since_run",
		"since_plan",	  "since_drift",   "until",	      "until_commit",
		"until_author",	  "until_subject", "until_run",	      "until_plan",
		"until_drift",	  "manifests",	   ANSWER_CSV_TITLES, "commit",
		"committed",	  "author",	   "merge",	      "merged_by",
		"reviewers",	  "approver",	   "first_commit",    "first_committed",
		"first_author",	  "first_merge",   "first_merged_by", "first_reviewers",
		"first_approver", "title",	   "address"};
	csv_add_row(out, titles, sizeof(titles) / sizeof(*titles));
	for (size_t i = 0; i < answer->tenures.len; i++) {
		const struct tenure *t = &answer->tenures.at[i];
		size_t count;
		const struct declaration *s = past_manifests_find(&answer->reasons, &t->principal,
								  &t->entitlement, &count);
		add_csv_row(out, answer, i, s);
		for (size_t k = 1; k < count; k++)
			add_csv_row(out, answer, i, &s[k]);
	}
}
