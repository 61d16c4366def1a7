/* SPDX-License-Identifier: Apache-2.0 */
/* plan_schema.h - the JSON Schema of a plan, as a table of what render_json.c writes. */
#ifndef WRIT_PLAN_SCHEMA_H
#define WRIT_PLAN_SCHEMA_H

#include "core/util/str.h"

/* Appends the JSON Schema (2020-12), with a newline at the end. Keys may be added to plans, so
 * others are allowed. */
void plan_print_schema(struct str *out);

#endif
