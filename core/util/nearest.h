/* SPDX-License-Identifier: Apache-2.0 */
/* nearest.h - "did you mean": the known word that a misspelt one was meant to be. */
#ifndef WRIT_NEAREST_H
#define WRIT_NEAREST_H

#include <stddef.h>

/* The nearest of `count` words: equal but for case, "-", "_" or a plural s, or within a third of
 * the word's length by edit distance (writ-manifest(5), "YAML"). NULL when none is near; the first
 * of equally near ones. */
const char *nearest_word(const char *word, const char *const *words, size_t count);

#endif
