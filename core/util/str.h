/* SPDX-License-Identifier: Apache-2.0 */
/* str.h - text built piece by piece in an arena.
 *
 * `at` is always NUL-terminated once something was added (use str_text() to have ""
 * before that). */
#ifndef WRIT_STR_H
#define WRIT_STR_H

#include "core/util/arena.h"

struct str {
	struct arena *arena;
	char *at;
	size_t len, cap;
};

#define STR(a)                                                                                     \
	{                                                                                          \
		.arena = (a)                                                                       \
	}

/* Makes room for just `more` bytes, for a text whose size is known before. */
void str_reserve(struct str *s, size_t more);

void str_add(struct str *s, const char *text);
void str_addn(struct str *s, const char *text, size_t len);
void str_addc(struct str *s, char c);
void str_fill(struct str *s, char c, size_t count);
void str_printf(struct str *s, const char *format, ...) PRINTF(2, 3);
/* The text as one word of a shell's command line: quoted, where that is needed. */
void str_add_word(struct str *s, const char *text);
const char *str_text(const struct str *s);

/* Cuts the text back to `len` bytes, which must not be more than it has. */
void str_cut(struct str *s, size_t len);

#endif
