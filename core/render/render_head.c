/* SPDX-License-Identifier: Apache-2.0 */
/* The head and foot of a plan as text: what it comes to, in ten lines. It stands above the plan for
 * whoever reads no further, and once more below a plan so long that a terminal no longer shows what
 * is above. */
#include <string.h>

#include "core/render/render_text_parts.h"
#include "core/render/review.h"

#define SHORT_LINES 8 /* a plan with no more is read as a whole */
#define CALM_LINES 20 /* so is one of this length in which nothing is grave */
#define HEAD_LINES 7  /* with the summary, the title and what is left out they are ten */
#define GUARD_LINES 2 /* of these, for what a guard stops: its section stands far below */

#define SCREEN_COLUMNS 80 /* of the usual terminal */
#define SCREEN_ROWS 14	  /* what is left of its 24 below the summary, the head and the prompt */

/* ---- which of it ---- */

/* How many lines of each section stand in the head. */
struct plan_head {
	const struct review *review;
	size_t *taken;
	size_t room;
};

static size_t count_lines(const struct review_section *s)
{
	size_t lines = 0;
	for (size_t i = 0; i < s->items.len; i += review_run(s, i))
		lines++;
	return lines;
}

static bool is_guard(const struct review_section *s)
{
	return !strcmp(s->rule, "guard") && s->level != LEVEL_NOTE;
}

/* A section beside the plan is not told in the head, unless it is of power that somebody got. */
static bool is_told(const struct review_section *s)
{
	return !s->again && (!s->aside || !strcmp(s->rule, "drift-admin"));
}

static bool is_grave(const struct review_section *s)
{
	return is_told(s) && s->level != LEVEL_NOTE;
}

static bool is_other(const struct review_section *s)
{
	return is_told(s) && s->level == LEVEL_NOTE;
}

/* How many lines of the head are for items: one more where all of them fit then, since nothing is
 * left out by then that a line would have to tell. */
static size_t room_for(const struct review *r)
{
	size_t lines = 0;
	for (size_t i = 0; i < r->sections.len; i++)
		lines += is_told(&r->sections.at[i]) ? count_lines(&r->sections.at[i]) : 0;
	return lines == HEAD_LINES + 1 ? lines : HEAD_LINES;
}

static bool is_grave_change(const struct review_section *s)
{
	return is_grave(s) && !is_guard(s);
}

static bool is_alarming(const struct review_section *s)
{
	return is_grave_change(s) && s->level == LEVEL_ERROR;
}

/* Takes lines of these sections, until each has at most so many. */
static void take(struct plan_head *h, bool (*takes)(const struct review_section *s), size_t most)
{
	for (size_t i = 0; i < h->review->sections.len; i++) {
		const struct review_section *s = &h->review->sections.at[i];
		size_t lines = count_lines(s);
		if (!takes(s) || h->taken[i] >= most)
			continue;
		lines = (lines < most ? lines : most) - h->taken[i];
		lines = lines < h->room ? lines : h->room;
		h->taken[i] += lines;
		h->room -= lines;
	}
}

/* ---- its lines ---- */

static void add_item(struct str *out, const struct review_item *item)
{
	struct arena *a = out->arena;
	struct review_item brief = *item;
	const char *place = review_place(a, item);
	brief.reason = brief.ticket = brief.marks = NULL;
	brief.note = item->borrowed ? item->note : NULL;
	str_printf(out, "  %s", review_sentence(a, &brief));
	if (item->marks)
		str_printf(out, "  [%s]", item->marks);
	if (place)
		str_printf(out, "  %s", place);
	str_addc(out, '\n');
}

static void add_group(struct str *out, const struct review_section *s, size_t i, size_t run)
{
	const struct review_item *first = &s->items.at[i];
	const char *place = review_group_place(out->arena, s, i, run);
	str_printf(out, "  %s%s%s %s %zu", first->sign ? first->sign : "", first->sign ? " " : "",
		   first->what, review_joint(first), run);
	if (first->marks)
		str_printf(out, "  [%s]", first->marks);
	if (place)
		str_printf(out, "  %s", place);
	str_addc(out, '\n');
}

/* Returns how many items had no room. */
static size_t add_lines(struct str *out, const struct review_section *s, size_t lines)
{
	ARENA scratch = {0};
	size_t *starts, told = 0;
	review_lines(s, true, &scratch, &starts);
	for (size_t k = 0; k < lines; k++) {
		size_t run = review_run(s, starts[k]);
		if (s->items.at[starts[k]].group)
			add_group(out, s, starts[k], run);
		else
			add_item(out, &s->items.at[starts[k]]);
		told += run;
	}
	return s->items.len - told;
}

static void add_all(struct str *out, const struct plan_head *h,
		    bool (*told)(const struct review_section *s), const char *where)
{
	size_t more = 0;
	for (size_t i = 0; i < h->review->sections.len; i++) {
		const struct review_section *s = &h->review->sections.at[i];
		if (told(s))
			more += add_lines(out, s, h->taken[i]);
	}
	if (more)
		str_printf(out, "  and %zu more, %s\n", more, where);
}

static bool is_long(const struct review *r, const char *text)
{
	bool grave = false;
	size_t lines = 0;
	for (size_t i = 0; i < r->sections.len; i++)
		grave |= is_grave(&r->sections.at[i]);
	for (const char *at = text; (at = strchr(at, '\n')); at++)
		lines++;
	return lines > (grave ? SHORT_LINES : CALM_LINES);
}

bool render_has_head(const struct plan *plan)
{
	return plan->changes.len + plan->extended.len + plan->loosened.len + plan->lost_rules.len >
	       0;
}

static void add_title(struct str *out, const struct review *r, bool colour)
{
	str_printf(out, colour && r->alarm ? "\033[1;31m%s.\033[0m\n" : "%s.\n",
		   r->alarm ? r->alarm : r->calm);
}

static struct plan_head begin_head(struct arena *a, const struct review *r, size_t room)
{
	struct plan_head h = {r, arena_zalloc(a, r->sections.len * sizeof(*h.taken)), room};
	take(&h, is_guard, GUARD_LINES);
	take(&h, is_alarming, 1);
	take(&h, is_grave_change, room);
	return h;
}

void render_head_text(struct str *out, const struct review *r, const char *body, bool colour)
{
	ARENA scratch = {0};
	add_title(out, r, colour);
	if (!is_long(r, body))
		return;
	struct plan_head h = begin_head(&scratch, r, room_for(r));
	take(&h, is_other, HEAD_LINES + 1);
	add_all(out, &h, is_told, "below");
}

/* ---- below the plan ---- */

/* How many rows the usual terminal takes for it; colours take none. */
static size_t rows_of(const char *text)
{
	size_t rows = 0, columns = 0;
	for (bool code = false; *text; text++) {
		if (*text == '\n') {
			rows += columns ? (columns + SCREEN_COLUMNS - 1) / SCREEN_COLUMNS : 1;
			columns = 0;
		} else if (code || *text == '\033') {
			code = *text != 'm';
		} else {
			columns += (*text & 0xC0) != 0x80;
		}
	}
	return rows;
}

void render_foot_text(struct str *out, const struct review *r, const char *body, bool colour)
{
	ARENA scratch = {0};
	if (rows_of(body) <= SCREEN_ROWS)
		return;
	str_addc(out, '\n');
	add_title(out, r, colour);
	struct plan_head h = begin_head(&scratch, r, HEAD_LINES);
	add_all(out, &h, is_grave, "above");
}
