#include "core/util/vec.h"

#include <stdint.h>

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
