/* SPDX-License-Identifier: Apache-2.0 */
/* json_tree.h - JSON bodies as trees.
 *
 * The only file of the emulator that includes cJSON. Trees are malloc()ed; a function that is said
 * to consume one frees it. Keys are compared case-sensitively; text must be UTF-8. */
#ifndef EMULATOR_JSON_TREE_H
#define EMULATOR_JSON_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "core/util/arena.h"
#include "core/util/vec.h"

VEC(words_vec, const char *);

cJSON *tree_object(void);
cJSON *tree_array(void);

/* Members are added at the end; NULL text is null. The add functions return the new child. */
void tree_text(cJSON *object, const char *key, const char *text);
void tree_int(cJSON *object, const char *key, int64_t value);
void tree_int_text(cJSON *object, const char *key, int64_t value); /* as a string of digits */
void tree_bool(cJSON *object, const char *key, bool value);
void tree_null(cJSON *object, const char *key);
cJSON *tree_add(cJSON *object, const char *key, cJSON *child);
cJSON *tree_add_object(cJSON *object, const char *key);
cJSON *tree_add_array(cJSON *object, const char *key);
void tree_texts(cJSON *object, const char *key, const struct words_vec *texts);

/* Items of an array. */
cJSON *tree_push(cJSON *array, cJSON *child);
cJSON *tree_push_object(cJSON *array);
void tree_push_text(cJSON *array, const char *text);

/* Reading: NULL or `otherwise` when there is no such member, or one of another type. `from` may be
 * NULL. */
const cJSON *tree_get(const cJSON *from, const char *key);
const cJSON *tree_get_array(const cJSON *from, const char *key);
const char *tree_get_text(const cJSON *from, const char *key);
int64_t tree_get_int(const cJSON *from, const char *key, int64_t otherwise);
bool tree_get_bool(const cJSON *from, const char *key, bool otherwise);

/* The value of a whole number or of a string of digits. */
bool tree_whole(const cJSON *value, int64_t *out);

/* NULL when the bytes are no JSON document or not UTF-8. Repeated keys are kept. */
cJSON *tree_parse(const char *text, size_t len);

/* The text of a tree in `a`, without white space; the tree is consumed. */
const char *tree_print(struct arena *a, cJSON *tree);
/* The same with line breaks and indentation, ending in a line feed. */
const char *tree_print_pretty(struct arena *a, cJSON *tree);

static inline void cleanup_cJSON_Delete(cJSON **tree)
{
	cJSON_Delete(*tree);
}

#endif
