/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/nearest.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "core/util/cleanup.h"
#include "core/util/str.h"
#include "core/util/text_escape.h"
#include "core/util/unicode.h"
#include "core/util/vec.h"

#define WORD_MAX 64	/* no key, command or option is longer */
#define BEGINNING_MIN 5 /* letters of a word that was cut short */
#define NAMES_MAX 10000 /* names of a folder that are compared with a wrong one */

/* Writes the word without case, "-", "_" and a plural s. */
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

/* Whether a word begins with the letter, "-" and "_" aside: most words differ from another one in
 * how they begin. */
static bool begins_like(const char *word, char first)
{
	while (*word == '-' || *word == '_')
		word++;
	return ascii_lower(*word) == first;
}

static size_t least(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;
	return m < c ? m : c;
}

/* A limit for the distance of two words, and the price of finding it. */
struct gap {
	size_t most;  /* the largest distance of interest */
	size_t steps; /* pairs of letters that were compared */
};

/* The edit distance of two words in bytes, where a swap of neighbours is one edit, from three rows
 * of the table at a time. SIZE_MAX: it is more than gap->most. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len, struct gap *gap)
{
	size_t rows[3][WORD_MAX + 1];
	if (a_len > b_len + gap->most || b_len > a_len + gap->most)
		return SIZE_MAX;
	for (size_t k = 0; k <= b_len; k++)
		rows[0][k] = k;
	for (size_t i = 1, last = 0; i <= a_len; i++) {
		const size_t *above = rows[(i - 1) % 3], *higher = rows[(i + 1) % 3];
		size_t *row = rows[i % 3], lowest = i;
		row[0] = i;
		for (size_t k = 1; k <= b_len; k++) {
			row[k] = least(above[k] + 1, row[k - 1] + 1,
				       above[k - 1] + (a[i - 1] != b[k - 1]));
			bool swapped =
				i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1];
			if (swapped && higher[k - 2] + 1 < row[k])
				row[k] = higher[k - 2] + 1;
			lowest = row[k] < lowest ? row[k] : lowest;
		}
		gap->steps += b_len;
		/* A swap reaches back over one row, so that both rows must be too far. */
		if (lowest > gap->most && last > gap->most)
			return SIZE_MAX;
		last = lowest;
	}
	return rows[a_len % 3][b_len] <= gap->most ? rows[a_len % 3][b_len] : SIZE_MAX;
}

/* Takes from the steps that are left; false, and none are left, when too few were. */
static bool spend(size_t *steps, size_t needed)
{
	bool enough = *steps > needed;
	*steps = enough ? *steps - needed : 0;
	return enough;
}

/* The only word that begins so; NULL: none does, or several do. */
static const char *only_longer(const char *word, const char *const *words, size_t count)
{
	char form[WORD_MAX + 1], other[WORD_MAX + 1];
	const char *found = NULL;
	if (strlen(word) > WORD_MAX)
		return NULL;
	plain_form(word, form);
	size_t len = strlen(form);
	for (size_t i = 0; i < count && len >= BEGINNING_MIN; i++) {
		plain_form(words[i], other);
		if (strncmp(form, other, len) != 0)
			continue;
		if (found)
			return NULL;
		found = words[i];
	}
	return found;
}

const char *nearest_word_within(size_t *steps, const char *word, const char *const *words,
				size_t count)
{
	char form[WORD_MAX + 1], other[WORD_MAX + 1];
	size_t len = strlen(word), best = SIZE_MAX;
	const char *found = NULL;
	if (len > WORD_MAX || !spend(steps, count))
		return NULL;
	plain_form(word, form);
	for (size_t i = 0; i < count; i++) {
		if (!begins_like(words[i], form[0]))
			continue;
		plain_form(words[i], other);
		if (!strcmp(form, other))
			return words[i];
	}
	for (size_t i = 0; i < count; i++) {
		struct gap gap = {.most = len / 3};
		size_t other_len = strlen(words[i]);
		size_t far = other_len > WORD_MAX ? SIZE_MAX
						  : distance(word, len, words[i], other_len, &gap);
		if (!spend(steps, gap.steps))
			return NULL;
		if (far < best) {
			best = far;
			found = words[i];
		}
	}
	return found;
}

const char *nearest_word(const char *word, const char *const *words, size_t count)
{
	size_t steps = SIZE_MAX;
	const char *found = nearest_word_within(&steps, word, words, count);
	return found ? found : only_longer(word, words, count);
}

const char *nearest_said(struct arena *a, const char *word, const char *const *words, size_t count)
{
	const char *near = nearest_word(word, words, count);
	struct str shown = STR(a);
	if (!near)
		return "";
	text_escape(&shown, near, strlen(near), 0);
	return arena_printf(a, "; did you mean \"%s\"?", str_text(&shown));
}

struct error *nearest_path(const char *path, struct error *error)
{
	ARENA a = {0};
	const char *slash = strrchr(path, '/');
	const char *folder = slash ? arena_strndup(&a, path, (size_t)(slash - path) + 1) : "./";
	struct str shown = STR(&a);
	VEC(, const char *) names = {0};
	if (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return error;
	CLEANUP(closedir) DIR *dir = opendir(folder);
	for (const struct dirent *e; dir && (e = readdir(dir)) && names.len < NAMES_MAX;)
		vec_push(&a, &names, arena_strdup(&a, e->d_name));
	const char *near = nearest_word(slash ? slash + 1 : path, names.at, names.len);
	if (!near)
		return error;
	text_escape(&shown, near, strlen(near), 0);
	struct error *named = error_new(error->code, "%s; did you mean \"%s%s\"?", error->message,
					slash ? folder : "", str_text(&shown));
	error_free(error);
	return named;
}
