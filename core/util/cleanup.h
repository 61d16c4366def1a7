/* SPDX-License-Identifier: Apache-2.0 */
/* cleanup.h - release a handle at the end of its block, so that an early return is always right.
 *
 *	CLEANUP(fclose) FILE *in = fopen(path, "re");
 *
 * The handle is skipped when it is NULL (or negative, for a file descriptor). */
#ifndef WRIT_CLEANUP_H
#define WRIT_CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(function) __attribute__((cleanup(cleanup_##function)))
#define UNUSED __attribute__((unused))
#define NOT_NULL __attribute__((returns_nonnull))
#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF(text, first) __attribute__((format(printf, text, first)))

static inline void cleanup_fclose(FILE **file)
{
	if (*file)
		fclose(*file);
}

static inline void cleanup_closedir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static inline void cleanup_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* The descriptor, which the end of the block then leaves open. */
static inline int keep_fd(int *fd)
{
	int kept = *fd;
	*fd = -1;
	return kept;
}

static inline void cleanup_free(void *pointer)
{
	free(*(void **)pointer);
}

#endif
