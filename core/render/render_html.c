/* SPDX-License-Identifier: Apache-2.0 */
/* A review as one HTML page: no script, no network, and a policy that says so to the browser. */
#include <string.h>

#include "core/render/escape.h"
#include "core/render/format.h"
#include "core/render/render.h"

static const char style[] =
	":root{color-scheme:light dark;--ink:#1c2024;--dim:#5b646e;--paper:#fff;--line:#d8dee4;"
	"--box:#f5f7f9;--red:#b3121d;--red-box:#fff0f0;--amber:#8a5300;--green:#1a6e2e}\n"
	"@media(prefers-color-scheme:dark){:root{--ink:#e6e9ec;--dim:#9aa4ae;--paper:#16191d;"
	"--line:#363c44;--box:#1e2328;--red:#ff8b87;--red-box:#3a1719;--amber:#f0b35a;"
	"--green:#6fcf86}}\n"
	"*{box-sizing:border-box}\n"
	"body{margin:0 auto;padding:1rem 1.25rem 2rem;max-width:72rem;background:var(--paper);"
	"color:var(--ink);font:15px/1.45 system-ui,sans-serif}\n"
	"h1{font-size:1.5rem;line-height:1.25;margin:.2rem 0}\n"
	"h1.alarm,.error>h2,.error>summary{color:var(--red)}\n"
	"h2,summary{font-size:1.05rem;font-weight:600;margin:0}\n"
	".of,.facts dt,.why,.at{color:var(--dim)}\n"
	"section,details{border:1px solid var(--line);border-left-width:4px;border-radius:6px;"
	"padding:.6rem .9rem;margin:.75rem 0;background:var(--box)}\n"
	".error{border-color:var(--red);background:var(--red-box)}\n"
	".warning{border-left-color:var(--amber)}\n"
	"summary{cursor:pointer}\n"
	"ul{list-style:none;margin:.4rem 0 0;padding:0}\n"
	"li{padding:.15rem 0 .15rem 1.5rem;text-indent:-1.5rem;overflow-wrap:anywhere}\n"
	"li ul,li ol{text-indent:0;margin:.1rem 0 .3rem}\n"
	"ol li{text-indent:0;padding-left:0}\n"
	".sign{display:inline-block;width:1.5rem;text-indent:0;font-weight:700;"
	"font-family:monospace}\n"
	".add{color:var(--green)}.drop{color:var(--red)}\n"
	".error .add{color:var(--red)}\n"
	".what{font-weight:600}\n"
	".mark{border:1px solid var(--line);border-radius:4px;padding:0 .35rem;font-size:.85em;"
	"text-indent:0;display:inline-block}\n"
	".at{font:.85em monospace}\n"
	".facts{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:1rem 0 0;"
	"font-size:.9rem}\n"
	".facts dd{margin:0;font-family:monospace;overflow-wrap:anywhere}\n"
	"@media print{body{max-width:none}details>:not(summary){display:block!important}}\n";

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

/* Where, and what else there is to say. */
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
	const char *class = review_level_name(s->level);
	bool open = s->level == LEVEL_ERROR || review_is_short(s);
	if (open)
		str_printf(out, "<section class=\"%s\"><h2>%s (%zu)</h2>\n", class, s->title,
			   s->items.len);
	else
		str_printf(out, "<details class=\"%s\"><summary>%s (%zu)</summary>\n", class,
			   s->title, s->items.len);
	add_items(out, s);
	str_add(out, open ? "</section>\n" : "</details>\n");
}

/* The policy allows this style sheet alone. */
static void add_head(struct str *out, const struct review *r)
{
	unsigned char digest[SHA256_SIZE];
	char hash[SHA256_BASE64];
	sha256_of(style, sizeof(style) - 1, digest);
	sha256_base64(digest, hash);
	str_add(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		     "base-uri 'none'; form-action 'none'; ");
	str_printf(out, "style-src 'sha256-%s'\">\n", hash);
	str_add(out, "<meta name=\"referrer\" content=\"no-referrer\">\n"
		     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
	str_printf(out, "<title>writ %s", r->subject);
	add_text(out, " of ", r->organization, "");
	str_printf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n", style);
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
	str_add(out, "</dl>\n</main>\n</body>\n</html>\n");
}

void render_html(struct str *out, const struct review *r)
{
	add_head(out, r);
	add_title(out, r);
	for (size_t i = 0; i < r->sections.len; i++)
		add_section(out, &r->sections.at[i]);
	add_foot(out, r);
}
