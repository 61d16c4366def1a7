/* SPDX-License-Identifier: Apache-2.0 */
/* file.h - files read whole, and replaced whole. */
#ifndef WRIT_FILE_H
#define WRIT_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/util/arena.h"
#include "core/util/error.h"

/* The error of a call that failed with `number` while `doing` something to PATH, which is escaped.
 */
struct error *file_failed(int number, const char *doing, const char *path);
/* What a file that is not regular is: "a symbolic link", "a FIFO". */
const char *file_type_name(mode_t mode);

/* Reads the file of a path that the operator gave (links are followed), or an open stream ("-":
 * stdin). On success *text is malloc()ed, NUL-terminated, *len bytes long, owned by the caller.
 * More than `max` bytes are ERROR_INPUT at NAME:1:1, as is what is no regular file. */
MUST_CHECK struct error *file_read(const char *path, size_t max, char **text, size_t *len);
MUST_CHECK struct error *file_read_stream(FILE *in, const char *name, size_t max, char **text,
					  size_t *len);

/* O_NONBLOCK, because a FIFO may have taken the file's place: opening one waits for a writer. */
#define FILE_READ_FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

/* The same for a file that was opened with these flags; takes over `fd`. */
MUST_CHECK struct error *file_read_regular(int fd, const char *path, size_t max, char **text,
					   size_t *len);
/* Its size alone. */
MUST_CHECK struct error *file_check_regular(int fd, const char *path, size_t max, size_t *size);

/* Up to `most` bytes of an open file; *len is 0 at the end. */
MUST_CHECK struct error *file_read_some(int fd, const char *path, char *out, size_t most,
					size_t *len);

/* Writes all of `data` (EINTR and short writes included). */
MUST_CHECK struct error *file_write_all(int fd, const char *name, const void *data, size_t len);

/* Replaces PATH by `data`: a temporary file beside it, fsync, rename, fsync of the folder. A reader
 * sees the old or the new contents, also after a power cut. On failure the old file is untouched
 * and the temporary one removed. `mode` is of a new file; an existing file keeps its own. When PATH
 * is a link, the file that it points to is replaced. A device or a pipe is written to as it is. */
MUST_CHECK struct error *file_write_atomic(const char *path, const void *data, size_t len,
					   mode_t mode);

/* Writes and syncs a file that will take the place of PATH, and gets its mode. A file that has
 * the name already is replaced. */
MUST_CHECK struct error *file_write_beside(const char *name, const char *path, const void *data,
					   size_t len);

/* The folder of a path, with the slash at its end, in `a`; "./" when it names none. */
const char *file_folder(struct arena *a, const char *path);

bool file_is_folder(const char *path); /* links are followed */

/* The next name in an open folder, "." and ".." aside; *out is NULL at the end. */
MUST_CHECK struct error *file_next(DIR *dir, const char *path, const struct dirent **out);

/* fsync of a folder, so that the names in it last. */
MUST_CHECK struct error *file_sync_folder(const char *path);

/* A lock is held while something is read and written, not while somebody thinks. */
#define FILE_LOCK_WAIT_MS 10000

/* Locks an open file or folder until it is closed. Who has it is waited for, FILE_LOCK_WAIT_MS at
 * most: ERROR_LOCKED then. */
MUST_CHECK struct error *file_lock(int fd, const char *path);

/* Whether something could be put at a path: the nearest folder above that is there can be written
 * in. ERROR_SYSTEM. */
MUST_CHECK struct error *file_check_place(const char *path);

/* mkdir -p; every folder it makes gets `mode`, and its name lasts. */
MUST_CHECK struct error *file_make_folders(const char *path, mode_t mode);

#endif
