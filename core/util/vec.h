/* SPDX-License-Identifier: Apache-2.0 */
/* vec.h - typed growing arrays in an arena.
 *
 *	VEC(name_vec, const char *);
 *	struct name_vec names = {0};
 *	vec_push(a, &names, "x");
 *	for (size_t i = 0; i < names.len; i++) use(names.at[i]);
 *
 * Growth doubles; the storage belongs to the arena. */
#ifndef WRIT_VEC_H
#define WRIT_VEC_H

#include "core/util/arena.h"

#define VEC(name, type)                                                                            \
	struct name {                                                                              \
		type *at;                                                                          \
		size_t len, cap;                                                                   \
	}

/* Appends a copy of the value. */
#define vec_push(arena, vec, ...)                                                                  \
	do {                                                                                       \
		vec_reserve(arena, vec, (vec)->len + 1);                                           \
		(vec)->at[(vec)->len++] = (__VA_ARGS__);                                           \
	} while (0)

/* Makes room for `want` elements in all. */
#define vec_reserve(arena, vec, want)                                                              \
	((vec)->at = vec_room_(arena, (vec)->at, &(vec)->cap, (want), sizeof(*(vec)->at)))

/* Storage for exactly `count` elements of an empty vector that will not grow: many small ones add
 * up. */
#define vec_exact(arena, vec, count)                                                               \
	do {                                                                                       \
		if ((vec)->cap == 0 && (count) > 0) {                                              \
			(vec)->at = arena_alloc(arena, (count) * sizeof(*(vec)->at));              \
			(vec)->cap = (count);                                                      \
		}                                                                                  \
	} while (0)

/* The new storage for at least `want` elements of `size` bytes; updates *cap. Not for callers. */
void *vec_grow_(struct arena *a, void *at, size_t *cap, size_t want, size_t size);
static inline void *vec_room_(struct arena *a, void *at, size_t *cap, size_t want, size_t size)
{
	return want > *cap ? vec_grow_(a, at, cap, want, size) : at;
}

/* qsort() on a vector, safe when it is empty, and one walk when it is nearly in order, as what writ
 * wrote itself is. */
#define vec_sort(vec, compare) vec_sort_((vec)->at, (vec)->len, sizeof(*(vec)->at), compare)
void vec_sort_(void *at, size_t len, size_t size, int (*compare)(const void *, const void *));

/* The first of the elements equal to *key, itself an element, in a vector sorted by the same order;
 * NULL when there is none. */
#define vec_find(vec, key, compare)                                                                \
	vec_find_((vec)->at, (vec)->len, sizeof(*(vec)->at), key, compare)
void *vec_find_(void *at, size_t len, size_t size, const void *key,
		int (*compare)(const void *, const void *));

/* The element behind one of the vector's; NULL behind the last. */
#define vec_next(vec, element) ((element) + 1 < (vec)->at + (vec)->len ? (element) + 1 : NULL)

#endif
