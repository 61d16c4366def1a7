/* SPDX-License-Identifier: Apache-2.0 */
#include "core/edit/places.h"

#include <string.h>

#include "core/util/unicode.h"

#define PLACES_STEP 64 /* columns between two marks of a line */

static void mark_line(struct places *p, struct arena *a, size_t at, size_t end)
{
	size_t size;
	vec_push(a, &p->first, p->marks.len);
	for (uint32_t i = 0; at < end; i++, at += size) {
		if (i && i % PLACES_STEP == 0)
			vec_push(a, &p->marks, at);
		text_decode(p->source->text + at, end - at, &size);
	}
}

void places_make(struct places *p, struct arena *a, const struct yaml_source *source)
{
	*p = (struct places){.source = source};
	for (size_t at = 0, end; at < source->len; at = end) {
		const char *n = memchr(source->text + at, '\n', source->len - at);
		end = n ? (size_t)(n - source->text) + 1 : source->len;
		vec_push(a, &p->lines, at);
		mark_line(p, a, at, end);
	}
}

size_t places_of_line(const struct places *p, uint32_t line)
{
	size_t i = line - p->source->first_line;
	return i < p->lines.len ? p->lines.at[i] : p->source->len;
}

/* The last mark of a line that is not behind a column; `*column` becomes what is left from there.
 */
static size_t nearest_mark(const struct places *p, size_t line, uint32_t *column)
{
	size_t end = line + 1 < p->first.len ? p->first.at[line + 1] : p->marks.len;
	size_t marks = end - p->first.at[line], steps = (*column - 1) / PLACES_STEP;
	steps = steps < marks ? steps : marks;
	*column -= (uint32_t)(steps * PLACES_STEP);
	return steps ? p->marks.at[p->first.at[line] + steps - 1] : p->lines.at[line];
}

size_t places_offset(const struct places *p, uint32_t line, uint32_t column)
{
	const struct yaml_source *s = p->source;
	size_t i = line - s->first_line, size;
	if (i >= p->lines.len)
		return s->len;
	size_t at = column ? nearest_mark(p, i, &column) : p->lines.at[i];
	for (uint32_t k = 1; k < column && at < s->len; k++, at += size)
		text_decode(s->text + at, s->len - at, &size);
	return at;
}

uint32_t places_line(const struct places *p, size_t at)
{
	size_t low = 0, high = p->lines.len;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (p->lines.at[middle] <= at)
			low = middle;
		else
			high = middle;
	}
	return p->source->first_line + (uint32_t)low;
}
