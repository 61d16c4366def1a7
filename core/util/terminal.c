/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/terminal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/util/unicode.h"

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

bool terminal_write(FILE *to, const char *text, size_t len)
{
	if (!terminal_is_plain(fileno(to)))
		return fwrite(text, 1, len, to) == len;
	ARENA scratch = {0};
	struct str plain = STR(&scratch);
	terminal_add_plain(&plain, text, len);
	return fwrite(str_text(&plain), 1, plain.len, to) == plain.len;
}
