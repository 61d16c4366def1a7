/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/past_lines.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define KEPT 4	  /* states kept at a time: that of a commit, of its parent, and of another line */
#define ANY_DAY 0 /* grants that have ended are asked for too */
#define NO_REPOSITORY "no repository of the manifests is at hand (PATH tells where)"

/* The manifests as they stood in one state of their folder. */
struct past_state {
	char tree[HISTORY_ID];
	struct arena arena;
	struct past_manifests said;
	const char *unknown; /* why they are not known; NULL */
	uint64_t used;	     /* the larger, the later */
};

struct past_lines {
	const char *manifests, *root, *below; /* root NULL: in no repository */
	const struct signers *signers;
	struct intern *strings;
	struct history *history;
	struct arena arena;
	const char *unknown; /* why no line is known; NULL */
	struct past_state states[KEPT];
	uint64_t clock;
	const char *skipped; /* why a state of this walk could not be looked at; NULL */
	bool failed;
};

static struct error *open_repository(struct past_lines *l)
{
	TRY(history_find(&l->arena, l->manifests, &l->root, &l->below));
	return l->root ? history_open(l->root, &l->history) : NULL;
}

/* The sentence of an error, which is freed. */
static const char *give_up(struct past_lines *l, struct arena *a, struct error *error)
{
	const char *text = error_text(a, error);
	l->failed |= error->code == ERROR_SYSTEM;
	error_free(error);
	return text;
}

struct past_lines *past_lines_new(const char *manifests, const struct signers *signers,
				  struct intern *strings)
{
	struct past_lines *l = xmalloc(sizeof(*l));
	*l = (struct past_lines){.manifests = manifests, .signers = signers, .strings = strings};
	struct error *error = open_repository(l);
	if (error)
		l->unknown = give_up(l, &l->arena, error);
	else if (!l->history)
		l->unknown = NO_REPOSITORY;
	return l;
}

void past_lines_free(struct past_lines *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < KEPT; i++)
		arena_done(&l->states[i].arena);
	arena_done(&l->arena);
	history_close(l->history);
	free(l);
}

bool past_lines_failed(const struct past_lines *l)
{
	return l->failed;
}

/* ---- one state of the manifests ---- */

/* The state of this tree; the one that was least recently used makes room for it. */
static struct past_state *state_of(struct past_lines *l, const char *tree)
{
	struct past_state *oldest = &l->states[0];
	for (size_t i = 0; i < KEPT; i++) {
		if (!strcmp(l->states[i].tree, tree))
			return &l->states[i];
		if (l->states[i].used < oldest->used)
			oldest = &l->states[i];
	}
	arena_done(&oldest->arena);
	*oldest = (struct past_state){0};
	return oldest;
}

/* The manifests at a commit. ERROR_INPUT and the like: that commit is not here. */
static struct error *read_state(struct past_lines *l, const char *commit, struct past_state **out)
{
	char tree[HISTORY_ID];
	TRY(history_id_at(l->history, commit, l->below, tree));
	struct past_state *s = state_of(l, tree);
	s->used = ++l->clock;
	*out = s;
	if (*s->tree)
		return NULL;
	memcpy(s->tree, *tree ? tree : "-", *tree ? sizeof(tree) : 2);
	if (!*tree)
		return NULL; /* there was no such folder */
	struct error *error = past_manifests_read(arena_strdup(&s->arena, commit), l->manifests,
						  ANY_DAY, l->strings, &s->arena, &s->said);
	if (error)
		s->unknown = give_up(l, &s->arena, error);
	return NULL;
}

static int32_t end_of(const struct declaration *d)
{
	return d->words && d->words->expires != DATE_NONE ? d->words->expires : INT32_MAX;
}

/* Finds the line of a grant; of several lines the one that holds longest. */
static const struct declaration *find_grant(const struct past_state *s,
					    const struct past_line_request *r)
{
	size_t count;
	const struct declaration *d =
		past_manifests_find(&s->said, r->principal, r->entitlement, &count);
	const struct declaration *best = d;
	for (size_t i = 1; i < count; i++) {
		if (end_of(&d[i]) > end_of(best))
			best = &d[i];
	}
	return best;
}

static const struct account *find_account(const struct past_state *s,
					  const struct past_line_request *r)
{
	const struct model *m = s->said.model;
	for (size_t i = 0; m && i < m->accounts.len; i++) {
		if (!strcmp(m->accounts.at[i].meta.name, r->principal->name))
			return &m->accounts.at[i];
	}
	return NULL;
}

/* Of one that is to go, the line that says so. */
static struct location line_of_account(const struct account *a)
{
	return a->state == STATE_ABSENT && a->state_at.file ? a->state_at : a->at;
}

static bool says(const struct past_state *s, const struct past_line_request *r)
{
	return r->entitlement ? find_grant(s, r) != NULL : find_account(s, r) != NULL;
}

/* ---- copies, for a state makes room for others ---- */

static const char *copy(struct arena *a, const char *text)
{
	return text ? arena_strdup(a, text) : NULL;
}

static struct location copy_place(struct arena *a, struct location at)
{
	/* An account's own file is still called "COMMIT:PATH". */
	const char *colon = at.file ? strchr(at.file, ':') : NULL;
	bool named = colon && colon - at.file == HISTORY_ID - 1;
	at.file = copy(a, named ? colon + 1 : at.file);
	return at;
}

static const struct words *copy_words(struct arena *a, const struct words *words)
{
	if (!words)
		return NULL;
	struct words *out = arena_alloc(a, sizeof(*out));
	*out = (struct words){copy(a, words->reason), copy(a, words->ticket), words->expires};
	return out;
}

/* Takes over what a line says: of a bundle's grant the account's line, and the bundle's item in
 * `out_item`. */
static void take_line(const struct past_state *s, struct arena *a, struct past_line_request *r,
		      struct location *out_item)
{
	*out_item = (struct location){0};
	if (!r->entitlement) {
		r->at = copy_place(a, line_of_account(find_account(s, r)));
		return;
	}
	const struct declaration *d = find_grant(s, r);
	r->at = copy_place(a, d->at);
	r->bundle = copy(a, d->bundle);
	r->words = copy_words(a, d->words);
	if (d->bundle)
		*out_item = copy_place(a, d->bundle_at);
}

/* ---- lines that are there ---- */

/* The two places of a bundle's grant. The one that was written last made the grant. */
struct traced {
	struct past_line_request *request;
	struct location item;
	struct line_origin origin, item_origin;
};
VEC(traced_vec, struct traced);

static bool is_later(const struct line_origin *a, const struct line_origin *b)
{
	return a->state == LINE_ORIGIN_KNOWN && b->state == LINE_ORIGIN_KNOWN &&
	       a->commit.commit_time > b->commit.commit_time;
}

static const char *elsewhere(struct arena *a, const struct line_origin *o)
{
	if (o->state == LINE_ORIGIN_ELSEWHERE && o->commit.id)
		return arena_printf(a,
				    "who wrote the line is not known here: the clone of the "
				    "manifests is cut off at commit %.12s",
				    o->commit.id);
	return o->state == LINE_ORIGIN_KNOWN ? NULL : "who wrote the line is not known here";
}

static void trace(struct past_lines *l, struct arena *a, struct traced_vec *all)
{
	struct line_origin_request_vec requests = {0};
	const char *why = NULL;
	for (size_t i = 0; i < all->len; i++) {
		struct traced *t = &all->at[i];
		const char *commit = t->request->commit;
		vec_push(a, &requests,
			 (struct line_origin_request){t->request->at, &t->origin, l->root, commit});
		if (t->item.file)
			vec_push(a, &requests,
				 (struct line_origin_request){t->item, &t->item_origin, l->root,
							      commit});
	}
	line_origin_find(a, &requests, l->signers, &why);
	for (size_t i = 0; i < all->len; i++) {
		struct traced *t = &all->at[i];
		bool later = t->item.file && is_later(&t->item_origin, &t->origin);
		t->request->origin = later ? t->item_origin : t->origin;
		t->request->at = later ? t->item : t->request->at;
		t->request->unknown = why ? why : elsewhere(a, &t->request->origin);
	}
}

/* ---- lines that are there no more ---- */

/* One request, and how far it got. */
struct sought_line {
	struct past_line_request *request;
	bool found;
};
VEC(sought_line_vec, struct sought_line);

static void take_gone(struct past_lines *l, struct arena *a, struct past_line_request *r,
		      const struct past_state *before, const struct commit *by)
{
	struct location item;
	take_line(before, a, r, &item);
	r->taken_away = true;
	struct error *error =
		line_origin_of_commit(l->history, a, r->commit, by, l->signers, &r->origin);
	if (error)
		r->unknown = give_up(l, a, error);
}

/* Whether the commit took away what its first parent still said. */
static struct error *look_at(struct past_lines *l, struct arena *a, struct sought_line_vec *all,
			     const struct commit *c)
{
	struct past_state *after, *before;
	char parent[HISTORY_ID];
	if (c->parents == 0)
		return NULL;
	TRY(history_resolve(l->history, arena_printf(a, "%s^", c->id), parent));
	TRY(read_state(l, c->id, &after));
	TRY(read_state(l, parent, &before));
	const char *unknown = after->unknown ? after->unknown : before->unknown;
	if (unknown && !l->skipped)
		l->skipped = arena_strdup(a, unknown);
	if (unknown)
		return NULL;
	for (size_t i = 0; i < all->len; i++) {
		struct sought_line *s = &all->at[i];
		if (s->found || says(after, s->request) || !says(before, s->request))
			continue;
		s->found = true;
		take_gone(l, a, s->request, before, c);
	}
	return NULL;
}

static bool all_found(const struct sought_line_vec *all)
{
	for (size_t i = 0; i < all->len; i++) {
		if (!all->at[i].found)
			return false;
	}
	return true;
}

static struct error *walk_back(struct past_lines *l, struct arena *a, const char *commit,
			       struct sought_line_vec *all, const char **out_end)
{
	struct commit_vec commits = {0};
	struct commit_query query = {
		.from = commit, .folder = l->below, .max = PAST_LINES_BACK, .simplified = true};
	TRY(history_list(l->history, a, &query, &commits));
	*out_end =
		commits.len < PAST_LINES_BACK
			? "no commit of the manifests at hand had such a line"
			: arena_printf(
				  a, "none of the last %d commits of the manifests had such a line",
				  PAST_LINES_BACK);
	for (size_t i = 0; i < commits.len && !all_found(all); i++) {
		if (commits.at[i].cut_off) {
			*out_end = "the clone of the manifests is shallow, and what took the line "
				   "away is not known here";
			return NULL;
		}
		TRY(look_at(l, a, all, &commits.at[i]));
	}
	return NULL;
}

static void find_gone(struct past_lines *l, struct arena *a, const char *commit,
		      struct sought_line_vec *all)
{
	const char *end = NULL;
	if (all_found(all))
		return;
	l->skipped = NULL;
	struct error *error = walk_back(l, a, commit, all, &end);
	if (error)
		end = give_up(l, a, error);
	else if (l->skipped)
		end = arena_printf(a, "what took the line away is not known here: %s", l->skipped);
	for (size_t i = 0; i < all->len; i++) {
		if (!all->at[i].found)
			all->at[i].request->unknown = end;
	}
}

/* ---- all of one commit ---- */

static void answer(struct past_lines *l, struct arena *a, const struct past_state *s,
		   struct past_line_request *requests, size_t count)
{
	struct traced_vec there = {0};
	struct sought_line_vec gone = {0};
	for (size_t i = 0; i < count; i++) {
		struct past_line_request *r = &requests[i];
		struct traced t = {.request = r};
		if (says(s, r)) {
			take_line(s, a, r, &t.item);
			vec_push(a, &there, t);
		} else if (r->gone) {
			vec_push(a, &gone, (struct sought_line){r, false});
		} else {
			r->unknown = "no line of the manifests said it";
		}
	}
	trace(l, a, &there);
	find_gone(l, a, requests[0].commit, &gone);
}

/* Why the manifests of a commit are not known, in the arena; NULL, and *out is set, where they
 * are. */
static const char *find_state(struct past_lines *l, struct arena *a, const char *commit,
			      struct past_state **out)
{
	if (!l->history)
		return copy(a, l->unknown);
	struct error *error = read_state(l, commit, out);
	if (error)
		return arena_printf(a, "the manifests of commit %.12s are not at hand: %s", commit,
				    give_up(l, a, error));
	return copy(a, (*out)->unknown);
}

static void answer_commit(struct past_lines *l, struct arena *a, struct past_line_request *requests,
			  size_t count)
{
	struct past_state *s = NULL;
	const char *unknown = find_state(l, a, requests[0].commit, &s);
	for (size_t i = 0; unknown && i < count; i++)
		requests[i].unknown = unknown;
	if (!unknown && s)
		answer(l, a, s, requests, count);
}

static int by_commit(const void *a, const void *b)
{
	const struct past_line_request *const *x = a, *const *y = b;
	int order = strcmp((*x)->commit, (*y)->commit);
	return order ? order : (*x > *y) - (*x < *y);
}

void past_lines_find(struct past_lines *l, struct arena *a, struct past_line_request_vec *requests)
{
	VEC(, struct past_line_request *) sorted = {0};
	struct past_line_request_vec same = {0};
	for (size_t i = 0; i < requests->len; i++) {
		if (requests->at[i].commit)
			vec_push(a, &sorted, &requests->at[i]);
	}
	vec_sort(&sorted, by_commit);
	for (size_t from = 0, to; from < sorted.len; from = to) {
		same.len = 0;
		for (to = from;
		     to < sorted.len && !strcmp(sorted.at[to]->commit, sorted.at[from]->commit);
		     to++)
			vec_push(a, &same, *sorted.at[to]);
		answer_commit(l, a, same.at, same.len);
		for (size_t i = from; i < to; i++)
			*sorted.at[i] = same.at[i - from];
	}
}
