/* SPDX-License-Identifier: Apache-2.0 */
/* unicode.h - which text is allowed in, and what a reader sees of it.
 *
 * The tables are utf8proc's. What is refused and why: writ-manifest(5), "YAML"; a reviewer must see
 * what the program reads, so nothing invisible, reordering or ambiguous passes. */
#ifndef WRIT_UNICODE_H
#define WRIT_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/util/str.h"

enum text_fault {
	TEXT_OK,
	TEXT_NOT_UTF8,	/* malformed, overlong, a surrogate or above U+10FFFF */
	TEXT_CONTROL,	/* C0 (but LF, tab, CR LF), DEL, C1, U+2028, U+2029; a CR alone */
	TEXT_INVISIBLE, /* Default_Ignorable_Code_Point, which contains all of Bidi_Control */
	TEXT_NONCHARACTER,
	TEXT_NOT_NFC,	 /* the first code point with which the text stops being in NFC */
	TEXT_TAB,	 /* only with TEXT_VALUE */
	TEXT_LINE_BREAK, /* LF, or CR LF, only with TEXT_VALUE */
};

enum text_mode { TEXT_FILE, TEXT_VALUE };

/* Looks for the first fault in text[*offset .. len). Returns it and sets *offset to the first byte
 * of the offending code point, *size to its length in bytes (1 for malformed text, 2 for CR LF);
 * TEXT_OK at the end. To go on after a fault, call again with *offset += *size. ASCII text costs
 * about a byte a cycle. The text must not end within a code point or a CR LF: callers cut it at
 * line breaks. */
enum text_fault text_check(const char *text, size_t len, enum text_mode mode, size_t *offset,
			   size_t *size);

/* Whether a service's text can be shown in a live document as it is: text without a fault, but that
 * it need not be in NFC. */
bool text_is_live(const char *text);

/* The code point at text[0 .. len), len > 0; *size gets its length in bytes. TEXT_MALFORMED and one
 * byte when that is no UTF-8. */
#define TEXT_MALFORMED UINT32_MAX
uint32_t text_decode(const char *text, size_t len, size_t *size);

/* The UTF-8 form of a code point; returns its length. */
size_t text_encode(uint32_t c, char out[static 4]);

/* No control, bidi or ignorable code point, and not TEXT_MALFORMED. */
bool text_is_printable(uint32_t c);

/* Names that could smuggle a role into a service's flat name space: true when the NFKC form of
 * `text` starts with "_" or what looks like it, behind white space and other things that a reader
 * sees as blank or as a line. */
bool text_smuggles_role(const char *text);

/* White space of any kind, and characters that are drawn as nothing. */
bool text_is_blank(uint32_t c);
/* Whether it is drawn around, over or below the letter before it. */
bool text_is_mark(uint32_t c);
/* Whether such a mark goes over or around that letter, as none of a word does. */
bool text_is_overlay(uint32_t c);
/* Whether it is drawn as an underscore, and is none. */
bool text_is_low_line(uint32_t c);

/* Whether all of it is that; so is an empty text. */
bool text_is_all_blank(const char *text);

/* Whether it is in normal form C. */
bool text_is_composed(const char *text, size_t len);

/* True when the text begins or ends with white space (any Unicode White_Space). */
bool text_has_outer_space(const char *text);

/* How many columns of a terminal a code point takes: none, one or two. */
size_t text_columns(uint32_t c);

/* The number of code points. */
size_t text_length(const char *text, size_t len);

/* A key under which look-alike texts are equal: what each character can be taken for
 * (confusables.h) in one case, then pairs and figures that read as a letter (0 o, 1 l i, rn m, vv
 * w). In arena `a`. */
const char *text_skeleton(struct arena *a, const char *text);

/* NFC with Unicode's full case folding, for services that fold the case of names; text that is no
 * UTF-8 stands for itself. In arena `a`. */
const char *text_fold(struct arena *a, const char *text);

/* ASCII case folding, byte by byte; every other byte stands for itself. */
char ascii_lower(char c);
int ascii_casecmp(const char *a, const char *b);

#endif
