/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/trusted_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "core/util/cleanup.h"
#include "core/util/file.h"
#include "core/util/nearest.h"

static const char *distrust(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "is not a regular file";
	if (st->st_uid != geteuid() && st->st_uid != 0)
		return "belongs to another user";
	return st->st_mode & 022 ? "may be written by others; it must have mode 0644 or less"
				 : NULL;
}

struct error *trusted_file_read(const char *path, size_t max, const char **objection, char **text,
				size_t *len)
{
	struct stat st;
	CLEANUP(close) int fd = open(path, FILE_READ_FLAGS);
	if (fd < 0 || fstat(fd, &st))
		return nearest_path(path, file_failed(errno, "opening", path));
	*text = NULL;
	*objection = distrust(&st);
	return *objection ? NULL : file_read_regular(keep_fd(&fd), path, max, text, len);
}

const char *trusted_file_objection_to_secret(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "is not a regular file";
	if (st->st_uid != geteuid())
		return "belongs to another user";
	return st->st_mode & 077 ? "is open to group or others; it must have mode 0600 or 0400"
				 : NULL;
}

const char *trusted_file_objection_to_folder(const struct stat *st)
{
	if (!S_ISDIR(st->st_mode))
		return "is no folder";
	if (st->st_uid != geteuid())
		return "belongs to another user";
	return st->st_mode & 022 ? "may be written by others; it must have mode 0755 or less"
				 : NULL;
}
