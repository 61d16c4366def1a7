/* SPDX-License-Identifier: Apache-2.0 */
/* A review as one HTML page: no script, no network, and a policy that says so to the browser. */
#include <string.h>

#include "core/render/escape.h"
#include "core/render/format.h"
#include "core/render/page.h"
#include "core/render/render.h"

static void add_text(struct str *out, const char *before, const char *text, const char *behind)
{
	if (!text || !*text)
		return;
	str_add(out, before);
	escape_markup(out, text);
	str_add(out, behind);
}

static void add_sign(struct str *out, const struct review_item *item)
{
	const char *sign = item->sign ? item->sign : "·";
	const char *class = *sign == '+' ? " add" : *sign == '-' ? " drop" : "";
	str_printf(out, "<span class=\"sign%s\">%s</span>", class, sign);
}

static void add_steps(struct str *out, const char *steps)
{
	if (!steps || !*steps)
		return;
	str_add(out, "<ol>");
	for (const char *at = steps; *at;) {
		size_t len = strcspn(at, "\n");
		add_text(out, "<li>", render_shown(out->arena, arena_strndup(out->arena, at, len)),
			 "</li>");
		at += len + (at[len] == '\n');
	}
	str_add(out, "</ol>");
}

static void add_reason(struct str *out, const struct review_item *item)
{
	add_text(out, " <span class=\"why\">“", item->reason, "”</span>");
	add_text(out, " <span class=\"why\">", item->ticket, "</span>");
}

/* Adds an item's place, marks and note. */
static void add_words(struct str *out, const struct review_item *item)
{
	add_text(out, " <span class=\"why\">", item->note, "</span>");
	add_text(out, " <span class=\"at\">", review_place(out->arena, item), "</span>");
	add_steps(out, item->steps);
}

static void add_item(struct str *out, const struct review_item *item)
{
	str_add(out, "<li>");
	add_sign(out, item);
	if (item->about)
		add_text(out, "<b>", item->who, "</b>: ");
	add_text(out, "<span class=\"what\">", item->what, "</span>");
	if (item->who && !item->about) {
		str_printf(out, " %s ", review_joint(item));
		add_text(out, "<b>", item->who, "</b>");
	}
	add_reason(out, item);
	add_text(out, " <span class=\"mark\">", item->marks, "</span>");
	add_words(out, item);
	str_add(out, "</li>\n");
}

static void add_group(struct str *out, const struct review_section *s, size_t i, size_t run)
{
	const struct review_item *first = &s->items.at[i];
	str_add(out, "<li>");
	add_sign(out, first);
	add_text(out, "<span class=\"what\">", first->what, "</span>");
	str_printf(out, " %s <b>%zu</b>", review_joint(first), run);
	add_text(out, " <span class=\"mark\">", first->marks, "</span>");
	bool once = review_has_one_reason(s, i, run);
	if (once)
		add_reason(out, first);
	str_add(out, "<ul>\n");
	for (size_t k = i; k < i + run && k < s->shown; k++) {
		add_text(out, "<li>", s->items.at[k].who, "");
		if (!once)
			add_reason(out, &s->items.at[k]);
		add_words(out, &s->items.at[k]);
		str_add(out, "</li>\n");
	}
	str_add(out, "</ul></li>\n");
}

static void add_items(struct str *out, const struct review_section *s)
{
	str_add(out, "<ul>\n");
	for (size_t i = 0, run; i < s->items.len; i += run) {
		run = review_run(s, i);
		if (s->items.at[i].group && (i < s->shown || s->kept))
			add_group(out, s, i, run);
		else if (i < s->shown)
			add_item(out, &s->items.at[i]);
	}
	if (s->shown < s->items.len)
		str_printf(out, "<li>and %zu more, left out</li>\n", s->items.len - s->shown);
	str_add(out, "</ul>\n");
}

static void add_section(struct str *out, const struct review_section *s)
{
	const char *class = review_level_name(s->level), *title = review_title(out->arena, s);
	bool open = s->level == LEVEL_ERROR || review_is_short(s);
	if (open)
		str_printf(out, "<section class=\"%s\"><h2>%s (%zu)</h2>\n", class, title,
			   s->items.len);
	else
		str_printf(out, "<details class=\"%s\"><summary>%s (%zu)</summary>\n", class, title,
			   s->items.len);
	add_items(out, s);
	str_add(out, open ? "</section>\n" : "</details>\n");
}

static void add_head(struct str *out, const struct review *r)
{
	struct str title = STR(out->arena);
	str_printf(&title, "writ %s", r->subject);
	if (r->organization && *r->organization)
		str_printf(&title, " of %s", r->organization);
	page_begin(out, str_text(&title), "", "");
}

static void add_title(struct str *out, const struct review *r)
{
	str_printf(out, "<p class=\"of\">writ %s", r->subject);
	add_text(out, " of ", r->organization, "");
	str_printf(out, "</p>\n<h1%s>", r->alarm ? " class=\"alarm\"" : "");
	add_text(out, "", r->alarm ? r->alarm : r->calm, "</h1>\n");
	add_text(out, "<p>", r->headline, "</p>\n");
}

static void add_foot(struct str *out, const struct review *r)
{
	const char *left_out = review_left_out(r, out->arena);
	if (left_out)
		str_printf(out, "<p>Left out to stay within %zu bytes: %s.</p>\n", r->budget,
			   left_out);
	str_add(out, "<dl class=\"facts\">\n");
	for (size_t i = 0; i < r->facts.len; i++) {
		add_text(out, "<dt>", r->facts.at[i].name, "</dt>");
		add_text(out, "<dd>", r->facts.at[i].value, "</dd>\n");
	}
	str_add(out, "</dl>\n");
	page_end(out, "");
}

void render_html(struct str *out, const struct review *r)
{
	add_head(out, r);
	add_title(out, r);
	for (size_t i = 0; i < r->sections.len; i++)
		add_section(out, &r->sections.at[i]);
	add_foot(out, r);
}
