/* SPDX-License-Identifier: Apache-2.0 */
/* A review as JUnit's XML: a suite for each section, a case for each item. What a reviewer has to
 * look at before anything else (LEVEL_ERROR) fails, all else passes. */
#include "core/render/escape.h"
#include "core/render/format.h"
#include "core/render/render.h"

static void add_attribute(struct str *out, const char *name, const char *value)
{
	str_printf(out, " %s=\"", name);
	escape_markup(out, value);
	str_addc(out, '"');
}

static void add_case(struct str *out, const struct review *r, const struct review_section *s,
		     const struct review_item *item)
{
	struct arena *a = out->arena;
	struct location at = review_at(r, item);
	const char *sentence = review_sentence(a, item);
	str_add(out, "  <testcase");
	add_attribute(out, "name", sentence);
	add_attribute(out, "classname",
		      arena_printf(a, "writ.%s.%s%s%s", r->subject, s->of ? s->of : "",
				   s->of ? "." : "", s->rule));
	if (at.file) {
		add_attribute(out, "file", render_shown(a, at.file));
		add_attribute(out, "line", arena_printf(a, "%u", at.line ? at.line : 1));
	}
	if (item->level != LEVEL_ERROR) {
		str_add(out, "/>\n");
		return;
	}
	str_add(out, ">\n   <failure");
	add_attribute(out, "type", item->rule);
	add_attribute(out, "message", sentence);
	str_addc(out, '>');
	escape_markup(out, review_rule_text(item->rule));
	str_add(out, "</failure>\n  </testcase>\n");
}

static size_t count_failures(const struct review_section *s)
{
	size_t count = 0;
	for (size_t i = 0; i < s->shown; i++)
		count += s->items.at[i].level == LEVEL_ERROR;
	return count;
}

static void add_counts(struct str *out, size_t tests, size_t failures)
{
	str_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"0\"", tests,
		   failures);
}

static void add_suite(struct str *out, const struct review *r, const struct review_section *s)
{
	str_add(out, " <testsuite");
	add_attribute(out, "name", review_title(out->arena, s));
	add_counts(out, s->shown, count_failures(s));
	str_add(out, ">\n");
	for (size_t i = 0; i < s->shown; i++)
		add_case(out, r, s, &s->items.at[i]);
	if (s->shown < s->items.len)
		str_printf(out, "  <system-out>%zu more were left out.</system-out>\n",
			   s->items.len - s->shown);
	str_add(out, " </testsuite>\n");
}

/* Adds a case for the review itself, so that no report is empty: one without cases could be taken
 * for one that was not made. */
static void add_summary(struct str *out, const struct review *r)
{
	struct arena *a = out->arena;
	const char *left_out = review_left_out(r, a);
	str_add(out, " <testsuite");
	add_attribute(out, "name", arena_printf(a, "writ %s", r->subject));
	add_counts(out, 1, 0);
	str_add(out, ">\n  <testcase");
	add_attribute(out, "name",
		      arena_printf(a, "%s. %s", r->alarm ? r->alarm : r->calm, r->headline));
	add_attribute(out, "classname", arena_printf(a, "writ.%s", r->subject));
	str_add(out, "/>\n");
	if (left_out)
		str_printf(out,
			   "  <system-out>Left out to stay within %zu bytes: %s.</system-out>\n",
			   r->budget, left_out);
	str_add(out, " </testsuite>\n");
}

void render_junit(struct str *out, const struct review *r)
{
	size_t tests = 1, failures = 0;
	for (size_t i = 0; i < r->sections.len; i++) {
		const struct review_section *s = &r->sections.at[i];
		tests += s->again ? 0 : s->shown;
		failures += s->again ? 0 : count_failures(s);
	}
	str_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"writ\"");
	add_counts(out, tests, failures);
	str_add(out, ">\n");
	add_summary(out, r);
	for (size_t i = 0; i < r->sections.len; i++) {
		if (!r->sections.at[i].again)
			add_suite(out, r, &r->sections.at[i]);
	}
	str_add(out, "</testsuites>\n");
}
