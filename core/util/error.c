/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/error.h"

#include <string.h>

#include "core/util/arena.h"
#include "core/util/str.h"
#include "core/util/terminal.h"
#include "core/util/text_escape.h"

/* The error, its message and the name of its file are one piece of memory. */
PRINTF(4, 0)
static struct error *make(enum error_code code, struct location where, const char *tail,
			  const char *fmt, va_list args)
{
	ARENA scratch = {0};
	const char *message = arena_vprintf(&scratch, fmt, args);
	size_t head_len = strlen(message), tail_len = strlen(tail);
	size_t file_size = where.file ? strlen(where.file) + 1 : 0;
	struct error *error = xmalloc(sizeof(*error) + head_len + tail_len + 1 + file_size);
	*error = (struct error){.code = code, .where = where};
	memcpy(error->message, message, head_len);
	memcpy(error->message + head_len, tail, tail_len + 1);
	if (where.file)
		error->where.file =
			memcpy(error->message + head_len + tail_len + 1, where.file, file_size);
	return error;
}

struct error *error_new(enum error_code code, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	struct error *error = make(code, (struct location){0}, "", fmt, args);
	va_end(args);
	return error;
}

struct error *error_at(enum error_code code, struct location at, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	struct error *error = make(code, at, "", fmt, args);
	va_end(args);
	return error;
}

struct error *error_errno(int number, const char *fmt, ...)
{
	char buffer[128], tail[160];
	snprintf(tail, sizeof(tail), ": %s", strerror_r(number, buffer, sizeof(buffer)));
	va_list args;
	va_start(args, fmt);
	struct error *error = make(ERROR_SYSTEM, (struct location){0}, tail, fmt, args);
	va_end(args);
	return error;
}

struct error *error_wrap(struct error *cause, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	struct error *error = make(cause->code, cause->where, "", fmt, args);
	va_end(args);
	error->cause = cause;
	return error;
}

int location_compare(struct location a, struct location b)
{
	int files = a.file == b.file ? 0 : strcmp(a.file ? a.file : "", b.file ? b.file : "");
	if (files)
		return files;
	if (a.line != b.line)
		return a.line < b.line ? -1 : 1;
	return (a.column > b.column) - (a.column < b.column);
}

void location_add(struct str *out, struct location at)
{
	if (!at.file)
		at = (struct location){.file = "writ"};
	text_escape(out, at.file, strlen(at.file), 0);
	if (at.line)
		str_printf(out, ":%u:%u", at.line, at.column);
}

/* Appends a message, which may hold foreign text; what was escaped already keeps its backslashes.
 */
static void add_safely(struct str *out, const char *message)
{
	while (*message) {
		size_t len = strcspn(message, "\\");
		text_escape(out, message, len, 0);
		message += len;
		if (*message) {
			str_addc(out, '\\');
			message++;
		}
	}
}

void error_print(FILE *out, const struct error *error)
{
	ARENA scratch = {0};
	struct str text = STR(&scratch);
	for (; error; error = error->cause) {
		if (text.len == 0) {
			location_add(&text, error->where);
			str_add(&text, ": error");
		}
		str_add(&text, ": ");
		add_safely(&text, error->message);
	}
	str_addc(&text, '\n');
	terminal_write(out, str_text(&text), text.len);
}

const char *error_text(struct arena *a, const struct error *error)
{
	struct str text = STR(a);
	for (; error; error = error->cause)
		str_printf(&text, "%s%s", text.len ? ": " : "", error->message);
	return str_text(&text);
}

void error_free(struct error *error)
{
	while (error) {
		struct error *cause = error->cause;
		free(error);
		error = cause;
	}
}

struct error *error_first(struct error *error, struct error *next)
{
	if (error && next)
		error_free(next);
	return error ? error : next;
}
