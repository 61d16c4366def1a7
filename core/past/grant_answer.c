/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/grant_answer.h"

#include <string.h>

#include "core/language/schema_decode.h"
#include "core/past/reviewers.h"
#include "core/render/render.h"
#include "core/util/csv.h"
#include "core/util/json.h"

#define SHORT_ID 12 /* digits of a commit's id in text: enough for any repository of manifests */

bool grant_answer_trace(struct grant_answer *answer, struct arena *a, const struct signers *signers,
			const char **why)
{
	bool whole = true;
	struct line_origin_request_vec requests = {0};
	for (size_t i = 0; i < answer->facts.len; i++) {
		struct fact *f = &answer->facts.at[i];
		vec_push(a, &requests,
			 (struct line_origin_request){f->declaration->at, &f->origin});
		if (f->declaration->bundle)
			vec_push(a, &requests,
				 (struct line_origin_request){f->declaration->bundle_at,
							      &f->bundle_origin});
	}
	line_origin_find(a, &requests, signers, why);
	for (size_t i = 0; i < requests.len; i++)
		whole &= requests.at[i].out->state != LINE_ORIGIN_ELSEWHERE;
	return whole;
}

/* Where the facts of the grant at `from` end. */
static size_t grant_end(const struct grant_answer *answer, size_t from)
{
	size_t to = from + 1;
	while (to < answer->facts.len &&
	       declaration_is_same_grant(answer->facts.at[from].declaration,
					 answer->facts.at[to].declaration))
		to++;
	return to;
}

/* Whether one of the lines has not expired. */
static bool is_held(const struct grant_answer *answer, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		if (!answer->facts.at[i].declaration->expired)
			return true;
	}
	return false;
}

const struct line_origin *fact_origin(const struct fact *fact)
{
	const struct line_origin *one = &fact->origin, *other = &fact->bundle_origin;
	bool both = one->state == LINE_ORIGIN_KNOWN && other->state == LINE_ORIGIN_KNOWN;
	return both && other->commit.commit_time > one->commit.commit_time ? other : one;
}

void grant_answer_keep_unapproved(struct grant_answer *answer, struct arena *a)
{
	size_t kept = 0;
	for (size_t from = 0, to; from < answer->facts.len; from = to) {
		bool approved = false, claimed;
		to = grant_end(answer, from);
		for (size_t i = from; i < to; i++)
			approved |= reviewers_approver(a, fact_origin(&answer->facts.at[i]),
						       &claimed) != NULL;
		for (size_t i = from; !approved && is_held(answer, from, to) && i < to; i++)
			answer->facts.at[kept++] = answer->facts.at[i];
	}
	answer->facts.len = kept;
}

/* NULL where there is no end. */
static const char *end_text(struct arena *a, const struct declaration *s)
{
	bool ends = s->words && s->words->expires != DATE_NONE;
	return ends ? render_day(a, s->words->expires) : NULL;
}

/* ---- text ---- */

static void add_commit(struct str *out, const char *verb, const char *who, const struct commit *c)
{
	struct arena *a = out->arena;
	str_printf(out, "    %-8s  %.10s by %s  %.*s \"%s\"\n", verb,
		   render_time(a, c->commit_time), render_words(a, who), SHORT_ID, c->id,
		   render_words(a, c->subject));
}

void grant_answer_add_origin(struct str *out, const struct line_origin *o)
{
	bool claimed;
	const char *reviewers = reviewers_named(out->arena, o, &claimed);
	if (o->state == LINE_ORIGIN_NEW)
		str_add(out, "    not committed yet\n");
	if (o->state == LINE_ORIGIN_ELSEWHERE && o->commit.id)
		str_printf(out,
			   "    written   not known here, by %.10s at the latest: the clone is "
			   "shallow, and its history is cut off; git fetch --unshallow brings the "
			   "rest\n",
			   render_time(out->arena, o->commit.commit_time));
	else if (o->state == LINE_ORIGIN_ELSEWHERE)
		str_add(out, "    written   not known here\n");
	if (o->state != LINE_ORIGIN_KNOWN)
		return;
	add_commit(out, "written", o->commit.author_name, &o->commit);
	if (o->merged)
		add_commit(out, "merged", o->merge.author_name, &o->merge);
	if (reviewers)
		str_printf(out, "    %-8s  by %s%s\n", "reviewed",
			   render_words(out->arena, reviewers),
			   claimed ? " (claimed: no signed merge says so)" : "");
	else if (!reviewers_approver(out->arena, o, &claimed))
		str_add(out,
			"    reviewed  by nobody but its writer, as far as commits name anybody\n");
}

static void add_word(struct str *out, const char *name, const char *text)
{
	if (text)
		str_printf(out, "    %-8s  %s\n", name, render_words(out->arena, text));
}

void grant_answer_add_text(struct str *out, const struct fact *f)
{
	struct arena *a = out->arena;
	const struct declaration *s = f->declaration;
	str_printf(out, "  %s", render_place(a, s->at));
	if (s->bundle)
		str_printf(out, "  bundle %s", s->bundle);
	str_printf(out, "%s\n", s->expired ? "  [expired: counts as absent]" : "");
	add_word(out, "reason", s->words ? s->words->reason : NULL);
	add_word(out, "ticket", s->words ? s->words->ticket : NULL);
	add_word(out, "until", end_text(a, s));
	add_word(out, "owner", s->owner);
	grant_answer_add_origin(out, &f->origin);
	if (!s->bundle)
		return;
	str_printf(out, "  %s  in bundle %s\n", render_place(a, s->bundle_at), s->bundle);
	grant_answer_add_origin(out, &f->bundle_origin);
}

/* The word of a person on the grant; NULL: there is none. */
static const struct known_attestation *find_attested(const struct grant_answer *answer,
						     const struct declaration *s)
{
	ARENA a = {0};
	const char *address = change_address(&a, &s->principal, &s->entitlement);
	for (size_t i = answer->attested.len; i-- > 0;) {
		const struct known_attestation *k = &answer->attested.at[i];
		if (!k->over && !strcmp(k->said.address, address))
			return k;
	}
	return NULL;
}

static void add_attested(struct str *out, const struct known_attestation *k)
{
	if (k)
		str_printf(out, "  %s %s\n", k->said.removal ? "removal" : "grant",
			   render_shown(out->arena, attested_list_text(out->arena, k)));
}

static void add_title(struct str *out, const struct grant_answer *answer)
{
	size_t held = 0;
	for (size_t from = 0, to; from < answer->facts.len; from = to) {
		to = grant_end(answer, from);
		held += is_held(answer, from, to);
	}
	if (answer->facts.len == 0)
		str_printf(out, "No line grants %s",
			   answer->entitlement ? render_words(out->arena, answer->entitlement)
					       : "anything");
	else
		str_printf(out, "%zu grant%s%s%s", held, held == 1 ? "" : "s",
			   answer->entitlement ? " of " : "",
			   answer->entitlement ? render_words(out->arena, answer->entitlement)
					       : "");
	if (answer->principal)
		str_printf(out, " to %s", render_words(out->arena, answer->principal));
	if (answer->facts.len)
		str_printf(out, ", declared by %zu line%s", answer->facts.len,
			   answer->facts.len == 1 ? "" : "s");
	str_add(out, ".\n");
}

void grant_answer_print_text(struct str *out, const struct grant_answer *answer)
{
	static const char *const kinds[] = {"", "group ", "user "};
	add_title(out, answer);
	for (size_t from = 0, to; from < answer->facts.len; from = to) {
		const struct declaration *s = answer->facts.at[from].declaration;
		to = grant_end(answer, from);
		str_printf(out, "\n%s%s  %s%s\n", kinds[s->principal.kind],
			   render_words(out->arena, s->principal.name),
			   render_entitlement(out->arena, &s->entitlement),
			   is_held(answer, from, to) ? "" : "  [expired]");
		for (size_t i = from; i < to; i++)
			grant_answer_add_text(out, &answer->facts.at[i]);
		add_attested(out, find_attested(answer, s));
	}
}

/* ---- JSON ---- */

void grant_answer_add_json_commit(struct str *out, const char *key, const struct commit *c)
{
	json_put_key(out, key);
	if (!c) {
		str_add(out, "null");
		return;
	}
	str_addc(out, '{');
	json_put_text(out, "commit", c->id);
	json_put_text(out, "time", render_time(out->arena, c->commit_time));
	json_put_text(out, "author", c->author_name);
	json_put_text(out, "email", c->author_email);
	json_put_text(out, "subject", c->subject);
	str_addc(out, '}');
}

void grant_answer_add_json_origin(struct str *out, const struct line_origin *o)
{
	static const char *const committed[] = {"null", "false", "true", "true"};
	bool known = o->state == LINE_ORIGIN_KNOWN, claimed;
	const char *reviewers = known ? reviewers_named(out->arena, o, &claimed) : NULL;
	json_put_key(out, "committed");
	str_add(out, committed[o->state]);
	grant_answer_add_json_commit(out, "since",
				     o->state == LINE_ORIGIN_KNOWN ? &o->commit : NULL);
	grant_answer_add_json_commit(out, "merge", o->merged ? &o->merge : NULL);
	json_put_text(out, "reviewers", reviewers);
	json_put_key(out, "reviewers_claimed");
	str_add(out, !reviewers ? "null" : claimed ? "true" : "false");
	json_put_text(out, "approver", reviewers_approver(out->arena, o, &claimed));
}

static void add_json_bundle(struct str *out, const struct fact *f)
{
	json_put_key(out, "bundle");
	if (!f->declaration->bundle) {
		str_add(out, "null");
		return;
	}
	str_addc(out, '{');
	json_put_text(out, "name", f->declaration->bundle);
	render_location_json(out, f->declaration->bundle_at);
	grant_answer_add_json_origin(out, &f->bundle_origin);
	str_addc(out, '}');
}

void grant_answer_add_json(struct str *out, const struct fact *f)
{
	const struct declaration *s = f->declaration;
	str_addc(out, '{');
	render_location_json(out, s->at);
	json_put_key(out, "document");
	str_addc(out, '{');
	json_put_text(out, "kind", kind_names[s->kind]);
	json_put_text(out, "name", s->document);
	str_addc(out, '}');
	json_put_text(out, "reason", s->words ? s->words->reason : NULL);
	json_put_text(out, "ticket", s->words ? s->words->ticket : NULL);
	json_put_text(out, "expires", end_text(out->arena, s));
	json_put_key(out, "expired");
	str_add(out, s->expired ? "true" : "false");
	json_put_text(out, "owner", s->owner);
	grant_answer_add_json_origin(out, &f->origin);
	add_json_bundle(out, f);
	str_addc(out, '}');
}

static void add_json_grant(struct str *out, const struct grant_answer *answer, size_t from,
			   size_t to)
{
	const struct declaration *s = answer->facts.at[from].declaration;
	str_addc(out, '{');
	json_put_text(out, "address", change_address(out->arena, &s->principal, &s->entitlement));
	render_principal_json(out, &s->principal);
	render_entitlement_json(out, &s->entitlement);
	json_put_key(out, "held");
	str_add(out, is_held(answer, from, to) ? "true" : "false");
	json_put_key(out, "declarations");
	str_addc(out, '[');
	for (size_t i = from; i < to; i++) {
		str_add(out, i > from ? ",\n    " : "\n    ");
		grant_answer_add_json(out, &answer->facts.at[i]);
	}
	str_add(out, "\n  ]");
	const struct known_attestation *k = find_attested(answer, s);
	json_put_key(out, "attested");
	if (k)
		attested_list_json(out, k);
	else
		str_add(out, "null");
	str_addc(out, '}');
}

void grant_answer_print_json(struct str *out, const struct grant_answer *answer)
{
	str_addc(out, '{');
	json_put_text(out, "format_version", FORMAT_VERSION);
	json_put_text(out, "organization", answer->organization);
	json_put_text(out, "principal", answer->principal);
	json_put_text(out, "entitlement", answer->entitlement);
	json_put_key(out, "grants");
	str_addc(out, '[');
	for (size_t from = 0, to; from < answer->facts.len; from = to) {
		to = grant_end(answer, from);
		str_add(out, from ? ",\n  " : "\n  ");
		add_json_grant(out, answer, from, to);
	}
	str_add(out, answer->facts.len ? "\n]}\n" : "]}\n");
}

/* ---- CSV ---- */

static const char *line_text(struct arena *a, const char *there, struct location at)
{
	return there ? arena_printf(a, "%u", at.line) : "";
}

void grant_answer_add_cells(struct arena *a, struct cell_vec *cells, const struct declaration *s)
{
	vec_push(a, cells, s->at.file);
	vec_push(a, cells, line_text(a, s->at.file, s->at));
	vec_push(a, cells, s->bundle);
	vec_push(a, cells, s->bundle_at.file);
	vec_push(a, cells, line_text(a, s->bundle, s->bundle_at));
	vec_push(a, cells, s->words ? s->words->reason : NULL);
	vec_push(a, cells, s->words ? s->words->ticket : NULL);
	vec_push(a, cells, end_text(a, s));
	vec_push(a, cells, s->expired ? "true" : "false");
	vec_push(a, cells, s->owner);
}

static void add_csv_commit(struct arena *a, struct cell_vec *cells, const struct commit *c)
{
	vec_push(a, cells, c ? c->id : "");
	vec_push(a, cells, c ? render_time(a, c->commit_time) : "");
	vec_push(a, cells, c ? c->author_name : "");
	vec_push(a, cells, c ? c->author_email : "");
	vec_push(a, cells, c ? c->subject : "");
}

static void add_csv_fact(struct str *out, const struct fact *f, bool held)
{
	struct arena *a = out->arena;
	struct cell_vec cells = {0};
	const struct declaration *s = f->declaration;
	const struct line_origin *o = &f->origin;
	bool known = o->state == LINE_ORIGIN_KNOWN, claimed;
	const char *reviewers = known ? reviewers_named(a, o, &claimed) : NULL;
	vec_push(a, &cells, principal_kind_name(s->principal.kind));
	vec_push(a, &cells, s->principal.name);
	vec_push(a, &cells, entitlement_address(a, &s->entitlement));
	vec_push(a, &cells, held ? "true" : "false");
	grant_answer_add_cells(a, &cells, s);
	add_csv_commit(a, &cells, known ? &o->commit : NULL);
	add_csv_commit(a, &cells, known && o->merged ? &o->merge : NULL);
	vec_push(a, &cells, reviewers);
	vec_push(a, &cells, !reviewers ? "" : claimed ? "true" : "false");
	vec_push(a, &cells, reviewers_approver(a, fact_origin(f), &claimed));
	vec_push(a, &cells, entitlement_title(a, &s->entitlement));
	vec_push(a, &cells, change_address(a, &s->principal, &s->entitlement));
	csv_add_row(out, cells.at, cells.len);
}

void grant_answer_print_csv(struct str *out, const struct grant_answer *answer)
{
	static const char *const titles[] = {
		"principal_kind",    "principal",	"entitlement",	 "held",
		ANSWER_CSV_TITLES,   "commit",		"committed",	 "author",
		"author_email",	     "subject",		"merge",	 "merged",
		"merged_by",	     "merged_by_email", "merge_subject", "reviewers",
		"reviewers_claimed", "approver",	"title",	 "address"};
	csv_add_row(out, titles, sizeof(titles) / sizeof(*titles));
	for (size_t from = 0, to; from < answer->facts.len; from = to) {
		to = grant_end(answer, from);
		for (size_t i = from; i < to; i++)
			add_csv_fact(out, &answer->facts.at[i], is_held(answer, from, to));
	}
}
