/* SPDX-License-Identifier: Apache-2.0 */
/* Foreign text in every format: what is shown is printable and on one line, and whoever reads the
 * format finds the text again, and nothing else. */
#include <assert.h>
#include <string.h>

#include "core/render/escape.h"
#include "core/util/csv.h"
#include "core/util/json.h"
#include "core/util/reply.h"
#include "core/util/text_escape.h"
#include "core/util/unicode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_shown(const char *text, size_t len)
{
	size_t size;
	for (size_t at = 0; at < len; at += size)
		assert(text_is_printable(text_decode(text + at, len - at, &size)));
}

/* Every way to show it, and one that is cut short. */
static const char *show(struct arena *a, const char *bytes, size_t len)
{
	struct str plain = STR(a), words = STR(a), cell = STR(a), cut = STR(a);
	text_escape(&plain, bytes, len, 0);
	text_escape_words(&words, bytes, len);
	text_escape_cell(&cell, bytes, len);
	text_escape(&cut, bytes, len, 16);
	check_shown(str_text(&plain), plain.len);
	check_shown(str_text(&words), words.len);
	check_shown(str_text(&cell), cell.len);
	check_shown(str_text(&cut), cut.len);
	assert(cut.len <= 16 + strlen("..."));
	assert(!strstr(str_text(&words), "  "));
	for (const char *at = str_text(&words); *at; at += *at == '\\' && at[1] ? 2 : 1)
		assert(!strchr("\"[]", *at));
	return str_text(&plain);
}

static void check_json(struct arena *a, const char *shown)
{
	struct str out = STR(a), sarif = STR(a);
	const char *why;
	str_add(&out, "{\"text\": ");
	json_add_text(&out, shown);
	str_add(&out, "}");
	struct reply *tree = reply_parse(str_text(&out), out.len, &why);
	assert(tree && !strcmp(reply_text(tree, "text"), shown));
	reply_free(tree);
	str_add(&sarif, "{\"text\": ");
	escape_sarif(&sarif, shown);
	str_add(&sarif, "}");
	tree = reply_parse(str_text(&sarif), sarif.len, &why);
	assert(tree && reply_text(tree, "text"));
	reply_free(tree);
}

/* An apostrophe in front is the one thing that may be added. */
static void check_csv(struct arena *a, const char *shown)
{
	const char *row[] = {shown, "b"};
	struct str out = STR(a);
	struct csv_table table;
	csv_add_row(&out, (const char *const[]){"one", "two"}, 2);
	csv_add_row(&out, row, 2);
	struct error *error = csv_read("fuzz", str_text(&out), out.len, a, &table);
	assert(!error && table.rows == 2 && table.columns == 2);
	const char *cell = csv_at(&table, 1, 0)->text;
	/* No formula begins with it, but a number may be below zero. */
	bool number = *cell == '-' && cell[1] && !cell[1 + strspn(cell + 1, "0123456789")];
	assert(!*cell || !strchr("=+-@", *cell) || number);
	assert(!strcmp(cell, shown) || (*cell == '\'' && !strcmp(cell + 1, shown)));
}

/* Between its fences stands no run of backticks that is as long. */
static void check_code_span(struct arena *a, const char *shown)
{
	struct str out = STR(a);
	escape_code_span(&out, shown);
	const char *text = str_text(&out);
	size_t fence = strspn(text, "`");
	const char *end = text + out.len - fence;
	assert(fence > 0 && end > text && strspn(end, "`") == fence && end[-1] != '`');
	for (const char *at = text + fence; at < end;) {
		size_t run = strspn(at, "`");
		assert(run != fence);
		at += run ? run : 1;
	}
	char *lines = arena_strdup(a, shown);
	assert(escape_fence(lines) >= 3 && !strstr(lines, "\n"));
}

static void check_markup(struct arena *a, const char *shown)
{
	struct str out = STR(a);
	escape_markup(&out, shown);
	assert(!strpbrk(str_text(&out), "<>\"'"));
	for (const char *at = strchr(str_text(&out), '&'); at; at = strchr(at + 1, '&'))
		assert(strchr("alqg#", at[1]) && at[1] && strchr(at, ';'));
}

/* Bytes that nobody looked at before, for a command of a workflow has to be one line whatever. */
static void check_commands(struct arena *a, const char *foreign)
{
	struct str message = STR(a), property = STR(a);
	escape_command(&message, foreign);
	escape_command_property(&property, foreign);
	assert(!strpbrk(str_text(&message), "\r\n"));
	assert(!strpbrk(str_text(&property), "\r\n:,"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA a = {0};
	const char *bytes = arena_strndup(&a, (const char *)data, size);
	const char *shown = show(&a, bytes, size);
	check_json(&a, shown);
	check_csv(&a, shown);
	check_code_span(&a, shown);
	check_markup(&a, shown);
	check_commands(&a, bytes);
	return 0;
}
