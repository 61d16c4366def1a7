/* SPDX-License-Identifier: Apache-2.0 */
/* text_diff.h - what differs between two texts of a file, for people. */
#ifndef WRIT_TEXT_DIFF_H
#define WRIT_TEXT_DIFF_H

#include "core/git/line_map.h"
#include "core/util/str.h"

/* Appends a unified diff with three lines of context, as `git apply` and patch(1) take it; nothing
 * for equal texts. `path` stands behind "a/" and "b/". */
MUST_CHECK struct error *text_diff(const char *path, struct text before, struct text after,
				   struct str *out);

#endif
