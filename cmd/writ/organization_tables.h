/* SPDX-License-Identifier: Apache-2.0 */
/* organization_tables.h - tables, calendars and pages of several organisations. */
#ifndef WRIT_CMD_ORGANIZATION_TABLES_H
#define WRIT_CMD_ORGANIZATION_TABLES_H

#include "cmd/writ/command.h"
#include "core/render/render_organizations.h"

/* What a member writes between two tables of one result. No cell has it. */
#define TABLES_APART '\f'

/* Whether results of this format become one, and why not (ERROR_USAGE): of pages each organisation
 * has a file of its own, which `output` must give a name to. */
MUST_CHECK struct error *tables_check(const struct output *output);

/* Writes the result of all: one table with a first column "organization" (and one of what changed
 * beside it), one calendar, or a page that leads to those of each. */
MUST_CHECK struct error *tables_write(struct run *run, const struct output *output,
				      const struct organization_result_vec *all);

#endif
