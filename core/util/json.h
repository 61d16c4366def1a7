/* SPDX-License-Identifier: Apache-2.0 */
/* json.h - JSON text: writing it, and the gate in front of everything that reads it.
 *
 * cJSON takes what RFC 8259 forbids (duplicate keys, NUL in strings, malformed UTF-8), so text from
 * outside passes json_check() first. Big documents are not turned into one tree: json_member() and
 * json_next() cut checked text into spans without allocating, and cJSON gets the small ones. */
#ifndef WRIT_JSON_H
#define WRIT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/util/error.h"
#include "core/util/str.h"

#define JSON_DEPTH_MAX 64 /* deeper than any format of ours or of a service */

struct json_span {
	const char *at;
	size_t len;
};

/* Exactly one RFC 8259 value: UTF-8 without BOM, no duplicate keys (after unescaping), no \u0000
 * and no lone surrogate, depth at most 64. ERROR_INPUT with line and column in `name` otherwise.
 * Linear in `len`, but for duplicate keys, which cost n log n of the keys of one object. */
MUST_CHECK struct error *json_check(const char *name, const char *text, size_t len);
/* The same, but keys may repeat: for a server that has to say so. Never for what json_member() is
 * asked about afterwards. */
MUST_CHECK struct error *json_check_but_keys(const char *name, const char *text, size_t len);

/* Where the byte `at` of a text is; line and column from 1, the column in code points. */
struct location json_place(const char *name, struct json_span text, const char *at);

/* In checked text: the value of member `key` of the object `object` (keys compared after
 * unescaping); false when it is no object or has no such member. */
bool json_member(struct json_span object, const char *key, struct json_span *out);

/* The same for several members in one walk: out[i] gets the value of keys[i], and {NULL, 0} where
 * there is none. */
void json_members(struct json_span object, const char *const keys[], size_t count,
		  struct json_span out[]);

/* In checked text: walks the elements of an array. Start with a zeroed cursor; false at the end or
 * when it is no array. */
struct json_cursor {
	size_t offset;
};
bool json_next(struct json_span array, struct json_cursor *cursor, struct json_span *out);

/* The same for the members of an object; `key` is a string value. */
bool json_next_member(struct json_span object, struct json_cursor *cursor, struct json_span *key,
		      struct json_span *value);

/* The text of a string value, unescaped, in `a`; NULL when the span is no string. */
const char *json_string(struct arena *a, struct json_span value);
/* A whole number from 0 to 2^53-1. */
bool json_number(struct json_span value, int64_t *out);

/* Members of an object in text of our own, whose form was checked as a whole, each as a value of C.
 * What is missing or of another type reads as if nothing had been written there, and what this
 * version does not know is passed over. */

/* In `a`; NULL when it is missing or no text. */
const char *json_get_text(struct arena *a, struct json_span object, const char *key);
/* The same; "" when it is missing or no text. */
const char *json_get_word(struct arena *a, struct json_span object, const char *key);
/* From 0 to 2^53-1; `otherwise` when it is missing or no such number. */
int64_t json_get_number(struct json_span object, const char *key, int64_t otherwise);
/* Whether it is there and true. */
bool json_get_true(struct json_span object, const char *key);

/* Writing: values appended to `out`, without white space around. Text must be valid UTF-8; control
 * characters and U+2028/2029 are escaped, everything else stands as it is; NULL text is `null`. */
void json_add_text(struct str *out, const char *text);
/* The same of the first `len` bytes of a text, which are whole characters. */
void json_add_textn(struct str *out, const char *text, size_t len);
void json_add_key(struct str *out, const char *key); /* the key, quoted, and ": " */

/* Writing members of an object: each with ", " in front of it, but for what follows "{" or "[". */
void json_put_key(struct str *out, const char *key);
void json_put_text(struct str *out, const char *key, const char *value);
void json_put_number(struct str *out, const char *key, int64_t value);

#endif
