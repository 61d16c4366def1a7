/* SPDX-License-Identifier: Apache-2.0 */
/* A review as GitLab's Code Quality report: a JSON array of issues, each on its line. */
#include "core/render/format.h"
#include "core/util/json.h"

#define EVERYTHING "manifests" /* the path of an issue that no file is to blame for */

static const char *severity_of(enum review_level level)
{
	static const char *const names[LEVEL_COUNT] = {"info", "major", "critical"};
	return names[level];
}

static void add_issue(struct str *out, const char *rule, const char *text, const char *fingerprint,
		      enum review_level level, struct location at)
{
	str_addc(out, '{');
	json_put_text(out, "type", "issue");
	json_put_text(out, "check_name", rule);
	json_put_text(out, "description", text);
	json_put_text(out, "fingerprint", fingerprint);
	json_put_text(out, "severity", severity_of(level));
	str_add(out, ", \"categories\": [\"Security\"]");
	json_put_key(out, "location");
	str_addc(out, '{');
	json_put_text(out, "path", at.file ? at.file : EVERYTHING);
	str_printf(out, ", \"lines\": {\"begin\": %u}}}", at.file && at.line ? at.line : 1);
}

static void add_item(struct str *out, const struct review *r, const struct review_item *item)
{
	add_issue(out, item->rule, review_sentence(out->arena, item),
		  review_fingerprint(out->arena, item), item->level, review_at(r, item));
}

/* Adds an issue that says what the list leaves out, so that nobody takes it for all. */
static void add_left_out(struct str *out, const struct review *r, bool first)
{
	const struct review_item item = {.rule = "left-out", .what = r->subject};
	const char *left_out = review_left_out(r, out->arena);
	if (!left_out)
		return;
	str_add(out, first ? "\n  " : ",\n  ");
	add_issue(out, item.rule,
		  arena_printf(out->arena, "Left out to stay within %zu bytes: %s.", r->budget,
			       left_out),
		  review_fingerprint(out->arena, &item), LEVEL_NOTE, r->at);
}

void render_codequality(struct str *out, const struct review *r)
{
	bool first = true;
	str_addc(out, '[');
	for (size_t i = 0; i < r->sections.len; i++) {
		const struct review_section *s = &r->sections.at[i];
		for (size_t k = 0; k < s->shown && !s->again; k++) {
			str_add(out, first ? "\n  " : ",\n  ");
			add_item(out, r, &s->items.at[k]);
			first = false;
		}
	}
	add_left_out(out, r, first);
	str_add(out, first ? "]\n" : "\n]\n");
}
