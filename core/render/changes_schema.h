/* SPDX-License-Identifier: Apache-2.0 */
/* changes_schema.h - the JSON Schema of a table of changes (core/past/past_changes_print.h). */
#ifndef WRIT_CHANGES_SCHEMA_H
#define WRIT_CHANGES_SCHEMA_H

#include "core/util/str.h"

/* Appends the JSON Schema (2020-12), with a newline at the end. */
void changes_print_schema(struct str *out);

#endif
