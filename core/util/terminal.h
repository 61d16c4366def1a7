/* SPDX-License-Identifier: Apache-2.0 */
/* terminal.h - text for a person in front of a terminal, which may be narrow or not know UTF-8.
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

/* Appends `text` with each line that is wider than so many columns broken between words, what goes
 * on in the next row behind four more blanks than the line has. What is quoted stays together where
 * it has room in one row. No word is broken, nor a line that is a command of writ: the terminal
 * goes on with both in its next row by itself, and they are copied whole. */
void terminal_add_wrapped(struct str *out, const char *text, size_t len, size_t columns);

/* Writes it to `to`. Where that is a terminal: in ASCII if it has no UTF-8, and in rows of its
 * width, but for what is to stay whole. False: not all of it went; errno tells why. */
bool terminal_write(FILE *to, const char *text, size_t len);
bool terminal_write_whole(FILE *to, const char *text, size_t len);

/* The same without a FILE, for one line of a log: appends what is to be written to `fd`. */
void terminal_add_shown(struct str *out, int fd, const char *text, size_t len);

#endif
