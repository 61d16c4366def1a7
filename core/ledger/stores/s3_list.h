/* SPDX-License-Identifier: Apache-2.0 */
/* s3_list.h - what an object store answers when it is asked which objects there are.
 *
 * The answer is XML of a fixed form (ListObjectsV2 of the S3 API); of it only the keys, and whether
 * there are more, are of use, so this reads no other XML than that. */
#ifndef WRIT_S3_LIST_H
#define WRIT_S3_LIST_H

#include <stdbool.h>

#include "core/util/arena.h"
#include "core/util/error.h"
#include "core/util/vec.h"

VEC(s3_key_vec, const char *);

/* Appends the keys in their order, in `a`; *more says that the answer is not the whole list.
 * ERROR_INPUT when it is no such answer. */
MUST_CHECK struct error *s3_list_read(struct arena *a, const char *bytes, size_t len,
				      struct s3_key_vec *out, bool *more);

#endif
