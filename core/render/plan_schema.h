/* SPDX-License-Identifier: Apache-2.0 */
/* plan_schema.h - the JSON Schema of a plan, as a table of what render_json.c writes. */
#ifndef WRIT_PLAN_SCHEMA_H
#define WRIT_PLAN_SCHEMA_H

#include "core/util/json.h"
#include "core/util/str.h"

/* Appends the JSON Schema (2020-12), with a newline at the end. Keys may be added to plans, so
 * others are allowed. */
void plan_print_schema(struct str *out);

/* The first key that a plan must have and this one does not, in `a`, but for those of lists; NULL:
 * it has them all. */
const char *plan_schema_find_missing(struct json_span plan, struct arena *a);

#endif
