/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/confusables.h"

#include <stdlib.h>
#include <string.h>

#include "core/util/unicode.h"

struct look_alike {
	uint32_t from;
	const char *to;
};

struct script_range {
	uint32_t from, to;
	const char *name;
};

#include <confusable_tables.h>

static int by_code_point(const void *key, const void *row)
{
	uint32_t c = *(const uint32_t *)key, from = ((const struct look_alike *)row)->from;
	return (c > from) - (c < from);
}

const char *confusables_of(uint32_t c)
{
	const struct look_alike *found =
		bsearch(&c, look_alikes, sizeof(look_alikes) / sizeof(*look_alikes),
			sizeof(*look_alikes), by_code_point);
	return found ? found->to : NULL;
}

static int by_range(const void *key, const void *row)
{
	uint32_t c = *(const uint32_t *)key;
	const struct script_range *r = row;
	return c < r->from ? -1 : c > r->to;
}

/* "Latin", "Cyrillic"; NULL for what all scripts share. */
static const char *script_of(uint32_t c)
{
	const struct script_range *found =
		bsearch(&c, script_ranges, sizeof(script_ranges) / sizeof(*script_ranges),
			sizeof(*script_ranges), by_range);
	return found ? found->name : NULL;
}

/* Whether two scripts are written together, at the standard's level "highly restrictive". */
static bool go_together(const char *a, const char *b)
{
	static const char *const together[][4] = {{"Latin", "Han", "Hiragana", "Katakana"},
						  {"Latin", "Han", "Bopomofo", ""},
						  {"Latin", "Han", "Hangul", ""}};
	for (size_t i = 0; i < 3; i++) {
		bool has_a = false, has_b = false;
		for (size_t k = 0; k < 4; k++) {
			has_a |= !strcmp(together[i][k], a);
			has_b |= !strcmp(together[i][k], b);
		}
		if (has_a && has_b)
			return true;
	}
	return !strcmp(a, b);
}

uint32_t confusables_mixed_letter(const char *text, const char **one, const char **other)
{
	const char *seen[4];
	size_t count = 0, len = strlen(text);
	for (size_t at = 0, size; at < len; at += size) {
		uint32_t c = text_decode(text + at, len - at, &size);
		const char *script = script_of(c);
		size_t i = 0;
		while (script && i < count && go_together(seen[i], script))
			i++;
		if (script && i < count) {
			*one = seen[i];
			*other = script;
			return c;
		}
		if (script && count < 4 && !(count && !strcmp(seen[count - 1], script)))
			seen[count++] = script;
	}
	return 0;
}

uint32_t confusables_blank_letter(const char *text)
{
	size_t len = strlen(text);
	for (size_t at = 0, size; at < len; at += size) {
		uint32_t c = text_decode(text + at, len - at, &size);
		if (c != ' ' && text_is_blank(c))
			return c;
	}
	return 0;
}

uint32_t confusables_stray_mark(const char *text, const char **what)
{
	size_t len = strlen(text);
	bool alone = true; /* nothing that a mark could belong to */
	for (size_t at = 0, size; at < len; at += size) {
		uint32_t c = text_decode(text + at, len - at, &size);
		*what = text_is_low_line(c)	   ? "that is drawn as an underscore"
			: text_is_overlay(c)	   ? "that is drawn over a letter"
			: text_is_mark(c) && alone ? "that belongs to no letter"
						   : NULL;
		if (*what)
			return c;
		alone = text_is_blank(c);
	}
	return 0;
}
