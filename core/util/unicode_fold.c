/* SPDX-License-Identifier: Apache-2.0 */
/* What counts as the same text, and what a reader takes for another one. */
#include "core/util/unicode.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "core/util/cleanup.h"
#include "core/util/confusables.h"
#include "core/util/process.h"

/* Maps a text by utf8proc, into malloc()ed memory; NULL when `text` is malformed. */
static char *map(const char *text, int options)
{
	utf8proc_uint8_t *out = NULL;
	utf8proc_ssize_t len =
		utf8proc_map((const utf8proc_uint8_t *)text, 0, &out,
			     UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE | options);
	if (len == UTF8PROC_ERROR_NOMEM)
		process_out_of_memory(0);
	return (char *)out;
}

static char *normalize(const char *text, int options)
{
	return map(text, UTF8PROC_COMPAT | options);
}

/* Whether a character is drawn as a line at the height of "_", or as one above a letter that is not
 * there. */
static bool is_connector(uint32_t c)
{
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
	return category == UTF8PROC_CATEGORY_PC || category == UTF8PROC_CATEGORY_MN ||
	       category == UTF8PROC_CATEGORY_ME || category == UTF8PROC_CATEGORY_CF;
}

static bool looks_like_underscore(uint32_t c)
{
	const char *other = confusables_of(c);
	return c == '_' || (other && *other == '_');
}

static bool is_ascii_graph(char c)
{
	return c > ' ' && c < 0x7F;
}

bool text_smuggles_role(const char *text)
{
	if (is_ascii_graph(*text) && *text != '_')
		return false; /* the first character is a plain one, and stays the first */
	CLEANUP(free) char *normal = normalize(text, 0);
	if (!normal)
		return true; /* malformed text cannot be told from a role */
	const char *end = normal + strlen(normal);
	for (const char *at = normal; at < end;) {
		size_t size;
		uint32_t c = text_decode(at, (size_t)(end - at), &size);
		if (looks_like_underscore(c))
			return true;
		if (!text_is_blank(c) && !is_connector(c))
			return false;
		at += size;
	}
	return false;
}

/* The letter that a figure or a stroke reads as, once case is folded. */
static char plain_letter(char c)
{
	return c == '0' ? 'o' : c == '1' || c == 'i' || c == '|' ? 'l' : c;
}

/* Replaces pairs of letters that read as one. */
static void join_pairs(char *text)
{
	char *to = text;
	for (const char *from = text; *from; to++) {
		bool rn = from[0] == 'r' && from[1] == 'n', vv = from[0] == 'v' && from[1] == 'v';
		*to = rn ? 'm' : vv ? 'w' : *from;
		from += rn || vv ? 2 : 1;
	}
	*to = '\0';
}

const char *text_fold(struct arena *a, const char *text)
{
	CLEANUP(free) char *folded = map(text, UTF8PROC_CASEFOLD);
	return arena_strdup(a, folded ? folded : text);
}

/* Replaces each character by what it can be taken for; NULL when the text is malformed. */
static const char *take_for(struct arena *a, const char *text, int options)
{
	utf8proc_uint8_t *plain = NULL;
	utf8proc_ssize_t len =
		utf8proc_map((const utf8proc_uint8_t *)text, 0, &plain,
			     UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | options);
	struct str out = STR(a);
	for (utf8proc_ssize_t at = 0, size = 0; at < len; at += size) {
		size_t width;
		const char *from = (const char *)plain + at;
		const char *to = confusables_of(text_decode(from, (size_t)(len - at), &width));
		str_addn(&out, to ? to : from, to ? strlen(to) : width);
		size = (utf8proc_ssize_t)width;
	}
	free(plain);
	return len < 0 ? NULL : out.at ? str_text(&out) : "";
}

static bool is_ascii(const char *text)
{
	while (*text && (unsigned char)*text < 0x80)
		text++;
	return !*text;
}

const char *text_skeleton(struct arena *a, const char *text)
{
	const char *taken = text;
	if (!is_ascii(text)) {
		/* It is done before case is folded and once more after it, since capitals look like
		 * other letters. */
		const int fold = UTF8PROC_CASEFOLD | UTF8PROC_COMPAT | UTF8PROC_IGNORE;
		taken = take_for(a, text, UTF8PROC_IGNORE);
		taken = taken ? take_for(a, taken, fold) : NULL;
		taken = taken ? take_for(a, taken, 0) : NULL;
	}
	char *out = arena_strdup(a, taken ? taken : text);
	for (char *at = out; *at; at++)
		*at = plain_letter(ascii_lower(*at));
	join_pairs(out);
	return out;
}
