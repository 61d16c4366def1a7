/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/vec.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CAP_MIN 8
#define MOVED_MAX 256 /* larger elements are not moved one by one */
/* Up to so many moves for each element, on average, an insertion sort is cheaper than qsort(). */
#define MOVES_EACH 8

void *vec_grow_(struct arena *a, void *at, size_t *cap, size_t want, size_t size)
{
	size_t old = *cap, new = old < CAP_MIN / 2 ? CAP_MIN : old * 2, bytes;
	if (new < want)
		new = want;
	if (__builtin_mul_overflow(new, size, &bytes))
		bytes = SIZE_MAX; /* the arena ends the process for that size */
	*cap = new;
	return arena_grow(a, at, old * size, bytes);
}

/* An insertion sort. It gives up, with the elements in some other order, when they are far from
 * their places. */
static bool sort_nearly(char *at, size_t len, size_t size,
			int (*compare)(const void *, const void *))
{
	char moved[MOVED_MAX];
	size_t moves = MOVES_EACH * len;
	for (size_t i = 1; i < len; i++) {
		size_t to = i;
		while (to > 0 && compare(at + (to - 1) * size, at + i * size) > 0) {
			if (size > sizeof(moved) || moves-- == 0)
				return false;
			to--;
		}
		if (to == i)
			continue;
		memcpy(moved, at + i * size, size);
		memmove(at + (to + 1) * size, at + to * size, (i - to) * size);
		memcpy(at + to * size, moved, size);
	}
	return true;
}

void vec_sort_(void *at, size_t len, size_t size, int (*compare)(const void *, const void *))
{
	if (!sort_nearly(at, len, size, compare))
		qsort(at, len, size, compare);
}

void *vec_find_(void *at, size_t len, size_t size, const void *key,
		int (*compare)(const void *, const void *))
{
	char *first = at;
	size_t low = 0, high = len;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare(first + middle * size, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == len || compare(first + low * size, key) != 0)
		return NULL;
	return first + low * size;
}
