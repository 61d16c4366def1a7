/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/escape.h"

#include <string.h>

#include "core/util/json.h"

static size_t longest_run(const char *text)
{
	size_t longest = 0;
	for (const char *at = text; *at;) {
		size_t run = strspn(at, "`");
		longest = run > longest ? run : longest;
		at += run ? run : strcspn(at, "`");
	}
	return longest;
}

/* Whether a blank is needed on each side, which CommonMark takes off again: a backtick stands at an
 * end, or blanks stand at both ends of more than blanks. */
static bool needs_blanks(const char *text, size_t len)
{
	if (strspn(text, " ") == len)
		return false;
	return text[0] == '`' || text[len - 1] == '`' || (text[0] == ' ' && text[len - 1] == ' ');
}

void escape_code_span(struct str *out, const char *text)
{
	size_t len = strlen(text), fence = longest_run(text) + 1;
	const char *blank = needs_blanks(text, len) ? " " : "";
	str_fill(out, '`', fence);
	str_printf(out, "%s%s%s", blank, len ? text : " ", blank);
	str_fill(out, '`', fence);
}

size_t escape_fence(const char *lines)
{
	size_t run = longest_run(lines);
	return run < 3 ? 3 : run + 1;
}

/* Appends `text` with each character of `from` replaced by the text at its place in `to`. */
static void replace(struct str *out, const char *text, const char *from, const char *const *to)
{
	while (*text) {
		size_t plain = strcspn(text, from);
		str_addn(out, text, plain);
		text += plain;
		if (*text)
			str_add(out, to[strchr(from, *text++) - from]);
	}
}

void escape_markup(struct str *out, const char *text)
{
	static const char *const to[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
	replace(out, text, "&<>\"'", to);
}

void escape_command(struct str *out, const char *text)
{
	static const char *const to[] = {"%25", "%0D", "%0A"};
	replace(out, text, "%\r\n", to);
}

void escape_command_property(struct str *out, const char *text)
{
	static const char *const to[] = {"%25", "%0D", "%0A", "%3A", "%2C"};
	replace(out, text, "%\r\n:,", to);
}

void escape_sarif(struct str *out, const char *text)
{
	struct str plain = STR(out->arena);
	bool escaped = false; /* the character before is a backslash that is not escaped itself */
	for (; *text; text++) {
		if (strchr("[]", *text) && !escaped)
			str_addc(&plain, '\\');
		if (strchr("{}", *text))
			str_addc(&plain, *text);
		str_addc(&plain, *text);
		escaped = *text == '\\' && !escaped;
	}
	json_add_text(out, str_text(&plain));
}
