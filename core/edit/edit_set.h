/* SPDX-License-Identifier: Apache-2.0 */
/* edit_set.h - a set of manifests with the text of its files, to be edited as a whole.
 *
 * Edits are made in memory and the set is read and checked again; only then are files replaced. */
#ifndef WRIT_EDIT_SET_H
#define WRIT_EDIT_SET_H

#include "core/edit/edit.h"
#include "core/language/manifest.h"
#include "core/language/organizations.h"

struct edit_set {
	struct stored_file_vec files;
	struct model_vec organizations; /* one model each, by name */
	struct model model;		/* of the one that is edited */
	struct model_index index;	/* only when the report has no errors */
};

/* Reads the files of PATHs and no more: the model is empty. Fails as edit_set_load() does. */
MUST_CHECK struct error *edit_set_read(const struct manifest_reader *reader,
				       const char *const *paths, size_t count,
				       struct edit_set *out);

/* Reads, parses and checks the files of PATHs; findings are in the reader's report. ERROR_INPUT
 * when edit_write() was killed with some of these files in place and others not: the message
 * tells how to go on. ERROR_LOCKED while another run writes them. The model is that of the
 * organisation of this name, as organizations_choose() has it. */
MUST_CHECK struct error *edit_set_load(const struct manifest_reader *reader,
				       const char *const *paths, size_t count,
				       const char *organization, struct edit_set *out);

/* The set after the edits, in `a`. The error is the first thing that is wrong with it, or an edit
 * that cannot be made. */
MUST_CHECK struct error *edit_set_apply(const struct edit_set *set, const struct edit_vec *edits,
					struct intern *strings, struct arena *a,
					struct edit_set *out);

#endif
