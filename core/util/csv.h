/* SPDX-License-Identifier: Apache-2.0 */
/* csv.h - tables as RFC 4180 has them: reading what others exported, writing what others import. */
#ifndef WRIT_CSV_H
#define WRIT_CSV_H

#include <stdbool.h>

#include "core/util/error.h"
#include "core/util/str.h"
#include "core/util/vec.h"

#define CSV_COLUMNS_MAX 256 /* the widest export that is known has 16 */

struct csv_cell {
	const char *text; /* without its quotes; never NULL */
	uint32_t line, column;
};
VEC(csv_cell_vec, struct csv_cell);

/* All rows have as many cells as the first, which is the header. */
struct csv_table {
	const char *name; /* of the file, for messages; borrowed */
	size_t columns, rows;
	struct csv_cell_vec cells; /* row by row */
};

/* Reads a table, in `a`. A byte-order mark is skipped; lines end in LF or CR LF; cells are
 * separated by commas, or by semicolons when the header has some and no comma. Empty lines and
 * such of blanks count for nothing. ERROR_INPUT at NAME:LINE:COL for text that is not UTF-8,
 * control characters, quotes out of place or never closed, a row of another width, and a table
 * without a header. */
MUST_CHECK struct error *csv_read(const char *name, const char *text, size_t len, struct arena *a,
				  struct csv_table *out);

/* Rows and columns count from 0; row 0 is the header. */
const struct csv_cell *csv_at(const struct csv_table *t, size_t row, size_t column);
struct location csv_place(const struct csv_table *t, const struct csv_cell *cell);

/* Appends one cell, and one row of them ending in CR LF. What a spreadsheet would take for a
 * formula gets an apostrophe in front, so that a name cannot run there. A cell that is NULL is
 * empty. */
void csv_add_cell(struct str *out, const char *text);
void csv_add_row(struct str *out, const char *const *cells, size_t count);

#endif
