/* SPDX-License-Identifier: Apache-2.0 */
#include "core/report/matrix_page.h"

#include <report_page.h>

#include "core/render/escape.h"
#include "core/render/page.h"
#include "core/render/render.h"
#include "core/report/matrix_page_data.h"
#include "core/report/matrix_picture.h"
#include "core/util/clock.h"

#define SHORT 40    /* holders of one entitlement that stand in the open */
#define PICTURES 60 /* of who can administer; the script draws those of all others */

static void add_text(struct str *out, const char *before, const char *text, const char *behind)
{
	if (!text || !*text)
		return;
	str_add(out, before);
	escape_markup(out, text);
	str_add(out, behind);
}

static void add_words(struct str *out, const char *before, const char *text, const char *behind)
{
	add_text(out, before, text ? render_words(out->arena, text) : NULL, behind);
}

/* ---- the head ---- */

static void add_head(struct str *out, const struct matrix *m)
{
	page_policy(out, page_style, page_script);
	add_words(out, "<title>Access report of ", m->organization, "");
	str_printf(out, ", %.10s</title>\n<style>", render_time(out->arena, m->now));
	str_addn(out, page_style, sizeof(page_style) - 1);
	str_add(out, "</style>\n</head>\n<body>\n");
}

static bool can_administer(const struct matrix_principal *p)
{
	return p->powers + p->awaited > 0;
}

static bool has_pictures(const struct matrix *m)
{
	for (size_t i = 0; i < m->principals.len; i++) {
		if (can_administer(&m->principals.at[i]))
			return true;
	}
	return false;
}

static void add_title(struct str *out, const struct matrix *m)
{
	struct arena *a = out->arena;
	str_add(out, "<a class=\"skip\" href=\"#grants\">Skip to who has what</a>\n<header>\n");
	add_words(out, "<p class=\"of\">Access report of ", m->organization, "");
	str_printf(out, ", made %s</p>\n", render_time(a, m->now));
	str_printf(out, "<h1>%s</h1>\n", matrix_headline(a, m));
	add_text(out, "<p class=\"sources\">", matrix_sources(a, m), "</p>\n");
	add_words(out, "<p class=\"warning\">Since when lines stand is not wholly known: ",
		  m->lines_lost, "</p>\n");
	add_words(out, "<p class=\"warning\">Since when grants are held is not wholly known: ",
		  m->history_lost, "</p>\n");
	str_printf(out,
		   "<nav aria-label=\"Parts\"><a href=\"#powers\">Who can administer</a>"
		   "%s%s<a href=\"#grants\">Who has what</a></nav>\n</header>\n<main>\n",
		   has_pictures(m) ? "<a href=\"#ways\">By which ways</a>" : "",
		   m->changes ? "<a href=\"#changes\">What changed</a>" : "");
}

/* ---- who can administer ---- */

static const struct {
	const char *sign, *css;
	bool look; /* somebody has to look at it */
} states[MATRIX_STATE_COUNT] = {
	[MATRIX_DECLARED] = {"○", "declared"},
	[MATRIX_HELD] = {"●", "held"},
	[MATRIX_PENDING] = {"◇", "pending"},
	[MATRIX_NOT_DECLARED] = {"▲", "undeclared", true},
	[MATRIX_ENDED] = {"–", "ended"},
	[MATRIX_OVERDUE] = {"✕", "overdue", true},
	[MATRIX_LINGERING] = {"✕?", "lingering", true},
	[MATRIX_NOT_SEEN] = {"?", "unseen"},
};

static void add_state(struct str *out, enum matrix_state state)
{
	str_printf(out,
		   "<span class=\"state s-%s\"><span class=\"glyph\" "
		   "aria-hidden=\"true\">%s</span>%s</span>",
		   states[state].css, states[state].sign, matrix_state_name(state));
}

/* A cell with its column's name, for narrow windows. */
static void open_cell(struct str *out, const char *name)
{
	str_printf(out, "<td data-name=\"%s\">", name);
}

static void add_day(struct str *out, const char *name, int32_t day)
{
	if (day == DATE_NONE) {
		str_add(out, "<td></td>");
		return;
	}
	open_cell(out, name);
	str_printf(out, "%s</td>", render_day(out->arena, day));
}

/* Since when it is held, else since when its line stands. */
static void add_since(struct str *out, const struct matrix *m, const struct matrix_cell *c)
{
	const struct line_origin *o = matrix_origin(m, c);
	int64_t time = c->since ? c->since : o ? o->commit.commit_time : 0;
	if (!time) {
		str_add(out, "<td></td>");
		return;
	}
	open_cell(out, c->since ? "held since" : "declared since");
	str_printf(out, "%.10s%s</td>", render_time(out->arena, time),
		   c->since && c->since_unsure ? " or earlier" : "");
}

/* The line that says so, below what it says. */
static void add_line(struct str *out, const struct matrix_cell *c, const struct matrix *m)
{
	if (c->facts == 0)
		return;
	add_text(out, "<div class=\"place\">",
		 render_place(out->arena, m->facts.at[c->fact].declaration->at), "");
	if (c->facts > 1)
		str_printf(out, " and %zu more", c->facts - 1);
	str_add(out, "</div>");
}

static void add_why(struct str *out, const struct matrix *m, const struct matrix_cell *c)
{
	str_add(out, "<td>");
	add_words(out, "", c->words ? c->words->reason : NULL, "");
	if (c->words && c->words->reason && c->words->ticket)
		str_add(out, ", ");
	add_words(out, "", c->words ? c->words->ticket : NULL, "");
	if (c->drift)
		str_printf(out, " <span class=\"s-undeclared\">open drift since %.10s</span>",
			   render_shown(out->arena, c->drift->since ? c->drift->since : "?"));
	add_line(out, c, m);
	str_add(out, "</td>");
}

static void add_holder(struct str *out, const struct matrix *m, const struct matrix_cell *c)
{
	const struct matrix_principal *p = matrix_principal_of(m, c);
	add_text(out, "<tr><th scope=\"row\">", matrix_name(out->arena, p->who), "</th><td>");
	add_state(out, c->state);
	str_add(out, "</td>");
	add_day(out, "until", c->expires);
	add_since(out, m, c);
	add_why(out, m, c);
	if (p->owner) {
		open_cell(out, "owner");
		add_words(out, "", p->owner, "</td>");
	} else {
		str_add(out, "<td></td>");
	}
	str_add(out, "</tr>\n");
}

static bool needs_a_look(const struct matrix_power *p)
{
	for (size_t i = 0; i < p->cells.len; i++) {
		if (states[p->cells.at[i]->state].look)
			return true;
	}
	return false;
}

static void add_power(struct str *out, const struct matrix *m, const struct matrix_power *p)
{
	struct arena *a = out->arena;
	bool folded = p->cells.len > SHORT;
	const char *name = render_entitlement(a, p->entitlement);
	str_printf(out, "<%s class=\"power%s\">", folded ? "details" : "div",
		   needs_a_look(p)			 ? " look"
		   : p->count.unseen || p->count.anybody ? " unsure"
							 : "");
	add_text(out, folded ? "<summary>" : "<h3>", name, " <span class=\"count\">");
	add_text(out, "", matrix_count_text(a, &p->count), "</span>");
	str_add(out, folded ? "</summary>\n" : "</h3>\n");
	if (p->cells.len) {
		add_text(out, "<table><caption class=\"sr\">", name,
			 "</caption><thead><tr><th scope=\"col\" class=\"w-who\">Who</th>"
			 "<th scope=\"col\" class=\"w-state\">State</th>"
			 "<th scope=\"col\" class=\"day\">Until</th>"
			 "<th scope=\"col\" class=\"day\">Since</th>"
			 "<th scope=\"col\">Why, and which line says so</th>"
			 "<th scope=\"col\" class=\"w-owner\">Owner</th></tr></thead>\n<tbody>\n");
		for (size_t i = 0; i < p->cells.len; i++)
			add_holder(out, m, p->cells.at[i]);
		str_add(out, "</tbody></table>");
	}
	str_printf(out, "</%s>\n", folded ? "details" : "div");
}

static void add_powers(struct str *out, const struct matrix *m)
{
	struct matrix_power_vec powers = {0};
	matrix_powers(m, out->arena, &powers);
	str_add(out, "<section id=\"powers\" aria-labelledby=\"powers-title\">\n"
		     "<h2 id=\"powers-title\">Who can administer</h2>\n"
		     "<p>Admin roles, the most powerful first, and APIs whose holder can hand out "
		     "rights.</p>\n");
	for (size_t i = 0; i < powers.len; i++)
		add_power(out, m, &powers.at[i]);
	if (powers.len == 0)
		str_add(out, "<p>Nobody is declared or seen to.</p>\n");
	str_add(out, "</section>\n");
}

/* ---- by which ways ---- */

static void add_ways(struct str *out, const struct matrix *m)
{
	size_t drawn = 0, all = 0;
	if (!has_pictures(m))
		return;
	str_add(out, "<section id=\"ways\" aria-labelledby=\"ways-title\">\n"
		     "<h2 id=\"ways-title\">By which ways</h2>\n<p>Who can administer, what says "
		     "so, and "
		     "all that they have. A broken line is not known to lead there now.</p>\n");
	for (size_t i = 0; i < m->principals.len; i++) {
		const struct matrix_principal *p = &m->principals.at[i];
		if (!can_administer(p) || ++all > PICTURES)
			continue;
		add_text(out, "<details class=\"way\"><summary>", matrix_name(out->arena, p->who),
			 "</summary>\n");
		matrix_picture_add(out, m, p);
		str_add(out, "</details>\n");
		drawn++;
	}
	if (drawn < all)
		str_printf(out,
			   "<p class=\"dim\">These are the first %zu of %zu; a row of the table "
			   "below draws each of the others.</p>\n",
			   drawn, all);
	str_add(out, "</section>\n");
}

/* ---- what changed ---- */

static void add_changes(struct str *out, const struct change_table *t)
{
	bool folded = t->changes->rows.len > SHORT;
	str_add(out,
		"<section id=\"changes\" class=\"changes\" aria-labelledby=\"changes-title\">\n"
		"<h2 id=\"changes-title\">What changed</h2>\n");
	add_text(out, folded ? "<details><summary>" : "<p>", past_changes_summary(out->arena, t),
		 folded ? "</summary>\n" : "</p>\n");
	past_changes_add_rows(out, t->changes);
	str_add(out, folded ? "</details>\n" : "");
	past_changes_add_gaps(out, t->changes);
	str_add(out, "</section>\n");
}

/* ---- who has what ---- */

/* "2026-06-01" and so many days. */
static void add_end(struct str *out, const struct matrix *m, int32_t days)
{
	str_printf(out, "<option value=\"%s\">within %d days</option>",
		   render_day(out->arena, time_day(m->now) + days), days);
}

static void add_tools(struct str *out, const struct matrix *m)
{
	str_add(out,
		"<div class=\"tools\" id=\"tools\" role=\"search\" aria-label=\"Grants\" hidden>\n"
		"<label>Search<br><input type=\"search\" id=\"search\" autocomplete=\"off\" "
		"spellcheck=\"false\" placeholder=\"name, owner, reason, ticket\"></label>\n"
		"<fieldset><legend>Show</legend><label><input type=\"radio\" name=\"view\" "
		"value=\"grid\" checked> a row for each name</label><label><input type=\"radio\" "
		"name=\"view\" value=\"list\"> a row for each grant</label></fieldset>\n"
		"<label>What<br><select id=\"kind\"><option value=\"\">everything</option><option "
		"value=\"power\">what can administer</option><option value=\"0\">admin roles"
		"</option><option value=\"1\">products</option><option value=\"2\">APIs</option>"
		"</select></label>\n"
		"<label>State<br><select id=\"state\"><option value=\"\">any</option><option "
		"value=\"look\">not as declared</option>");
	for (int i = 0; i < MATRIX_STATE_COUNT; i++)
		str_printf(out, "<option value=\"%d\">%s</option>", i, matrix_state_name(i));
	str_add(out, "</select></label>\n"
		     "<label>Who<br><select id=\"who\"><option value=\"\">anybody</option>"
		     "<option value=\"0\">accounts</option><option value=\"1\">groups</option>"
		     "<option value=\"2\">users</option></select></label>\n"
		     "<label>Ends<br><select id=\"ends\"><option value=\"\">whenever</option>");
	add_end(out, m, 30);
	add_end(out, m, 90);
	add_end(out, m, 365);
	str_add(out, "</select></label>\n</div>\n");
}

static void add_legend(struct str *out)
{
	str_add(out, "<ul class=\"legend\" id=\"legend\" aria-label=\"Signs\" hidden>");
	for (int i = 0; i < MATRIX_STATE_COUNT; i++) {
		str_add(out, "<li>");
		add_state(out, i);
		str_add(out, "</li>");
	}
	str_add(out, "<li class=\"dim\">no sign: neither declared nor held</li></ul>\n");
}

static void add_grants(struct str *out, const struct matrix *m)
{
	str_add(out,
		"<section id=\"grants\" aria-labelledby=\"grants-title\">\n"
		"<h2 id=\"grants-title\">Who has what</h2>\n"
		"<noscript><p class=\"warning\">The table of all grants is drawn by the script "
		"in this file, which is switched off. What can administer stands above in "
		"full; <code>writ report --format csv</code> writes all of it as a table."
		"</p></noscript>\n");
	add_tools(out, m);
	add_legend(out);
	str_add(out, "<p id=\"count\" class=\"dim\" role=\"status\" hidden></p>\n"
		     "<div class=\"scroller\" id=\"scroller\" tabindex=\"0\" role=\"region\" "
		     "aria-label=\"Table of who has what\" hidden><table id=\"all\"><caption "
		     "class=\"sr\">Who has what. Enter opens a row; the arrow keys go up and down."
		     "</caption></table></div>\n</section>\n</main>\n");
}

/* ---- the foot ---- */

static void add_fact(struct str *out, const char *name, const char *value)
{
	str_printf(out, "<dt>%s</dt>", name);
	add_words(out, "<dd>", value ? value : "none", "</dd>\n");
}

static void add_foot(struct str *out, const struct matrix *m)
{
	str_add(out, "<footer>\n<dl class=\"facts\">\n");
	add_fact(out, "organisation", m->organization);
	if (m->org_id)
		add_fact(out, "its id", m->org_id);
	add_fact(out, "manifests", m->manifests);
	if (m->commit)
		add_fact(out, "their commit", m->commit);
	add_fact(out, "snapshot", m->snapshot);
	if (m->snapshot_note)
		add_fact(out, "which one", m->snapshot_note);
	str_add(out, "</dl>\n<p>Membership of user groups is nothing that manifests say: what a "
		     "group holds is told of the group.</p>\n</footer>\n");
}

void matrix_page_print(struct str *out, const struct matrix *m)
{
	add_head(out, m);
	add_title(out, m);
	add_powers(out, m);
	add_ways(out, m);
	if (m->changes)
		add_changes(out, m->changes);
	add_grants(out, m);
	add_foot(out, m);
	str_add(out, "<script type=\"application/json\" id=\"data\">");
	matrix_page_data(out, m);
	str_add(out, "</script>\n<script>");
	str_addn(out, page_script, sizeof(page_script) - 1);
	str_add(out, "</script>\n</body>\n</html>\n");
}
