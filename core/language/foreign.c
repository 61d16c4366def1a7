/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/foreign.h"

#include <string.h>

#include "core/language/schema_decode.h"
#include "core/util/unicode.h"

const char foreign_other[] = "neither \"writ/v\" nor a kind of writ's in it";

static bool begins(const char *text, size_t len, const char *with)
{
	size_t size = strlen(with);
	return len >= size && !memcmp(text, with, size);
}

bool foreign_has_version(const char *text, size_t len)
{
	return memmem(text, len, "writ/v", 6);
}

bool foreign_is_pointer(const char *text, size_t len)
{
	return begins(text, len, "version https://git-lfs.github.com/spec/");
}

bool foreign_has_conflict(const char *text, size_t len)
{
	return begins(text, len, "<<<<<<< ") || begins(text, len, ">>>>>>> ") ||
	       memmem(text, len, "\n<<<<<<< ", 9) || memmem(text, len, "\n>>>>>>> ", 9);
}

bool foreign_is_snapshot(const char *text, size_t len)
{
	static const char status[] = "\n  snapshot:\n    format: ";
	return memmem(text, len, status, strlen(status));
}

/* Blanks and quotes. */
static const char *skip(const char *at, const char *end, const char *set)
{
	while (at < end && *at && strchr(set, *at))
		at++;
	return at;
}

/* Behind "kind" and its quote: whether a known kind's name is its value. */
static bool has_known_kind(const char *at, const char *end)
{
	at = skip(at, end, "\"' \t");
	if (at == end || *at != ':')
		return false;
	at = skip(at + 1, end, "\"' \t\r\n");
	for (int i = 0; i < KIND_COUNT; i++) {
		size_t len = strlen(kind_names[i]);
		if (begins(at, (size_t)(end - at), kind_names[i]) &&
		    (at + len == end || !at[len] || strchr("\"' \t\r\n,}#", at[len])))
			return true;
	}
	return false;
}

/* A top-level key begins its line; in JSON and flow style any place is taken for one. */
static bool says_kind(const char *text, size_t len)
{
	const char *end = text + len, *start = skip(text, end, " \t\r\n-");
	bool flow = start < end && *start == '{';
	for (const char *at = text; (at = memmem(at, (size_t)(end - at), "kind", 4)); at += 4) {
		const char *key = at > text && strchr("\"'", at[-1]) ? at - 1 : at;
		if ((flow || key == text || key[-1] == '\n') && has_known_kind(at + 4, end))
			return true;
	}
	return false;
}

static bool is_blank(const char *text, size_t len)
{
	for (const char *at = text, *end = text + len; at < end;) {
		const char *line = memchr(at, '\n', (size_t)(end - at));
		const char *stop = line ? line : end;
		const char *first = skip(at, stop, " \t\r");
		bool marker = stop - first >= 3 && !memcmp(first, "---", 3) &&
			      skip(first + 3, stop, " \t\r") == stop;
		if (first < stop && *first != '#' && !marker)
			return false;
		at = line ? line + 1 : end;
	}
	return true;
}

/* Text of two or four bytes a character has bytes of 0 in it, which no text in UTF-8 has. */
static bool is_utf8(const char *text, size_t len)
{
	for (size_t at = 0, size; at < len; at += size) {
		if (!text[at])
			return false;
		if ((unsigned char)text[at] < 0x80)
			size = 1;
		else if (text_decode(text + at, len - at, &size) == TEXT_MALFORMED)
			return false;
	}
	return true;
}

enum foreign foreign_judge(const char *text, size_t len)
{
	if (foreign_has_conflict(text, len))
		return FOREIGN_CONFLICT;
	if (foreign_is_pointer(text, len))
		return FOREIGN_POINTER;
	if (foreign_has_version(text, len) || says_kind(text, len))
		return FOREIGN_NOT;
	if (!is_utf8(text, len))
		return FOREIGN_BINARY;
	return is_blank(text, len) ? FOREIGN_BLANK : FOREIGN_OTHER;
}
