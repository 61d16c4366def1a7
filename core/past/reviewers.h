/* SPDX-License-Identifier: Apache-2.0 */
/* reviewers.h - who reviewed a commit, and who stands for it beside its author. */
#ifndef WRIT_REVIEWERS_H
#define WRIT_REVIEWERS_H

#include "core/past/line_origin.h"

/* Of whom the trailers say that they reviewed it ("Reviewed-by", "Approved-by", "Acked-by"): "A
 * <a@x>, B <b@x>", in `a`; NULL when they say nothing. Whoever makes a commit can write any name
 * into it: *out_claimed is false only where all of them stand in a merge that is vouched for. */
const char *reviewers_named(struct arena *a, const struct line_origin *origin, bool *out_claimed);

/* Who stands for a line beside the one who wrote it: the reviewers, else who merged it, where that
 * is somebody else by e-mail address; in `a`. NULL: nobody, or the origin is not known.
 * *out_claimed: no signed merge says so. */
const char *reviewers_approver(struct arena *a, const struct line_origin *origin,
			       bool *out_claimed);

#endif
