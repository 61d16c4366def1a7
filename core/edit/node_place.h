/* SPDX-License-Identifier: Apache-2.0 */
/* node_place.h - from where to where a node stands in the text of its document, and what stands
 * around it on its lines. All places are offsets in bytes of the source's text. */
#ifndef WRIT_NODE_PLACE_H
#define WRIT_NODE_PLACE_H

#include "core/language/yaml.h"

/* The first byte of a node, and the one just behind its last. */
size_t node_start(const struct yaml_source *s, const struct node *n);
size_t node_end(const struct yaml_source *s, const struct node *n);
/* Whether a mapping or sequence is written in braces or brackets. */
bool node_is_flow(const struct yaml_source *s, const struct node *n);
/* The last child of a collection; NULL: it has none. */
const struct node *node_last_child(const struct node *n);
/* Behind the colon of a key. */
size_t node_colon(const struct yaml_source *s, const struct node *key);

/* Of the line that `at` is in: its first byte, the first of its line break, and the first of the
 * line behind it. */
size_t line_start(const struct yaml_source *s, size_t at);
size_t line_end(const struct yaml_source *s, size_t at);
size_t line_next(const struct yaml_source *s, size_t at);
/* The first byte from `at` on that is neither a blank nor a tab. */
size_t line_skip_blanks(const struct yaml_source *s, size_t at);
/* Whether nothing but blanks stands in front of `at`. */
bool line_is_indent(const struct yaml_source *s, size_t at);
/* Whether nothing but a comment stands between here and the end of the line. */
bool line_is_over(const struct yaml_source *s, size_t at);
/* Whether a number sign stands there, which may begin a comment. */
bool line_has_comment(const struct yaml_source *s, size_t from, size_t to);

#endif
