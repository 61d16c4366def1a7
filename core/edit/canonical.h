/* SPDX-License-Identifier: Apache-2.0 */
/* canonical.h - the text of a manifest in one spelling.
 *
 * Keys stand in the order of the field tables, two blanks are a level, a list's items are indented
 * below its key, quotes are double and stand only where a value needs them, a collection in braces
 * or brackets stands on one line or is written as lines, no line ends in blanks, and one blank line
 * is the most. The order of documents and of lists, all comments, and where a long value is broken
 * stay as they are. What is made is read again before it is handed out: it says the same, has the
 * same comments, and is its own canonical form. JSON is left as it is. */
#ifndef WRIT_CANONICAL_H
#define WRIT_CANONICAL_H

#include "core/util/report.h"
#include "core/util/str.h"

/* Appends to `out` the canonical text of a file. Findings of a text that is no sound YAML go to
 * the report, and `out` is not to be used then; neither is it with an error: a place that has no
 * canonical form. */
MUST_CHECK struct error *canonical_text(const char *file, const char *text, size_t len,
					struct report *report, struct str *out);

#endif
