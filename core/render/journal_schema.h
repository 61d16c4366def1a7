/* SPDX-License-Identifier: Apache-2.0 */
/* journal_schema.h - the JSON Schema of the events of a run, as `writ show --format json` prints a
 * journal. */
#ifndef WRIT_JOURNAL_SCHEMA_H
#define WRIT_JOURNAL_SCHEMA_H

#include "core/util/str.h"

/* Appends the JSON Schema (2020-12), with a newline at the end. */
void journal_print_schema(struct str *out);

#endif
