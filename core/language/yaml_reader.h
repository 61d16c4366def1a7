/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_reader.h - what the files that read YAML share; nobody else includes it.
 *
 * yaml_characters.c lets only sound characters through, yaml_json.c turns JSON's own spelling into
 * what libyaml takes, yaml.c makes nodes of libyaml's events,
 * and yaml_syntax.c says what these refuse. */
#ifndef WRIT_YAML_READER_H
#define WRIT_YAML_READER_H

#include "core/language/yaml.h"
#include "core/util/unicode.h"

/* libyaml 0.2.5 refuses two escapes that JSON has. Each is rewritten before parsing; columns behind
 * it on its line are `shift` too small. */
struct rewrite {
	uint32_t line, column; /* of the first column behind it in the rewritten text */
	uint32_t shift;
};
VEC(rewrite_vec, struct rewrite);

struct yaml_reader {
	const struct yaml_source *source;
	struct report *report;
	struct arena scratch; /* the nodes of one document */
	struct rewrite_vec rewrites;
	bool has_tabs;
	size_t documents;
	size_t findings; /* errors reported before this source */
	void (*use)(void *context, const struct node *root);
	void *context;
};

static inline struct location reader_place(const struct yaml_reader *r, uint32_t line,
					   uint32_t column)
{
	return (struct location){r->source->file, line, column};
}

/* ---- yaml_characters.c ---- */

/* Where a byte of the source stands. `from` and *line remember how far lines were counted. */
struct cursor {
	size_t offset;
	uint32_t line;
};

/* Reports the faults of text[from .. to) that characters and tabs have; `c` is where `from` stands.
 * True when there are none. */
bool gate_check(struct yaml_reader *r, size_t from, size_t to, struct cursor c);

void gate_report(struct yaml_reader *r, enum text_fault fault, struct location at,
		 const char *token, size_t size);

/* Whether the source has had as many errors as are told. */
bool gate_is_full(struct yaml_reader *r);

/* ---- yaml_json.c ---- */

/* JSON text as libyaml takes it, in `a`: tabs between tokens become spaces, "\/" loses its
 * backslash, a surrogate pair becomes one escape. What it moved is in the reader's rewrites, in `a`
 * too. */
const char *json_rewrite(struct yaml_reader *r, struct arena *a);

/* The column that a place of the rewritten text had in the source. */
uint32_t json_shifted(const struct yaml_reader *r, uint32_t line, uint32_t column);

#endif
