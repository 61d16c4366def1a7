/* SPDX-License-Identifier: Apache-2.0 */
/* What a report asks of its matrix: of one cell, and who can administer. */
#include "core/report/matrix.h"

const char *matrix_state_name(enum matrix_state state)
{
	static const char *const names[MATRIX_STATE_COUNT] = {
		[MATRIX_DECLARED] = "declared",
		[MATRIX_HELD] = "held",
		[MATRIX_PENDING] = "declared, not held",
		[MATRIX_NOT_DECLARED] = "held, not declared",
		[MATRIX_ENDED] = "ended",
		[MATRIX_OVERDUE] = "ended, still held",
		[MATRIX_LINGERING] = "ended, may still be held",
		[MATRIX_NOT_SEEN] = "not seen",
	};
	return names[state];
}

const struct entitlement *matrix_entitlement(const struct matrix *m, const struct matrix_cell *c)
{
	return universe_entitlement_at(m->universe, c->entitlement);
}

const struct matrix_principal *matrix_principal_of(const struct matrix *m,
						   const struct matrix_cell *c)
{
	return &m->principals.at[c->principal];
}

bool matrix_has(const struct matrix_principal *p)
{
	return p->cells || p->declared || p->live;
}

bool matrix_is_power(const struct entitlement *e)
{
	return e->role || (e->api && api_is_admin(e->api));
}

/* Since when a line holds: by a bundle, both of its lines do. NULL: not known. */
static const struct line_origin *origin_of(const struct fact *f)
{
	const struct line_origin *line = &f->origin, *item = &f->bundle_origin;
	if (line->state != LINE_ORIGIN_KNOWN)
		return NULL;
	if (!f->declaration->bundle)
		return line;
	if (item->state != LINE_ORIGIN_KNOWN)
		return NULL;
	return item->commit.commit_time > line->commit.commit_time ? item : line;
}

const struct line_origin *matrix_origin(const struct matrix *m, const struct matrix_cell *c)
{
	const struct line_origin *first = NULL;
	for (size_t i = c->fact; i < c->fact + c->facts; i++) {
		const struct line_origin *o = origin_of(&m->facts.at[i]);
		if (m->facts.at[i].declaration->expired && c->declared)
			continue;
		if (!o)
			return NULL;
		if (!first || o->commit.commit_time < first->commit.commit_time)
			first = o;
	}
	return first;
}

static void count_cell(struct matrix_count *count, const struct principal *who,
		       const struct matrix_cell *c)
{
	count->held += c->held == HELD_YES;
	count->declared += c->declared && c->held != HELD_YES;
	if (c->held != HELD_UNSEEN)
		return;
	if (*who->name)
		count->unseen++;
	else
		count->anybody = true;
}

static int by_weight(const void *left, const void *right)
{
	const struct matrix_cell *const *a = left, *const *b = right;
	if (((*a)->held == HELD_YES) != ((*b)->held == HELD_YES))
		return (*a)->held == HELD_YES ? -1 : 1;
	return (*a)->principal < (*b)->principal ? -1 : (*a)->principal > (*b)->principal;
}

void matrix_powers(const struct matrix *m, struct arena *a, struct matrix_power_vec *out)
{
	size_t count = universe_entitlements(m->universe);
	struct matrix_power *all = arena_zalloc(a, (count + 1) * sizeof(*all));
	for (size_t i = 0; i < m->cells.len; i++) {
		const struct matrix_cell *c = &m->cells.at[i];
		struct matrix_power *p = &all[c->entitlement];
		if (!matrix_is_power(matrix_entitlement(m, c)))
			continue;
		p->entitlement = matrix_entitlement(m, c);
		count_cell(&p->count, matrix_principal_of(m, c)->who, c);
		if (c->held != HELD_UNSEEN || c->facts)
			vec_push(a, &p->cells, c);
	}
	for (size_t i = 0; i < count; i++) {
		vec_sort(&all[i].cells, by_weight);
		if (all[i].entitlement)
			vec_push(a, out, all[i]);
	}
}
