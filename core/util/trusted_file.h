/* SPDX-License-Identifier: Apache-2.0 */
/* trusted_file.h - who may own and write a file that says whom to trust. */
#ifndef WRIT_TRUSTED_FILE_H
#define WRIT_TRUSTED_FILE_H

#include "core/util/error.h"

/* Reads a file as file_read() does, when it is regular, this user's or root's, and writable by
 * nobody else. Where it is not, *objection says why, behind the file's name, and *text is NULL. */
MUST_CHECK struct error *trusted_file_read(const char *path, size_t max, const char **objection,
					   char **text, size_t *len);

#endif
