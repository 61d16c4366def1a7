/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/wiping.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* In front of each piece of memory: how much of it there is to overwrite. */
struct head {
	alignas(max_align_t) size_t size;
};

static struct head *head_of(void *memory)
{
	return (struct head *)memory - 1;
}

void *wiping_malloc(size_t size)
{
	struct head *h = size <= PTRDIFF_MAX - sizeof(*h) ? malloc(sizeof(*h) + size) : NULL;
	if (!h)
		return NULL;
	h->size = size;
	return h + 1;
}

void *wiping_calloc(size_t count, size_t size)
{
	size_t all;
	if (__builtin_mul_overflow(count, size, &all))
		return NULL;
	void *memory = wiping_malloc(all);
	return memory ? memset(memory, 0, all) : NULL;
}

void wiping_free(void *memory)
{
	if (!memory)
		return;
	struct head *h = head_of(memory);
	explicit_bzero(h, sizeof(*h) + h->size);
	free(h);
}

/* Never in place: realloc() may move, and leaves behind what it moved. */
void *wiping_realloc(void *memory, size_t size)
{
	void *moved = wiping_malloc(size);
	if (!memory || !moved)
		return moved;
	size_t kept = head_of(memory)->size;
	memcpy(moved, memory, kept < size ? kept : size);
	wiping_free(memory);
	return moved;
}

char *wiping_strdup(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = wiping_malloc(size);
	return copy ? memcpy(copy, text, size) : NULL;
}
