/* SPDX-License-Identifier: Apache-2.0 */
/* A review as commands to GitHub's runner, which it shows on the lines of a pull request. */
#include <string.h>

#include "core/render/escape.h"
#include "core/render/format.h"
#include "core/render/render.h"

#define SHOWN_MAX 10 /* annotations of each kind in a step; GitHub drops more without a word */

static const char *command_of(enum review_level level)
{
	static const char *const names[LEVEL_COUNT] = {"notice", "warning", "error"};
	return names[level];
}

static bool is_told(const struct review_section *s)
{
	return !s->again && !s->aside;
}

static size_t count_of(const struct review *r, enum review_level level, bool groups)
{
	size_t count = 0;
	for (size_t i = 0; i < r->sections.len; i++) {
		const struct review_section *s = &r->sections.at[i];
		for (size_t k = 0; k < s->items.len && is_told(s);
		     k += groups ? review_run(s, k) : 1)
			count += s->items.at[k].level == level;
	}
	return count;
}

static void add_property(struct str *out, const char *name, const char *value, bool first)
{
	str_printf(out, "%s%s=", first ? " " : ",", name);
	escape_command_property(out, value);
}

static const char *common(const char *one, const char *other, bool *differ)
{
	if (one && other && !strcmp(one, other))
		return one;
	*differ |= one || other;
	return NULL;
}

/* What items that are one line have in common: the first of them, without the words that not all
 * have. */
static struct review_item common_item(const struct review_item *items, size_t count, bool *differ)
{
	struct review_item item = items[0];
	*differ = false;
	for (size_t i = 1; i < count; i++) {
		item.reason = common(item.reason, items[i].reason, differ);
		item.ticket = common(item.ticket, items[i].ticket, differ);
		item.note = common(item.note, items[i].note, differ);
	}
	return item;
}

/* Adds one annotation for `run` items that are one line. */
static void add_annotation(struct str *out, const struct review *r, const struct review_section *s,
			   size_t k, size_t run)
{
	bool differ;
	const struct review_item item = common_item(&s->items.at[k], run, &differ);
	struct arena *a = out->arena;
	struct location at = review_at(r, &item);
	str_printf(out, "::%s", command_of(item.level));
	add_property(out, "title", arena_printf(a, "writ %s: %s", r->subject, s->title), true);
	if (at.file) {
		add_property(out, "file", render_shown(out->arena, at.file), false);
		add_property(out, "line", arena_printf(a, "%u", at.line ? at.line : 1), false);
		if (at.line && at.column)
			add_property(out, "col", arena_printf(a, "%u", at.column), false);
	}
	str_add(out, "::");
	escape_command(out, review_sentence(a, &item));
	if (run > 1)
		str_printf(out, "; and the same of %zu more%s", run - 1,
			   differ ? ", each in its own words" : "");
	str_addc(out, '\n');
}

/* The annotations of one level. */
struct annotations {
	enum review_level level;
	bool groups; /* those that say the same share one */
	size_t most, shown;
	struct str rest; /* what is not shown: "3 of Administrator rights granted" */
};

static void add_section(struct annotations *all, struct str *out, const struct review *r,
			const struct review_section *s)
{
	size_t *starts, lines = review_lines(s, all->groups, out->arena, &starts), left_out = 0;
	for (size_t i = 0; i < lines; i++) {
		size_t k = starts[i], run = all->groups ? review_run(s, k) : 1;
		if (s->items.at[k].level != all->level)
			continue;
		if (all->shown == all->most) {
			left_out += run;
			continue;
		}
		add_annotation(out, r, s, k, run);
		all->shown++;
	}
	if (left_out)
		str_printf(&all->rest, "%s%zu of %s", all->rest.len ? ", " : "", left_out,
			   review_title(out->arena, s));
}

/* Adds the annotations of one level, whose sections are in the order of danger. Where there are too
 * many items, those that say the same share an annotation; where there are still too many, the last
 * annotation counts the rest. */
static void add_level(struct str *out, const struct review *r, enum review_level level)
{
	bool groups = count_of(r, level, false) > SHOWN_MAX;
	size_t lines = count_of(r, level, groups);
	struct annotations all = {.level = level,
				  .groups = groups,
				  .most = lines > SHOWN_MAX ? SHOWN_MAX - 1 : lines,
				  .rest = STR(out->arena)};
	for (size_t i = 0; i < r->sections.len; i++) {
		if (is_told(&r->sections.at[i]))
			add_section(&all, out, r, &r->sections.at[i]);
	}
	if (all.rest.len)
		str_printf(out, "::%s title=writ %s::not shown here: %s\n", command_of(level),
			   r->subject, str_text(&all.rest));
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
