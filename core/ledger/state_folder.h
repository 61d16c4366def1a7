/* SPDX-License-Identifier: Apache-2.0 */
/* state_folder.h - where writ keeps the ledgers of this user on this machine.
 *
 * $XDG_STATE_HOME/writ, else $HOME/.local/state/writ; below it a folder an organisation, called by
 * its ledger_key(). */
#ifndef WRIT_STATE_FOLDER_H
#define WRIT_STATE_FOLDER_H

#include "core/util/arena.h"
#include "core/util/error.h"

/* The folder of all organisations; NULL when the environment names no place. */
const char *state_root(struct arena *a);

/* The folder of this name in state_root(), made when absent, 0700. */
MUST_CHECK struct error *state_folder(struct arena *a, const char *key, const char **out);

/* ERROR_INPUT when PATH is not a folder of this user that nobody else may write to. */
MUST_CHECK struct error *state_folder_check(const char *path);

#endif
