/* SPDX-License-Identifier: Apache-2.0 */
/* foreign.h - whether a text found below a folder is a manifest at all.
 *
 * A repository holds YAML and JSON of other tools. What says nothing of this language is left out
 * by name; what was a manifest and is broken is an error, for leaving it out would drop what it
 * says. */
#ifndef WRIT_FOREIGN_H
#define WRIT_FOREIGN_H

#include <stdbool.h>
#include <stddef.h>

enum foreign {
	FOREIGN_NOT,	  /* a manifest, or what is meant to be one */
	FOREIGN_OTHER,	  /* neither "writ/v" nor a known kind in it: left out */
	FOREIGN_BLANK,	  /* nothing but comments and blanks: skipped without a word */
	FOREIGN_CONFLICT, /* marks of a merge that is not done */
	FOREIGN_POINTER,  /* of git LFS, whose contents were not fetched */
	FOREIGN_BINARY,	  /* no UTF-8, and no sign of a manifest */
};

/* Why a text is left out. */
extern const char foreign_other[];

/* Judges the text of a whole file. */
enum foreign foreign_judge(const char *text, size_t len);

/* Whether a piece of a file has a line that a merge left behind. */
bool foreign_has_conflict(const char *text, size_t len);
bool foreign_is_pointer(const char *text, size_t len);

/* Whether the text holds "writ/v", which every manifest does. */
bool foreign_has_version(const char *text, size_t len);

/* Whether it is the first file of a snapshot, as writ writes it. */
bool foreign_is_snapshot(const char *text, size_t len);

#endif
