/* SPDX-License-Identifier: Apache-2.0 */
/* report_schema.h - the JSON Schema of a report, as a table of what matrix_json.c writes. */
#ifndef WRIT_REPORT_SCHEMA_H
#define WRIT_REPORT_SCHEMA_H

#include "core/util/str.h"

/* Appends the JSON Schema (2020-12), with a newline at the end. Keys may be added to reports, so
 * others are allowed. */
void report_print_schema(struct str *out);

#endif
