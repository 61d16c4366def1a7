/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/stores/git_local.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/ledger/state_folder.h"
#include "core/util/digest.h"
#include "core/util/file.h"

#define ROOM "room-"
#define KNOWN_MAX 128
#define LEDGER_BYTES 8 /* of the digest that tells ledgers apart */

static int remove_entry(const char *path, const struct stat *st UNUSED, int type UNUSED,
			struct FTW *at UNUSED)
{
	return remove(path) && errno != ENOENT;
}

static void remove_tree(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* Whoever makes, looks for or removes repositories has the folder of them for that time. */
static struct error *lock(const char *path, int how, int *out)
{
	CLEANUP(close) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return error_errno(errno, "opening %s", path);
	while (flock(fd, how)) {
		if (errno != EINTR)
			return error_errno(errno, "locking %s", path);
	}
	*out = keep_fd(&fd);
	return NULL;
}

/* One that nobody holds was left by a process that died. */
static void remove_if_left(const char *path)
{
	CLEANUP(close) int fd = -1;
	struct error *held = lock(path, LOCK_EX | LOCK_NB, &fd);
	if (!held)
		remove_tree(path);
	error_free(held);
}

static struct error *remove_left(const char *folder)
{
	ARENA a = {0};
	CLEANUP(closedir) DIR *dir = opendir(folder);
	if (!dir)
		return error_errno(errno, "opening %s", folder);
	for (const struct dirent *e;;) {
		TRY(file_next(dir, folder, &e));
		if (!e)
			return NULL;
		if (!strncmp(e->d_name, ROOM, strlen(ROOM)))
			remove_if_left(arena_printf(&a, "%s/%s", folder, e->d_name));
	}
}

struct error *git_local_open(struct git_local *local, struct arena *a, const char *key)
{
	const char *state;
	CLEANUP(close) int all = -1;
	TRY(state_folder(a, key, &state));
	local->folder = arena_printf(a, "%s/git", state);
	TRY(file_make_folders(local->folder, 0700));
	TRY(state_folder_check(local->folder));
	TRY(lock(local->folder, LOCK_EX, &all));
	TRY(remove_left(local->folder));
	char *path = arena_printf(a, "%s/" ROOM "XXXXXX", local->folder);
	if (!mkdtemp(path))
		return error_errno(errno, "making a folder in %s", local->folder);
	local->path = path;
	return lock(path, LOCK_EX, &local->fd);
}

void git_local_close(struct git_local *local)
{
	if (local->fd < 0)
		return;
	remove_tree(local->path);
	close(local->fd);
	local->fd = -1;
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
	TRY(lock(local->folder, LOCK_EX, &all));
	TRY(git_known_load(local, ledger, &known));
	if (known.number >= record->number)
		return NULL;
	const char *text =
		arena_printf(&a, "%llu %s\n", (unsigned long long)record->number, record->id);
	return file_write_atomic(git_known_path(local, &a, ledger), text, strlen(text), 0600);
}
