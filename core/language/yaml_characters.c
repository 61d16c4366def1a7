/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/language/yaml_reader.h"

/* Of what is no text at all one fault is enough. */
static bool check_is_text(const char *file, const char *text, size_t len, struct report *report)
{
	if (!memchr(text, '\0', len))
		return true;
	report_add(report, SEVERITY_ERROR, "E0203", (struct location){file, 1, 1}, 1,
		   "expected manifests, in YAML or JSON", "no text but binary data");
	return false;
}

bool yaml_check_start(const char *file, const char *text, size_t len, struct report *report)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *name;
	} marks[] = {
		{"\xEF\xBB\xBF", 3, "UTF-8"},  {"\xFF\xFE\0\0", 4, "UTF-32"},
		{"\0\0\xFE\xFF", 4, "UTF-32"}, {"\xFF\xFE", 2, "UTF-16"},
		{"\xFE\xFF", 2, "UTF-16"},
	};
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		if (len < marks[i].len || memcmp(text, marks[i].bytes, marks[i].len) != 0)
			continue;
		report_add(report, SEVERITY_ERROR, "E0201", (struct location){file, 1, 1}, 1,
			   "expected UTF-8 text without one", "%s byte-order mark", marks[i].name);
		return false;
	}
	return check_is_text(file, text, len, report);
}

void gate_report(struct yaml_reader *r, enum text_fault fault, struct location at,
		 const char *token, size_t size)
{
	static const struct {
		const char *id, *what, *expected;
	} faults[] = {
		[TEXT_NOT_UTF8] = {"E0202", "byte that is no UTF-8", "expected UTF-8 text"},
		[TEXT_CONTROL] = {"E0203", "control character",
				  "only line feed, CR LF and tab are allowed"},
		[TEXT_INVISIBLE] = {"E0204", "invisible or reordering character",
				    "a reviewer could not see it"},
		[TEXT_NONCHARACTER] = {"E0205", "noncharacter", "expected assigned text"},
		[TEXT_NOT_NFC] = {"E0206", "text that is not in normal form C",
				  "write the composed character"},
		[TEXT_TAB] = {"E0207", "tab in a value", "use spaces"},
		[TEXT_LINE_BREAK] =
			{"E0208", "line break in a value",
			 "use \">-\" to fold lines, none of them empty or indented deeper"},
	};
	report_add(r->report, SEVERITY_ERROR, faults[fault].id, at, 1, faults[fault].expected,
		   "%s %s", faults[fault].what, quote(r->report->arena, token, size));
}

static struct location locate(const struct yaml_reader *r, struct cursor *c, size_t offset)
{
	const char *text = r->source->text;
	for (const char *n; (n = memchr(text + c->offset, '\n', offset - c->offset));) {
		c->offset = (size_t)(n - text) + 1;
		c->line++;
	}
	return reader_place(r, c->line,
			    (uint32_t)text_length(text + c->offset, offset - c->offset) + 1);
}

bool gate_is_full(struct yaml_reader *r)
{
	return r->report->errors - r->findings >= YAML_FAULTS_MAX;
}

/* Reports the character faults of text[from .. to); true when there are none. */
static bool check_characters(struct yaml_reader *r, struct cursor *c, size_t from, size_t to)
{
	const char *text = r->source->text;
	size_t size = 0;
	for (size_t at = from; !gate_is_full(r); at += size) {
		size_t offset = at - from;
		enum text_fault fault =
			text_check(text + from, to - from, TEXT_FILE, &offset, &size);
		if (fault == TEXT_OK)
			return at == from;
		at = from + offset;
		gate_report(r, fault, locate(r, c, at), text + at, size);
	}
	return false;
}

/* libyaml lets a tab indent inside a flow collection. */
static bool check_tabs(struct yaml_reader *r, struct cursor *c, size_t from, size_t to)
{
	const char *text = r->source->text, *end = text + to;
	bool sound = true;
	if (r->source->json || !r->has_tabs)
		return true;
	for (const char *line = text + from; line < end;) {
		const char *next = memchr(line, '\n', (size_t)(end - line));
		const char *stop = next ? next : end;
		const char *at = line, *tab = NULL;
		for (; at < stop && (*at == ' ' || *at == '\t'); at++)
			tab = !tab && *at == '\t' ? at : tab;
		if (tab && at < stop && *at != '#' && *at != '\r') {
			report_add(r->report, SEVERITY_ERROR, "E0209",
				   locate(r, c, (size_t)(tab - text)), 1, "indent with spaces",
				   "tab in the indentation");
			sound = false;
		}
		line = next ? next + 1 : end;
	}
	return sound;
}

bool gate_check(struct yaml_reader *r, size_t from, size_t to, struct cursor c)
{
	struct cursor again = c;
	bool characters = check_characters(r, &c, from, to);
	return check_tabs(r, &again, from, to) && characters;
}
