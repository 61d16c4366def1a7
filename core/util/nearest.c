/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/nearest.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "core/util/cleanup.h"
#include "core/util/str.h"
#include "core/util/text_escape.h"
#include "core/util/unicode.h"
#include "core/util/vec.h"

#define WORD_MAX 1024	/* bytes of a name; longer ones are compared with none */
#define PATTERN_MAX 64	/* letters that one machine word has a bit for */
#define BEGINNING_MIN 5 /* letters of a word that was cut short */
#define NAMES_MAX 10000 /* names of a folder that are compared with a wrong one */

#define PER_WORD 8 /* letters that may be compared in the time that a word costs besides */

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

/* Some letters in a row: of each byte, at which places it stands. */
struct pattern {
	uint64_t at[UCHAR_MAX + 1];
	size_t len; /* 1 to PATTERN_MAX */
};

static void pattern_set(struct pattern *p, const char *text, size_t len)
{
	*p = (struct pattern){.len = len};
	for (size_t i = 0; i < len; i++)
		p->at[(unsigned char)text[i]] |= (uint64_t)1 << i;
}

/* The edit distance in bytes, where a swap of neighbours is one edit; a column of the table at a
 * time, of which each bit says whether it is one more or one less than the bit below (Hyyro, "A
 * bit-vector algorithm for computing Levenshtein and Damerau edit distances", 2003). SIZE_MAX: it
 * is more than `most`. Adds to `steps` how many letters of the text were looked at. */
static size_t pattern_distance(const struct pattern *p, const char *text, size_t len, size_t most,
			       size_t *steps)
{
	const uint64_t last = (uint64_t)1 << (p->len - 1);
	uint64_t more = UINT64_MAX, less = 0, same = 0, before = 0;
	size_t far = p->len;
	for (size_t i = 0; i < len; i++) {
		const uint64_t at = p->at[(unsigned char)text[i]];
		const uint64_t swapped = ((~same & at) << 1) & before;
		same = (((at & more) + more) ^ more) | at | less | swapped;
		uint64_t right_more = less | ~(same | more), right_less = same & more;
		far += (right_more & last) != 0;
		far -= (right_less & last) != 0;
		right_more = right_more << 1 | 1;
		right_less <<= 1;
		more = right_less | ~(same | right_more);
		less = right_more & same;
		before = at;
		*steps += 1;
		if (far > most + (len - i - 1)) /* each letter left takes off one at most */
			return SIZE_MAX;
	}
	return far <= most ? far : SIZE_MAX;
}

/* The same of two texts of any length. What they begin and end with alike costs no edit; SIZE_MAX
 * too when more than PATTERN_MAX letters of both are left. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len, size_t most,
		       size_t *steps)
{
	struct pattern p;
	while (a_len && b_len && *a == *b) {
		a++, b++, a_len--, b_len--;
		*steps += 1;
	}
	while (a_len && b_len && a[a_len - 1] == b[b_len - 1]) {
		a_len--, b_len--;
		*steps += 1;
	}
	if (a_len > b_len)
		return distance(b, b_len, a, a_len, most, steps);
	if (a_len == 0)
		return b_len <= most ? b_len : SIZE_MAX;
	if (a_len > PATTERN_MAX)
		return SIZE_MAX;
	pattern_set(&p, a, a_len);
	*steps += PATTERN_MAX; /* what that costs */
	return pattern_distance(&p, b, b_len, most, steps);
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

static const char *skip_joints(const char *word)
{
	while (*word == '-' || *word == '_')
		word++;
	return word;
}

/* Whether two words are equal but for case, "-", "_" and a plural s. */
static bool is_alike(const char *a, const char *b)
{
	for (;; a++, b++) {
		a = skip_joints(a);
		b = skip_joints(b);
		if (!*a || ascii_lower(*a) != ascii_lower(*b))
			break;
	}
	const char *rest = *a ? a : b;
	if (!*rest)
		return true;
	return (!*a || !*b) && ascii_lower(*rest) == 's' && !*skip_joints(rest + 1);
}

static const char *find_alike(const char *word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (is_alike(word, words[i]))
			return words[i];
	}
	return NULL;
}

const char *nearest_word_within(size_t *steps, const char *word, const char *const *words,
				size_t count)
{
	struct pattern pattern;
	size_t len = strlen(word), most = len / 3;
	if (len == 0 || len > WORD_MAX || !spend(steps, count * PER_WORD))
		return NULL;
	const char *found = find_alike(word, words, count);
	if (found)
		return found;
	if (len <= PATTERN_MAX)
		pattern_set(&pattern, word, len);
	for (size_t i = 0; i < count; i++) {
		size_t other = strlen(words[i]), cost = 0;
		if (other > len + most || len > other + most)
			continue;
		size_t far = len <= PATTERN_MAX
				     ? pattern_distance(&pattern, words[i], other, most, &cost)
				     : distance(word, len, words[i], other, most, &cost);
		if (!spend(steps, cost))
			return NULL;
		if (far == SIZE_MAX)
			continue;
		found = words[i];
		if (far == 0)
			return found;
		most = far - 1; /* of equally near ones the first */
	}
	return found;
}

const char *nearest_unsought(size_t steps)
{
	return steps ? "" : "; similar names were not looked for: too many names are wrong";
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

static bool is_there(const char *path)
{
	return faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The path in which the first name that its folder does not have is the nearest that it has, up to
 * that name where what stands behind is not there either; in `a`. NULL: all is there, or none is
 * near. */
static const char *meant_path(struct arena *a, const char *path)
{
	const char *name = path, *end = strchrnul(path, '/');
	VEC(, const char *) names = {0};
	while (*end && (end == path || is_there(arena_strndup(a, path, (size_t)(end - path))))) {
		name = end + 1;
		end = strchrnul(name, '/');
	}
	if (end == name || is_there(arena_strndup(a, path, (size_t)(end - path))))
		return NULL;
	const char *folder = arena_strndup(a, path, (size_t)(name - path));
	CLEANUP(closedir) DIR *dir = opendir(*folder ? folder : "./");
	for (const struct dirent *e; dir && (e = readdir(dir)) && names.len < NAMES_MAX;)
		vec_push(a, &names, arena_strdup(a, e->d_name));
	const char *near =
		nearest_word(arena_strndup(a, name, (size_t)(end - name)), names.at, names.len);
	if (!near)
		return NULL;
	const char *whole = arena_printf(a, "%s%s%s", folder, near, end);
	return is_there(whole) ? whole : arena_printf(a, "%s%s", folder, near);
}

struct error *nearest_path(const char *path, struct error *error)
{
	ARENA a = {0};
	struct str shown = STR(&a);
	const char *meant = meant_path(&a, path);
	if (!meant)
		return error;
	text_escape(&shown, meant, strlen(meant), 0);
	struct error *named = error_new(error->code, "%s; did you mean \"%s\"?", error->message,
					str_text(&shown));
	error_free(error);
	return named;
}
