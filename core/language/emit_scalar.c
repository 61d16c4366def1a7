/* SPDX-License-Identifier: Apache-2.0 */
/* One text, in the spelling that every YAML reader takes for it. */
#include <string.h>

#include "core/language/emit.h"
#include "core/util/unicode.h"

/* Words that YAML 1.1 or 1.2 readers take for something other than text. */
static bool is_special_word(const char *text)
{
	static const char *const words[] = {"y",   "n",	   "yes",   "no",   "on",
					    "off", "true", "false", "null", "~"};
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (ascii_casecmp(text, words[i]) == 0)
			return true;
	}
	return false;
}

static bool is_plain_byte(char c)
{
	char lower = ascii_lower(c);
	return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-_./@+ ()", c));
}

/* Plain when every YAML reader takes it for this text. */
static bool is_plain(const char *text)
{
	char start = ascii_lower(text[0]);
	size_t len = strlen(text);
	if (!(start >= 'a' && start <= 'z') || text[len - 1] == ' ' || is_special_word(text))
		return false;
	for (const char *at = text; *at; at++) {
		if (!is_plain_byte(*at))
			return false;
	}
	return true;
}

/* What is not in normal form C would be refused as it is. */
static void add_escaped(struct str *out, const char *text)
{
	size_t len = strlen(text);
	for (size_t at = 0, size; at < len; at += size) {
		uint32_t c = text_decode(text + at, len - at, &size);
		if (c >= 0x80)
			str_printf(out, c > 0xFFFF ? "\\U%08X" : "\\u%04X", (unsigned)c);
		else
			str_printf(out, "%s%c", c == '"' || c == '\\' ? "\\" : "", (char)c);
	}
	str_addc(out, '"');
}

void emit_scalar(struct str *out, const char *text)
{
	if (is_plain(text)) {
		str_add(out, text);
		return;
	}
	str_addc(out, '"');
	if (!text_is_composed(text, strlen(text))) {
		add_escaped(out, text);
		return;
	}
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			str_addc(out, '\\');
		str_addc(out, *text);
	}
	str_addc(out, '"');
}

void emit_field(struct str *out, const char *key, const char *text)
{
	if (!text)
		return;
	str_printf(out, "  %s: ", key);
	emit_scalar(out, text);
	str_addc(out, '\n');
}
