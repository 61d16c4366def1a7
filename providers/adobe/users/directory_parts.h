/* SPDX-License-Identifier: Apache-2.0 */
/* directory_parts.h - what the files of directory.h share. */
#ifndef ADOBE_DIRECTORY_PARTS_H
#define ADOBE_DIRECTORY_PARTS_H

#include "providers/adobe/users/directory.h"

/* Order of struct directory_group. */
int directory_by_key(const void *a, const void *b);
/* The first listed group of this name, folded; more may follow it. NULL. */
struct directory_group *directory_first(const struct directory *d, const char *key);

/* Finds out what each listed group stands for; they are sorted, each once. */
void directory_classify(struct directory *d);

#endif
