/* SPDX-License-Identifier: Apache-2.0 */
/* A review as commands to GitHub's runner, which it shows on the lines of a pull request. */
#include "core/render/escape.h"
#include "core/render/format.h"

#define SHOWN_MAX 10 /* of each kind that a step has; more are dropped without a word */

static const char *command_of(enum review_level level)
{
	static const char *const names[LEVEL_COUNT] = {"notice", "warning", "error"};
	return names[level];
}

static bool is_told(const struct review_section *s)
{
	return !s->again && !s->aside;
}

static size_t count_of(const struct review *r, enum review_level level)
{
	size_t count = 0;
	for (size_t i = 0; i < r->sections.len; i++) {
		const struct review_section *s = &r->sections.at[i];
		for (size_t k = 0; k < s->items.len && is_told(s); k++)
			count += s->items.at[k].level == level;
	}
	return count;
}

static void add_property(struct str *out, const char *name, const char *value, bool first)
{
	str_printf(out, "%s%s=", first ? " " : ",", name);
	escape_command_property(out, value);
}

static void add_annotation(struct str *out, const struct review *r, const struct review_section *s,
			   const struct review_item *item)
{
	struct arena *a = out->arena;
	struct location at = review_at(r, item);
	str_printf(out, "::%s", command_of(item->level));
	add_property(out, "title", arena_printf(a, "writ %s: %s", r->subject, s->title), true);
	if (at.file) {
		add_property(out, "file", at.file, false);
		add_property(out, "line", arena_printf(a, "%u", at.line ? at.line : 1), false);
		if (at.line && at.column)
			add_property(out, "col", arena_printf(a, "%u", at.column), false);
	}
	str_add(out, "::");
	escape_command(out, review_sentence(a, item));
	str_addc(out, '\n');
}

/* The sections are in the order of danger; where there are too many, the last one counts them. */
static void add_level(struct str *out, const struct review *r, enum review_level level)
{
	size_t all = count_of(r, level), most = all > SHOWN_MAX ? SHOWN_MAX - 1 : all, shown = 0;
	for (size_t i = 0; i < r->sections.len; i++) {
		const struct review_section *s = &r->sections.at[i];
		for (size_t k = 0; k < s->items.len && is_told(s) && shown < most; k++) {
			if (s->items.at[k].level != level)
				continue;
			add_annotation(out, r, s, &s->items.at[k]);
			shown++;
		}
	}
	if (shown < all)
		str_printf(out, "::%s title=writ %s::%zu more like these are not shown here\n",
			   command_of(level), r->subject, all - shown);
}

void render_github(struct str *out, const struct review *r)
{
	for (int level = LEVEL_ERROR; level >= LEVEL_NOTE; level--)
		add_level(out, r, level);
}

void render_github_outputs(struct str *out, const struct review *r)
{
	for (size_t i = 0; i < r->outputs.len; i++)
		str_printf(out, "%s=%s\n", r->outputs.at[i].name, r->outputs.at[i].value);
}
