/* SPDX-License-Identifier: Apache-2.0 */
/* emit.h - an organisation written in the manifest language, in one canonical spelling.
 *
 * The same organisation gives the same bytes: exports, snapshots and the file provider's live state
 * are all written here. What is read back is what was written. */
#ifndef WRIT_EMIT_H
#define WRIT_EMIT_H

#include "core/model/live.h"
#include "core/util/str.h"

/* Appends the documents of one kind, "---" between them, in the order of their names. Grants of
 * accounts stand in the accounts' lists, those of users and groups in AdminRole and
 * ProductAssignment documents whose names are made from what they grant. `live` is complete; `u` is
 * ranked. */
void emit_kind(struct str *out, enum kind kind, const struct live *live, const struct universe *u);

/* The same of all kinds at once, each to its own text. */
void emit_kinds(struct str out[KIND_COUNT], const struct live *live, const struct universe *u);

/* All kinds as one stream. */
void emit_all(struct str *out, const struct live *live, const struct universe *u);

/* Appends one value: without quotes when every YAML reader takes it for this text, else in double
 * quotes. */
void emit_scalar(struct str *out, const char *text);
/* Appends such a value as a field, on a line of its own, two blanks in front; nothing for NULL. */
void emit_field(struct str *out, const char *key, const char *text);

/* A name for a document about this entitlement, in `a`: "adobe-express-default"; others may have it
 * too. */
const char *emit_document_name(struct arena *a, const struct entitlement *x);

/* The file name of a kind: "technical-accounts.yaml". */
const char *emit_file_name(enum kind kind);

/* Appends one item of members: a group, or a user with its type, and what is said of it (NULL). */
void emit_member(struct str *out, enum principal_kind kind, const char *name,
		 const struct words *words);

#endif
