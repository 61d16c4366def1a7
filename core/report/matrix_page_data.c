/* SPDX-License-Identifier: Apache-2.0 */
#include "core/report/matrix_page_data.h"

#include <string.h>
#include <uthash.h>

#include "core/past/reviewers.h"
#include "core/render/render.h"
#include "core/util/clock.h"
#include "core/util/json.h"

#define ALL_USERS 3 /* behind the kinds of principals */

struct page_text {
	const char *text;
	size_t number;
	UT_hash_handle hh;
};

struct page_commit {
	const char *key; /* of the commit and the merge that brought it in */
	size_t number;
	UT_hash_handle hh;
};

struct page_maker {
	struct arena *arena;
	const struct matrix *m;
	struct page_text *texts;
	struct page_commit *commits;
	struct str text_list, commit_list;
	size_t text_count, commit_count;
};

/* ---- texts ---- */

/* Its number; 0 for NULL. */
static size_t number_text(struct page_maker *p, const char *text)
{
	struct page_text *found = NULL;
	if (!text)
		return 0;
	HASH_FIND_STR(p->texts, text, found);
	if (found)
		return found->number;
	found = arena_alloc(p->arena, sizeof(*found));
	*found = (struct page_text){.text = text, .number = p->text_count++};
	HASH_ADD_KEYPTR(hh, p->texts, found->text, strlen(found->text), found);
	str_add(&p->text_list, ",\n");
	json_add_text(&p->text_list, text);
	return found->number;
}

/* The same of what a person chose. */
static size_t number_words(struct page_maker *p, const char *text)
{
	return text ? number_text(p, render_words(p->arena, text)) : 0;
}

static size_t number_day(struct page_maker *p, int32_t day)
{
	return day == DATE_NONE ? 0 : number_text(p, render_day(p->arena, day));
}

static size_t number_moment(struct page_maker *p, int64_t time, bool unsure)
{
	return time ? number_text(p, arena_printf(p->arena, "%.10s%s", render_time(p->arena, time),
						  unsure ? " or earlier" : ""))
		    : 0;
}

static size_t number_place(struct page_maker *p, struct location at)
{
	return at.file ? number_text(p, render_place(p->arena, at)) : 0;
}

/* ---- commits ---- */

static void add_commit(struct page_maker *p, const struct line_origin *o)
{
	struct str *out = &p->commit_list;
	bool claimed = false;
	const char *approver = reviewers_approver(p->arena, o, &claimed);
	const struct commit *merge = o->merged ? &o->merge : NULL;
	str_printf(out, ",\n[%zu,%zu,%zu,",
		   number_text(p, arena_printf(p->arena, "%.12s", o->commit.id)),
		   number_moment(p, o->commit.commit_time, false),
		   number_words(p, o->commit.author_name));
	str_printf(out, "%zu,%zu,%zu,",
		   merge ? number_text(p, arena_printf(p->arena, "%.12s", merge->id)) : 0,
		   merge ? number_moment(p, merge->commit_time, false) : 0,
		   merge ? number_words(p, merge->author_name) : 0);
	str_printf(out, "%zu,%d]", number_words(p, approver), claimed);
}

/* One that has a sentence in place of a commit. */
static void add_sentence(struct page_maker *p, const char *sentence)
{
	str_printf(&p->commit_list, ",\n[0,%zu,0,0,0,0,0,0]", number_text(p, sentence));
}

/* Its number; 0: nothing is known. */
static size_t number_origin(struct page_maker *p, const struct line_origin *o)
{
	static const char *const sentences[] = {
		[LINE_ORIGIN_NEW] = "not committed yet",
		[LINE_ORIGIN_ELSEWHERE] = "who wrote it is not known in this clone",
	};
	struct page_commit *found = NULL;
	if (o->state == LINE_ORIGIN_UNKNOWN)
		return 0;
	bool known = o->state == LINE_ORIGIN_KNOWN;
	const char *key =
		known ? arena_printf(p->arena, "%s %s", o->commit.id, o->merged ? o->merge.id : "")
		      : sentences[o->state];
	HASH_FIND_STR(p->commits, key, found);
	if (found)
		return found->number;
	found = arena_alloc(p->arena, sizeof(*found));
	*found = (struct page_commit){.key = key, .number = p->commit_count++};
	HASH_ADD_KEYPTR(hh, p->commits, found->key, strlen(found->key), found);
	if (known)
		add_commit(p, o);
	else
		add_sentence(p, key);
	return found->number;
}

/* ---- rows ---- */

static void add_way(struct page_maker *p, struct str *out, const struct fact *f)
{
	static const int kinds[KIND_COUNT] = {[KIND_ADMIN_ROLE] = 1, [KIND_PRODUCT_ASSIGNMENT] = 2};
	const struct declaration *d = f->declaration;
	const struct words *w = d->words;
	str_printf(out, "[%d,%zu,%zu,%zu,%zu,%zu,%zu,", kinds[d->kind],
		   number_words(p, d->document), number_words(p, d->bundle), number_place(p, d->at),
		   d->bundle ? number_place(p, d->bundle_at) : 0,
		   number_words(p, w ? w->reason : NULL), number_words(p, w ? w->ticket : NULL));
	str_printf(out, "%zu,%d,%zu]", number_day(p, w ? w->expires : DATE_NONE), d->expired,
		   number_origin(p, &f->origin));
}

static void add_cell(struct page_maker *p, struct str *out, const struct matrix_cell *c)
{
	const struct words *w = c->words;
	const struct line_origin *o = matrix_origin(p->m, c);
	str_printf(out, "[%u,%u,%d,%d,%zu,%zu,%zu,", c->principal, c->entitlement, (int)c->state,
		   c->held == HELD_UNSEEN && !c->facts, number_day(p, c->expires),
		   number_moment(p, c->since, c->since_unsure),
		   o ? number_moment(p, o->commit.commit_time, false) : 0);
	str_printf(out, "%zu,%zu,%zu,%zu,%zu]",
		   c->drift ? number_text(p, arena_printf(p->arena, "%.10s",
							  c->drift->since ? c->drift->since : "?"))
			    : 0,
		   number_words(p, w ? w->reason : NULL), number_words(p, w ? w->ticket : NULL),
		   c->fact, c->facts);
}

/* "no manifest that was read declares it"; NULL: nothing to say. */
static const char *note_of(const struct matrix *m, const struct matrix_principal *p)
{
	if (p->who->kind != PRINCIPAL_ACCOUNT)
		return NULL;
	if (m->manifests && !p->declared)
		return "no manifest that was read declares this account";
	if (m->snapshot && !p->live)
		return "the snapshot has no such account";
	return "";
}

static void add_principal(struct page_maker *p, struct str *out, const struct matrix_principal *who)
{
	static const int kinds[] = {
		[PRINCIPAL_ACCOUNT] = 0, [PRINCIPAL_GROUP] = 1, [PRINCIPAL_USER] = 2};
	const struct account *said = who->declared ? who->declared : who->live;
	str_printf(out, "[%d,%zu,%zu,%zu,%zu,%zu]",
		   *who->who->name ? kinds[who->who->kind] : ALL_USERS,
		   *who->who->name ? number_words(p, who->who->name) : number_text(p, "all users"),
		   number_words(p, who->owner), number_words(p, said ? said->description : NULL),
		   number_words(p, who->live ? who->live->email : NULL),
		   matrix_has(who) ? number_text(p, note_of(p->m, who)) : 0);
}

static void add_entitlement(struct page_maker *p, struct str *out, const struct entitlement *e)
{
	str_printf(out, "[%d,%zu,%d]",
		   e->role  ? 0
		   : e->api ? 2
			    : 1,
		   number_text(p, render_entitlement(p->arena, e)), matrix_is_power(e));
}

/* ---- all ---- */

static void open_list(struct str *out, const char *name)
{
	json_put_key(out, name);
	str_addc(out, '[');
}

static void add_rows(struct page_maker *p, struct str *out)
{
	const struct matrix *m = p->m;
	open_list(out, "entitlements");
	for (uint32_t i = 0; i < universe_entitlements(m->universe); i++) {
		str_add(out, i ? ",\n" : "\n");
		add_entitlement(p, out, universe_entitlement_at(m->universe, i));
	}
	str_add(out, "]");
	open_list(out, "principals");
	for (size_t i = 0; i < m->principals.len; i++) {
		str_add(out, i ? ",\n" : "\n");
		add_principal(p, out, &m->principals.at[i]);
	}
	str_add(out, "]");
	open_list(out, "cells");
	for (size_t i = 0; i < m->cells.len; i++) {
		str_add(out, i ? ",\n" : "\n");
		add_cell(p, out, &m->cells.at[i]);
	}
	str_add(out, "]");
	open_list(out, "ways");
	for (size_t i = 0; i < m->facts.len; i++) {
		str_add(out, i ? ",\n" : "\n");
		add_way(p, out, &m->facts.at[i]);
	}
	str_add(out, "]");
}

/* No text can end the element, nor begin a comment in it. */
static void add_escaped(struct str *out, const char *json)
{
	for (const char *at = json; *at;) {
		size_t plain = strcspn(at, "<>&");
		str_addn(out, at, plain);
		at += plain;
		if (*at)
			str_printf(out, "\\u%04x", (unsigned)*at++);
	}
}

static void add_states(struct str *out)
{
	open_list(out, "states");
	for (int i = 0; i < MATRIX_STATE_COUNT; i++) {
		str_add(out, i ? ", " : "");
		json_add_text(out, matrix_state_name(i));
	}
	str_addc(out, ']');
}

void matrix_page_data(struct str *out, const struct matrix *m)
{
	struct arena *a = out->arena;
	struct page_maker p = {.arena = a,
			       .m = m,
			       .text_list = STR(a),
			       .commit_list = STR(a),
			       .text_count = 1,
			       .commit_count = 1};
	struct str json = STR(a);
	str_addc(&json, '{');
	json_put_text(&json, "today", render_day(a, time_day(m->now)));
	add_states(&json);
	add_rows(&p, &json);
	open_list(&json, "commits");
	str_printf(&json, "null%s]", str_text(&p.commit_list));
	open_list(&json, "texts");
	str_printf(&json, "null%s]}", str_text(&p.text_list));
	add_escaped(out, str_text(&json));
	HASH_CLEAR(hh, p.texts);
	HASH_CLEAR(hh, p.commits);
}
