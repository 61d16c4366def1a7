/* SPDX-License-Identifier: Apache-2.0 */
/* json.h - answers of a service as trees, behind a strict gate.
 *
 * Only json.c includes cJSON. The gate is RFC 8259 without its liberties: UTF-8, no NUL (also
 * escaped), no repeated key, at most JSON_DEPTH deep and JSON_BYTES long, nothing after the value.
 * Keys are compared with case. Getters take NULL and answer NULL or their default for what is
 * missing or of another type. */
#ifndef ADOBE_JSON_H
#define ADOBE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/util/arena.h"

#define JSON_DEPTH 64
#define JSON_BYTES ((size_t)8 << 20) /* a page of 2,000 users is under 2 MiB */

struct json; /* a value; a tree is freed through its root */

/* NULL when the bytes do not pass the gate; then *why says what is wrong, a constant. Where it is
 * goes to the debug log, without the bytes. */
struct json *json_parse(const char *bytes, size_t len, const char **why);
void json_free(struct json *root); /* wipes all text; accepts NULL */

const struct json *json_get(const struct json *object, const char *key);
const char *json_text(const struct json *object, const char *key); /* lives with the tree */
/* Ids come as strings of digits or as whole numbers; either gives the digits, in `a`. */
const char *json_id(const struct json *object, const char *key, struct arena *a);
int64_t json_int(const struct json *object, const char *key, int64_t otherwise);
/* true/false, 1/0. */
bool json_bool(const struct json *object, const char *key, bool otherwise);

bool json_is_array(const struct json *value);
bool json_is_object(const struct json *value);
/* The items of an array, or the values of an object, in order: for (i = json_first(x); i; i =
 * json_after(i)). */
const struct json *json_first(const struct json *value);
const struct json *json_after(const struct json *item);
size_t json_count(const struct json *value);
/* A value's own text (a string), or NULL; its own digits as json_id. */
const char *json_own_text(const struct json *item);
const char *json_digits(const struct json *item, struct arena *a);
/* The key under which an item of an object stands; NULL in an array. */
const char *json_key(const struct json *item);

#endif
