/* SPDX-License-Identifier: Apache-2.0 */
/* fence.h - bytes whose end is the end of what may be read: a loop that takes one step too many
 * dies, in any build. */
#ifndef WRIT_TEST_FENCE_H
#define WRIT_TEST_FENCE_H

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/check.h"

static inline size_t fence_room(size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	return (len + page - 1) / page * page;
}

/* The same bytes in front of a page that nobody may read; unfence() is the caller's. */
static inline void *fenced(const void *bytes, size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), room = fence_room(len);
	char *at =
		mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(at, MAP_FAILED);
	assert_int_equal(mprotect(at + room, page, PROT_NONE), 0);
	return len ? memcpy(at + room - len, bytes, len) : at + room;
}

static inline void unfence(void *at, size_t len)
{
	size_t room = fence_room(len);
	munmap((char *)at + len - room, room + (size_t)sysconf(_SC_PAGESIZE));
}

#endif
