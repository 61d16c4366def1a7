/* SPDX-License-Identifier: Apache-2.0 */
/* percent.h - percent-encoding (RFC 3986 section 2.1). */
#ifndef WRIT_PERCENT_H
#define WRIT_PERCENT_H

#include "core/util/str.h"

/* Appends `text`, each byte but the unreserved ones (letters, digits, "-._~") and those of `also`
 * as "%40". */
void percent_encode(struct str *out, const char *text, const char *also);

/* The same into a buffer that has room for three bytes of each; no NUL. The end of what it wrote.
 * Nothing of the text is left elsewhere. */
char *percent_write(char *to, const char *text, const char *also);

/* The byte that a text begins with as "%40"; -1 when it does not begin with one. */
int percent_byte(const char *text, size_t len);

#endif
