/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/terminal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/util/unicode.h"

#define HANGING_BLANKS 4
#define NARROWEST 20 /* columns; a terminal that says less of itself is not to be believed */

/* The name of the locale for characters: the first of three variables that is set and not empty, as
 * POSIX has it. */
static const char *locale_name(void)
{
	static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++) {
		const char *value = getenv(variables[i]);
		if (value && *value)
			return value;
	}
	return "C";
}

bool terminal_is_utf8(void)
{
	const char *name = locale_name();
	return strcasestr(name, "utf-8") || strcasestr(name, "utf8");
}

static const char *typed_sign(uint32_t c)
{
	static const struct {
		uint32_t sign;
		const char *typed;
	} signs[] = {{0x2192, "->"},  {0xB7, "-"},    {0x2013, "-"},  {0x2014, "-"},
		     {0x2026, "..."}, {0x201C, "\""}, {0x201D, "\""}, {0x2019, "'"}};
	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
		if (signs[i].sign == c)
			return signs[i].typed;
	}
	return NULL;
}

void terminal_add_plain(struct str *out, const char *text, size_t len)
{
	for (size_t at = 0, size = 1; at < len; at += size) {
		uint32_t c = text_decode(text + at, len - at, &size);
		const char *typed = typed_sign(c);
		if (c < 0x80)
			str_addc(out, text[at]);
		else if (typed)
			str_add(out, typed);
		else if (c == TEXT_MALFORMED)
			str_printf(out, "\\x%02X", (unsigned char)text[at]);
		else
			str_printf(out, "\\u{%X}", c);
	}
}

bool terminal_is_plain(int fd)
{
	return !terminal_is_utf8() && isatty(fd);
}

/* ---- rows ---- */

/* How good a place is to break a line at: within what is quoted, between words, between fields. */
enum joint { JOINT_QUOTED, JOINT_WORDS, JOINT_FIELDS, JOINT_COUNT };

/* The first bytes of a line, and how many columns they take. */
struct terminal_row {
	size_t len, columns;
};

/* Codes of colours, which take no columns: their length; 0: none stands here. */
static size_t code_length(const char *text, size_t len)
{
	const char *end = len > 1 && text[0] == '\033' ? memchr(text, 'm', len) : NULL;
	return end ? (size_t)(end - text) + 1 : 0;
}

static size_t blanks_at(const char *text, size_t len)
{
	size_t count = 0;
	while (count < len && text[count] == ' ')
		count++;
	return count;
}

/* Goes on behind one code point, or a code of colours. */
static struct terminal_row behind_one(const char *text, size_t len, struct terminal_row at)
{
	size_t size = code_length(text + at.len, len - at.len);
	if (size)
		return (struct terminal_row){at.len + size, at.columns};
	uint32_t c = text_decode(text + at.len, len - at.len, &size);
	return (struct terminal_row){at.len + size, at.columns + text_columns(c)};
}

static char quote_behind(char quote, const char *text, size_t at)
{
	char c = text[at];
	bool is_mark = (c == '"' || c == '`') && !(at && text[at - 1] == '\\');
	if (!is_mark)
		return quote;
	if (quote)
		return c == quote ? '\0' : quote;
	return c;
}

/* A better place is preferred where it does not leave most of the row empty. */
static struct terminal_row choose(const struct terminal_row places[static JOINT_COUNT],
				  size_t columns)
{
	for (size_t joint = JOINT_COUNT; joint-- > 0;) {
		if (places[joint].columns * 3 >= columns)
			return places[joint];
	}
	for (size_t joint = JOINT_COUNT; joint-- > 0;) {
		if (places[joint].len)
			return places[joint];
	}
	return (struct terminal_row){0};
}

/* Up to where a row of the text goes, at least a word of it. What follows goes on behind `indent`
 * columns: to break before those gives it no room. */
static size_t row_length(const char *text, size_t len, size_t columns, size_t indent)
{
	struct terminal_row at = {blanks_at(text, len), blanks_at(text, len)},
			    places[JOINT_COUNT] = {{0}};
	char quote = '\0';
	bool placed = false;
	while (at.len < len) {
		size_t blanks = blanks_at(text + at.len, len - at.len);
		if (at.columns > columns && placed)
			return choose(places, columns).len;
		if (at.columns > columns && blanks)
			return at.len;
		if (blanks) {
			enum joint joint = quote	 ? JOINT_QUOTED
					   : blanks == 1 ? JOINT_WORDS
							 : JOINT_FIELDS;
			if (at.columns + blanks > indent) {
				places[joint] = at;
				placed = true;
			}
			at = (struct terminal_row){at.len + blanks, at.columns + blanks};
			continue;
		}
		quote = quote_behind(quote, text, at.len);
		at = behind_one(text, len, at);
	}
	return at.columns > columns && placed ? choose(places, columns).len : len;
}

static bool is_command(const char *line, size_t len)
{
	static const char name[] = "writ ";
	size_t blanks = blanks_at(line, len);
	return len - blanks > strlen(name) && !strncmp(line + blanks, name, strlen(name));
}

static void add_line(struct str *out, const char *line, size_t len, size_t columns)
{
	size_t indent = blanks_at(line, len) + HANGING_BLANKS, room = columns;
	if (indent > columns / 2)
		indent = HANGING_BLANKS;
	for (size_t used, behind = indent; len; line += used, len -= used, behind = 0) {
		used = is_command(line, len) ? len : row_length(line, len, room, behind);
		str_addn(out, line, used);
		used += blanks_at(line + used, len - used);
		if (used < len)
			str_printf(out, "\n%*s", (int)indent, "");
		room = columns - indent;
	}
}

void terminal_add_wrapped(struct str *out, const char *text, size_t len, size_t columns)
{
	for (const char *end = text + len; text < end;) {
		const char *feed = memchr(text, '\n', (size_t)(end - text));
		const char *stop = feed ? feed : end;
		add_line(out, text, (size_t)(stop - text), columns);
		if (feed)
			str_addc(out, '\n');
		text = feed ? feed + 1 : end;
	}
}

/* ---- writing ---- */

/* The last column stays free, as some terminals go on in the next row behind it. 0: not known, or
 * no terminal. */
static size_t columns_of(int fd)
{
	struct winsize size;
	if (!isatty(fd) || ioctl(fd, TIOCGWINSZ, &size) || size.ws_col < NARROWEST)
		return 0;
	return size.ws_col - 1U;
}

static void add_shown(struct str *out, int fd, const char *text, size_t len, size_t columns)
{
	ARENA scratch = {0};
	struct str plain = STR(&scratch);
	if (terminal_is_plain(fd)) {
		terminal_add_plain(&plain, text, len);
		text = str_text(&plain);
		len = plain.len;
	}
	if (columns)
		terminal_add_wrapped(out, text, len, columns);
	else
		str_addn(out, text, len);
}

void terminal_add_shown(struct str *out, int fd, const char *text, size_t len)
{
	add_shown(out, fd, text, len, columns_of(fd));
}

static bool write_shown(FILE *to, const char *text, size_t len, bool whole)
{
	if (!isatty(fileno(to)))
		return fwrite(text, 1, len, to) == len;
	ARENA scratch = {0};
	struct str shown = STR(&scratch);
	add_shown(&shown, fileno(to), text, len, whole ? 0 : columns_of(fileno(to)));
	return fwrite(str_text(&shown), 1, shown.len, to) == shown.len;
}

bool terminal_write(FILE *to, const char *text, size_t len)
{
	return write_shown(to, text, len, false);
}

bool terminal_write_whole(FILE *to, const char *text, size_t len)
{
	return write_shown(to, text, len, true);
}
