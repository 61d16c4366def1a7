/* SPDX-License-Identifier: Apache-2.0 */
/* yaml.h - the documents of a manifest file, a strict subset of YAML, as small trees.
 *
 * What is refused, and where an error points to: writ-manifest(5), "YAML". A document that breaks a
 * rule is reported and skipped, or handed over as blemished; reading goes on with the next one.
 * libyaml's events are turned into nodes one document at a time, so memory does not grow with the
 * file. The only file that includes <yaml.h>. */
#ifndef WRIT_YAML_H
#define WRIT_YAML_H

#include <stdbool.h>

#include "core/util/report.h"

#define YAML_DEPTH_MAX 32    /* the language needs 6; libyaml is quadratic in flow depth */
#define YAML_SCALAR_MAX 4096 /* no name, reason or description is longer */
#define YAML_FAULTS_MAX 1000 /* findings of one file; a binary file has millions */

enum node_type { NODE_SCALAR, NODE_SEQUENCE, NODE_MAPPING };

/* A mapping's children are key, value, key, value ...; keys are scalars. */
struct node {
	enum node_type type;
	bool plain;	       /* a scalar without quotes */
	bool decomposed;       /* not in normal form C, by escapes; names of a service may be so */
	bool flow;	       /* a mapping in braces */
	bool alias;	       /* of a blemished document: a word that stands for something else */
	bool missing;	       /* nothing, "~" or a plain null stands where a value is due */
	uint32_t line, column; /* of its first character, from 1, in code points */
	uint32_t end_line, end_column;
	const char *text; /* of a scalar, NUL-terminated */
	size_t len;
	struct node *first, *next;
};

/* A piece of a file that starts at a line: the whole file or some documents of it. */
struct yaml_source {
	const char *file; /* as shown to the user */
	const char *text;
	size_t len;
	uint32_t first_line; /* of the piece in its file, from 1 */
	bool json;	     /* named *.json: one document, JSON's tabs and escapes */
	bool blemished;	     /* documents with anchors, aliases, tags and duplicate keys too */
};

/* Calls `use` with the root mapping of each sound document. The tree lives until `use` returns. */
void yaml_read(const struct yaml_source *source, struct report *report,
	       void (*use)(void *context, const struct node *root), void *context);

/* Whether a file's name says that it is JSON: one document. */
bool yaml_is_json(const char *file);

/* Refuses what is no UTF-8 text from its first bytes: a byte-order mark of any encoding. To be
 * asked once a file. False when something was reported. */
bool yaml_check_start(const char *file, const char *text, size_t len, struct report *report);

/* The offset of the first line after `from` that begins a document ("---"), or `len`. `from` must
 * be a line's start; a marker on that line itself does not count. */
size_t yaml_next_document(const char *text, size_t len, size_t from);

/* How many lines end in the text. */
uint32_t yaml_count_lines(const char *text, size_t len);

#endif
