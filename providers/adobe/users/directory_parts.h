/* SPDX-License-Identifier: Apache-2.0 */
/* directory_parts.h - what the files of directory.h share. */
#ifndef ADOBE_DIRECTORY_PARTS_H
#define ADOBE_DIRECTORY_PARTS_H

#include "providers/adobe/users/directory.h"

/* Compares two struct directory_group by their keys. */
int directory_by_key(const void *a, const void *b);
/* The first listed group of this name, folded; more may follow it. NULL. */
struct directory_group *directory_first(const struct directory *d, const char *key);

/* The name that the service gives an entitlement's group; NULL: none is known. In the directory's
 * arena. */
const char *directory_made_name(struct directory *d, const struct entitlement *e);
/* Whether a group stands for this entitlement. */
bool directory_is_about(const struct directory_group *g, const struct entitlement *e);
/* The listed group that stands for an entitlement; product administrators can have any spelling of
 * their product. NULL. */
const struct directory_group *directory_standing_for(struct directory *d,
						     const struct entitlement *e);

/* Finds out what each listed group stands for. The groups are sorted, and each is there once. */
void directory_classify(struct directory *d);

#endif
