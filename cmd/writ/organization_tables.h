/* SPDX-License-Identifier: Apache-2.0 */
/* organization_tables.h - tables, calendars and pages of several organisations. */
#ifndef WRIT_CMD_ORGANIZATION_TABLES_H
#define WRIT_CMD_ORGANIZATION_TABLES_H

#include "cmd/writ/command.h"
#include "core/render/render_organizations.h"

/* What a member writes between two tables of one result. No cell has it. */
#define TABLES_APART '\f'

/* ERROR_USAGE when the results of several organisations cannot go to this output. A table or a
 * calendar becomes one; a page needs a file name, from which those of each organisation are
 * made. */
MUST_CHECK struct error *tables_check(const struct output *output);

/* Writes the result of all: one table with a first column "organization" (and one of what changed
 * beside it), one calendar, or a page that leads to those of each. */
MUST_CHECK struct error *tables_write(struct run *run, const struct output *output,
				      const struct organization_result_vec *all);

#endif
