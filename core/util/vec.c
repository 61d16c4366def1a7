#include "core/util/vec.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define CAP_MIN 8

void *vec_grow_(struct arena *a, void *at, size_t *cap, size_t want, size_t size)
{
	size_t old = *cap, new = old < CAP_MIN / 2 ? CAP_MIN : old * 2, bytes;
	if (new < want)
		new = want;
	if (__builtin_mul_overflow(new, size, &bytes))
		bytes = SIZE_MAX; /* the arena gives up on it */
	*cap = new;
	return arena_grow(a, at, old * size, bytes);
}

static bool is_sorted(const char *at, size_t len, size_t size,
		      int (*compare)(const void *, const void *))
{
	for (size_t i = 1; i < len; i++) {
		if (compare(at + (i - 1) * size, at + i * size) > 0)
			return false;
	}
	return true;
}

void vec_sort_(void *at, size_t len, size_t size, int (*compare)(const void *, const void *))
{
	if (!is_sorted(at, len, size, compare))
		qsort(at, len, size, compare);
}
