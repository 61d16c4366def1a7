/* SPDX-License-Identifier: Apache-2.0 */
#include "core/git/line_map.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "core/git/history_git.h"

uint32_t text_lines(struct text text)
{
	uint32_t count = text.len > 0 && text.at[text.len - 1] != '\n';
	for (size_t i = 0; i < text.len; i++)
		count += text.at[i] == '\n';
	return count;
}

uint32_t line_map_find(const struct line_map *map, uint32_t line)
{
	if (!map->lines)
		return line;
	return line <= map->count ? map->lines[line] : 0;
}

/* ---- a whole file ---- */

struct hunks {
	struct line_map *map;
	uint32_t old, new; /* lines that are mapped, from 1 */
	uint32_t first;	   /* lines in front of what is compared, the same on both sides */
};

/* Maps the lines up to a hunk, which are the same. */
static void keep_until(struct hunks *h, uint32_t new)
{
	while (h->new < new && h->new < h->map->count)
		h->map->lines[++h->new] = ++h->old;
}

/* Of a hunk, a side without lines is placed behind the line that libgit2 names. */
static int on_hunk(const git_diff_delta *delta UNUSED, const git_diff_hunk *hunk, void *context)
{
	struct hunks *h = context;
	uint32_t from = (uint32_t)hunk->new_start, lines = (uint32_t)hunk->new_lines;
	keep_until(h, h->first + (lines ? from - 1 : from));
	h->old += (uint32_t)hunk->old_lines;
	h->new += lines;
	return 0;
}

static struct error *compare(struct text old, struct text new, struct hunks *h)
{
	git_diff_options options = GIT_DIFF_OPTIONS_INIT;
	options.flags =
		GIT_DIFF_IGNORE_WHITESPACE | GIT_DIFF_FORCE_TEXT | GIT_DIFF_INDENT_HEURISTIC;
	options.context_lines = options.interhunk_lines = 0;
	int code = git_diff_buffers(old.at, old.len, "a", new.at, new.len, "a", &options, NULL,
				    NULL, on_hunk, NULL, h);
	return code ? git_failed(code, "comparing two versions of a file") : NULL;
}

/* Lines that are equal and are compared all the same, on each side of the difference: where lines
 * repeat, it may lie in several places, and with these it lies where it would in the whole file. */
#define MARGIN 100

static size_t line_back(struct text text, size_t at)
{
	const char *feed = at > 1 ? memrchr(text.at, '\n', at - 1) : NULL;
	return feed ? (size_t)(feed + 1 - text.at) : 0;
}

/* Bytes of the lines that both begin with. */
static size_t common_start(struct text old, struct text new)
{
	size_t len = old.len < new.len ? old.len : new.len, at = 0;
	while (at < len && old.at[at] == new.at[at])
		at++;
	const char *feed = memrchr(old.at, '\n', at);
	at = feed ? (size_t)(feed + 1 - old.at) : 0;
	for (int i = 0; i < MARGIN && at; i++)
		at = line_back(old, at);
	return at;
}

/* Bytes of the lines that both end with. */
static size_t common_end(struct text old, struct text new)
{
	size_t len = old.len < new.len ? old.len : new.len, count = 0;
	while (count < len && old.at[old.len - 1 - count] == new.at[new.len - 1 - count])
		count++;
	const char *end = old.at + old.len, *at = end - count;
	for (int i = 0; i <= MARGIN && at < end; i++) {
		const char *feed = memchr(at, '\n', (size_t)(end - at));
		at = feed ? feed + 1 : end;
	}
	return (size_t)(end - at);
}

struct error *line_map_make(struct line_map *map, struct text old, struct text new)
{
	struct hunks h = {.map = map};
	map->count = text_lines(new);
	map->lines = arena_zalloc(map->arena, (map->count + 1) * sizeof(*map->lines));
	const size_t start = old.len && new.len ? common_start(old, new) : 0;
	old = (struct text){old.at + start, old.len - start};
	const struct text rest = {new.at + start, new.len - start};
	const size_t end = old.len && rest.len ? common_end(old, rest) : 0;
	h.first = text_lines((struct text){new.at, start});
	keep_until(&h, h.first);
	TRY(compare((struct text){old.at, old.len - end}, (struct text){rest.at, rest.len - end},
		    &h));
	keep_until(&h, map->count);
	return NULL;
}

/* ---- lines of a text ---- */

VEC(text_line_vec, struct text);

/* at[i] is line i + 1, without its end. */
static void split(struct arena *a, struct text text, struct text_line_vec *out)
{
	for (size_t at = 0; at < text.len;) {
		const char *end = memchr(text.at + at, '\n', text.len - at);
		size_t len = end ? (size_t)(end - text.at) - at : text.len - at;
		vec_push(a, out, (struct text){text.at + at, len});
		at += len + 1;
	}
}

/* ---- words ---- */

struct word {
	struct text text;
	uint32_t line; /* from 1 */
};
VEC(word_vec, struct word);

static bool is_letter(char c)
{
	return isalnum((unsigned char)c) || (c & 0x80);
}

/* Adds the words of a line: what stands between YAML's marks, and "-" alone. */
static void add_words(struct arena *a, struct text line, uint32_t number, struct word_vec *out)
{
	static const char marks[] = " \t\r{}[],\"'";
	for (size_t at = 0; at < line.len;) {
		size_t len = 0;
		bool letters = false;
		while (at + len < line.len && !strchr(marks, line.at[at + len])) {
			letters |= is_letter(line.at[at + len]);
			len++;
		}
		/* of a key in quotes the colon stands behind the quotes */
		size_t own = letters && line.at[at + len - 1] == ':' ? len - 1 : len;
		if (letters)
			vec_push(a, out, (struct word){{line.at + at, own}, number});
		at += len + 1;
	}
}

static bool is_same_word(const struct word *a, const struct word *b)
{
	return a->text.len == b->text.len && !memcmp(a->text.at, b->text.at, a->text.len);
}

/* The old line in which the words begin as a run; 0: they are not there in this order and together.
 */
static uint32_t find_words(const struct word_vec *old, const struct word_vec *words)
{
	for (size_t i = 0; i + words->len <= old->len && words->len; i++) {
		size_t same = 0;
		while (same < words->len && is_same_word(&old->at[i + same], &words->at[same]))
			same++;
		if (same == words->len)
			return old->at[i].line;
	}
	return 0;
}

/* Maps the new lines from `first` to `last` by words to what stood in their place before. */
static void match_gap(struct line_map *map, const struct text_line_vec *old,
		      const struct text_line_vec *new, uint32_t first, uint32_t last)
{
	ARENA scratch = {0};
	struct word_vec before = {0};
	uint32_t from = first > 1 ? map->lines[first - 1] + 1 : 1;
	uint32_t to = last < map->count ? map->lines[last + 1] - 1 : (uint32_t)old->len;
	for (uint32_t i = from; i <= to && i <= old->len; i++)
		add_words(&scratch, old->at[i - 1], i, &before);
	for (uint32_t i = first; i <= last && i <= new->len; i++) {
		struct word_vec words = {0};
		add_words(&scratch, new->at[i - 1], i, &words);
		map->lines[i] = find_words(&before, &words);
	}
}

void line_map_match_words(struct line_map *map, struct text old, struct text new)
{
	ARENA scratch = {0};
	struct text_line_vec before = {0}, after = {0};
	split(&scratch, old, &before);
	split(&scratch, new, &after);
	for (uint32_t i = 1; i <= map->count; i++) {
		uint32_t last = i;
		if (map->lines[i])
			continue;
		while (last < map->count && !map->lines[last + 1])
			last++;
		match_gap(map, &before, &after, i, last);
		i = last;
	}
}

/* ---- moved lines ---- */

static size_t letters_of(struct text line)
{
	size_t count = 0;
	for (size_t i = 0; i < line.len; i++)
		count += is_letter(line.at[i]);
	return count;
}

/* Maps the runs of one block of new lines that have enough letters and stand in the old text too.
 */
static struct error *find_block(struct line_map *map, struct text old,
				const struct text_line_vec *new, uint32_t first, uint32_t last,
				size_t letters)
{
	struct line_map block = {.arena = map->arena};
	assert(new->at &&first &&last); /* a block has lines */
	const char *from = new->at[first - 1].at;
	const char *end = new->at[last - 1].at + new->at[last - 1].len;
	TRY(line_map_make(&block, old, (struct text){from, (size_t)(end - from)}));
	for (uint32_t i = 1; i <= block.count; i++) {
		uint32_t to = i;
		size_t count = letters_of(new->at[first + i - 2]);
		if (!block.lines[i])
			continue;
		while (to < block.count && block.lines[to + 1] == block.lines[to] + 1)
			count += letters_of(new->at[first + to++ - 1]);
		for (uint32_t k = i; k <= to && count >= letters; k++)
			map->lines[first + k - 1] = block.lines[k];
		i = to;
	}
	return NULL;
}

void line_block_add(struct arena *a, struct line_block_vec *blocks, const struct line_map *kept,
		    uint32_t line)
{
	struct line_block b = {line, line};
	for (size_t i = 0; i < blocks->len; i++) {
		if (blocks->at[i].first <= line && line <= blocks->at[i].last)
			return;
	}
	while (kept->lines && b.first > 1 && !kept->lines[b.first - 1])
		b.first--;
	while (kept->lines && b.last < kept->count && !kept->lines[b.last + 1])
		b.last++;
	vec_push(a, blocks, b);
}

void line_block_choose(struct line_block_vec *blocks, struct text new, size_t letters)
{
	ARENA scratch = {0};
	struct text_line_vec lines = {0};
	size_t kept = 0;
	if (blocks->len)
		split(&scratch, new, &lines);
	for (size_t i = 0; i < blocks->len; i++) {
		struct line_block b = blocks->at[i];
		size_t count = 0;
		for (uint32_t k = b.first; k <= b.last && k <= lines.len; k++)
			count += letters_of(lines.at[k - 1]);
		if (count >= letters)
			blocks->at[kept++] = b;
	}
	blocks->len = kept;
}

struct error *line_map_moved(struct line_map *map, struct text old, struct text new,
			     const struct line_block_vec *blocks, size_t letters)
{
	struct text_line_vec lines = {0};
	split(map->arena, new, &lines);
	map->count = (uint32_t)lines.len;
	map->lines = arena_zalloc(map->arena, (map->count + 1) * sizeof(*map->lines));
	for (size_t i = 0; i < blocks->len; i++) {
		struct line_block b = blocks->at[i];
		if (b.last <= lines.len)
			TRY(find_block(map, old, &lines, b.first, b.last, letters));
	}
	return NULL;
}
