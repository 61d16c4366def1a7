/* SPDX-License-Identifier: Apache-2.0 */
/* completion.h - what shells complete words of writ with, from the tables of commands and options.
 *
 * A script holds the words of the tables. Names of accounts and roles it asks `writ completion
 * accounts` and `writ completion roles` for, when a key is pressed. */
#ifndef WRIT_COMPLETION_H
#define WRIT_COMPLETION_H

#include "core/util/str.h"

/* What an option or a command takes. */
enum value {
	VALUE_ANY,
	VALUE_FILE,
	VALUE_ACCOUNT,
	VALUE_ROLE,
	VALUE_FORMAT,
	VALUE_LEVEL,
	VALUE_COMMAND,
	VALUE_KIND,
	VALUE_COUNT
};

/* By the word that the help has for it: "PATH", "[ACCOUNT]". */
enum value completion_value(const char *argument);

void completion_bash(struct str *out);
void completion_zsh(struct str *out);
void completion_fish(struct str *out);

#endif
