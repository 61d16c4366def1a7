/* SPDX-License-Identifier: Apache-2.0 */
/* history_diff.h - which line of a text was which line of the one before, as blame needs it.
 *
 * White space does not count, as with git blame -w. */
#ifndef WRIT_HISTORY_DIFF_H
#define WRIT_HISTORY_DIFF_H

#include "core/util/error.h"
#include "core/util/vec.h"

struct text {
	const char *at;
	size_t len;
};

uint32_t text_lines(struct text text);

/* A map of all lines; with `lines` NULL each line is what it was. */
struct line_map {
	struct arena *arena;
	uint32_t *lines; /* by new line from 1: the old one, 0: new */
	uint32_t count;	 /* of the new text */
};

/* The old line; 0 when there is none. */
uint32_t line_map_find(const struct line_map *map, uint32_t line);

MUST_CHECK struct error *line_map_make(struct line_map *map, struct text old, struct text new);

/* Also maps a line that lies between two mapped ones, where all of its words stand in the same
 * order, and nothing between them, in the old lines that lie between the same two: what a formatter
 * broke up or joined. A line of which one word differs stays new. */
void line_map_match_words(struct line_map *map, struct text old, struct text new);

/* Of the lines that `kept` has as new, maps runs that stand as a run in `old` too, with at least
 * `letters` letters and digits. */
MUST_CHECK struct error *line_map_moved(struct line_map *map, struct text old, struct text new,
					const struct line_map *kept, size_t letters);

#endif
