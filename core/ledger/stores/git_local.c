/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/stores/git_local.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/ledger/state_folder.h"
#include "core/util/digest.h"
#include "core/util/file.h"

#define KNOWN_MAX 128
#define LEDGER_BYTES 8 /* of the digest that tells ledgers apart */

struct error *git_local_open(struct git_local *local, struct arena *a, const char *key)
{
	const char *state;
	TRY(state_folder(a, key, &state));
	local->folder = arena_printf(a, "%s/git", state);
	TRY(file_make_folders(local->folder, 0700));
	TRY(state_folder_check(local->folder));
	return git_scratch_open(&local->scratch, a, local->folder);
}

void git_local_close(struct git_local *local)
{
	git_scratch_close(&local->scratch);
}

/* ---- what is known ---- */

const char *git_known_path(const struct git_local *local, struct arena *a, const char *ledger)
{
	unsigned char digest[SHA256_SIZE];
	char text[2 * LEDGER_BYTES + 1];
	sha256_of(ledger, strlen(ledger), digest);
	sha256_hex(digest, LEDGER_BYTES, text);
	return arena_printf(a, "%s/known-%s", local->folder, text);
}

static bool parse_known(const char *text, struct git_record *out)
{
	unsigned long long number;
	int end = 0;
	if (sscanf(text, "%12llu %40[0-9a-f]%n", &number, out->id, &end) != 2 ||
	    strlen(out->id) != GIT_ID - 1 || strcmp(text + end, "\n") != 0)
		return false;
	out->number = number;
	return number > 0;
}

struct error *git_known_load(const struct git_local *local, const char *ledger,
			     struct git_record *out)
{
	ARENA a = {0};
	CLEANUP(free) char *text = NULL;
	size_t len;
	struct git_record known = {0};
	const char *path = git_known_path(local, &a, ledger);
	*out = known;
	if (access(path, F_OK) && errno == ENOENT)
		return NULL;
	TRY(file_read(path, KNOWN_MAX, &text, &len));
	if (!parse_known(text, &known))
		return error_new(ERROR_INPUT,
				 "%s does not name the last record that was seen of the ledger",
				 path);
	*out = known;
	return NULL;
}

struct error *git_known_save(const struct git_local *local, const char *ledger,
			     const struct git_record *record)
{
	ARENA a = {0};
	CLEANUP(close) int all = -1;
	struct git_record known;
	TRY(git_scratch_lock(local->folder, &all));
	TRY(git_known_load(local, ledger, &known));
	if (known.number >= record->number)
		return NULL;
	const char *text =
		arena_printf(&a, "%llu %s\n", (unsigned long long)record->number, record->id);
	return file_write_atomic(git_known_path(local, &a, ledger), text, strlen(text), 0600);
}
