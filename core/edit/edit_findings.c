/* SPDX-License-Identifier: Apache-2.0 */
#include "core/edit/edit_findings.h"

#include <string.h>

/* How a file was edited: its first lines and its last ones are as they were. */
struct edited {
	const char *path;
	uint32_t first, last;	/* so many */
	uint32_t before, after; /* all lines that it had, and has */
};
VEC(edited_vec, struct edited);

struct comparison {
	struct edited_vec edited;
	struct report then, now;
};

static uint32_t count_lines(const char *text, size_t len)
{
	uint32_t count = 1;
	for (size_t i = 0; i < len; i++)
		count += text[i] == '\n';
	return count;
}

static bool begins_line(const struct stored_file *x, size_t at)
{
	return at == 0 || x->bytes[at - 1] == '\n';
}

static struct edited compare_files(const struct stored_file *x, const struct stored_file *y)
{
	size_t least = x->len < y->len ? x->len : y->len, first = 0, last = 0;
	while (first < least && x->bytes[first] == y->bytes[first])
		first++;
	while (last < least - first && x->bytes[x->len - 1 - last] == y->bytes[y->len - 1 - last])
		last++;
	bool whole = begins_line(x, x->len - last) && begins_line(y, y->len - last);
	return (struct edited){.path = x->path,
			       .first = count_lines(x->bytes, first) - 1,
			       .last = count_lines(x->bytes + x->len - last, last) - !whole,
			       .before = count_lines(x->bytes, x->len),
			       .after = count_lines(y->bytes, y->len)};
}

static void find_edited(struct comparison *f, const struct edit_set *before,
			const struct edit_set *after, struct arena *a)
{
	for (size_t i = 0; i < before->files.len; i++) {
		const struct stored_file *x = &before->files.at[i], *y = &after->files.at[i];
		if (x->bytes != y->bytes)
			vec_push(a, &f->edited, compare_files(x, y));
	}
}

static const struct edited *edit_of(const struct comparison *f, const char *path)
{
	for (size_t i = 0; i < f->edited.len; i++) {
		if (!strcmp(f->edited.at[i].path, path))
			return &f->edited.at[i];
	}
	return NULL;
}

/* Which lines a finding may have stood at before. */
static void lines_before(const struct comparison *f, struct location at, uint32_t *from,
			 uint32_t *to)
{
	const struct edited *e = edit_of(f, at.file);
	*from = *to = at.line;
	if (!e || at.line <= e->first)
		return;
	if (at.line > e->after - e->last) {
		*from = *to = at.line + e->before - e->after;
	} else {
		*from = e->first + 1;
		*to = e->before - e->last;
	}
}

/* One of two says where the other grant stands, which may have moved. */
static bool is_same(const struct diagnostic *x, const struct diagnostic *y)
{
	return !strcmp(x->id, y->id) &&
	       (!strcmp(x->summary, y->summary) || (*x->detail && !strcmp(x->detail, y->detail)));
}

/* The first of the sorted findings that does not stand before this line. */
static size_t find_first(const struct diagnostic_vec *all, const char *file, uint32_t line)
{
	size_t low = 0, high = all->len;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (location_compare(all->at[middle].at, (struct location){file, line, 0}) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool was_there(const struct comparison *f, const struct diagnostic *d)
{
	const struct diagnostic_vec *all = &f->then.items;
	uint32_t from, to;
	lines_before(f, d->at, &from, &to);
	for (size_t i = find_first(all, d->at.file, from); i < all->len; i++) {
		const struct diagnostic *then = &all->at[i];
		if (strcmp(then->at.file, d->at.file) != 0 || then->at.line > to)
			return false;
		if (is_same(then, d))
			return true;
	}
	return false;
}

void edit_findings(const struct edit_set *before, const struct edit_set *after, int32_t today,
		   struct intern *strings, const struct lint_options *options,
		   struct report *report)
{
	struct arena *a = report->arena;
	struct comparison f = {.then = {.arena = a}, .now = {.arena = a}};
	find_edited(&f, before, after, a);
	lint_model(&before->model, a, today, strings, options, &f.then);
	lint_model(&after->model, a, today, strings, options, &f.now);
	report_sort(&f.then);
	for (size_t i = 0; i < f.now.items.len; i++) {
		const struct diagnostic *d = &f.now.items.at[i];
		if (!was_there(&f, d))
			report_add(report, d->severity, d->id, d->at, 0, d->detail, "%s",
				   d->summary);
	}
}
