/* SPDX-License-Identifier: Apache-2.0 */
/* intern.h - one copy of every string of a run.
 *
 * Equal texts get the same pointer, so that names compare by address, and one that repeats takes no
 * more room. The table is split into shards with a lock each: many threads may intern at once.
 * Strings live until intern_free() and are NUL-terminated; they may not contain NUL. */
#ifndef WRIT_INTERN_H
#define WRIT_INTERN_H

#include <stddef.h>
#include <stdint.h>

struct intern;

struct intern *intern_new(void);
void intern_free(struct intern *table); /* accepts NULL */

/* The one copy of `text`, made when it is new. */
const char *intern(struct intern *table, const char *text);
const char *intern_n(struct intern *table, const char *text, size_t len);

/* What a thread interned lately, all zero at first: a text that repeats is found without a lock. */
/* A power of two. The names of products and owners of most organisations fit. */
#define INTERN_RECENT 1024
struct intern_recent {
	struct {
		const char *text;
		uint64_t hash;
	} at[INTERN_RECENT];
};

/* intern_n() through the calling thread's own memory of one table; NULL remembers nothing. */
const char *intern_through(struct intern *table, struct intern_recent *recent, const char *text,
			   size_t len);

/* The length in bytes of a string that came from intern(), without walking it. */
size_t intern_len(const char *interned);

/* A well-mixed hash of an interned string's address, for maps keyed by it; differs between runs, so
 * nothing that is printed may depend on it. */
uint64_t intern_hash(const char *interned);

#endif
