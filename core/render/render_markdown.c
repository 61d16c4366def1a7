/* SPDX-License-Identifier: Apache-2.0 */
/* A review as Markdown, for a comment: the dangerous in the open, all else in folds.
 *
 * Foreign text stands in code spans and fences alone, and in <code> where HTML is due. */
#include <string.h>

#include "core/render/escape.h"
#include "core/render/format.h"
#include "core/render/render.h"

struct markdown {
	struct str *out;
	const struct review *review;
	const char *margin; /* in front of each line */
};

/* Adds an invisible line by which a job finds its comment, to replace it by the next one. */
static void add_marker(struct markdown *m)
{
	const struct review *r = m->review;
	str_printf(m->out, "<!-- writ:%s%s%s -->\n", r->subject, r->organization ? ":" : "",
		   r->organization ? r->organization : "");
}

static void add_code(struct markdown *m, const char *before, const char *text, const char *behind)
{
	if (!text || !*text)
		return;
	str_add(m->out, before);
	escape_code_span(m->out, text);
	str_add(m->out, behind);
}

/* ---- in the open ---- */

static void add_steps(struct markdown *m, const char *steps)
{
	size_t serial = 1;
	for (const char *at = steps; at && *at; serial++) {
		size_t len = strcspn(at, "\n");
		str_printf(m->out, "%s  %zu. ", m->margin, serial);
		add_code(m, "", render_shown(m->out->arena, arena_strndup(m->out->arena, at, len)),
			 "\n");
		at += len + (at[len] == '\n');
	}
}

/* - **+** `storage-administrator` → `asset-archiver` "`reason`" `OPS-1` · `team.yaml:7` */
static void add_words(struct markdown *m, const struct review_item *item)
{
	add_code(m, " — ", item->reason, "");
	add_code(m, " — ", item->ticket, "");
	add_code(m, " — ", item->marks, "");
	add_code(m, " — ", item->note, "");
	add_code(m, " — ", review_place(m->out->arena, item), "");
	str_addc(m->out, '\n');
	add_steps(m, item->steps);
}

static void add_line(struct markdown *m, const struct review_item *item)
{
	str_printf(m->out, "%s- ", m->margin);
	if (item->sign)
		str_printf(m->out, "**%s** ", item->sign);
	if (item->about)
		add_code(m, "", item->who, ": ");
	add_code(m, "", item->what, "");
	if (item->who && !item->about) {
		str_printf(m->out, " %s ", review_joint(item));
		add_code(m, "", item->who, "");
	}
	add_words(m, item);
}

static void add_group(struct markdown *m, const struct review_section *s, size_t i, size_t run)
{
	const struct review_item *first = &s->items.at[i];
	str_printf(m->out, "%s- ", m->margin);
	if (first->sign)
		str_printf(m->out, "**%s** ", first->sign);
	add_code(m, "", first->what, "");
	str_printf(m->out, " %s **%zu**:", review_joint(first), run);
	for (size_t k = i; k < i + run && k < s->shown; k++)
		add_code(m, k > i ? ", " : " ", s->items.at[k].who, "");
	if (i + run > s->shown)
		str_printf(m->out, " *and %zu more*", s->shown > i ? i + run - s->shown : run);
	add_code(m, " — ", first->marks, "");
	add_code(m, " — ", review_group_place(m->out->arena, s, i, run), "");
	str_addc(m->out, '\n');
}

static void add_open(struct markdown *m, const struct review_section *s)
{
	size_t more = s->items.len - s->shown;
	for (size_t i = 0, run; i < s->items.len; i += run) {
		run = review_run(s, i);
		if (s->items.at[i].group && (i < s->shown || s->kept))
			add_group(m, s, i, run);
		else if (i < s->shown)
			add_line(m, &s->items.at[i]);
	}
	if (more)
		str_printf(m->out, "%s- *%zu left out*\n", m->margin, more);
}

/* ---- in a fold ---- */

static void add_fold_reason(struct str *out, const struct review_item *item)
{
	if (item->reason)
		str_printf(out, "  \"%s\"", item->reason);
	if (item->ticket)
		str_printf(out, "  %s", item->ticket);
}

/* Adds an item's place, marks and note in a fold. */
static void add_fold_words(struct str *out, const struct review_item *item)
{
	const char *place = review_place(out->arena, item);
	if (place)
		str_printf(out, "  %s", place);
	str_addc(out, '\n');
	if (item->note)
		str_printf(out, "      %s\n", item->note);
	size_t serial = 1;
	for (const char *at = item->steps; at && *at; serial++) {
		size_t len = strcspn(at, "\n");
		str_printf(out, "      %zu. %s\n", serial,
			   render_shown(out->arena, arena_strndup(out->arena, at, len)));
		at += len + (at[len] == '\n');
	}
}

static const char *margin_sign(const struct review_item *item)
{
	return item->sign ? item->sign : " ";
}

static void add_fold_group(struct str *out, const struct review_section *s, size_t i, size_t run)
{
	const struct review_item *first = &s->items.at[i];
	str_printf(out, "%s %s %s %zu", margin_sign(first), first->what, review_joint(first), run);
	if (first->marks)
		str_printf(out, "  [%s]", first->marks);
	bool once = review_has_one_reason(s, i, run);
	if (once)
		add_fold_reason(out, first);
	str_add(out, ":\n");
	for (size_t k = i; k < i + run && k < s->shown; k++) {
		str_printf(out, "%s     %s", margin_sign(first), s->items.at[k].who);
		if (!once)
			add_fold_reason(out, &s->items.at[k]);
		add_fold_words(out, &s->items.at[k]);
	}
}

static void add_fold_line(struct str *out, const struct review_item *item)
{
	str_printf(out, "%s   %s", margin_sign(item), item->what);
	if (item->marks)
		str_printf(out, "  [%s]", item->marks);
	add_fold_reason(out, item);
	add_fold_words(out, item);
}

static bool is_next_of(const struct review_section *s, size_t i)
{
	const struct review_item *item = &s->items.at[i], *before = item - 1;
	return i > 0 && !before->group && before->who && item->who &&
	       !strcmp(before->who, item->who);
}

static const char *fold_of(struct arena *a, const struct review_section *s)
{
	struct str out = STR(a);
	for (size_t i = 0, run; i < s->shown; i += run) {
		run = review_run(s, i);
		if (s->items.at[i].group) {
			add_fold_group(&out, s, i, run);
			continue;
		}
		if (s->items.at[i].who && !is_next_of(s, i))
			str_printf(&out, "  %s\n", s->items.at[i].who);
		add_fold_line(&out, &s->items.at[i]);
	}
	if (s->shown < s->items.len)
		str_printf(&out, "  and %zu more, left out\n", s->items.len - s->shown);
	return str_text(&out);
}

static void add_fence(struct markdown *m, const struct review_section *s)
{
	ARENA scratch = {0};
	const char *lines = fold_of(&scratch, s);
	size_t fence = escape_fence(lines);
	str_fill(m->out, '`', fence);
	str_printf(m->out, "diff\n%s", lines);
	str_fill(m->out, '`', fence);
	str_addc(m->out, '\n');
}

static void add_fold(struct markdown *m, const struct review_section *s)
{
	str_printf(m->out, "\n<details><summary>%s (%zu)</summary>\n\n",
		   review_title(m->out->arena, s), s->items.len);
	add_fence(m, s);
	str_add(m->out, "\n</details>\n");
}

/* ---- sections ---- */

/* Adds a section to an alert; sections of one level that follow each other share one. */
static void add_alert(struct markdown *m, const struct review_section *s, bool first)
{
	struct markdown quoted = {m->out, m->review, "> "};
	str_add(m->out, first ? "\n> [!CAUTION]\n" : ">\n");
	str_printf(m->out, "> **%s (%zu)**\n", review_title(m->out->arena, s), s->items.len);
	add_open(&quoted, s);
}

static void add_section(struct markdown *m, size_t i)
{
	const struct review_section *s = &m->review->sections.at[i];
	if (s->level == LEVEL_ERROR) {
		add_alert(m, s, i == 0 || s[-1].level != LEVEL_ERROR);
		return;
	}
	if (!review_is_short(s)) {
		add_fold(m, s);
		return;
	}
	str_printf(m->out, "\n**%s (%zu)**\n\n", review_title(m->out->arena, s), s->items.len);
	if (s->level == LEVEL_WARNING)
		add_open(m, s);
	else
		add_fence(m, s);
}

static void add_foot(struct markdown *m)
{
	const struct review *r = m->review;
	const char *left_out = r->budget ? review_left_out(r, m->out->arena) : NULL;
	if (left_out)
		str_printf(m->out, "\n*Left out to stay within %zu bytes: %s.*\n", r->budget,
			   left_out);
	if (r->facts.len)
		str_addc(m->out, '\n');
	for (size_t i = 0; i < r->facts.len; i++) {
		str_printf(m->out, "%s%s ", i ? " · " : "", r->facts.at[i].name);
		escape_code_span(m->out, r->facts.at[i].value);
	}
	if (r->facts.len)
		str_addc(m->out, '\n');
}

static void add_head(struct markdown *m)
{
	const struct review *r = m->review;
	add_marker(m);
	str_printf(m->out, "## %s — writ %s", r->alarm ? r->alarm : r->calm, r->subject);
	add_code(m, " of ", r->organization, "");
	str_add(m->out, "\n\n");
	if (r->foreign)
		escape_code_span(m->out, r->headline);
	else
		str_printf(m->out, "**%s**", r->headline);
	str_addc(m->out, '\n');
}

void render_markdown(struct str *out, const struct review *r)
{
	struct markdown m = {out, r, ""};
	add_head(&m);
	for (size_t i = 0; i < r->sections.len; i++)
		add_section(&m, i);
	add_foot(&m);
}
