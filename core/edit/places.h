/* SPDX-License-Identifier: Apache-2.0 */
/* places.h - where in a text a line and column is, and the reverse.
 *
 * Lines and columns count from 1, columns in code points, as nodes have them (writ-manifest(5)). A
 * long line is marked as it is read, so that a place in it costs the same wherever it is. */
#ifndef WRIT_PLACES_H
#define WRIT_PLACES_H

#include "core/language/yaml.h"
#include "core/util/vec.h"

struct places {
	const struct yaml_source *source;
	VEC(, size_t) lines; /* where each begins */
	VEC(, size_t) marks; /* where every 64th column of a line is, line by line */
	VEC(, size_t) first; /* by line: the first of its marks */
};

/* Reads the source, which outlives the places. */
void places_make(struct places *p, struct arena *a, const struct yaml_source *source);

/* The first byte of a line, in the source's own count of lines; the end behind the last. */
size_t places_of_line(const struct places *p, uint32_t line);
/* The byte of a column, at most the text's end. */
size_t places_offset(const struct places *p, uint32_t line, uint32_t column);
/* The line of a byte. */
uint32_t places_line(const struct places *p, size_t at);

#endif
