/* SPDX-License-Identifier: Apache-2.0 */
/* reviewers.h - who reviewed a commit, and who stands for it beside its author. */
#ifndef WRIT_REVIEWERS_H
#define WRIT_REVIEWERS_H

#include "core/past/line_origin.h"

/* The reviewers whom the trailers "Reviewed-by", "Approved-by" and "Acked-by" name: "A <a@x>, B
 * <b@x>", in `a`; NULL when they name nobody. Anybody who makes a commit can write any name into
 * it: *out_claimed is false only when all of them stand in a merge that is vouched for. */
const char *reviewers_named(struct arena *a, const struct line_origin *origin, bool *out_claimed);

/* Who stands for a line besides its writer, in `a`: the reviewers, or else whoever merged it,
 * when the e-mail address is another one. NULL: nobody does, or the origin is not known.
 * *out_claimed: no signed merge says so. */
const char *reviewers_approver(struct arena *a, const struct line_origin *origin,
			       bool *out_claimed);

#endif
