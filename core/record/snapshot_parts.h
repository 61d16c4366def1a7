/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot_parts.h - the parts that a snapshot's files belong to, and their digests; shared by
 * snapshot.c, which makes one, and snapshot_parse.c only. */
#ifndef WRIT_SNAPSHOT_PARTS_H
#define WRIT_SNAPSHOT_PARTS_H

#include "core/record/snapshot.h"
#include "core/util/digest.h"

/* What the header begins with, in the status of the Organization document. */
#define SNAPSHOT_HEADER "  snapshot:\n"

/* The kinds of a snapshot's documents, in the order of their files' names. */
#define SNAPSHOT_PARTS 5
extern const enum kind snapshot_parts[SNAPSHOT_PARTS];

/* The length of a part's file name without ".yaml". */
size_t snapshot_stem(const char *file);

/* The digest of each part, over its files; of the Organization document over what stands in front
 * of the header. */
void snapshot_digest(const struct stored_file_vec *files, char out[SNAPSHOT_PARTS][SHA256_TEXT]);

/* What tells an organisation from others, in `a`; `org_id` may be NULL. */
const char *snapshot_lineage(struct arena *a, const char *organization, const char *org_id);

#endif
