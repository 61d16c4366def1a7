/* SPDX-License-Identifier: Apache-2.0 */
/* nearest.h - "did you mean": the known word that a misspelt one was meant to be. */
#ifndef WRIT_NEAREST_H
#define WRIT_NEAREST_H

#include <stddef.h>

#include "core/util/arena.h"
#include "core/util/error.h"

/* The nearest of `count` words: equal but for case, "-", "_" or a plural s, or within a third of
 * the word's length by edit distance (writ-manifest(5), "YAML"); else the only one that begins with
 * five letters or more. NULL when none is near; the first of equally near ones. */
const char *nearest_word(const char *word, const char *const *words, size_t count);

/* "; did you mean \"X\"?", safe on a terminal and in `a`; "" when none is near. */
const char *nearest_said(struct arena *a, const char *word, const char *const *words, size_t count);

/* The same without the word that only begins so, and at a price: `*steps` is how many letters may
 * still be compared, by all callers who share the number, and once they are used up the answer is
 * NULL. A hostile file has as many wrong names as a large organisation has right ones:
 * NEAREST_STEPS, half a second, are for all that one command reads: a thousand wrong names among
 * ten thousand right ones. */
#define NEAREST_STEPS ((size_t)250000000)
const char *nearest_word_within(size_t *steps, const char *word, const char *const *words,
				size_t count);

/* What to say of a name for which that had no answer, with the steps that were left behind it: ""
 * when it was looked for. */
const char *nearest_unsought(size_t steps);

/* `error`, with what `path` was meant to be, where nothing is called so: the name nearest to the
 * first that its folder does not have stands in place of that. Takes `error` over. */
struct error *nearest_path(const char *path, struct error *error);

#endif
