/* SPDX-License-Identifier: Apache-2.0 */
/* schema_finding.h - what is reported of a document that its table refuses, with the form that the
 * table expects; shared by the files of field tables only. Its texts are in the report's arena. */
#ifndef WRIT_SCHEMA_FINDING_H
#define WRIT_SCHEMA_FINDING_H

#include "core/language/schema_table.h"

/* Reports a finding at `n`; the document will not be added. `expected` says what would be right. */
void schema_finding(struct decode *d, const struct node *n, const char *id, const char *expected,
		    const char *fmt, ...) PRINTF(5, 6);

/* Where a node stands. */
struct location schema_place(const struct decode *d, const struct node *n);

/* A text from the file, for messages: quoted, escaped and cut. */
const char *schema_quoted(const struct decode *d, const char *text);

/* "expected one of A, B". */
const char *schema_listed(const struct decode *d, const char *const *words, size_t count);

/* What a field takes, with an example: "a date such as 2027-03-31", "a mapping {product: …,
 * profile: …}". */
const char *schema_form(const struct decode *d, const struct field *f);
/* The same of one item of its list. */
const char *schema_item_form(const struct decode *d, const struct table *table);

#endif
