/* SPDX-License-Identifier: Apache-2.0 */
/* json_get.h - members of an object in text that passed json_check(), each as a value of C.
 *
 * What is missing or of another type reads as if nothing had been written there, and what was not
 * known to this version is passed over: for text of our own, whose form has been checked as a
 * whole. */
#ifndef WRIT_JSON_GET_H
#define WRIT_JSON_GET_H

#include "core/util/json.h"

/* In `a`; NULL when it is missing or no text. */
const char *json_get_text(struct arena *a, struct json_span object, const char *key);
/* The same; "" when it is missing or no text. */
const char *json_get_word(struct arena *a, struct json_span object, const char *key);
/* From 0 to 2^53-1; `otherwise` when it is missing or no such number. */
int64_t json_get_number(struct json_span object, const char *key, int64_t otherwise);
/* Whether it is there and true. */
bool json_get_true(struct json_span object, const char *key);

#endif
