/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "core/util/clock.h"
#include "core/util/str.h"
#include "core/util/text_escape.h"

#define READ_MIN 65536 /* bytes of the first read where the size is not known, as of a pipe */

struct error *file_failed(int number, const char *doing, const char *path)
{
	ARENA scratch = {0};
	struct str shown = STR(&scratch);
	text_escape(&shown, path, strlen(path), 0);
	return error_errno(number, "%s %s", doing, str_text(&shown));
}

const char *file_type_name(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "a folder";
	case S_IFLNK:
		return "a symbolic link";
	case S_IFIFO:
		return "a FIFO";
	case S_IFSOCK:
		return "a socket";
	default:
		return "a device";
	}
}

static struct error *too_large(const char *name, size_t max)
{
	return error_at(ERROR_INPUT, (struct location){name, 1, 1}, "larger than %zu bytes", max);
}

/* Reads to the end; `expect` bytes are likely. */
static struct error *read_to_end(FILE *in, const char *name, size_t expect, size_t max, char **text,
				 size_t *len)
{
	size_t used = 0, cap = expect + 2; /* one for the NUL, one to see that more comes */
	CLEANUP(free) char *buffer = xmalloc_large(cap);
	for (;;) {
		used += fread(buffer + used, 1, cap - 1 - used, in);
		if (ferror(in))
			return file_failed(errno, "reading", name);
		if (used > max)
			return too_large(name, max);
		if (used < cap - 1)
			break;
		cap *= 2;
		buffer = xrealloc(buffer, cap);
	}
	buffer[used] = '\0';
	*text = buffer;
	*len = used;
	buffer = NULL;
	return NULL;
}

struct error *file_check_regular(int fd, const char *path, size_t max, size_t *size)
{
	struct stat st;
	if (fstat(fd, &st))
		return file_failed(errno, "reading", path);
	if (!S_ISREG(st.st_mode))
		return error_at(ERROR_INPUT, (struct location){path, 1, 1},
				"not a regular file but %s", file_type_name(st.st_mode));
	if ((uintmax_t)st.st_size > max)
		return too_large(path, max);
	*size = (size_t)st.st_size;
	return NULL;
}

struct error *file_read_regular(int fd, const char *path, size_t max, char **text, size_t *len)
{
	size_t size = 0;
	CLEANUP(fclose) FILE *in = fdopen(fd, "r");
	if (!in) {
		struct error *error = file_failed(errno, "reading", path);
		close(fd);
		return error;
	}
	TRY(file_check_regular(fd, path, max, &size));
	setvbuf(in, NULL, _IONBF, 0); /* read straight into the caller's buffer */
	return read_to_end(in, path, size, max, text, len);
}

struct error *file_read_some(int fd, const char *path, char *out, size_t most, size_t *len)
{
	ssize_t count;
	do {
		count = read(fd, out, most);
	} while (count < 0 && errno == EINTR);
	if (count < 0)
		return file_failed(errno, "reading", path);
	*len = (size_t)count;
	return NULL;
}

struct error *file_read(const char *path, size_t max, char **text, size_t *len)
{
	int fd = open(path, FILE_READ_FLAGS);
	if (fd < 0)
		return file_failed(errno, "reading", path);
	return file_read_regular(fd, path, max, text, len);
}

struct error *file_read_stream(FILE *in, const char *name, size_t max, char **text, size_t *len)
{
	return read_to_end(in, name, READ_MIN, max, text, len);
}

struct error *file_next(DIR *dir, const char *path, const struct dirent **out)
{
	const struct dirent *entry;
	do {
		errno = 0;
		entry = readdir(dir);
		if (!entry && errno)
			return file_failed(errno, "reading folder", path);
	} while (entry && (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")));
	*out = entry;
	return NULL;
}

struct error *file_write_all(int fd, const char *name, const void *data, size_t len)
{
	for (const char *at = data; len > 0;) {
		ssize_t written = write(fd, at, len);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return file_failed(errno, "writing", name);
		at += written;
		len -= (size_t)written;
	}
	return NULL;
}

struct error *file_sync_folder(const char *path)
{
	CLEANUP(close) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd))
		return file_failed(errno, "syncing folder", path);
	return NULL;
}

/* The file that PATH leads to through links. It need not exist, but the target of a link must (else
 * NULL and errno). */
static char *resolve(const char *path)
{
	struct stat st;
	char *real = realpath(path, NULL);
	if (real || errno != ENOENT)
		return real;
	if (!lstat(path, &st)) {
		errno = ENOENT;
		return NULL;
	}
	return errno == ENOENT ? xstrdup(path) : NULL;
}

bool file_is_folder(const char *path)
{
	struct stat st;
	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

const char *file_folder(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? arena_strndup(a, path, (size_t)(slash - path) + 1) : "./";
}

/* Writes the temporary file. Errors name the target, since the user knows nothing of the temporary
 * one. */
static struct error *write_new(const char *temporary, const char *target, const void *data,
			       size_t len, mode_t mode)
{
	struct stat old;
	CLEANUP(close) int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return file_failed(errno, "writing", target);
	if (stat(target, &old) ? errno != ENOENT : fchmod(fd, old.st_mode & 07777))
		return file_failed(errno, "writing", target);
	TRY(file_write_all(fd, target, data, len));
	return fsync(fd) ? file_failed(errno, "syncing", target) : NULL;
}

/* Writes to a device, a pipe or a shell's >(...), which cannot be replaced: its reader has it open.
 */
static struct error *write_special(const char *path, const void *data, size_t len)
{
	CLEANUP(close) int fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return file_failed(errno, "writing", path);
	return file_write_all(fd, path, data, len);
}

struct error *file_write_atomic(const char *path, const void *data, size_t len, mode_t mode)
{
	ARENA a = {0};
	uint64_t random;
	struct stat st;
	if (!stat(path, &st) && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return write_special(path, data, len);
	CLEANUP(free) char *target = resolve(path);
	if (!target || getentropy(&random, sizeof(random)))
		return file_failed(errno, "replacing", path);
	const char *folder = file_folder(&a, target);
	const char *temporary = arena_printf(&a, "%s.%016" PRIx64 ".tmp", folder, random);
	struct error *error = write_new(temporary, target, data, len, mode);
	if (!error && rename(temporary, target))
		error = file_failed(errno, "replacing", path);
	if (error) {
		unlink(temporary);
		return error;
	}
	return file_sync_folder(folder);
}

struct error *file_write_beside(const char *name, const char *path, const void *data, size_t len)
{
	if (unlink(name) && errno != ENOENT)
		return file_failed(errno, "replacing", name);
	struct error *error = write_new(name, path, data, len, 0600);
	if (error)
		unlink(name);
	return error;
}

/* Syncs the folder of a file, so that the file's name lasts. A folder that can be written and not
 * read cannot be opened, and is left. */
static struct error *sync_parent(const char *path)
{
	ARENA a = {0};
	const char *folder = file_folder(&a, path);
	CLEANUP(close) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == EACCES)
		return NULL;
	return fd < 0 || fsync(fd) ? file_failed(errno, "syncing folder", folder) : NULL;
}

static struct error *is_locked(const char *path)
{
	ARENA scratch = {0};
	struct str shown = STR(&scratch);
	text_escape(&shown, path, strlen(path), 0);
	return error_new(ERROR_LOCKED, "another process has the lock of %s", str_text(&shown));
}

struct error *file_lock(int fd, const char *path)
{
	int64_t until = clock_steady_ms() + FILE_LOCK_WAIT_MS;
	while (flock(fd, LOCK_EX | LOCK_NB)) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return file_failed(errno, "locking", path);
		if (clock_steady_ms() >= until)
			return is_locked(path);
		clock_sleep_ms(20);
	}
	return NULL;
}

struct error *file_check_place(const char *path)
{
	ARENA a = {0};
	char *at = arena_strdup(&a, path);
	for (char *slash; (slash = strrchr(at, '/'));) {
		*slash = '\0';
		const char *folder = *at ? at : "/";
		if (!access(folder, W_OK))
			return NULL;
		if (errno != ENOENT)
			return file_failed(errno, "writing in", folder);
	}
	return access(".", W_OK) ? file_failed(errno, "writing in", ".") : NULL;
}

/* Makes a folder; one that is there will do, and so will a link to one. */
static struct error *make_folder(const char *path, mode_t mode)
{
	struct stat st;
	if (!mkdir(path, mode))
		return sync_parent(path);
	int number = errno;
	if (number == EEXIST && !stat(path, &st))
		number = S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
	return number ? file_failed(number, "creating folder", path) : NULL;
}

struct error *file_make_folders(const char *path, mode_t mode)
{
	ARENA a = {0};
	char *parent = arena_strdup(&a, path);
	for (char *slash = parent; *slash && (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		TRY(make_folder(parent, mode));
		*slash = '/';
	}
	return make_folder(path, mode);
}
