/* SPDX-License-Identifier: Apache-2.0 */
/* The matrix for a terminal: who can administer, then each principal with what it has. */
#include "core/render/render.h"
#include "core/report/matrix.h"
#include "core/util/clock.h"

#define NAME_WIDTH 28

const char *matrix_name(struct arena *a, const struct principal *who)
{
	return *who->name ? render_principal(a, who) : "all users";
}

static void add_part(struct str *out, const char *text)
{
	str_printf(out, "%s%s", out->len ? ", " : "", text);
}

const char *matrix_count_text(struct arena *a, const struct matrix_count *c)
{
	struct str out = STR(a);
	if (c->held)
		add_part(&out, arena_printf(a, "%zu hold%s it", c->held, c->held == 1 ? "s" : ""));
	if (c->declared)
		add_part(&out, arena_printf(a, "%zu %s declared", c->declared,
					    c->declared == 1 ? "is" : "are"));
	if (c->unseen)
		add_part(&out, arena_printf(a, "not seen of %zu account%s", c->unseen,
					    c->unseen == 1 ? "" : "s"));
	if (c->anybody)
		add_part(&out, "not seen of all other users");
	return out.len ? str_text(&out) : "nobody is seen to hold it";
}

const char *matrix_headline(struct arena *a, const struct matrix *m)
{
	struct str out = STR(a);
	str_printf(&out, "%zu can administer", m->administrators - m->unsure);
	if (m->unsure)
		str_printf(&out, ", and %zu more may", m->unsure);
	if (!m->snapshot)
		str_add(&out, ", as manifests say");
	if (m->pending)
		str_printf(&out, "; %zu more %s declared and not held", m->pending,
			   m->pending == 1 ? "is" : "are");
	if (m->unseen)
		str_printf(&out, "; whether %zu more grant%s held cannot be seen", m->unseen,
			   m->unseen == 1 ? " is" : "s are");
	return str_text(&out);
}

static void add_manifests(struct str *out, const struct matrix *m)
{
	if (!m->manifests) {
		str_add(out, "No manifests were read: what is declared is not told. ");
		return;
	}
	str_printf(out, "What is declared was read from %s",
		   render_words(out->arena, m->manifests));
	if (m->commit)
		str_printf(out, " (commit %.12s)", m->commit);
	str_add(out, ". ");
}

const char *matrix_sources(struct arena *a, const struct matrix *m)
{
	struct str out = STR(a);
	add_manifests(&out, m);
	if (!m->snapshot) {
		str_add(&out, "No snapshot was read: what is held is not told.");
		return str_text(&out);
	}
	str_printf(&out, "What is held was read from the snapshot %s",
		   render_words(a, m->snapshot));
	if (m->snapshot_note)
		str_printf(&out, " (%s)", render_words(a, m->snapshot_note));
	str_add(&out, "; what that does not show is told as not seen.");
	return str_text(&out);
}

/* ---- text ---- */

static void add_words(struct str *out, const struct matrix *m, const struct matrix_cell *c)
{
	struct arena *a = out->arena;
	const struct words *w = c->words;
	if (c->expires != DATE_NONE)
		str_printf(out, ", until %s", render_day(a, c->expires));
	if (c->since)
		str_printf(out, ", since %.10s%s", render_time(a, c->since),
			   c->since_unsure ? " or earlier" : "");
	if (c->drift)
		str_printf(out, ", open drift since %.10s",
			   render_shown(a, c->drift->since ? c->drift->since : "an unknown day"));
	if (w && w->reason)
		str_printf(out, ", \"%s\"", render_words(a, w->reason));
	if (w && w->ticket)
		str_printf(out, ", %s", render_words(a, w->ticket));
	if (c->facts)
		str_printf(out, "  %s", render_place(a, m->facts.at[c->fact].declaration->at));
	if (c->facts > 1)
		str_printf(out, " and %zu more", c->facts - 1);
}

static void add_line(struct str *out, const char *name, const struct matrix *m,
		     const struct matrix_cell *c)
{
	str_printf(out, "    %-*s  %s", NAME_WIDTH, name, matrix_state_name(c->state));
	add_words(out, m, c);
	str_addc(out, '\n');
}

static void add_powers(struct str *out, const struct matrix *m)
{
	struct arena *a = out->arena;
	struct matrix_power_vec powers = {0};
	matrix_powers(m, a, &powers);
	str_printf(out, "\nWHO CAN ADMINISTER%s (%zu)\n", m->unsure ? ", OR MAY" : "",
		   m->administrators);
	for (size_t i = 0; i < powers.len; i++) {
		const struct matrix_power *p = &powers.at[i];
		str_printf(out, "  %s: %s\n", render_entitlement(a, p->entitlement),
			   matrix_count_text(a, &p->count));
		for (size_t k = 0; k < p->cells.len; k++)
			add_line(out, matrix_name(a, matrix_principal_of(m, p->cells.at[k])->who),
				 m, p->cells.at[k]);
	}
	if (powers.len == 0)
		str_add(out, "  nobody is declared or seen to\n");
}

static void add_principal(struct str *out, const struct matrix *m, const struct matrix_principal *p)
{
	struct arena *a = out->arena;
	size_t unseen = 0;
	str_printf(out, "  %s", matrix_name(a, p->who));
	if (p->who->kind == PRINCIPAL_ACCOUNT)
		str_printf(out, "  owner %s", p->owner ? render_words(a, p->owner) : "not said");
	str_addc(out, '\n');
	for (size_t i = p->cell; i < p->cell + p->cells; i++) {
		const struct matrix_cell *c = &m->cells.at[i];
		if (c->state == MATRIX_NOT_SEEN && !c->facts)
			unseen++;
		else
			add_line(out, render_entitlement(a, matrix_entitlement(m, c)), m, c);
	}
	if (unseen)
		str_printf(out, "    and %zu role%s not seen\n", unseen, unseen == 1 ? "" : "s");
	else if (p->cells == 0)
		str_add(out, "    nothing\n");
}

void matrix_print_text(struct str *out, const struct matrix *m)
{
	struct arena *a = out->arena;
	str_printf(out, "Report of %s, %.10s: %s.\n%s\n", render_words(a, m->organization),
		   render_time(a, m->now), matrix_headline(a, m), matrix_sources(a, m));
	add_powers(out, m);
	if (m->changes) {
		str_add(out, "\nWHAT CHANGED\n");
		past_changes_print_text(out, m->changes);
	}
	str_printf(out, "\nWHO HAS WHAT (%zu)\n", m->known);
	for (size_t i = 0; i < m->principals.len; i++) {
		if (matrix_has(&m->principals.at[i]))
			add_principal(out, m, &m->principals.at[i]);
	}
}
