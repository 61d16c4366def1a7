/* SPDX-License-Identifier: Apache-2.0 */
/* Names that move on: which live account a declared one was until now.
 *
 * An account that is not live takes the first of its earlier names that is live. Where a manifest
 * declares that name too, the one that has it must move on itself, and so on along the chain. Names
 * that go around in a circle are all live, before as well as afterwards: then the credentials tell
 * whether they have moved. */
#include <string.h>

#include "core/model/live.h"
#include "core/plan/planner.h"

#define CHAIN_MAX 1000 /* names in a row that move on: each is a call on the stack */

enum move_mark { MARK_NEW, MARK_OPEN, MARK_STAYS, MARK_MOVES };

struct mover_search {
	struct planner *planner;
	size_t count, depth;
	uint8_t *marks; /* by principal rank, enum move_mark */
};

static uint32_t rank_of(struct planner *p, const char *name)
{
	return planner_account_rank(p, name, true);
}

static bool is_present(const struct account *declared)
{
	return declared && declared->state != STATE_ABSENT;
}

/* ---- who an account is, by its credential ---- */

enum move_sign { SIGN_NONE, SIGN_STAYS, SIGN_MOVES };

/* Whether the live account of its name is the declared one already, or `other` is it. */
static enum move_sign sign_of(const struct planner *p, const struct account *declared,
			      const struct account *live, const struct account *other)
{
	const char *said = declared->credential;
	const char *now = account_credential(live), *then = account_credential(other);
	if (said && !strcmp(now, then))
		return SIGN_NONE;
	if (said && !strcmp(said, now))
		return SIGN_STAYS;
	if (said)
		return strcmp(said, then) ? SIGN_NONE : SIGN_MOVES;
	if (p->in->reader->names_are_credentials)
		return SIGN_NONE;
	if (account_had_name(declared, now))
		return SIGN_STAYS;
	return strcmp(now, live->meta.name) ? SIGN_NONE : SIGN_MOVES;
}

/* ---- chains ---- */

static bool find_source(struct mover_search *s, uint32_t rank);

/* Whether the account that has this name, and that a manifest declares, is to have another one. */
static bool moves_on(struct mover_search *s, uint32_t rank)
{
	struct planner *p = s->planner;
	if (s->marks[rank] == MARK_NEW && is_present(p->declared[rank]) && s->depth < CHAIN_MAX) {
		s->marks[rank] = MARK_OPEN;
		s->depth++;
		s->marks[rank] = find_source(s, rank) ? MARK_MOVES : MARK_STAYS;
		s->depth--;
	}
	return s->marks[rank] == MARK_MOVES;
}

/* The first earlier name that is live; when a manifest declares it, it has to move on first. */
static bool find_source(struct mover_search *s, uint32_t rank)
{
	struct planner *p = s->planner;
	const struct account *a = p->declared[rank];
	for (size_t i = 0; i < a->meta.previously.len; i++) {
		const struct account *live = live_find(p->in->live, a->meta.previously.at[i].text);
		if (!live)
			continue;
		uint32_t from = rank_of(p, live->meta.name);
		if (p->held[rank] && sign_of(p, a, p->held[rank], live) == SIGN_STAYS)
			return false;
		if (p->declared[from] && !moves_on(s, from))
			continue;
		p->moved[rank] = live;
		return true;
	}
	return false;
}

/* ---- circles ---- */

/* The rank of the declared account whose name this one had before, when both names are live; its
 * own rank when there is none. */
static uint32_t before_of(const struct mover_search *s, uint32_t rank)
{
	struct planner *p = s->planner;
	const struct account *a = p->declared[rank];
	for (size_t i = 0; i < a->meta.previously.len; i++) {
		const struct account *live = live_find(p->in->live, a->meta.previously.at[i].text);
		uint32_t from = live ? rank_of(p, live->meta.name) : rank;
		if (from != rank && is_present(p->declared[from]) && !p->moved[from])
			return from;
	}
	return rank;
}

/* The length of the circle that begins here; 0 when there is no circle. */
static size_t circle_of(const struct mover_search *s, uint32_t start)
{
	uint32_t at = start;
	for (size_t len = 1; len <= s->count; len++) {
		uint32_t next = before_of(s, at);
		if (next == at || !s->planner->held[next])
			return 0;
		if (next == start)
			return len;
		at = next;
	}
	return 0;
}

static enum move_sign sign_of_circle(const struct mover_search *s, uint32_t start, size_t len)
{
	const struct planner *p = s->planner;
	size_t stays = 0, moves = 0;
	uint32_t at = start;
	for (size_t i = 0; i < len; i++) {
		uint32_t from = before_of(s, at);
		enum move_sign sign = sign_of(p, p->declared[at], p->held[at], p->held[from]);
		bool known = p->held[at]->id && p->held[from]->id;
		stays += sign == SIGN_STAYS;
		moves += sign == SIGN_MOVES && known;
		at = from;
	}
	if (stays == len)
		return SIGN_STAYS;
	return moves == len ? SIGN_MOVES : SIGN_NONE;
}

/* What would tell it: the credential that goes along with the name, as it is live. */
static const char *circle_remedy(const struct mover_search *s, uint32_t rank)
{
	const struct planner *p = s->planner;
	const struct account *live = p->held[rank], *other = p->held[before_of(s, rank)];
	const char *now = account_credential(live), *then = account_credential(other);
	const char *said = p->declared[rank]->credential;
	if (!strcmp(now, then))
		return "both have one credential, which tells nothing: move one to a third name "
		       "first";
	if (said && strcmp(said, now) != 0 && strcmp(said, then) != 0)
		return arena_printf(p->arena,
				    "neither live account has credential %s; expected %s until "
				    "they have changed places, and so of the others",
				    quoted(p->arena, said), quoted(p->arena, then));
	if (!said)
		return arena_printf(p->arena,
				    "expected a credential of each, of this one credential: %s, "
				    "as the live account of its earlier name has it",
				    quoted(p->arena, then));
	return "the credentials of the others say something else; expected in each that of the "
	       "live account of its earlier name";
}

static void report_circle(struct mover_search *s, uint32_t rank)
{
	const struct planner *p = s->planner;
	const struct account *a = p->declared[rank];
	report_add(p->report, SEVERITY_ERROR, "E0606", a->meta.name_at, 0, circle_remedy(s, rank),
		   "whether account %s has changed places already cannot be told",
		   quoted(p->arena, a->meta.name));
}

static void settle_circle(struct mover_search *s, uint32_t start, size_t len)
{
	struct planner *p = s->planner;
	enum move_sign sign = sign_of_circle(s, start, len);
	const struct account **sources = arena_alloc(&p->scratch, len * sizeof(*sources));
	uint32_t *ranks = arena_alloc(&p->scratch, len * sizeof(*ranks));
	uint32_t at = start;
	for (size_t i = 0; i < len; i++) {
		ranks[i] = at;
		s->marks[at] = MARK_STAYS;
		at = before_of(s, at);
		sources[i] = p->held[at];
	}
	for (size_t i = 0; i < len && sign == SIGN_MOVES; i++)
		p->moved[ranks[i]] = sources[i];
	if (sign == SIGN_NONE)
		report_circle(s, start);
}

/* A new name is free when no account has it, or when the account that has it is renamed in the
 * same plan. */
static void check_target(struct planner *p, size_t principals)
{
	for (uint32_t rank = 0; rank < principals; rank++) {
		const struct account *a = p->declared[rank];
		if (a && p->moved[rank] && p->held[rank] && !strcmp(a->meta.name, p->in->target))
			report_add(
				p->report, SEVERITY_ERROR, "E0606", a->meta.name_at, 0,
				"leave out --target, or name the account at the chain's end",
				"the name %s is not free before the account that has it moves on",
				quoted(p->arena, a->meta.name));
	}
}

void planner_find_moves(struct planner *p, size_t principals)
{
	struct mover_search s = {.planner = p, .count = principals};
	s.marks = arena_zalloc(&p->scratch, principals + 1);
	p->moved = arena_zalloc(&p->scratch, (principals + 1) * sizeof(*p->moved));
	for (uint32_t rank = 0; rank < principals; rank++) {
		if (p->declared[rank] && !p->held[rank])
			find_source(&s, rank);
	}
	for (uint32_t rank = 0; rank < principals; rank++) {
		const struct account *a = p->declared[rank];
		if (!is_present(a) || !p->held[rank] || s.marks[rank] != MARK_NEW)
			continue;
		size_t len = a->meta.previously.len ? circle_of(&s, rank) : 0;
		if (len)
			settle_circle(&s, rank, len);
	}
	if (p->in->target)
		check_target(p, principals);
}

/* ---- the order of renames ---- */

struct ordered {
	struct change change;
	size_t depth;
};
VEC(ordered_vec, struct ordered);

/* How many renames must come before this one, until its new name is free. */
static size_t rename_depth(const struct planner *p, const struct change *c)
{
	size_t depth = 0;
	uint32_t rank = c->principal_rank;
	while (c->reason == REASON_RENAMED && p->takers[rank] && depth < p->phases[0].len) {
		rank = p->takers[rank] - 1;
		depth++;
	}
	return depth;
}

static int by_depth(const void *a, const void *b)
{
	const struct ordered *x = a, *y = b;
	if (x->depth != y->depth)
		return x->depth < y->depth ? -1 : 1;
	return planner_by_content(&x->change, &y->change);
}

static bool has_rename(const struct change_vec *changes)
{
	for (size_t i = 0; i < changes->len; i++) {
		if (changes->at[i].reason == REASON_RENAMED)
			return true;
	}
	return false;
}

/* No two accounts have one name on the way: a rename comes after the one that frees its name. */
void planner_order_renames(struct planner *p)
{
	struct change_vec *changes = &p->phases[PHASE_ACCOUNTS];
	struct ordered_vec all = {0};
	if (!has_rename(changes))
		return;
	p->takers = arena_zalloc(&p->scratch, universe_principals(p->u) * sizeof(*p->takers));
	for (size_t i = 0; i < changes->len; i++) {
		const struct change *c = &changes->at[i];
		if (c->reason == REASON_RENAMED)
			p->takers[planner_account_rank(p, c->before->meta.name, true)] =
				c->principal_rank + 1;
	}
	for (size_t i = 0; i < changes->len; i++)
		vec_push(&p->scratch, &all,
			 (struct ordered){changes->at[i], rename_depth(p, &changes->at[i])});
	vec_sort(&all, by_depth);
	for (size_t i = 0; i < changes->len; i++)
		changes->at[i] = all.at[i].change;
}
