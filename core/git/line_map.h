/* SPDX-License-Identifier: Apache-2.0 */
/* line_map.h - which line of a text was which line of the one before, as blame needs it.
 *
 * White space does not count, as with git blame -w. */
#ifndef WRIT_LINE_MAP_H
#define WRIT_LINE_MAP_H

#include "core/util/error.h"
#include "core/util/vec.h"

struct text {
	const char *at;
	size_t len;
};

/* How many lines it has; the last one need not end. */
uint32_t text_lines(struct text text);

/* A map of all lines; with `lines` NULL each line is what it was. */
struct line_map {
	struct arena *arena;
	uint32_t *lines; /* by new line from 1: the old one, 0: new */
	uint32_t count;	 /* of the new text */
};

/* The old line; 0 when there is none. */
uint32_t line_map_find(const struct line_map *map, uint32_t line);

/* Maps the lines of `new` to those of `old` that are the same but for white space, as git finds
 * them; in map->arena, which the caller has set. */
MUST_CHECK struct error *line_map_make(struct line_map *map, struct text old, struct text new);

/* Also maps what a formatter broke up or joined. A new line between two mapped ones is mapped
 * when all of its words stand in the old lines between the same two, in the same order and with
 * nothing between them. A line with one word that differs stays new. */
void line_map_match_words(struct line_map *map, struct text old, struct text new);

/* A run of lines that a map has as new. */
struct line_block {
	uint32_t first, last;
};
VEC(line_block_vec, struct line_block);

/* Adds the run that a new line stands in, unless it is the one added last. */
void line_block_add(struct arena *a, struct line_block_vec *blocks, const struct line_map *kept,
		    uint32_t line);

/* Keeps the runs that have at least `letters` letters and digits. */
void line_block_choose(struct line_block_vec *blocks, struct text new, size_t letters);

/* Looks at the runs of new lines: a part of one that stands as a run in `old` too is mapped, when
 * it has at least `letters` letters and digits. */
MUST_CHECK struct error *line_map_moved(struct line_map *map, struct text old, struct text new,
					const struct line_block_vec *blocks, size_t letters);

#endif
