/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/checker.h"

#include <string.h>

#include "core/util/compare.h"
#include "core/util/nearest.h"
#include "core/util/str.h"
#include "core/util/unicode.h"

#define NAMES_SHOWN 8

void checker_finding(struct checker *c, const char *id, struct location at, const char *detail,
		     const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	const char *summary = report_is_full(c->report, SEVERITY_ERROR)
				      ? ""
				      : arena_vprintf(c->report->arena, fmt, args);
	va_end(args);
	report_add(c->report, SEVERITY_ERROR, id, at, 0, detail, "%s", summary);
}

const char *checker_quoted(struct checker *c, const char *text)
{
	return report_is_full(c->report, SEVERITY_ERROR) ? "" : quoted(c->arena, text);
}

const char *checker_place(struct checker *c, struct location at)
{
	if (report_is_full(c->report, SEVERITY_ERROR))
		return "";
	return arena_printf(c->arena, "%s:%u:%u", shown_file(c->arena, at.file), at.line,
			    at.column);
}

/* Behind these a document is read all the same: see yaml.h. */
static bool is_blemish(const char *id)
{
	return !strcmp(id, "E0302") || !strcmp(id, "E0303") || !strcmp(id, "E0304") ||
	       !strcmp(id, "E0308");
}

/* Whether text was left out before it was documents. */
static bool has_unread(const struct report *report)
{
	for (size_t i = 0; i < report->items.len; i++) {
		if (report->items.at[i].severity == SEVERITY_ERROR &&
		    strcmp(report->items.at[i].id, "E0400") < 0 &&
		    !is_blemish(report->items.at[i].id))
			return true;
	}
	return false;
}

bool checker_has_all(const struct checker *c, enum kind kind)
{
	return !(c->model->dropped & DROPPED(kind)) && !has_unread(c->report);
}

/* Drops what comes again, and keeps the order of the rest. In `a`. */
static size_t keep_first(struct arena *a, const char **names, size_t count)
{
	const char **sorted = arena_alloc(a, (count + 1) * sizeof(*sorted));
	size_t distinct = 0, kept = 0;
	bool *seen = arena_zalloc(a, count + 1);
	memcpy(sorted, names, count * sizeof(*names));
	qsort(sorted, count, sizeof(*sorted), compare_texts);
	for (size_t i = 0; i < count; i++) {
		if (!i || strcmp(sorted[i - 1], sorted[i]) != 0)
			sorted[distinct++] = sorted[i];
	}
	for (size_t i = 0; i < count; i++) {
		const char **found =
			bsearch(&names[i], sorted, distinct, sizeof(*sorted), compare_texts);
		if (found && !seen[found - sorted])
			names[kept++] = names[i];
		if (found)
			seen[found - sorted] = true;
	}
	return kept;
}

static void name_organizations(struct checker *c)
{
	const struct organization_vec *all = &c->model->organizations;
	const char **names = arena_alloc(c->arena, (all->len + 1) * sizeof(*names));
	ARENA scratch = {0};
	for (size_t i = 0; i < all->len; i++)
		names[i] = all->at[i].meta.name;
	c->organizations.len = keep_first(&scratch, names, all->len);
	c->organizations.at = names;
}

/* What was found for a wrong name, which thousands of lines may have: it is looked for once, unless
 * another one took its place in the table. */
struct checker_answer {
	const char *name, *near; /* name NULL: none yet */
};
#define ANSWERS 4096

/* FNV-1a, 32 bits. */
static struct checker_answer *answer_to(struct checker_names *among, const char *name)
{
	uint32_t hash = 2166136261;
	for (const char *c = name; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619;
	return &among->answers[hash % ANSWERS];
}

/* NULL: it was not looked for, as too much was before. */
static const struct checker_answer *find_nearest(struct checker *c, const char *name,
						 struct checker_names *among)
{
	if (!among->answers)
		among->answers = arena_zalloc(c->arena, ANSWERS * sizeof(*among->answers));
	struct checker_answer *answer = answer_to(among, name);
	if (answer->name && !strcmp(answer->name, name))
		return answer;
	const char *near = nearest_word_within(&c->nearest_steps, name, among->at, among->len);
	if (!near && *nearest_unsought(c->nearest_steps))
		return NULL;
	*answer = (struct checker_answer){name, near};
	return answer;
}

static const char *nearest(struct checker *c, const char *name, struct checker_names *among,
			   const char *none)
{
	const struct checker_answer *answer = find_nearest(c, name, among);
	if (!answer)
		return arena_printf(c->arena, "%s%s", none, nearest_unsought(c->nearest_steps));
	return answer->near ? arena_printf(c->arena, "did you mean %s?", answer->near) : none;
}

#define NAME(list)                                                                                 \
	const size_t count = c->model->list.len;                                                   \
	if (!c->list.at) {                                                                         \
		c->list.at = arena_alloc(c->arena, (count + 1) * sizeof(*c->list.at));             \
		for (; c->list.len < count; c->list.len++)                                         \
			c->list.at[c->list.len] = c->model->list.at[c->list.len].meta.name;        \
	}

const char *checker_nearest_bundle(struct checker *c, const char *name, const char *none)
{
	if (report_is_full(c->report, SEVERITY_ERROR))
		return "";
	NAME(bundles)
	return nearest(c, name, &c->bundles, none);
}

const char *checker_nearest_account(struct checker *c, const char *name, const char *none)
{
	if (report_is_full(c->report, SEVERITY_ERROR))
		return "";
	NAME(accounts)
	return nearest(c, name, &c->accounts, none);
}
#undef NAME

const char *checker_organizations(struct checker *c, const char *name)
{
	struct str out = STR(c->arena);
	if (report_is_full(c->report, SEVERITY_ERROR))
		return "";
	if (!c->organizations.at)
		name_organizations(c);
	const char **names = c->organizations.at;
	size_t count = c->organizations.len;
	const char *near = name ? nearest_word_within(&c->nearest_steps, name, names, count) : NULL;
	if (near)
		return arena_printf(c->arena, "did you mean %s?", near);
	str_add(&out, name ? "the set has " : "expected organization: one of ");
	for (size_t i = 0; i < count && i < NAMES_SHOWN; i++)
		str_printf(&out, "%s%s", i ? ", " : "", names[i]);
	if (count > NAMES_SHOWN)
		str_printf(&out, " and %zu more", count - NAMES_SHOWN);
	if (name)
		str_add(&out, nearest_unsought(c->nearest_steps));
	return str_text(&out);
}
