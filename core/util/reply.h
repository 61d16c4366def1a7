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
#include "core/util/error.h"

#define REPLY_BYTES_MAX ((size_t)8 << 20) /* a page of 2,000 users is under 2 MiB */

struct reply; /* a value; a tree is freed through its root */

enum reply_keys {
	REPLY_KEYS_ONCE,
	REPLY_KEYS_REPEAT, /* for a server, which answers such a request in words of its own */
};

/* NULL when the bytes do not pass the gate; then *why says what is wrong, a constant. Where it is
 * goes to the debug log, without the bytes. */
struct reply *reply_parse(const char *bytes, size_t len, const char **why);
/* The same with an error that names the line and column in `name`, and as long as the caller lets
 * it be. Of a key that repeats, getters find the first. */
MUST_CHECK struct error *reply_read(const char *name, const char *bytes, size_t len,
				    enum reply_keys keys, struct reply **out);
void reply_free(struct reply *root); /* wipes all text; accepts NULL */

const struct reply *reply_get(const struct reply *object, const char *key);
const char *reply_text(const struct reply *object, const char *key);
/* Ids come as strings of digits or as whole numbers; either gives the digits, in `a`. */
const char *reply_id(const struct reply *object, const char *key, struct arena *a);
int64_t reply_int(const struct reply *object, const char *key, int64_t otherwise);
/* true/false, 1/0. */
bool reply_bool(const struct reply *object, const char *key, bool otherwise);

enum reply_kind {
	REPLY_ABSENT, /* there is no value */
	REPLY_NULL,
	REPLY_FALSE,
	REPLY_TRUE,
	REPLY_NUMBER,
	REPLY_TEXT,
	REPLY_ARRAY,
	REPLY_OBJECT,
};
enum reply_kind reply_kind(const struct reply *value);
bool reply_is_array(const struct reply *value);
bool reply_is_object(const struct reply *value);
/* The items of an array, or the values of an object, in order: for (i = reply_first(x); i; i =
 * reply_after(i)). */
const struct reply *reply_first(const struct reply *value);
const struct reply *reply_after(const struct reply *item);
size_t reply_count(const struct reply *value);
/* What the value itself is: its text, or NULL; its digits as reply_id; its number, or 0. */
const char *reply_own_text(const struct reply *item);
const char *reply_digits(const struct reply *item, struct arena *a);
double reply_number(const struct reply *item);
/* The key under which an item of an object stands; NULL in an array. */
const char *reply_key(const struct reply *item);

static inline void cleanup_reply_free(struct reply **root)
{
	reply_free(*root);
}

#endif
