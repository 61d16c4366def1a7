/* SPDX-License-Identifier: Apache-2.0 */
/* text_escape.h - foreign text on a terminal and on one line. */
#ifndef WRIT_TEXT_ESCAPE_H
#define WRIT_TEXT_ESCAPE_H

#include <stddef.h>

#include "core/util/str.h"

/* Appends `text` with everything that is not printable or is drawn as a blank and is none, all bidi
 * and ignorable code points, backslash (as \\) and malformed bytes escaped (\n, \t, \xNN,
 * \u{202E}), so that it is safe on a terminal and on one line. At most `max` bytes are appended (0:
 * no limit), never half of an escape or code point; "..." follows when something was cut. */
void text_escape(struct str *out, const char *text, size_t len, size_t max);

/* The same of words that a person chose, for a place among marks and columns: quotes and square
 * brackets get a backslash, what looks like one is \u{FF3B}, and a blank behind a blank or at an
 * end is \x20, so that words cannot look like what stands around them. */
void text_escape_words(struct str *out, const char *text, size_t len);

/* The same for a cell of a table, where a backslash stays one: programs read it. */
void text_escape_cell(struct str *out, const char *text, size_t len);

#endif
