#include "core/util/nearest.h"

#include <stdint.h>
#include <string.h>

#include "core/util/unicode.h"

#define WORD_MAX 64 /* no key, command or option is longer */

/* The word without case, "-", "_" and a plural s. */
static void plain_form(const char *word, char out[static WORD_MAX + 1])
{
	size_t len = 0;
	for (; *word && len < WORD_MAX; word++) {
		if (*word != '-' && *word != '_')
			out[len++] = ascii_lower(*word);
	}
	if (len > 1 && out[len - 1] == 's')
		len--;
	out[len] = '\0';
}

static size_t least(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;
	return m < c ? m : c;
}

/* Levenshtein's distance in bytes, one row at a time. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t row[WORD_MAX + 1];
	for (size_t k = 0; k <= b_len; k++)
		row[k] = k;
	for (size_t i = 1; i <= a_len; i++) {
		size_t corner = row[0];
		row[0] = i;
		for (size_t k = 1; k <= b_len; k++) {
			size_t above = row[k];
			row[k] = least(above + 1, row[k - 1] + 1, corner + (a[i - 1] != b[k - 1]));
			corner = above;
		}
	}
	return row[b_len];
}

const char *nearest_word(const char *word, const char *const *words, size_t count)
{
	char form[WORD_MAX + 1], other[WORD_MAX + 1];
	size_t len = strlen(word), best = SIZE_MAX;
	const char *found = NULL;
	if (len > WORD_MAX)
		return NULL;
	plain_form(word, form);
	for (size_t i = 0; i < count; i++) {
		plain_form(words[i], other);
		if (!strcmp(form, other))
			return words[i];
	}
	for (size_t i = 0; i < count; i++) {
		size_t far = strlen(words[i]) > WORD_MAX
				     ? SIZE_MAX
				     : distance(word, len, words[i], strlen(words[i]));
		if (far <= len / 3 && far < best) {
			best = far;
			found = words[i];
		}
	}
	return found;
}
