/* SPDX-License-Identifier: Apache-2.0 */
/* edit_write.h - manifests put in the place of what stood there, all of them or none. */
#ifndef WRIT_EDIT_WRITE_H
#define WRIT_EDIT_WRITE_H

#include "core/language/manifest.h"

/* Replaces the files that differ: all new texts are on disk before the first takes its place. When
 * one cannot, those before it are put back. A file that is no longer as `before` has it is
 * ERROR_REFUSED, and nothing is written. Appends their paths to `written`. ERROR_LOCKED while
 * another run writes in the same folders. */
MUST_CHECK struct error *edit_write(const struct stored_file_vec *before,
				    const struct stored_file_vec *after, struct arena *a,
				    struct text_vec *written);

/* Looks beside files that were read for what an earlier run left. ERROR_INPUT: edit_write() was
 * killed with some of them in place and others not. ERROR_LOCKED: another run is writing them.
 * What is left of a set that was never complete is removed. */
MUST_CHECK struct error *edit_write_check(const struct stored_file_vec *files, struct arena *a);

#endif
