/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/state_folder.h"

#include <stdlib.h>
#include <string.h>

#include "core/util/digest.h"
#include "core/util/file.h"

const char *state_root(struct arena *a)
{
	const char *base = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	if (base && *base == '/')
		return arena_printf(a, "%s/writ", base);
	return home && *home == '/' ? arena_printf(a, "%s/.local/state/writ", home) : NULL;
}

const char *state_path(struct arena *a, const char *organization, const char *identity)
{
	unsigned char digest[SHA256_SIZE];
	const char *root = state_root(a);
	if (!root)
		return NULL;
	sha256_of(identity, strlen(identity), digest);
	return arena_printf(a, "%s/%s-%02x%02x%02x%02x", root, organization, digest[0], digest[1],
			    digest[2], digest[3]);
}

struct error *state_folder(struct arena *a, const char *organization, const char *identity,
			   const char **out)
{
	const char *folder = state_path(a, organization, identity);
	if (!folder)
		return error_new(
			ERROR_SYSTEM,
			"neither XDG_STATE_HOME nor HOME is set: no place for the journal");
	TRY(file_make_folders(arena_printf(a, "%s/journal", folder), 0700));
	*out = folder;
	return NULL;
}
