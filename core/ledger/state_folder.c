/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/state_folder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/util/file.h"

const char *state_root(struct arena *a)
{
	const char *base = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	if (base && *base == '/')
		return arena_printf(a, "%s/writ", base);
	return home && *home == '/' ? arena_printf(a, "%s/.local/state/writ", home) : NULL;
}

/* Whoever can write there can bring a ledger with a plan, which a resume would carry out. */
struct error *state_folder_check(const char *path)
{
	struct stat st;
	if (lstat(path, &st))
		return error_errno(errno, "opening %s", path);
	if (!S_ISDIR(st.st_mode))
		return error_new(ERROR_INPUT, "%s is no folder; state is kept in one", path);
	if (st.st_uid != geteuid())
		return error_new(ERROR_INPUT, "%s belongs to another user; no state is kept there",
				 path);
	if (st.st_mode & 022)
		return error_new(ERROR_INPUT,
				 "%s may be written by others; it must have mode 0755 or less",
				 path);
	return NULL;
}

/* Others may write in the folder above where its sticky bit keeps them from renaming what is
 * ours. */
static struct error *check_parent(const char *path)
{
	struct stat st;
	if (stat(path, &st))
		return error_errno(errno, "opening %s", path);
	if ((st.st_mode & 022) && !(st.st_mode & S_ISVTX))
		return error_new(ERROR_INPUT,
				 "%s may be written by others; state is kept where it may not",
				 path);
	return NULL;
}

struct error *state_folder(struct arena *a, const char *key, const char **out)
{
	const char *root = state_root(a);
	if (!root)
		return error_new(ERROR_SYSTEM,
				 "neither XDG_STATE_HOME nor HOME is set: no place for the ledger");
	const char *folder = arena_printf(a, "%s/%s", root, key);
	TRY(file_make_folders(folder, 0700));
	TRY(check_parent(file_folder(a, root)));
	TRY(state_folder_check(root));
	TRY(state_folder_check(folder));
	*out = folder;
	return NULL;
}
