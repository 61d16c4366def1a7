/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/state_folder.h"

#include <stdlib.h>
#include <string.h>

#include "core/util/digest.h"
#include "core/util/file.h"

#define FOLDER_BYTES 4 /* of the digest of an identity: tells folders of one name apart */

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
	char text[2 * FOLDER_BYTES + 1];
	const char *root = state_root(a);
	if (!root)
		return NULL;
	sha256_of(identity, strlen(identity), digest);
	sha256_hex(digest, FOLDER_BYTES, text);
	return arena_printf(a, "%s/%s-%s", root, organization, text);
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
