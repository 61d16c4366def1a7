/* SPDX-License-Identifier: Apache-2.0 */
/* state_folder.h - where writ keeps what it must remember of each organisation: lock, journals,
 * waiting.
 *
 * $XDG_STATE_HOME/writ, else $HOME/.local/state/writ; below it a folder an organisation. */
#ifndef WRIT_STATE_FOLDER_H
#define WRIT_STATE_FOLDER_H

#include "core/util/arena.h"
#include "core/util/error.h"

/* In an organisation's folder: since when manual changes wait (manual_waiting.h). */
#define STATE_WAITING "waiting"

/* The folder of all organisations; NULL when the environment names no place. */
const char *state_root(struct arena *a);

/* An organisation's folder, NAME-XXXXXXXX, where X comes from what tells it from others of the same
 * name; NULL when the environment names no place. Nothing is made: for who only reads. */
const char *state_path(struct arena *a, const char *organization, const char *identity);

/* The same, made when absent, 0700, with a place for journals. */
MUST_CHECK struct error *state_folder(struct arena *a, const char *organization,
				      const char *identity, const char **out);

/* The folder of this name in state_root(), made when absent, 0700. */
MUST_CHECK struct error *state_folder_in(struct arena *a, const char *key, const char **out);

/* ERROR_INPUT when PATH is not a folder of this user that nobody else may write to. */
MUST_CHECK struct error *state_folder_check(const char *path);

#endif
