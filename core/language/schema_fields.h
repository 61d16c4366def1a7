/* SPDX-License-Identifier: Apache-2.0 */
/* schema_fields.h - a mapping read by its table: each key, what its value holds, and what is
 * missing; shared by the files of field tables only. */
#ifndef WRIT_SCHEMA_FIELDS_H
#define WRIT_SCHEMA_FIELDS_H

#include "core/language/schema_table.h"

/* The value of a key of a mapping, or of the first that differs from it by case alone, which is
 * reported as unknown and read all the same; NULL: it has none. */
const struct node *schema_find(const struct node *mapping, const char *key);

/* Whether an unknown key of the mapping that is checked is nearest to this one: it was told as
 * that, and who misses the key need not say so too. */
bool schema_is_meant(const struct decode *d, const struct node *mapping, const char *key);

/* Reads a mapping into `object`, which holds what is unsaid. */
void schema_read_fields(struct decode *d, const struct table *table, const struct node *mapping,
			void *object);

/* The same of a mapping that is no document. False when something was reported. */
bool schema_read_table(struct decoder *to, const struct table *table, const struct node *root,
		       void *object);

#endif
