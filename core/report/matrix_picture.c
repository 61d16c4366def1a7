/* SPDX-License-Identifier: Apache-2.0 */
#include "core/report/matrix_picture.h"

#include <string.h>

#include "core/language/schema_decode.h"
#include "core/render/escape.h"
#include "core/render/render.h"
#include "core/util/unicode.h"

/* Pixels; a line of a box has room for so many characters. */
#define WIDTH 230
#define GAP 90
#define LINE 15
#define MARGIN 14 /* of a box, above and below its lines */
#define APART 12
#define FIRST_CHARACTERS 32
#define OTHER_CHARACTERS 30

struct picture_line {
	const char *text;
	bool dim;
};
VEC(picture_line_vec, struct picture_line);

struct box {
	const char *css, *key;
	struct picture_line_vec lines;
	int y, height;
	bool solid; /* some line to or from it is known to lead there now */
};
VEC(box_vec, struct box);

struct edge {
	size_t from, to;
	bool open; /* it is not known to lead there now */
};

struct picture {
	struct arena *arena;
	const struct matrix *m;
	struct box who;
	struct box_vec ways, grants;
	VEC(, struct edge) edges;
};

/* ---- boxes ---- */

/* How many bytes of a line have at most so many characters: up to a blank or a sign where there is
 * one not too far in front. */
static size_t break_at(const char *text, size_t characters)
{
	size_t bytes = 0, count = 0, sign = 0, sign_count = 0, size;
	for (; text[bytes] && count < characters; bytes += size, count++) {
		text_decode(text + bytes, strlen(text + bytes), &size);
		if (strchr(" -_/@.", text[bytes])) {
			sign = bytes + 1;
			sign_count = count + 1;
		}
	}
	return text[bytes] && sign_count > characters / 3 ? sign : bytes;
}

static void add_lines(struct picture *p, struct box *b, const char *text, size_t characters,
		      bool dim)
{
	while (text && *text) {
		size_t bytes = break_at(text, characters);
		vec_push(p->arena, &b->lines,
			 (struct picture_line){arena_strndup(p->arena, text, bytes), dim});
		text += bytes;
	}
}

static struct box box_of(struct picture *p, const char *first, const char *second, const char *css)
{
	struct box b = {.css = css};
	add_lines(p, &b, first, FIRST_CHARACTERS, false);
	add_lines(p, &b, second, OTHER_CHARACTERS, true);
	b.height = (int)b.lines.len * LINE + MARGIN;
	return b;
}

/* ---- what says so ---- */

/* "its own list", "bundle storage", "AdminRole desk". */
static const char *name_of_way(struct arena *a, const struct declaration *d)
{
	if (d->bundle)
		return arena_printf(a, "bundle %s", render_words(a, d->bundle));
	if (d->kind == KIND_TECHNICAL_ACCOUNT)
		return "its own list";
	return arena_printf(a, "%s %s", kind_names[d->kind], render_words(a, d->document));
}

/* Its file alone where several lines of it are meant. */
static const char *place_of_way(struct arena *a, const struct declaration *d)
{
	return d->bundle || d->kind == KIND_TECHNICAL_ACCOUNT ? render_words(a, d->at.file)
							      : render_place(a, d->at);
}

/* The number of the box, made where there is none yet. */
static size_t way_with(struct picture *p, const char *key, const char *first, const char *second,
		       const char *css)
{
	for (size_t i = 0; i < p->ways.len; i++) {
		if (!strcmp(p->ways.at[i].key, key))
			return i;
	}
	struct box b = box_of(p, first, second, css);
	b.key = key;
	vec_push(p->arena, &p->ways, b);
	return p->ways.len - 1;
}

static void add_edge(struct picture *p, size_t way, bool open)
{
	vec_push(p->arena, &p->edges, (struct edge){way, p->grants.len - 1, open});
	p->ways.at[way].solid |= !open;
}

static void add_ways(struct picture *p, const struct matrix_cell *c)
{
	struct arena *a = p->arena;
	bool held = c->state == MATRIX_HELD;
	for (size_t i = c->fact; i < c->fact + c->facts; i++) {
		const struct declaration *d = p->m->facts.at[i].declaration;
		const char *key = arena_printf(a, "%d %s %s", (int)d->kind, d->document,
					       d->bundle ? d->bundle : "");
		size_t way = way_with(p, key, name_of_way(a, d), place_of_way(a, d), "");
		add_edge(p, way, !held || d->expired);
	}
	if (c->facts == 0)
		add_edge(p,
			 way_with(p, "",
				  held ? "held, as the snapshot saw it" : "no line that was read",
				  held ? "" : "nothing declares it", held ? "" : "unsure"),
			 !held);
}

static const char *css_of(enum matrix_state state)
{
	if (state == MATRIX_NOT_DECLARED || state == MATRIX_OVERDUE || state == MATRIX_LINGERING)
		return "look";
	return state == MATRIX_NOT_SEEN ? "unsure" : "";
}

static void add_grant(struct picture *p, const struct matrix_cell *c)
{
	struct arena *a = p->arena;
	const char *end = c->expires == DATE_NONE
				  ? ""
				  : arena_printf(a, ", until %s", render_day(a, c->expires));
	vec_push(a, &p->grants,
		 box_of(p, render_entitlement(a, matrix_entitlement(p->m, c)),
			arena_printf(a, "%s%s", matrix_state_name(c->state), end),
			css_of(c->state)));
	add_ways(p, c);
}

/* ---- drawing ---- */

static int stack(struct box_vec *all)
{
	int y = 1;
	for (size_t i = 0; i < all->len; i++) {
		all->at[i].y = y;
		y += all->at[i].height + APART;
	}
	return y;
}

static void draw_box(struct str *out, const struct box *b, int x)
{
	str_printf(out,
		   "<g><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"5\" class=\"%s\"/>",
		   x, b->y, WIDTH, b->height, b->css);
	for (size_t i = 0; i < b->lines.len; i++) {
		str_printf(out, "<text x=\"%d\" y=\"%d\" class=\"%s\">", x + 10,
			   b->y + 19 + (int)i * LINE, b->lines.at[i].dim ? "dim" : "what");
		escape_markup(out, b->lines.at[i].text);
		str_add(out, "</text>");
	}
	str_add(out, "</g>\n");
}

static void draw_curve(struct str *out, const struct box *from, int from_x, const struct box *to,
		       int to_x, bool open)
{
	int y1 = from->y + from->height / 2, y2 = to->y + to->height / 2,
	    half = (from_x + to_x) / 2;
	str_printf(out, "<path d=\"M%d %d C%d %d %d %d %d %d\" class=\"%s\"/>\n", from_x, y1, half,
		   y1, half, y2, to_x, y2, open ? "open" : "");
}

static void draw_all(struct str *out, const struct picture *p)
{
	const int x1 = WIDTH + GAP, x2 = 2 * (WIDTH + GAP);
	for (size_t i = 0; i < p->ways.len; i++)
		draw_curve(out, &p->who, WIDTH + 1, &p->ways.at[i], x1 + 1, !p->ways.at[i].solid);
	for (size_t i = 0; i < p->edges.len; i++) {
		const struct edge *e = &p->edges.at[i];
		draw_curve(out, &p->ways.at[e->from], x1 + WIDTH + 1, &p->grants.at[e->to], x2 + 1,
			   e->open);
	}
	draw_box(out, &p->who, 1);
	for (size_t i = 0; i < p->ways.len; i++)
		draw_box(out, &p->ways.at[i], x1 + 1);
	for (size_t i = 0; i < p->grants.len; i++)
		draw_box(out, &p->grants.at[i], x2 + 1);
}

static int larger(int a, int b)
{
	return a > b ? a : b;
}

/* Who stands beside the first of the ways; returns how high all of it is. */
static int place_boxes(struct picture *p)
{
	int height = larger(p->who.height + APART + 1, larger(stack(&p->ways), stack(&p->grants)));
	int y = height - p->who.height - APART - 1;
	p->who.y = larger(1, y < 60 ? y : 60);
	return height;
}

static void draw(struct str *out, struct picture *p, const char *name)
{
	const int height = place_boxes(p), width = 3 * WIDTH + 2 * GAP + 2;
	str_add(out, "<div class=\"picture\" tabindex=\"0\" role=\"group\" aria-label=\"Ways of ");
	escape_markup(out, name);
	str_add(out, "\"><svg role=\"img\" aria-label=\"Ways of ");
	escape_markup(out, name);
	str_printf(out,
		   " to %zu entitlement%s\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n",
		   p->grants.len, p->grants.len == 1 ? "" : "s", width, height, width, height);
	draw_all(out, p);
	str_add(out, "</svg></div>\n");
}

void matrix_picture_add(struct str *out, const struct matrix *m, const struct matrix_principal *who)
{
	ARENA scratch = {0};
	struct picture p = {.arena = &scratch, .m = m};
	const char *name = matrix_name(&scratch, who->who);
	const char *owner = who->owner ? render_words(&scratch, who->owner) : NULL;
	p.who = box_of(&p, name, owner ? arena_printf(&scratch, "owner %s", owner) : NULL, "");
	for (size_t i = who->cell; i < who->cell + who->cells && p.grants.len < PICTURE_MOST; i++) {
		const struct matrix_cell *c = &m->cells.at[i];
		if (c->held != HELD_UNSEEN || c->facts)
			add_grant(&p, c);
	}
	if (p.grants.len)
		draw(out, &p, name);
}
