/* SPDX-License-Identifier: Apache-2.0 */
/* arena.h - memory that lives and dies by phase.
 *
 * Everything that is read and planned in a run sits in one arena and is released with it. Running
 * out of memory is not an error value: one line on stderr and the end with status 1 (process.h),
 * which is safe because the ledger has every change before it is sent. An arena belongs to one
 * thread at a time. */
#ifndef WRIT_ARENA_H
#define WRIT_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "core/util/cleanup.h"

struct arena_block;

/* `struct arena a = {0}` is an empty arena. */
struct arena {
	struct arena_block *blocks; /* newest first */
	char *next, *end;	    /* free space of the newest shared block */
	void *last;	   /* the newest allocation, which arena_grow() may extend in place */
	size_t block_size; /* of the next shared block: 4 KiB, doubling to 2 MiB */
};

/* Memory aligned for any type; alloc leaves it uninitialised, zalloc clears it. `size` may be 0. */
void *arena_alloc(struct arena *a, size_t size) __attribute__((malloc, returns_nonnull));
void *arena_zalloc(struct arena *a, size_t size) __attribute__((malloc, returns_nonnull));

/* Resizes what this arena gave out (`old` may be NULL), moving it when it must. A piece too big for
 * a shared block has a block of its own and is resized with realloc(), so a large vector is not
 * copied and leaves no holes. */
void *arena_grow(struct arena *a, void *old, size_t old_size, size_t new_size)
	__attribute__((returns_nonnull));

char *arena_strdup(struct arena *a, const char *text);
char *arena_strndup(struct arena *a, const char *text, size_t len); /* always NUL-terminated */
char *arena_printf(struct arena *a, const char *format, ...) PRINTF(2, 3);
char *arena_vprintf(struct arena *a, const char *format, va_list args) PRINTF(2, 0);

/* Forgets all contents but keeps one shared block for what comes next: for scratch arenas
 * in loops. */
void arena_reset(struct arena *a);

/* Moves everything in `from` into `into`; pointers stay valid, `from` is empty afterwards. */
void arena_join(struct arena *into, struct arena *from);

/* Releases everything; the arena is empty and usable again. */
void arena_done(struct arena *a);

/* An arena that is released at the end of its block. */
#define ARENA __attribute__((cleanup(arena_done))) struct arena

/* malloc family that ends the process when memory is out, for what must outlive an arena. */
void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull));
/* The same for a piece that will be filled as a whole. Where the system has huge pages it is made
 * of them, which saves page faults. */
void *xmalloc_large(size_t size) __attribute__((returns_nonnull));
void *xrealloc(void *old, size_t size) __attribute__((returns_nonnull));
char *xstrdup(const char *text) __attribute__((malloc, returns_nonnull));

#endif
