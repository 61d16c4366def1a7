/* SPDX-License-Identifier: Apache-2.0 */
/* json_tree.h - JSON bodies in the making.
 *
 * A tree is malloc()ed, owns copies of its texts and is freed through its root; a function that is
 * said to consume one frees it. What comes in is read with core/util/reply.h, which checks it; what
 * of that goes out again is copied with tree_of(). */
#ifndef EMULATOR_JSON_TREE_H
#define EMULATOR_JSON_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/util/arena.h"
#include "core/util/reply.h"
#include "core/util/str.h"
#include "core/util/vec.h"

VEC(words_vec, const char *);

struct tree;

struct tree *tree_object(void);
struct tree *tree_array(void);
struct tree *tree_of(const struct reply *value); /* a copy; NULL gives null */
void tree_free(struct tree *root);		 /* accepts NULL */

/* Add a member at the end of an object. A NULL text becomes null; text must be UTF-8. Those that
 * return the new child leave it to the object. */
void tree_text(struct tree *object, const char *key, const char *text);
void tree_int(struct tree *object, const char *key, int64_t value);
void tree_int_text(struct tree *object, const char *key, int64_t value); /* a string of digits */
void tree_bool(struct tree *object, const char *key, bool value);
void tree_null(struct tree *object, const char *key);
struct tree *tree_add(struct tree *object, const char *key, struct tree *child);
struct tree *tree_add_object(struct tree *object, const char *key);
struct tree *tree_add_array(struct tree *object, const char *key);
void tree_texts(struct tree *object, const char *key, const struct words_vec *texts);

/* Add an item at the end of an array. */
struct tree *tree_push(struct tree *array, struct tree *child);
struct tree *tree_push_object(struct tree *array);
void tree_push_text(struct tree *array, const char *text);
void tree_push_int(struct tree *array, int64_t value);

bool tree_is_empty(const struct tree *value); /* has neither items nor members */
/* Give the member of that name another name, or drop it; nothing happens when there is none. */
void tree_rename(struct tree *object, const char *from, const char *to);
void tree_drop(struct tree *object, const char *key);

/* Appends the text of a tree, without white space. */
void tree_write(struct str *out, const struct tree *tree);
/* The same text in `a`; the tree is consumed. */
const char *tree_print(struct arena *a, struct tree *tree);
/* With line breaks and indentation, ending in a line feed; the tree is consumed. */
const char *tree_print_pretty(struct arena *a, struct tree *tree);

#endif
