/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/csv.h"

#include <string.h>

#include "core/util/text_escape.h"
#include "core/util/unicode.h"

static const char byte_order_mark[] = "\xEF\xBB\xBF";

struct csv_reader {
	struct arena *arena;
	struct csv_table *table;
	const char *at, *end;
	uint32_t line, column; /* of `at` */
	size_t width;	       /* cells of the row so far */
	char separator;
};

static struct error *complain(const struct csv_reader *r, uint32_t line, uint32_t column,
			      const char *what)
{
	return error_at(ERROR_INPUT, (struct location){r->table->name, line, column}, "%s", what);
}

/* Steps over one code point; the text was checked before. */
static void step(struct csv_reader *r)
{
	size_t size = 1;
	if (*r->at == '\n') {
		r->line++;
		r->column = 1;
	} else {
		text_decode(r->at, (size_t)(r->end - r->at), &size);
		r->column++;
	}
	r->at += size;
}

static bool is_line_end(const struct csv_reader *r)
{
	return r->at == r->end || *r->at == '\n' || *r->at == '\r';
}

/* What is wrong with the first byte that no table may have, and its offset; NULL: nothing. */
static const char *find_fault(const char *text, size_t len, size_t *offset)
{
	size_t size;
	for (*offset = 0;; *offset += size) {
		switch (text_check(text, len, TEXT_FILE, offset, &size)) {
		case TEXT_OK:
			return NULL;
		case TEXT_NOT_UTF8:
			return "this is not UTF-8";
		case TEXT_CONTROL:
			return "a control character";
		default: /* a name of somebody else may be in any form */
			break;
		}
	}
}

static struct error *check_text(struct csv_reader *r)
{
	size_t offset;
	const char *fault = find_fault(r->at, (size_t)(r->end - r->at), &offset);
	if (!fault)
		return NULL;
	for (const char *stop = r->at + offset; r->at < stop;)
		step(r);
	return complain(r, r->line, r->column, fault);
}

static char find_separator(const struct csv_reader *r)
{
	bool quoted = false, semicolon = false;
	for (const char *at = r->at; at < r->end && (quoted || *at != '\n'); at++) {
		if (*at == '"')
			quoted = !quoted;
		if (!quoted && *at == ',')
			return ',';
		semicolon |= !quoted && *at == ';';
	}
	return semicolon ? ';' : ',';
}

static struct error *read_quoted(struct csv_reader *r, struct csv_cell *cell)
{
	struct str text = STR(r->arena);
	step(r);
	for (;;) {
		const char *from = r->at;
		while (r->at < r->end && *r->at != '"')
			step(r);
		str_addn(&text, from, (size_t)(r->at - from));
		if (r->at == r->end)
			return complain(r, cell->line, cell->column, "this quote is never closed");
		step(r);
		if (r->at == r->end || *r->at != '"')
			break;
		str_addc(&text, '"');
		step(r);
	}
	cell->text = str_text(&text);
	if (is_line_end(r) || *r->at == r->separator)
		return NULL;
	return complain(r, r->line, r->column, "text behind a closing quote");
}

static struct error *read_plain(struct csv_reader *r, struct csv_cell *cell)
{
	const char *from = r->at;
	while (!is_line_end(r) && *r->at != r->separator) {
		if (*r->at == '"')
			return complain(r, r->line, r->column,
					"a quote inside a cell that does not begin with one");
		step(r);
	}
	cell->text = arena_strndup(r->arena, from, (size_t)(r->at - from));
	return NULL;
}

static struct error *read_cell(struct csv_reader *r)
{
	struct csv_cell cell = {"", r->line, r->column};
	bool quoted = r->at < r->end && *r->at == '"';
	TRY(quoted ? read_quoted(r, &cell) : read_plain(r, &cell));
	if (++r->width > CSV_COLUMNS_MAX)
		return complain(r, cell.line, cell.column, "more than 256 columns");
	vec_push(r->arena, &r->table->cells, cell);
	return NULL;
}

static void skip_line_end(struct csv_reader *r)
{
	if (r->at < r->end && *r->at == '\r')
		r->at++;
	if (r->at < r->end)
		step(r);
}

static struct error *check_width(struct csv_reader *r, uint32_t line)
{
	struct csv_table *t = r->table;
	if (t->rows == 0)
		t->columns = r->width;
	t->rows++;
	if (r->width == t->columns)
		return NULL;
	return error_at(ERROR_INPUT, (struct location){t->name, line, 1},
			"this row has %zu cell%s, the header has %zu", r->width,
			r->width == 1 ? "" : "s", t->columns);
}

static struct error *read_row(struct csv_reader *r)
{
	uint32_t line = r->line;
	r->width = 0;
	TRY(read_cell(r));
	while (!is_line_end(r)) {
		step(r);
		TRY(read_cell(r));
	}
	skip_line_end(r);
	return check_width(r, line);
}

/* Skips blanks in front of a line's end; false, and nothing is skipped, where more stands there. */
static bool skip_blanks(struct csv_reader *r)
{
	struct csv_reader behind = *r;
	while (behind.at < behind.end && *behind.at == ' ')
		step(&behind);
	if (!is_line_end(&behind))
		return false;
	*r = behind;
	return true;
}

struct error *csv_read(const char *name, const char *text, size_t len, struct arena *a,
		       struct csv_table *out)
{
	size_t mark = sizeof(byte_order_mark) - 1;
	bool marked = len >= mark && !memcmp(text, byte_order_mark, mark);
	struct csv_table table = {.name = name};
	struct csv_reader r = {.arena = a,
			       .table = &table,
			       .at = text + (marked ? mark : 0),
			       .end = text + len,
			       .line = 1,
			       .column = 1};
	struct csv_reader check = r;
	TRY(check_text(&check));
	r.separator = find_separator(&r);
	while (r.at < r.end) {
		if (skip_blanks(&r))
			skip_line_end(&r);
		else
			TRY(read_row(&r));
	}
	if (table.rows == 0)
		return complain(&r, 1, 1, "a table begins with a row of column names");
	*out = table;
	return NULL;
}

const struct csv_cell *csv_at(const struct csv_table *t, size_t row, size_t column)
{
	return &t->cells.at[row * t->columns + column];
}

struct location csv_place(const struct csv_table *t, const struct csv_cell *cell)
{
	return (struct location){t->name, cell->line, cell->column};
}

/* Whether a spreadsheet would take the text for a formula; a plain number such as "-19" is none. */
static bool is_formula(const char *text)
{
	size_t digits = *text == '-' ? strspn(text + 1, "0123456789") : 0;
	return *text && strchr("=+-@\t\r", *text) && !(digits && !text[1 + digits]);
}

void csv_add_cell(struct str *out, const char *words)
{
	struct str shown = STR(out->arena);
	bool formula = is_formula(words);
	text_escape_cell(&shown, words, strlen(words));
	const char *text = str_text(&shown);
	if (!formula && !text[strcspn(text, ",;\"")] && *text != ' ') {
		str_add(out, text);
		return;
	}
	str_add(out, formula ? "\"'" : "\"");
	for (; *text; text++) {
		if (*text == '"')
			str_addc(out, '"');
		str_addc(out, *text);
	}
	str_addc(out, '"');
}

void csv_add_row(struct str *out, const char *const *cells, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			str_addc(out, ',');
		csv_add_cell(out, cells[i] ? cells[i] : "");
	}
	str_add(out, "\r\n");
}
