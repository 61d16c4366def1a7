/* SPDX-License-Identifier: Apache-2.0 */
/* ids.h - the identifiers that Adobe would have made up.
 *
 * Each is taken from SHA-256 over what kind of thing it names and two texts, so that the same
 * organisation has the same ids in every run. Shapes: facts/developer-console.md, "Ids". All
 * results are in `a`. */
#ifndef EMULATOR_IDS_H
#define EMULATOR_IDS_H

#include "core/util/arena.h"

/* `digits` decimal digits, the first of them not 0; at most 19. */
const char *id_digits(struct arena *a, size_t digits, const char *kind, const char *x,
		      const char *y);
/* `digits` hexadecimal digits, at most 64. */
const char *id_hex(struct arena *a, size_t digits, const char *kind, const char *x, const char *y);
const char *id_hex_upper(struct arena *a, size_t digits, const char *kind, const char *x,
			 const char *y);
/* 26 characters of base 32, upper case: a product of a contract. */
const char *id_base32(struct arena *a, const char *kind, const char *x, const char *y);
const char *id_uuid(struct arena *a, const char *kind, const char *x, const char *y);

#endif
