/* SPDX-License-Identifier: Apache-2.0 */
/* beneath.h - writing into a checkout, whose every folder and link somebody else may have
 * committed.
 *
 * A result goes to the file that its path names and to no other: that file is never a link, and
 * neither is any folder on the way to it below the outermost one that holds a repository (".git"),
 * or, where none does, below the current folder. Links above are the operator's and the system's.
 * A path that begins with /dev/ or /proc/ is a device, or a pipe as a shell's >(...): it is written
 * to as it is. */
#ifndef WRIT_BENEATH_H
#define WRIT_BENEATH_H

#include <sys/types.h>

#include "core/util/error.h"
#include "core/util/vec.h"

/* Whether PATH could be written, as far as links go: ERROR_INPUT names the one that stands in the
 * way. Folders that are not there yet are no error. */
MUST_CHECK struct error *beneath_check(const char *path);

/* The same, where a file is to be written at the end and its folder is not made: that must be there
 * and take new names, and PATH must not be a folder. */
MUST_CHECK struct error *beneath_check_file(const char *path);

/* Makes the folders that PATH stands in (mode 0755), under the same rule. */
MUST_CHECK struct error *beneath_make_folders(const char *path);

/* Replaces the file at once, as file_write_atomic() does, but through no link; its mode is `mode`,
 * whatever it was. Its folder must be there. */
MUST_CHECK struct error *beneath_write(const char *path, const void *data, size_t len, mode_t mode);

/* A file that is to be made. */
struct new_file {
	const char *path;
	const char *bytes;
	size_t len;
};
VEC(new_file_vec, struct new_file);

/* Makes files that are not there yet, and their folders, all or none: when one fails, those made
 * are removed. They are written as beneath_write() does. */
MUST_CHECK struct error *beneath_make_files(const struct new_file_vec *files);

/* Opens what stands at PATH below an open folder, without leaving it or following anything; -1 and
 * errno when that cannot be. */
int beneath_open(int folder, const char *path, int flags);

#endif
