/* SPDX-License-Identifier: Apache-2.0 */
/* edit.h - changes to the text of a manifest that leave every other byte of it as it was.
 *
 * An edit names a document and what is to change in it; the text is read, the change made where its
 * neighbours stand and in their style (block or flow, their indentation, their line ends), and the
 * text read again for the next one. What stands on a line that is removed goes with it, its comment
 * too; comments on lines of their own stay. JSON is not edited. */
#ifndef WRIT_EDIT_H
#define WRIT_EDIT_H

#include "core/model/model.h"
#include "core/util/str.h"
#include "core/util/vec.h"

#define EDIT_FIELDS_MAX 6 /* a member with all its words has four */

struct edit_field {
	const char *key, *value;
};

/* An item of a list: one word, or a mapping whose fields end with a NULL key. */
struct edit_item {
	const char *bare;
	struct edit_field fields[EDIT_FIELDS_MAX];
};

/* In the order in which the edits of one document are made. */
enum edit_kind {
	EDIT_REMOVE_ITEM,     /* the item at `at`; a list that is empty then is "[]" */
	EDIT_RENAME_MEMBER,   /* the member at `at` is the account `value` */
	EDIT_SET_IN_ITEM,     /* `key` of the item at `at` is `value`; of a bare word, which
				 becomes a mapping, `item.bare` is the key */
	EDIT_SET,	      /* `key` of the mapping is `value` */
	EDIT_ADD_ITEM,	      /* `item` at the end of the list `key` of the mapping */
	EDIT_UNSET,	      /* the mapping has no `key` */
	EDIT_REMOVE_DOCUMENT, /* its comments go too: those inside it and directly above it, but not
				 the one at the head of the file */
	EDIT_APPEND_DOCUMENT, /* `value` is its text, behind the last one of the file */
};

struct edit {
	enum edit_kind kind;
	struct location document; /* where it begins; of EDIT_APPEND_DOCUMENT only the file */
	struct location at;	  /* of an item */
	const char *parents[2]; /* the keys down to the mapping: {"spec"}; missing ones are made */
	const char *key, *value;
	struct edit_item item;
};
VEC(edit_vec, struct edit);

/* Appends to `out` the text of `file` after those of `edits` that are of this file; places are
 * those of the text as it is given. The error, at the place in the file, is of the first edit that
 * cannot be made; then `out` must not be used. */
MUST_CHECK struct error *edit_text(const char *file, const char *text, size_t len,
				   const struct edit_vec *edits, struct str *out);

/* What a person would write for an edit, in `a`: "add {user: jane@example.com} to members". */
const char *edit_describe(struct arena *a, const struct edit *edit);

#endif
