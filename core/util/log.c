/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/log.h"

#include <string.h>
#include <unistd.h>

#include "core/util/str.h"
#include "core/util/terminal.h"
#include "core/util/text_escape.h"

static enum log_level level_now = LOG_NOTE; /* written before threads start */
static void (*sink_now)(enum log_level level, const char *text);
static void (*clear_now)(void);

void log_set_sink(void (*sink)(enum log_level level, const char *text))
{
	sink_now = sink;
}

void log_set_clear(void (*clear)(void))
{
	clear_now = clear;
}

enum log_level log_level(void)
{
	return level_now;
}

void log_set_level(enum log_level level)
{
	level_now = level;
}

bool log_level_parse(const char *text, enum log_level *out)
{
	static const char *const names[] = {
		[LOG_QUIET] = "quiet", [LOG_NOTE] = "note", [LOG_DEBUG] = "debug"};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!strcmp(text, names[i])) {
			*out = i;
			return true;
		}
	}
	return false;
}

PRINTF(3, 0)
static void put(enum log_level level, const char *head, const char *format, va_list args)
{
	if (level > level_now)
		return;
	ARENA scratch = {0};
	struct str line = STR(&scratch);
	const char *text = arena_vprintf(&scratch, format, args);
	str_add(&line, head);
	text_escape_cell(&line, text, strlen(text)); /* quoted text in it was escaped already */
	str_addc(&line, '\n');
	struct str shown = STR(&scratch);
	terminal_add_shown(&shown, STDERR_FILENO, str_text(&line), line.len);
	if (sink_now)
		sink_now(level, text);
	if (clear_now)
		clear_now();
	if (write(STDERR_FILENO, shown.at, shown.len) < 0)
		return; /* a log that cannot be written has nowhere to complain */
}

void log_note(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	put(LOG_NOTE, "writ: ", format, args);
	va_end(args);
}

void log_debug(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	put(LOG_DEBUG, "writ: debug: ", format, args);
	va_end(args);
}
