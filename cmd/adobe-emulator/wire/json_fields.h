/* SPDX-License-Identifier: Apache-2.0 */
/* json_fields.h - JSON bodies that came in, and the fields of them. */
#ifndef EMULATOR_JSON_FIELDS_H
#define EMULATOR_JSON_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/util/reply.h"

/* The value that the bytes are, which the caller frees; NULL when they are no strict JSON. */
struct reply *read_json(const char *bytes, size_t len, enum reply_keys keys);
bool is_flag(const struct reply *value); /* true or false */
/* The value of a whole number, or of a string of digits: the emulator's callers write ids as
 * either. whole_of() is false for anything else, and whole_at() gives `otherwise`. */
bool whole_of(const struct reply *value, int64_t *out);
int64_t whole_at(const struct reply *from, const char *key, int64_t otherwise);
/* The array at that key, or NULL. */
const struct reply *array_at(const struct reply *from, const char *key);

#endif
