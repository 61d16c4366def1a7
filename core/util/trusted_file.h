/* SPDX-License-Identifier: Apache-2.0 */
/* trusted_file.h - who may own, write and read what trust depends on.
 *
 * An objection is a text that goes behind the name of the file or folder; NULL: there is none. */
#ifndef WRIT_TRUSTED_FILE_H
#define WRIT_TRUSTED_FILE_H

#include <sys/stat.h>

#include "core/util/error.h"

/* Reads a file as file_read() does, when it is regular, this user's or root's, and writable by
 * nobody else. Where it is not, *objection says why, behind the file's name, and *text is NULL. */
MUST_CHECK struct error *trusted_file_read(const char *path, size_t max, const char **objection,
					   char **text, size_t *len);

/* For a file with a secret: it is regular, this user's, and nobody else may read or write it. */
const char *trusted_file_objection_to_secret(const struct stat *st);
/* For a folder that such files are put in: this user's, and nobody else may write there. */
const char *trusted_file_objection_to_folder(const struct stat *st);

#endif
