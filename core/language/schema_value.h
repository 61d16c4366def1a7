/* SPDX-License-Identifier: Apache-2.0 */
/* schema_value.h - one scalar of a manifest: what its type demands, and where it is kept; shared by
 * the files of field tables only. */
#ifndef WRIT_SCHEMA_VALUE_H
#define WRIT_SCHEMA_VALUE_H

#include "core/language/schema_finding.h"

/* A value's text, interned. */
const char *schema_keep(const struct decode *d, const struct node *n);

/* Reports a node that is no scalar, or is empty. `key` is the node that the message names: the
 * key in front of it, or the item itself. */
bool schema_expect_scalar(struct decode *d, const struct node *key, const struct node *n,
			  const char *what);

/* Checks a text against its field's type, and reports it when the type refuses it; false then. A
 * type that holds no text accepts everything here. */
bool schema_check_text(struct decode *d, enum field_type type, const struct node *n);

/* The role that a scalar names; ROLE_NONE when there is none such, which is reported. */
enum role schema_find_role(struct decode *d, const struct node *n);

/* Reads a field that is one value into `at`, NULL when nothing is kept. */
void schema_read_scalar(struct decode *d, const struct field *f, const struct node *key,
			const struct node *n, void *at);

#endif
