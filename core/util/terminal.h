/* SPDX-License-Identifier: Apache-2.0 */
/* terminal.h - text for a person in front of a terminal, which may not know UTF-8.
 *
 * A file or a pipe gets every byte as it is, whatever the locale: the same input prints the same
 * bytes. */
#ifndef WRIT_TERMINAL_H
#define WRIT_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

#include "core/util/str.h"

/* Whether the locale of the environment is one of UTF-8. It need not be installed: a terminal that
 * is told so by its name shows it. */
bool terminal_is_utf8(void);

/* Appends `text` in ASCII: signs such as arrows and dashes as they are typed, every other code
 * point as \u{E9}, a malformed byte as \xNN. */
void terminal_add_plain(struct str *out, const char *text, size_t len);

/* Whether a descriptor is a terminal without UTF-8. */
bool terminal_is_plain(int fd);

/* Writes it to `to`, in ASCII where that is a terminal without UTF-8. False: not all of it went;
 * errno tells why. */
bool terminal_write(FILE *to, const char *text, size_t len);

#endif
