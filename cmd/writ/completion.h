/* SPDX-License-Identifier: Apache-2.0 */
/* completion.h - what shells complete words of writ with, from the tables of commands and options.
 *
 * A script holds the words of the tables. Names of accounts and entitlements it asks `writ
 * completion accounts` and `writ completion entitlements` for, when a key is pressed: foreign text,
 * a name a line, in which no shell may expand anything. */
#ifndef WRIT_COMPLETION_H
#define WRIT_COMPLETION_H

#include "cmd/writ/command.h"
#include "core/util/str.h"

/* `commands` is the table of all, up to one without a name. */
void completion_bash(struct str *out, const struct command *commands);
void completion_zsh(struct str *out, const struct command *commands);
void completion_fish(struct str *out, const struct command *commands);

#endif
