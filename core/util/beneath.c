/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/beneath.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "core/util/file.h"
#include "core/util/str.h"
#include "core/util/text_escape.h"

/* The error for what stands in the way of writing, at the first `len` bytes of a path. */
static struct error *in_the_way(const char *path, size_t len, const char *what)
{
	ARENA scratch = {0};
	struct str shown = STR(&scratch);
	text_escape(&shown, path, len, 0);
	return error_new(ERROR_INPUT, "%s %s", str_text(&shown), what);
}

static struct error *is_link(const char *path, size_t len)
{
	return in_the_way(path, len, "is a symbolic link; nothing is written through one");
}

/* ---- where a path begins to be somebody else's ---- */

/* Appends the parts of a path to an absolute one, without ".", ".." and doubled slashes. */
static void add_parts(struct str *out, const char *path)
{
	for (const char *at = path; *at;) {
		size_t len = strcspn(at, "/");
		if (len == 2 && !strncmp(at, "..", 2)) {
			const char *slash = strrchr(str_text(out), '/');
			str_cut(out, slash ? (size_t)(slash - out->at) : 0);
		} else if (len && !(len == 1 && *at == '.')) {
			str_addc(out, '/');
			str_addn(out, at, len);
		}
		at += len + (at[len] == '/');
	}
}

static bool holds_repository(const char *path, size_t len)
{
	ARENA a = {0};
	struct stat st;
	return !lstat(arena_printf(&a, "%.*s/.git", (int)len, path), &st);
}

/* An absolute path, and how much of it is trusted: links in that part are followed. */
struct way {
	const char *path;
	size_t trusted; /* bytes; at most up to the last slash */
};

/* How many bytes of the path the outermost repository's folder takes; SIZE_MAX: there is none. */
static size_t find_repository(const char *path, size_t folder)
{
	for (size_t len = 0; len <= folder; len++) {
		if ((path[len] == '/' || len == folder) && holds_repository(path, len))
			return len;
	}
	return SIZE_MAX;
}

/* How many bytes of a folder's path exist. */
static size_t find_present(const char *path, size_t folder)
{
	ARENA a = {0};
	struct stat st;
	size_t len = folder;
	while (len > 0 && stat(arena_strndup(&a, path, len), &st) && errno == ENOENT) {
		while (path[--len] != '/')
			;
	}
	return len;
}

static struct error *find_way(struct arena *a, const char *path, struct way *out)
{
	CLEANUP(free) char *here = *path == '/' ? NULL : getcwd(NULL, 0);
	struct str whole = STR(a);
	if (*path != '/' && !here)
		return file_failed(errno, "finding the folder of", path);
	add_parts(&whole, here ? here : "");
	size_t current = whole.len;
	add_parts(&whole, path);
	out->path = str_text(&whole);
	const char *slash = strrchr(out->path, '/');
	if (!slash || !slash[1])
		return error_new(ERROR_INPUT, "\"%.200s\" is no name of a file", path);
	size_t folder = (size_t)(slash - out->path);
	out->trusted = find_repository(out->path, folder);
	if (out->trusted == SIZE_MAX)
		out->trusted = here && current <= folder && !strncmp(here, out->path, current)
				       ? current
				       : find_present(out->path, folder);
	return NULL;
}

/* ---- going it ---- */

int beneath_open(int folder, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	return (int)syscall(SYS_openat2, folder, path, &how, sizeof(how));
}

static struct error *open_trusted(const struct way *way, int *out)
{
	ARENA a = {0};
	const char *path = way->trusted ? arena_strndup(&a, way->path, way->trusted) : "/";
	*out = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *out < 0 ? file_failed(errno, "opening folder", path) : NULL;
}

/* Makes a folder unless it is there, and makes its name last. */
static struct error *make_below(int folder, const char *name, const char *path)
{
	if (mkdirat(folder, name, 0755))
		return errno == EEXIST ? NULL : file_failed(errno, "creating folder", path);
	return fsync(folder) ? file_failed(errno, "syncing the folder of", path) : NULL;
}

/* Opens the folder that the last name stands in; *out is -1 when it is not there and is not to be
 * made. */
static struct error *walk(const struct way *way, bool make, int *out)
{
	ARENA a = {0};
	int start = -1;
	assert(way->path);
	TRY(open_trusted(way, &start));
	CLEANUP(close) int folder = start;
	const char *at = way->path + way->trusted + 1;
	for (size_t len; at[len = strcspn(at, "/")]; at += len + 1) {
		const char *name = arena_strndup(&a, at, len);
		size_t so_far = (size_t)(at - way->path) + len;
		const char *path = arena_strndup(&a, way->path, so_far);
		if (make)
			TRY(make_below(folder, name, path));
		int next = beneath_open(folder, name, O_RDONLY | O_DIRECTORY);
		if (next < 0 && errno == ELOOP)
			return is_link(way->path, so_far);
		if (next < 0 && errno == ENOENT && !make) {
			*out = -1;
			return NULL;
		}
		if (next < 0)
			return file_failed(errno, "opening folder", path);
		close(folder);
		folder = next;
	}
	*out = keep_fd(&folder);
	return NULL;
}

static const char *last_name(const struct way *way)
{
	assert(way->path); /* absolute: find_way() made it */
	return strrchr(way->path, '/') + 1;
}

static bool is_device(const char *path)
{
	return !strncmp(path, "/dev/", 5) || !strncmp(path, "/proc/", 6);
}

static struct error *open_place(struct arena *a, const char *path, bool make, struct way *way,
				int *out)
{
	struct stat st;
	*out = -1;
	TRY(find_way(a, path, way));
	TRY(walk(way, make, out));
	if (*out < 0 || fstatat(*out, last_name(way), &st, AT_SYMLINK_NOFOLLOW) ||
	    !S_ISLNK(st.st_mode))
		return NULL;
	close(*out);
	return is_link(way->path, strlen(way->path));
}

struct error *beneath_check(const char *path)
{
	ARENA a = {0};
	struct way way = {0};
	int folder = -1;
	if (is_device(path))
		return NULL;
	TRY(open_place(&a, path, false, &way, &folder));
	if (folder >= 0)
		close(folder);
	return NULL;
}

struct error *beneath_check_file(const char *path)
{
	ARENA a = {0};
	struct way way = {0};
	struct stat st;
	int place = -1;
	if (is_device(path))
		return NULL;
	TRY(open_place(&a, path, false, &way, &place));
	if (place < 0)
		return in_the_way(path, strlen(path),
				  "cannot be written: its folder is not there; make it first");
	CLEANUP(close) int folder = place;
	bool there = !fstatat(folder, last_name(&way), &st, AT_SYMLINK_NOFOLLOW);
	if (there && S_ISDIR(st.st_mode))
		return in_the_way(path, strlen(path), "is a folder; the name of a file is needed");
	const char *written = there && !S_ISREG(st.st_mode) ? last_name(&way) : ".";
	return faccessat(folder, written, W_OK, AT_EACCESS) ? file_failed(errno, "writing", path)
							    : NULL;
}

struct error *beneath_make_folders(const char *path)
{
	ARENA a = {0};
	struct way way = {0};
	int folder;
	TRY(open_place(&a, path, true, &way, &folder));
	close(folder);
	return NULL;
}

/* ---- writing ---- */

static struct error *write_new(int folder, const char *temporary, const char *path,
			       const void *data, size_t len, mode_t mode)
{
	CLEANUP(close)
	int fd = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			mode);
	if (fd < 0)
		return file_failed(errno, "writing", path);
	TRY(file_write_all(fd, path, data, len));
	return fsync(fd) ? file_failed(errno, "syncing", path) : NULL;
}

static struct error *replace(int folder, const struct way *way, const char *path, const void *data,
			     size_t len, mode_t mode)
{
	ARENA a = {0};
	uint64_t random;
	if (getentropy(&random, sizeof(random)))
		return file_failed(errno, "replacing", path);
	const char *temporary = arena_printf(&a, ".%016" PRIx64 ".tmp", random);
	struct error *error = write_new(folder, temporary, path, data, len, mode);
	if (!error && renameat(folder, temporary, folder, last_name(way)))
		error = file_failed(errno, "replacing", path);
	if (error)
		unlinkat(folder, temporary, 0);
	else if (fsync(folder))
		error = file_failed(errno, "syncing the folder of", path);
	return error;
}

/* Writes to a pipe or a device, which cannot be replaced: its reader has it open. */
static struct error *write_special(int folder, const char *name, const char *path, const void *data,
				   size_t len)
{
	CLEANUP(close) int fd = openat(folder, name, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return file_failed(errno, "writing", path);
	return file_write_all(fd, path, data, len);
}

struct error *beneath_write(const char *path, const void *data, size_t len, mode_t mode)
{
	ARENA a = {0};
	struct way way = {0};
	struct stat st;
	int place = -1;
	if (is_device(path))
		return write_special(AT_FDCWD, path, path, data, len);
	TRY(open_place(&a, path, false, &way, &place));
	CLEANUP(close) int folder = place;
	if (folder < 0)
		return file_failed(ENOENT, "writing", path);
	if (!fstatat(folder, last_name(&way), &st, AT_SYMLINK_NOFOLLOW) && !S_ISREG(st.st_mode) &&
	    !S_ISDIR(st.st_mode))
		return write_special(folder, last_name(&way), path, data, len);
	return replace(folder, &way, path, data, len, mode);
}

static struct error *make_file(const struct new_file *file)
{
	TRY(beneath_make_folders(file->path));
	return beneath_write(file->path, file->bytes, file->len, 0644);
}

struct error *beneath_make_files(const struct new_file_vec *files)
{
	for (size_t i = 0; i < files->len; i++) {
		struct error *error = make_file(&files->at[i]);
		for (size_t made = 0; error && made <= i; made++)
			unlink(files->at[made].path);
		if (error)
			return error;
	}
	return NULL;
}
