/* SPDX-License-Identifier: Apache-2.0 */
/* option_table.h - the table of options; options.c reads it, and nobody else includes it. */
#ifndef WRIT_CMD_OPTION_TABLE_H
#define WRIT_CMD_OPTION_TABLE_H

#include "cmd/writ/command.h"

/* The words of one command, on their way into its options. */
struct parsing {
	const struct command *command;
	struct arena *arena;
	struct options *out;
};

/* One option of some commands; `parse` gets its argument, NULL where it takes none. */
struct option_row {
	const char *name, *argument; /* "[ID]": may be left out where no word follows */
	const char *help;	     /* NULL: which formats the command has */
	struct error *(*parse)(struct parsing *p, const char *argument);
	bool older; /* taken, and shown to nobody: there is a shorter way to say it */
};

extern const struct option_row option_rows[]; /* by name; ends with a row without one */

#endif
