/* SPDX-License-Identifier: Apache-2.0 */
/* confusables.h - what a character can be taken for, and which script it is of.
 *
 * Unicode Technical Standard 39 says it; the tables are made of ICU's data when the program is
 * built (tables/confusable_tables.c). */
#ifndef WRIT_CONFUSABLES_H
#define WRIT_CONFUSABLES_H

#include <stdbool.h>
#include <stdint.h>

/* The text that stands for all that look like `c`, which is in normal form D; NULL: itself. */
const char *confusables_of(uint32_t c);

/* The first letter of a script that is not written together with one before it, whose names *one
 * and *other get; 0: none. Han with kana, with hangul or with bopomofo, and Latin among them, are
 * written together. */
uint32_t confusables_mixed_letter(const char *text, const char **one, const char **other);

/* The first character that a reader sees as a blank, or not at all, though it is no plain space; 0:
 * none. */
uint32_t confusables_blank_letter(const char *text);

/* The first character that is drawn into others, or as an underscore: a mark over letters, or one
 * that follows none; 0: none. *what is a clause about it, without an end. */
uint32_t confusables_stray_mark(const char *text, const char **what);

#endif
