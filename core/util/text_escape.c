/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/text_escape.h"

#include <stdio.h>
#include <string.h>

#include "core/util/unicode.h"

#define PIECE_MAX 16 /* "\u{10FFFF}" */

/* Writes how one code point, or one malformed byte, is shown; returns the length. */
static size_t escape_one(char out[static PIECE_MAX], const char *text, size_t size, uint32_t c)
{
	if (c == '\\')
		return (size_t)snprintf(out, PIECE_MAX, "\\\\");
	if (c == '\n')
		return (size_t)snprintf(out, PIECE_MAX, "\\n");
	if (c == '\t')
		return (size_t)snprintf(out, PIECE_MAX, "\\t");
	if (c < 0x20 || c == 0x7F || c == TEXT_MALFORMED)
		return (size_t)snprintf(out, PIECE_MAX, "\\x%02X", (unsigned char)*text);
	if (!text_is_printable(c))
		return (size_t)snprintf(out, PIECE_MAX, "\\u{%X}", c);
	memcpy(out, text, size);
	return size;
}

void text_escape(struct str *out, const char *text, size_t len, size_t max)
{
	size_t start = out->len;
	for (size_t at = 0, size; at < len; at += size) {
		char piece[PIECE_MAX];
		uint32_t c = text_decode(text + at, len - at, &size);
		size_t width = escape_one(piece, text + at, size, c);
		if (max && out->len - start + width > max) {
			str_add(out, "...");
			return;
		}
		str_addn(out, piece, width);
	}
}

/* Whether the byte at `at` could be taken for layout around the words: a quote, a bracket of a
 * mark, a blank between columns or at an end. */
static bool looks_like_layout(const char *text, size_t at, size_t len)
{
	bool apart = at == 0 || at + 1 == len || text[at - 1] == ' ';
	return strchr("\"[]", text[at]) || (text[at] == ' ' && apart);
}

void text_escape_words(struct str *out, const char *text, size_t len)
{
	size_t from = 0;
	for (size_t at = 0; at < len; at++) {
		if (!text[at] || !looks_like_layout(text, at, len))
			continue;
		text_escape(out, text + from, at - from, 0);
		if (text[at] == ' ')
			str_add(out, "\\x20");
		else
			str_printf(out, "\\%c", text[at]);
		from = at + 1;
	}
	text_escape(out, text + from, len - from, 0);
}

void text_escape_cell(struct str *out, const char *text, size_t len)
{
	size_t from = 0;
	for (size_t at = 0; at < len; at++) {
		if (text[at] != '\\')
			continue;
		text_escape(out, text + from, at - from, 0);
		str_addc(out, '\\');
		from = at + 1;
	}
	text_escape(out, text + from, len - from, 0);
}
