/* SPDX-License-Identifier: Apache-2.0 */
/* schema_decode.h - the manifest language as tables.
 *
 * One table a kind (schema_table.c) drives reading, messages, `writ schema KIND`, and the list of
 * fields in writ-manifest(5): a new field is one row. schema_fields.c reads a mapping by its table,
 * schema_value.c one scalar of it, schema_finding.c says what is wrong with either, and
 * schema_print.c prints the tables. Rules inside one document live in them; rules between documents
 * are check.h's. */
#ifndef WRIT_SCHEMA_DECODE_H
#define WRIT_SCHEMA_DECODE_H

#include "core/language/yaml.h"
#include "core/model/model.h"
#include "core/util/report.h"
#include "core/util/str.h"

extern const char *const kind_names[KIND_COUNT + 1]; /* ends with NULL */

/* Where decoded documents go. One decoder belongs to one thread. */
struct decoder {
	struct intern *strings;
	struct intern_recent *recent; /* of this thread; may be NULL */
	struct arena *arena;	      /* what documents hold: entries, texts, words */
	struct arena *lists;	      /* the model's own vectors, which callers join and drop */
	struct report *report;
	const char *file;
	const char *below;   /* its path below what was named; NULL: it was named */
	struct model *model; /* decoded documents are appended */
};

/* Decodes one document into the model. Findings go to the report; a document with errors is added
 * with what could be read of it, so that more of them are found, and counted as dropped when it has
 * no name. */
void schema_decode(struct decoder *d, const struct node *root);

/* The fields of a mapping, for those who write one. */
struct table;

/* Those of a document; NULL: its kind is unknown. */
const struct table *schema_document_fields(const struct node *root);

/* Where a key stands among the fields, from 0; one that is none of them stands behind all. *below
 * gets the fields of its value, or of each item of it; NULL: it has none, as `fields` may be. */
size_t schema_field_order(const struct table *fields, const char *key, const struct table **below);

/* Whether it can be a metadata.name. */
bool schema_is_name(const char *text, size_t len);

/* Whether it can be a user's address. */
bool schema_is_email(const char *text);

/* Whether it can be a user's name: an address, its type in front of it or not. */
bool schema_is_user(const char *name);

/* Appends the JSON Schema (2020-12) of a kind, with a newline at the end. */
void schema_print(struct str *out, enum kind kind);

/* Appends the fields of a kind as scdoc, for writ-manifest(5). */
void schema_print_manual(struct str *out, enum kind kind);

#endif
