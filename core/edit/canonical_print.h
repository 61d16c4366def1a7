/* SPDX-License-Identifier: Apache-2.0 */
/* canonical_print.h - one document in its canonical spelling. Only canonical.c needs it.
 *
 * A document is read into places and comments, then printed. A comment belongs to what it stands
 * above, or on whose line it stands; one behind the last entry of a block belongs to the innermost
 * block whose parent stands further to the left than it does. */
#ifndef WRIT_CANONICAL_PRINT_H
#define WRIT_CANONICAL_PRINT_H

#include "core/edit/places.h"
#include "core/language/schema_decode.h"
#include "core/util/vec.h"

struct canonical_comment {
	size_t at, len; /* bytes of the text, from its "#" to the last that is no blank */
	uint32_t line, column;
	bool alone; /* nothing but blanks in front of it */
};
VEC(canonical_comment_vec, struct canonical_comment);

struct canonical_printer {
	const struct yaml_source *source;
	struct arena *arena;
	struct str *out;
	struct places places;
	struct canonical_comment_vec comments;
	const char *problem; /* NULL: it could be printed */
	uint32_t problem_line;
};

/* Finds the comments around a document; root is NULL where there is none. */
void printer_init(struct canonical_printer *p, const struct yaml_source *source,
		  const struct node *root, struct arena *a, struct str *out);

/* Appends the document to p->out. */
void printer_print(struct canonical_printer *p, const struct node *root);

#endif
