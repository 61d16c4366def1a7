/* SPDX-License-Identifier: Apache-2.0 */
/* edit_node.h - one edit in one document, as bytes that give way to others. Only edit.c
 * needs it. */
#ifndef WRIT_EDIT_NODE_H
#define WRIT_EDIT_NODE_H

#include "core/edit/edit.h"
#include "core/language/yaml.h"

/* Bytes [from, to) give way to `text`. */
struct edit_splice {
	size_t from, to;
	const char *text;
};
VEC(edit_splice_vec, struct edit_splice);

/* One edit in one document. Splices are made in falling order, so that offsets before them hold. */
struct edit_job {
	const struct edit *edit;
	const struct yaml_source *source;
	const char *newline;
	struct arena *arena;
	struct edit_splice_vec splices;
	bool found;
	const char *problem; /* NULL: it could be made */
};

/* Finds what to splice for `job`; called with each document of its source. */
void edit_node(void *job, const struct node *root);

/* The edit cannot be made; the first reason counts. */
void edit_fail(struct edit_job *job, const char *why);

/* The item as it is written in one line, in `a`. */
const char *edit_item_text(struct arena *a, const struct edit_item *item);
const char *edit_scalar_text(struct arena *a, const char *value);

#endif
