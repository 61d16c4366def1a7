/* SPDX-License-Identifier: Apache-2.0 */
/* ledger_schema.h - the JSON Schema of a record of a ledger. */
#ifndef WRIT_LEDGER_SCHEMA_H
#define WRIT_LEDGER_SCHEMA_H

#include "core/util/str.h"

/* Appends the JSON Schema (2020-12), with a newline at the end. */
void ledger_print_schema(struct str *out);

#endif
