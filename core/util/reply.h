/* SPDX-License-Identifier: Apache-2.0 */
/* reply.h - JSON from outside as trees, behind a strict gate.
 *
 * The one reader of what services answer: only reply.c includes cJSON. The gate is json_check():
 * RFC 8259 without its liberties, so UTF-8, no NUL (also escaped), no repeated key, at most
 * JSON_DEPTH_MAX deep, nothing after the value; and at most REPLY_BYTES_MAX long. Keys are compared
 * with case. Getters take NULL and answer NULL or their default for what is missing or of another
 * type. Texts and keys live as long as the tree. */
#ifndef WRIT_REPLY_H
#define WRIT_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/util/arena.h"

#define REPLY_BYTES_MAX ((size_t)8 << 20) /* a page of 2,000 users is under 2 MiB */

struct reply; /* a value; a tree is freed through its root */

/* NULL when the bytes do not pass the gate; then *why says what is wrong, a constant. Where it is
 * goes to the debug log, without the bytes. */
struct reply *reply_parse(const char *bytes, size_t len, const char **why);
void reply_free(struct reply *root); /* wipes all text; accepts NULL */

const struct reply *reply_get(const struct reply *object, const char *key);
const char *reply_text(const struct reply *object, const char *key); /* lives with the tree */
/* Ids come as strings of digits or as whole numbers; either gives the digits, in `a`. */
const char *reply_id(const struct reply *object, const char *key, struct arena *a);
int64_t reply_int(const struct reply *object, const char *key, int64_t otherwise);
/* true/false, 1/0. */
bool reply_bool(const struct reply *object, const char *key, bool otherwise);

bool reply_is_array(const struct reply *value);
bool reply_is_object(const struct reply *value);
/* The items of an array, or the values of an object, in order: for (i = reply_first(x); i; i =
 * reply_after(i)). */
const struct reply *reply_first(const struct reply *value);
const struct reply *reply_after(const struct reply *item);
size_t reply_count(const struct reply *value);
/* A value's own text (a string), or NULL; its own digits as reply_id. */
const char *reply_own_text(const struct reply *item);
const char *reply_digits(const struct reply *item, struct arena *a);
/* The key under which an item of an object stands; NULL in an array. */
const char *reply_key(const struct reply *item);

#endif
