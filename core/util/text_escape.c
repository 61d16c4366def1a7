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
	if (!text_is_printable(c) || (c != ' ' && text_is_blank(c)))
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

/* What other blocks of Unicode have for a square bracket or a straight quote. */
static bool is_like_a_mark(uint32_t c)
{
	static const struct {
		uint32_t from, to;
	} ranges[] = {{0x2045, 0x2046}, {0x2772, 0x2773}, {0x27E6, 0x27E7}, {0x298B, 0x2990},
		      {0x3014, 0x3015}, {0x301A, 0x301B}, {0xFE47, 0xFE48}, {0xFE5D, 0xFE5E},
		      {0xFF02, 0xFF02}, {0xFF3B, 0xFF3B}, {0xFF3D, 0xFF3D}};
	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		if (c >= ranges[i].from && c <= ranges[i].to)
			return true;
	}
	return false;
}

/* Appends `c`, at `at`, where it could be taken for layout around the words: a quote, a bracket of
 * a mark, a blank between columns or at an end. */
static bool add_layout(struct str *out, const char *text, size_t at, size_t len, uint32_t c)
{
	bool apart = at == 0 || at + 1 == len || text[at - 1] == ' ';
	if (c == ' ' && apart)
		str_add(out, "\\x20");
	else if (c == '"' || c == '[' || c == ']')
		str_printf(out, "\\%c", text[at]);
	else if (is_like_a_mark(c))
		str_printf(out, "\\u{%X}", (unsigned)c);
	else
		return false;
	return true;
}

void text_escape_words(struct str *out, const char *text, size_t len)
{
	for (size_t at = 0, size; at < len; at += size) {
		uint32_t c = text_decode(text + at, len - at, &size);
		if (!add_layout(out, text, at, len, c))
			text_escape(out, text + at, size, 0);
	}
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
