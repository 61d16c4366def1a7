/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/report.h"

#include <string.h>

#include "core/util/compare.h"
#include "core/util/str.h"
#include "core/util/terminal.h"
#include "core/util/text_escape.h"

#define WORDS_MAX 256
#define TOKEN_MAX 32 /* bytes of a quoted token: enough to find it, too little to flood a line */
#define NAME_MAX_BYTES 1000 /* of a name, which people copy: 250 characters of four bytes */

static size_t *counter(struct report *r, enum severity severity)
{
	return severity == SEVERITY_ERROR ? &r->errors : &r->warnings;
}

bool report_is_full(const struct report *r, enum severity severity)
{
	return (severity == SEVERITY_ERROR ? r->errors : r->warnings) >= REPORT_ITEMS_MAX;
}

void report_add(struct report *r, enum severity severity, const char *id, struct location at,
		uint32_t columns, const char *detail, const char *fmt, ...)
{
	if (report_is_full(r, severity)) {
		*counter(r, severity) += 1;
		r->left_out++;
		return;
	}
	va_list args;
	va_start(args, fmt);
	const char *summary = arena_vprintf(r->arena, fmt, args);
	va_end(args);
	vec_push(r->arena, &r->items,
		 (struct diagnostic){severity, id, at, at.line, at.column + columns, summary,
				     detail ? arena_strdup(r->arena, detail) : ""});
	*counter(r, severity) += 1;
}

void report_join(struct report *r, const struct report *from)
{
	for (size_t i = 0; i < from->items.len; i++)
		vec_push(r->arena, &r->items, from->items.at[i]);
	r->errors += from->errors;
	r->warnings += from->warnings;
	r->left_out += from->left_out;
}

static int by_number(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

/* Orders diagnostics by all of their fields, so that the order of adding does not show; 0 means
 * that one repeats the other. */
static int compare(const void *a, const void *b)
{
	const struct diagnostic *x = a, *y = b;
	return compare_optional(x->at.file, y->at.file)
	       ?: by_number(x->at.line, y->at.line)
	       ?: by_number(x->at.column, y->at.column)
	       ?: by_number(x->severity, y->severity)
	       ?: compare_optional(x->id, y->id)
	       ?: compare_optional(x->summary, y->summary)
	       ?: compare_optional(x->detail, y->detail)
	       ?: by_number(x->end_line, y->end_line)
	       ?: by_number(x->end_column, y->end_column);
}

void report_sort(struct report *r)
{
	size_t kept = 0;
	vec_sort(&r->items, compare);
	for (size_t i = 0; i < r->items.len; i++) {
		const struct diagnostic *d = &r->items.at[i];
		if (kept && compare(&r->items.at[kept - 1], d) == 0) {
			*counter(r, d->severity) -= 1;
			continue;
		}
		r->items.at[kept++] = *d;
	}
	r->items.len = kept;
}

void report_print(FILE *out, const struct report *r)
{
	ARENA scratch = {0};
	struct str text = STR(&scratch);
	for (size_t i = 0; i < r->items.len; i++) {
		const struct diagnostic *d = &r->items.at[i];
		location_add(&text, d->at);
		str_printf(&text, ": %s: %s%s%s [%s]\n",
			   d->severity == SEVERITY_ERROR ? "error" : "warning", d->summary,
			   *d->detail ? "; " : "", d->detail, d->id);
	}
	if (r->left_out)
		str_printf(&text, "and %zu more\n", r->left_out);
	terminal_write(out, str_text(&text), text.len);
}

static const char *quote_up_to(struct arena *a, const char *token, size_t len, size_t most)
{
	struct str out = STR(a);
	str_addc(&out, '"');
	text_escape(&out, token, len, most);
	str_addc(&out, '"');
	return str_text(&out);
}

const char *quote(struct arena *a, const char *token, size_t len)
{
	return quote_up_to(a, token, len, TOKEN_MAX);
}

const char *quoted(struct arena *a, const char *text)
{
	return quote_up_to(a, text, strlen(text), NAME_MAX_BYTES);
}

const char *shown_file(struct arena *a, const char *file)
{
	struct str out = STR(a);
	text_escape(&out, file, strlen(file), 0);
	return str_text(&out);
}

const char *quoted_words(struct arena *a, const char *text)
{
	return quote_up_to(a, text, strlen(text), WORDS_MAX);
}
