/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_syntax.h - where libyaml's marks stand in the source, and its refusals in words of ours;
 * shared by yaml.c and yaml_syntax.c only. */
#ifndef WRIT_YAML_SYNTAX_H
#define WRIT_YAML_SYNTAX_H

#include <yaml.h>

#include "core/language/yaml_reader.h"

/* The place in the source that a mark of the parser stands for; asked twice for each node. */
static inline struct location yaml_mark_place(const struct yaml_reader *r, const yaml_mark_t *mark)
{
	uint32_t line = (uint32_t)mark->line + r->source->first_line;
	uint32_t column = (uint32_t)mark->column + 1;
	return reader_place(r, line, r->rewrites.len ? json_shifted(r, line, column) : column);
}

/* Reports why the parser stopped (E0301), with its own words behind ours. */
void yaml_report_syntax(struct yaml_reader *r, const yaml_parser_t *y);

#endif
