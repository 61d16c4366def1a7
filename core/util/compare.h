/* SPDX-License-Identifier: Apache-2.0 */
/* compare.h - the order of texts, for vec_sort() and the like, and whether two are the same. */
#ifndef WRIT_COMPARE_H
#define WRIT_COMPARE_H

#include <stdbool.h>

/* By bytes, of two const char *. */
int compare_texts(const void *a, const void *b);
/* By bytes; NULL is "". */
int compare_optional(const char *a, const char *b);
/* NULL is the same as NULL alone. */
bool is_same_text(const char *a, const char *b);

#endif
