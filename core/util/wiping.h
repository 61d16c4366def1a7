/* SPDX-License-Identifier: Apache-2.0 */
/* wiping.h - an allocator that overwrites what is given back to it, for libraries that are handed
 * secrets: they free the header of a request without a look at what it held.
 *
 * Memory of one of these functions goes back to these functions alone. As malloc() and the others
 * do, each returns NULL when there is none. */
#ifndef WRIT_WIPING_H
#define WRIT_WIPING_H

#include <stddef.h>

void *wiping_malloc(size_t size);
void *wiping_calloc(size_t count, size_t size);
void *wiping_realloc(void *memory, size_t size); /* accepts NULL */
char *wiping_strdup(const char *text);
void wiping_free(void *memory); /* accepts NULL */

#endif
