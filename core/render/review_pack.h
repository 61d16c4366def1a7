/* SPDX-License-Identifier: Apache-2.0 */
/* review_pack.h - a review as bytes, from one process to the one that started it.
 *
 * The bytes are of this machine and this build, and are never kept. */
#ifndef WRIT_REVIEW_PACK_H
#define WRIT_REVIEW_PACK_H

#include "core/render/review.h"

/* Appends the whole review, whatever it was cut to. */
void review_pack(struct str *out, const struct review *r);

/* Reads the next one of several that stand one behind the other, in `a`, and moves *bytes and *len
 * behind it. False at the end, and where only half of one stands: whoever wrote it was killed. */
bool review_unpack(const char **bytes, size_t *len, struct arena *a, struct review *out);

#endif
