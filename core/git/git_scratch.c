/* SPDX-License-Identifier: Apache-2.0 */
#include "core/git/git_scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/util/cleanup.h"
#include "core/util/file.h"

#define PREFIX "room-"

static int remove_entry(const char *path, const struct stat *st UNUSED, int type UNUSED,
			struct FTW *at UNUSED)
{
	return remove(path) && errno != ENOENT;
}

static void remove_tree(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* Locks the folder that the scratch folders stand in: whoever makes, looks for or removes one holds
 * it for that time. */
static struct error *lock(const char *path, int *out)
{
	CLEANUP(close) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return error_errno(errno, "opening %s", path);
	TRY(file_lock(fd, path));
	*out = keep_fd(&fd);
	return NULL;
}

/* Removes a folder that nobody has locked, for then a process that died left it. */
static void remove_if_left(const char *path)
{
	CLEANUP(close) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0 && !flock(fd, LOCK_EX | LOCK_NB))
		remove_tree(path);
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
		if (!strncmp(e->d_name, PREFIX, strlen(PREFIX)))
			remove_if_left(arena_printf(&a, "%s/%s", folder, e->d_name));
	}
}

struct error *git_scratch_open(struct git_scratch *s, struct arena *a, const char *folder)
{
	CLEANUP(close) int all = -1;
	s->fd = -1;
	TRY(file_make_folders(folder, 0700));
	TRY(git_scratch_lock(folder, &all));
	TRY(remove_left(folder));
	char *path = arena_printf(a, "%s/" PREFIX "XXXXXX", folder);
	if (!mkdtemp(path))
		return error_errno(errno, "making a folder in %s", folder);
	s->path = path;
	return lock(path, &s->fd);
}

struct error *git_scratch_lock(const char *folder, int *out)
{
	return lock(folder, out);
}

void git_scratch_close(struct git_scratch *s)
{
	if (s->fd < 0)
		return;
	remove_tree(s->path);
	close(s->fd);
	s->fd = -1;
}
