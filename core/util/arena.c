/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "core/util/process.h"

#define ALIGNMENT 16
#define BLOCK_MIN ((size_t)4 << 10)
#define HUGE_PAGE ((size_t)2 << 20) /* on x86-64, and on ARM with pages of 4 KiB */
#define SMALL_PAGE ((uintptr_t)4 << 10)
#define BLOCK_MAX HUGE_PAGE
#define OWN_BLOCK (BLOCK_MAX / 2) /* a larger piece gets a block of its own */

struct arena_block {
	struct arena_block *newer, *older;
	char *end; /* of a shared block; NULL: the block is one piece's own */
	_Alignas(ALIGNMENT) char data[];
};

void *xmalloc(size_t size)
{
	void *memory = size <= PTRDIFF_MAX ? malloc(size ? size : 1) : NULL;
	if (!memory)
		process_out_of_memory(size);
	return memory;
}

/* Asks for huge pages, for all pages that the memory lies in: a mapping of which only a part was
 * asked for cannot be moved when it grows. */
static void *advise(void *memory, size_t size)
{
	uintptr_t lead = (uintptr_t)memory & (SMALL_PAGE - 1);
	if (size >= HUGE_PAGE)
		madvise((char *)memory - lead, (lead + size + SMALL_PAGE - 1) & ~(SMALL_PAGE - 1),
			MADV_HUGEPAGE);
	return memory;
}

void *xmalloc_large(size_t size)
{
	return advise(xmalloc(size), size);
}

void *xrealloc(void *old, size_t size)
{
	void *memory = size <= PTRDIFF_MAX ? realloc(old, size ? size : 1) : NULL;
	if (!memory)
		process_out_of_memory(size);
	return memory;
}

char *xstrdup(const char *text)
{
	size_t size = strlen(text) + 1;
	return memcpy(xmalloc(size), text, size);
}

static size_t round_up(size_t size)
{
	if (size > PTRDIFF_MAX - BLOCK_MAX)
		process_out_of_memory(size);
	return size ? (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1) : ALIGNMENT;
}

static void link_block(struct arena *a, struct arena_block *block)
{
	block->newer = NULL;
	block->older = a->blocks;
	if (a->blocks)
		a->blocks->newer = block;
	a->blocks = block;
}

static void *own_block(struct arena *a, size_t size)
{
	struct arena_block *block = xmalloc_large(sizeof(*block) + size);
	block->end = NULL;
	link_block(a, block);
	return block->data;
}

static void *resize_own_block(struct arena *a, void *piece, size_t size)
{
	struct arena_block *block = (struct arena_block *)piece - 1;
	block = advise(xrealloc(block, sizeof(*block) + size), sizeof(*block) + size);
	*(block->newer ? &block->newer->older : &a->blocks) = block;
	if (block->older)
		block->older->newer = block;
	return block->data;
}

/* Makes a block for many pieces; the largest such blocks are one huge page each. */
static struct arena_block *new_shared_block(size_t size)
{
	if (size < HUGE_PAGE)
		return xmalloc(size);
	struct arena_block *block = aligned_alloc(HUGE_PAGE, size);
	if (!block)
		process_out_of_memory(size);
	return advise(block, size);
}

static void add_shared_block(struct arena *a, size_t size)
{
	if (!a->block_size)
		a->block_size = BLOCK_MIN;
	while (a->block_size - sizeof(struct arena_block) < size)
		a->block_size *= 2;
	struct arena_block *block = new_shared_block(a->block_size);
	block->end = (char *)block + a->block_size;
	link_block(a, block);
	a->next = block->data;
	a->end = block->end;
	if (a->block_size < BLOCK_MAX)
		a->block_size *= 2;
}

void *arena_alloc(struct arena *a, size_t size)
{
	size = round_up(size);
	if (size > OWN_BLOCK)
		return own_block(a, size);
	if (!a->next || (size_t)(a->end - a->next) < size)
		add_shared_block(a, size);
	a->last = a->next;
	a->next += size;
	return a->last;
}

void *arena_zalloc(struct arena *a, size_t size)
{
	return memset(arena_alloc(a, size), 0, size);
}

/* Grows a piece where it is, which only the newest can: the free space is right behind it. */
static bool grow_in_place(struct arena *a, const void *piece, size_t size)
{
	if (piece != a->last || size > OWN_BLOCK || size > (size_t)(a->end - (char *)a->last))
		return false;
	a->next = (char *)a->last + size;
	return true;
}

void *arena_grow(struct arena *a, void *old, size_t old_size, size_t new_size)
{
	if (!old)
		return arena_alloc(a, new_size);
	old_size = round_up(old_size);
	new_size = round_up(new_size);
	if (old_size > OWN_BLOCK && new_size > OWN_BLOCK)
		return resize_own_block(a, old, new_size);
	if (new_size <= old_size || grow_in_place(a, old, new_size))
		return old;
	return memcpy(arena_alloc(a, new_size), old, old_size);
}

char *arena_strdup(struct arena *a, const char *text)
{
	return arena_strndup(a, text, strlen(text));
}

char *arena_strndup(struct arena *a, const char *text, size_t len)
{
	char *copy = arena_alloc(a, len + 1);
	if (len)
		memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text = arena_vprintf(a, format, args);
	va_end(args);
	return text;
}

char *arena_vprintf(struct arena *a, const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		process_out_of_memory(0);
	char *text = arena_alloc(a, (size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, format, args);
	return text;
}

void arena_reset(struct arena *a)
{
	struct arena_block *kept = NULL;
	for (struct arena_block *block = a->blocks, *older; block; block = older) {
		older = block->older;
		if (!kept && block->end && block->end == a->end)
			kept = block;
		else
			free(block);
	}
	a->blocks = NULL;
	a->last = NULL;
	if (!kept)
		return;
	link_block(a, kept);
	a->next = kept->data;
}

void arena_join(struct arena *into, struct arena *from)
{
	struct arena_block *oldest = from->blocks;
	if (!oldest)
		return;
	while (oldest->older)
		oldest = oldest->older;
	oldest->older = into->blocks;
	if (into->blocks)
		into->blocks->newer = oldest;
	into->blocks = from->blocks;
	if (from->end - from->next > into->end - into->next) {
		into->next = from->next;
		into->end = from->end;
		into->last = from->last;
	}
	if (from->block_size > into->block_size)
		into->block_size = from->block_size;
	*from = (struct arena){0};
}

void arena_done(struct arena *a)
{
	for (struct arena_block *block = a->blocks, *older; block; block = older) {
		older = block->older;
		free(block);
	}
	*a = (struct arena){0};
}
