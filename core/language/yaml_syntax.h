/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_syntax.h - where libyaml's marks stand in the source, and its refusals in words of ours;
 * shared by yaml.c and yaml_syntax.c only. */
#ifndef WRIT_YAML_SYNTAX_H
#define WRIT_YAML_SYNTAX_H

#include <yaml.h>

#include "core/language/yaml_reader.h"

/* The place in the source that a mark of the parser stands for. */
struct location yaml_mark_place(const struct yaml_reader *r, const yaml_mark_t *mark);

/* Reports why the parser stopped (E0301), with its own words behind ours. */
void yaml_report_syntax(struct yaml_reader *r, const yaml_parser_t *y);

#endif
