/* SPDX-License-Identifier: Apache-2.0 */
/* The changes of a period as one HTML page, and as parts of another. */
#include "core/past/past_changes_print.h"

#include <table_page.h>

#include "core/render/escape.h"
#include "core/render/page.h"
#include "core/render/render.h"
#include "core/util/clock.h"

static void add(struct str *out, const char *before, const char *text, const char *behind)
{
	if (!text || !*text)
		return;
	str_add(out, before);
	escape_markup(out, render_shown(out->arena, text));
	str_add(out, behind);
}

static void add_when(struct str *out, const struct past_change *row)
{
	struct arena *a = out->arena;
	const char *time = render_time(a, row->time);
	str_printf(out, "<td><time datetime=\"%s\">%.10s %.8s</time>", time, time, time + 11);
	add(out, "<small>or earlier: ", row->latest, "</small>");
	str_add(out, "</td>");
}

static void add_what(struct str *out, const struct past_change *row)
{
	struct arena *a = out->arena;
	bool more = row->verb == PAST_GIVEN || row->verb == PAST_CREATED;
	bool less = row->verb == PAST_TAKEN || row->verb == PAST_DELETED;
	str_printf(out, "<td><span class=\"sign%s\">%s</span>%s",
		   more	  ? " add"
		   : less ? " drop"
			  : "",
		   more	  ? "+"
		   : less ? "-"
			  : "~",
		   past_verb_name(row->verb));
	if (row->proof != PAST_DONE)
		str_printf(out, " <span class=\"mark\">%s</span>", past_proof_name(row->proof));
	str_add(out, "</td><th scope=\"row\">");
	escape_markup(out, render_principal(a, &row->principal));
	str_add(out, "</th><td>");
	if (!row->has_entitlement)
		str_add(out, "the account itself");
	else if (entitlement_power(&row->entitlement) != POWER_NONE)
		add(out, "<b>", entitlement_title(a, &row->entitlement), "</b>");
	else
		add(out, "", entitlement_title(a, &row->entitlement), "");
	add(out, row->has_entitlement ? "<small>with account " : "<small>was ", row->with_account,
	    "</small>");
	str_add(out, "</td>");
}

static void add_why(struct str *out, const struct past_change *row)
{
	str_add(out, "<td>");
	add(out, "", row->reason, "");
	add(out, "<small>", row->ticket, "</small>");
	if (row->expires != DATE_NONE)
		str_printf(out, "<small>until %s</small>", render_day(out->arena, row->expires));
	add(out, "<small>", row->cause, "</small>");
	str_add(out, "</td>");
}

static void add_by(struct str *out, const struct past_change *row)
{
	str_printf(out, "<td>%s", past_source_name(row->source));
	add(out, " by ", row->actor, "");
	add(out, ", found by ", row->found_by, "");
	add(out, "<small>", row->run, "</small>");
	if (row->snapshot)
		str_printf(out, "<small>snapshot %.12s</small>", row->snapshot);
	str_add(out, "</td>");
}

static void add_commit(struct str *out, const char *verb, const struct commit *c)
{
	str_printf(out, "<small>%s %.10s by ", verb, render_time(out->arena, c->commit_time));
	add(out, "", c->author_name, "");
	str_printf(out, ", commit %.12s", c->id);
	add(out, " “", c->subject, "”");
	str_add(out, "</small>");
}

static void add_origin(struct str *out, const struct past_change *row)
{
	const struct line_origin *o = &row->origin;
	str_add(out, "<td>");
	if (row->at.file)
		add(out, "<span class=\"at\">", render_place(out->arena, row->at), "</span>");
	if (o->state == LINE_ORIGIN_KNOWN)
		add_commit(out, row->line_gone ? "ended" : "written", &o->commit);
	if (o->merged)
		add_commit(out, "merged", &o->merge);
	add(out, "<small>", row->unknown, "</small>");
	str_add(out, "</td>");
}

static void add_approver(struct str *out, const struct past_change *row, const char *who,
			 bool claimed, bool known)
{
	bool asked = row->verb == PAST_GIVEN;
	str_add(out, "<td>");
	add(out, "", who,
	    claimed ? " <span class=\"mark\">claimed</span>"
		    : " <span class=\"mark\">signed</span>");
	if (!who && !known)
		str_add(out, "not known here");
	else if (!who)
		str_add(out, asked ? "<b>nobody</b>" : "nobody");
	str_add(out, "</td>");
}

/* ---- what a person asks for ---- */

enum approval {
	APPROVAL_ALONE, /* given, and nobody but its writer stands for it */
	APPROVAL_NOBODY,
	APPROVAL_CLAIMED,
	APPROVAL_SIGNED,
	APPROVAL_NOT_KNOWN,
};

static enum approval approval_of(const struct past_change *row, const char *who, bool claimed,
				 bool known)
{
	if (who)
		return claimed ? APPROVAL_CLAIMED : APPROVAL_SIGNED;
	if (!known)
		return APPROVAL_NOT_KNOWN;
	return row->verb == PAST_GIVEN ? APPROVAL_ALONE : APPROVAL_NOBODY;
}

enum subject { SUBJECT_ITSELF, SUBJECT_ROLE, SUBJECT_PRODUCT, SUBJECT_API, SUBJECT_POWER };

static enum subject subject_of(const struct past_change *row)
{
	if (!row->has_entitlement)
		return SUBJECT_ITSELF;
	if (row->entitlement.api)
		return SUBJECT_API;
	return row->entitlement.role == ROLE_NONE ? SUBJECT_PRODUCT : SUBJECT_ROLE;
}

/* A list of what can be asked for; of `by`, rows say which they are. */
static const struct {
	const char *title, *by, *any;
	struct {
		const char *name;
		int value;
	} choices[6];
} tools[] = {
	{"Change",
	 "change",
	 "any",
	 {{"given", PAST_GIVEN},
	  {"taken", PAST_TAKEN},
	  {"created", PAST_CREATED},
	  {"changed", PAST_CHANGED},
	  {"deleted", PAST_DELETED}}},
	{"What",
	 "what",
	 "everything",
	 {{"what can administer", SUBJECT_POWER},
	  {"admin roles", SUBJECT_ROLE},
	  {"products", SUBJECT_PRODUCT},
	  {"APIs", SUBJECT_API},
	  {"accounts and projects themselves", SUBJECT_ITSELF}}},
	{"Who",
	 "who",
	 "anybody",
	 {{"accounts", PRINCIPAL_ACCOUNT},
	  {"groups", PRINCIPAL_GROUP},
	  {"users", PRINCIPAL_USER},
	  {"projects", PRINCIPAL_PROJECT}}},
	{"Made by",
	 "made",
	 "anybody",
	 {{"a run", PAST_RUN}, {"drift", PAST_DRIFT}, {"unnamed", PAST_UNNAMED}}},
	{"Seen",
	 "proof",
	 "or not",
	 {{"done", PAST_DONE}, {"not seen yet", PAST_LATE}, {"unknown", PAST_UNKNOWN}}},
	{"Approved by",
	 "approved",
	 "anybody or nobody",
	 {{"nobody, and it was given", APPROVAL_ALONE},
	  {"nobody", APPROVAL_NOBODY},
	  {"somebody, as claimed", APPROVAL_CLAIMED},
	  {"somebody, signed", APPROVAL_SIGNED},
	  {"not known here", APPROVAL_NOT_KNOWN}}},
};

static void add_tools(struct str *out)
{
	str_add(out, "<div class=\"tools\" role=\"search\" aria-label=\"Changes\" hidden>\n"
		     "<label>Search<br><input type=\"search\" autocomplete=\"off\" "
		     "spellcheck=\"false\" placeholder=\"name, reason, ticket, file, day\">"
		     "</label>\n");
	for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++) {
		str_printf(out,
			   "<label>%s<br><select data-by=\"%s\">"
			   "<option value=\"\">%s</option>",
			   tools[i].title, tools[i].by, tools[i].any);
		for (size_t k = 0; k < 6 && tools[i].choices[k].name; k++)
			str_printf(out, "<option value=\"%d\">%s</option>",
				   tools[i].choices[k].value, tools[i].choices[k].name);
		str_add(out, "</select></label>\n");
	}
	str_add(out, "</div>\n<p class=\"count\" role=\"status\" hidden></p>\n");
}

static void open_row(struct str *out, const struct past_change *row, enum approval approval)
{
	bool power = row->has_entitlement && entitlement_power(&row->entitlement) != POWER_NONE;
	str_printf(out, "<tr%s data-change=\"%d\" data-what=\"%d",
		   approval == APPROVAL_ALONE ? " class=\"alone\"" : "", row->verb,
		   subject_of(row));
	if (power)
		str_printf(out, " %d", SUBJECT_POWER);
	str_printf(out,
		   "\" data-who=\"%d\" data-made=\"%d\" data-proof=\"%d\" "
		   "data-approved=\"%d",
		   row->principal.kind, row->source, row->proof, approval);
	if (approval == APPROVAL_ALONE)
		str_printf(out, " %d", APPROVAL_NOBODY);
	str_add(out, "\">");
}

static void add_row(struct str *out, const struct past_change *row)
{
	bool claimed, known;
	const char *who = past_change_approver(out->arena, row, &claimed, &known);
	open_row(out, row, approval_of(row, who, claimed, known));
	add_when(out, row);
	add_what(out, row);
	add_why(out, row);
	add_by(out, row);
	add_origin(out, row);
	add_approver(out, row, who, claimed, known);
	str_add(out, "</tr>\n");
}

void past_changes_add_rows(struct str *out, const struct past_changes *changes)
{
	static const char *const titles[] = {"When (UTC)", "Change",  "Who",  "What",
					     "Why",	   "Made by", "Line", "Approved by"};
	if (changes->rows.len == 0)
		return;
	str_add(out, "<div class=\"changes rows\" data-one=\"change\" data-many=\"changes\" "
		     "data-of=\"a change\">\n");
	add_tools(out);
	str_add(out, "<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"Table of "
		     "changes\">\n<table>\n<caption>One row a change, oldest first.</caption>\n"
		     "<thead><tr>");
	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++)
		str_printf(out, "<th scope=\"col\">%s</th>", titles[i]);
	str_add(out, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < changes->rows.len; i++)
		add_row(out, &changes->rows.at[i]);
	str_add(out,
		"</tbody>\n</table>\n</div>\n<button type=\"button\" hidden></button>\n</div>\n");
}

void past_changes_add_gaps(struct str *out, const struct past_changes *changes)
{
	if (!changes->gaps.len && !changes->unseen.len)
		return;
	str_add(out, "<section class=\"warning\"><h2>What is not known</h2>\n<ul>\n");
	for (size_t i = 0; i < changes->gaps.len; i++)
		add(out, "<li>", changes->gaps.at[i], "</li>\n");
	for (size_t i = 0; i < changes->unseen.len; i++) {
		str_add(out, "<li>no snapshot shows all the time who held ");
		escape_markup(out,
			      render_entitlement(out->arena, changes->unseen.at[i].entitlement));
		str_add(out, "</li>\n");
	}
	str_add(out, "</ul></section>\n");
}

void past_changes_print_html(struct str *out, const struct change_table *t)
{
	struct str title = STR(out->arena);
	str_add(&title, "writ changes");
	if (t->organization)
		str_printf(&title, " of %s", render_shown(out->arena, t->organization));
	page_begin(out, str_text(&title), table_style, table_script);
	add(out, "<p class=\"of\">", str_text(&title), "</p>\n");
	add(out, "<h1>", past_changes_summary(out->arena, t), "</h1>\n");
	past_changes_add_gaps(out, t->changes);
	past_changes_add_rows(out, t->changes);
	page_end(out, table_script);
}
