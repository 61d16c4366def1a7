/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "core/util/beneath.h"
#include "core/util/str.h"
#include "core/util/unicode.h"

#define FILES_MAX 1000000 /* no repository of manifests comes near; a loop of mounts does */
#define DEPTH_MAX 256	  /* the same, and far more than people nest */
#define READ_MIN 65536	  /* the first read of what has no size, such as a pipe */

static struct error *failed(int number, const char *doing, const char *path)
{
	ARENA scratch = {0};
	struct str shown = STR(&scratch);
	text_escape(&shown, path, strlen(path), 0);
	return error_errno(number, "%s %s", doing, str_text(&shown));
}

/* Relative to `folder` without leaving it or following anything; -1 and errno when that
 * cannot be. */
static int open_below(int folder, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	return (int)syscall(SYS_openat2, folder, path, &how, sizeof(how));
}

static const char *type_name(mode_t mode)
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

bool file_is_manifest(const char *name)
{
	const char *dot = strrchr(name, '.');
	return dot && (!strcmp(dot, ".yaml") || !strcmp(dot, ".yml") || !strcmp(dot, ".json"));
}

/* In any letter case. */
static bool ends_like_manifest(const char *name)
{
	const char *dot = strrchr(name, '.');
	return dot &&
	       (!strcasecmp(dot, ".yaml") || !strcasecmp(dot, ".yml") || !strcasecmp(dot, ".json"));
}

struct folder {
	const char *path;  /* with a slash behind */
	const char *below; /* the part of `path` below the root; "" for the root */
	int depth;
};

/* The folders found so far wait in a queue, so that only one is open however deep the tree is. */
struct folder_walk {
	const struct file_roots *roots;
	struct arena *arena;
	int root;
	VEC(, struct folder) folders;
	struct found_file_vec *out;
};

static struct error *add_file(struct folder_walk *w, const char *path, const char *below,
			      const struct stat *st)
{
	if (w->out->len >= FILES_MAX)
		return error_new(ERROR_INPUT, "more than %d files", FILES_MAX);
	bool regular = S_ISREG(st->st_mode), manifest = !below || file_is_manifest(below);
	vec_push(w->arena, w->out,
		 (struct found_file){
			 .path = path,
			 .below = below,
			 .kind = !regular   ? FOUND_REFUSED
				 : manifest ? FOUND_REGULAR
					    : FOUND_OTHER_CASE,
			 .what = regular ? NULL : type_name(st->st_mode),
			 .root = w->root,
			 .device = st->st_dev,
			 .inode = st->st_ino,
			 .size = (size_t)st->st_size,
		 });
	return NULL;
}

static struct error *add_folder(struct folder_walk *w, const char *path, const char *below,
				int depth)
{
	struct location where = {.file = path};
	if (depth > DEPTH_MAX)
		return error_at(ERROR_INPUT, where, "folders are nested deeper than %d", DEPTH_MAX);
	if (w->folders.len >= FILES_MAX)
		return error_at(ERROR_INPUT, where, "more than %d folders", FILES_MAX);
	vec_push(w->arena, &w->folders, (struct folder){path, below, depth});
	return NULL;
}

static bool is_link_to_folder(int folder, const char *name, const struct stat *st)
{
	struct stat target;
	return S_ISLNK(st->st_mode) && !fstatat(folder, name, &target, 0) &&
	       S_ISDIR(target.st_mode);
}

static struct error *walk_entry(struct folder_walk *w, const struct folder *in, int fd,
				const char *name)
{
	struct stat st;
	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? NULL : failed(errno, "reading", in->path);
	bool is_folder = S_ISDIR(st.st_mode);
	if (!is_folder && !is_link_to_folder(fd, name, &st) &&
	    (S_ISREG(st.st_mode) ? !ends_like_manifest(name) : !file_is_manifest(name)))
		return NULL;
	const char *path = arena_printf(w->arena, "%s%s%s", in->path, name, is_folder ? "/" : "");
	const char *below = path + (in->below - in->path);
	if (w->roots->skips && w->roots->skips(w->roots->context, below))
		return NULL;
	return is_folder ? add_folder(w, path, below, in->depth + 1)
			 : add_file(w, path, below, &st);
}

struct error *file_next(DIR *dir, const char *path, const struct dirent **out)
{
	const struct dirent *entry;
	do {
		errno = 0;
		entry = readdir(dir);
		if (!entry && errno)
			return failed(errno, "reading folder", path);
	} while (entry && (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")));
	*out = entry;
	return NULL;
}

static struct error *walk_folder(struct folder_walk *w, const struct folder *in)
{
	CLEANUP(close)
	int fd = open_below(w->root, *in->below ? in->below : ".", O_RDONLY | O_DIRECTORY);
	CLEANUP(closedir) DIR *entries = fd < 0 ? NULL : fdopendir(fd);
	if (!entries)
		return failed(errno, "reading folder", in->path);
	int folder = keep_fd(&fd); /* the stream's */
	for (const struct dirent *entry = NULL;;) {
		TRY(file_next(entries, in->path, &entry));
		if (!entry)
			return NULL;
		if (*entry->d_name != '.')
			TRY(walk_entry(w, in, folder, entry->d_name));
	}
}

static int by_path_below(const void *a, const void *b)
{
	const struct found_file *x = a, *y = b;
	return strcmp(x->below, y->below);
}

static struct error *walk_root(struct folder_walk *w, const char *path)
{
	size_t first = w->out->len, len = strlen(path);
	path = arena_printf(w->arena, "%s%s", path, path[len - 1] == '/' ? "" : "/");
	TRY(add_folder(w, path, path + strlen(path), 0));
	for (size_t i = 0; i < w->folders.len; i++) {
		const struct folder folder = w->folders.at[i]; /* the vector moves as it grows */
		TRY(walk_folder(w, &folder));
	}
	if (w->out->len > first)
		qsort(w->out->at + first, w->out->len - first, sizeof(*w->out->at), by_path_below);
	return NULL;
}

struct error *file_walk(struct file_roots *roots, struct arena *a, const char *path,
			struct found_file_vec *out)
{
	struct stat st;
	if (stat(path, &st))
		return failed(errno, "reading", path);
	struct folder_walk w = {.roots = roots, .arena = a, .root = -1, .out = out};
	if (!S_ISDIR(st.st_mode))
		return add_file(&w, arena_strdup(a, path), NULL, &st);
	w.root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (w.root < 0)
		return failed(errno, "reading folder", path);
	vec_push(a, &roots->fds, w.root);
	return walk_root(&w, path);
}

/* realpath() of what may not be there yet; NULL when its folder is not there either. */
static const char *real_path(struct arena *a, const char *path)
{
	CLEANUP(free) char *real = realpath(path, NULL);
	if (real)
		return arena_strdup(a, real);
	const char *slash = strrchr(path, '/');
	CLEANUP(free) char *folder = realpath(file_folder(a, path), NULL);
	return folder ? arena_printf(a, "%s/%s", folder, slash ? slash + 1 : path) : NULL;
}

bool file_walk_finds(struct arena *a, const char *root, const char *path)
{
	struct stat st;
	const char *top = real_path(a, root), *file = real_path(a, path);
	if (!top || !file || (!stat(file, &st) && !S_ISREG(st.st_mode)))
		return false;
	size_t len = strcmp(top, "/") != 0 ? strlen(top) : 0;
	if (!strcmp(top, file))
		return true;
	return !strncmp(top, file, len) && file[len] == '/' && !strstr(file + len, "/.") &&
	       file_is_manifest(file);
}

void file_roots_done(struct file_roots *roots)
{
	for (size_t i = 0; i < roots->fds.len; i++)
		close(roots->fds.at[i]);
	*roots = (struct file_roots){0};
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
			return failed(errno, "reading", name);
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

/* The size of a regular file of at most `max` bytes. */
static struct error *check_regular(int fd, const char *path, size_t max, size_t *size)
{
	struct stat st;
	if (fstat(fd, &st))
		return failed(errno, "reading", path);
	if (!S_ISREG(st.st_mode))
		return error_at(ERROR_INPUT, (struct location){path, 1, 1},
				"not a regular file but %s", type_name(st.st_mode));
	if ((uintmax_t)st.st_size > max)
		return too_large(path, max);
	*size = (size_t)st.st_size;
	return NULL;
}

/* Takes over `fd`. */
static struct error *read_regular(int fd, const char *path, size_t max, char **text, size_t *len)
{
	size_t size = 0;
	CLEANUP(fclose) FILE *in = fdopen(fd, "r");
	if (!in) {
		struct error *error = failed(errno, "reading", path);
		close(fd);
		return error;
	}
	TRY(check_regular(fd, path, max, &size));
	setvbuf(in, NULL, _IONBF, 0); /* straight into our buffer */
	return read_to_end(in, path, size, max, text, len);
}

/* O_NONBLOCK, because a FIFO may have taken the file's place: opening one waits for a writer. */
#define READ_FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

struct error *file_open_found(const struct found_file *file, size_t max, int *out, size_t *size)
{
	CLEANUP(close)
	int fd = file->root < 0 ? open(file->path, READ_FLAGS)
				: open_below(file->root, file->below, READ_FLAGS);
	if (fd < 0)
		return error_at(ERROR_INPUT, (struct location){file->path, 1, 1},
				"cannot be read: %s", strerrordesc_np(errno));
	TRY(check_regular(fd, file->path, max, size));
	*out = keep_fd(&fd);
	return NULL;
}

struct error *file_read_some(int fd, const char *path, char *out, size_t most, size_t *len)
{
	ssize_t count;
	do {
		count = read(fd, out, most);
	} while (count < 0 && errno == EINTR);
	if (count < 0)
		return failed(errno, "reading", path);
	*len = (size_t)count;
	return NULL;
}

struct error *file_read_found(const struct found_file *file, size_t max, char **text, size_t *len)
{
	int fd = -1;
	size_t size;
	TRY(file_open_found(file, max, &fd, &size));
	return read_regular(fd, file->path, max, text, len);
}

struct error *file_read(const char *path, size_t max, char **text, size_t *len)
{
	int fd = open(path, READ_FLAGS);
	if (fd < 0)
		return failed(errno, "reading", path);
	return read_regular(fd, path, max, text, len);
}

static const char *distrust(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "is not a regular file";
	if (st->st_uid != geteuid() && st->st_uid != 0)
		return "belongs to another user";
	return st->st_mode & 022 ? "may be written by others; it must have mode 0644 or less"
				 : NULL;
}

struct error *file_read_trusted(const char *path, size_t max, const char **objection, char **text,
				size_t *len)
{
	struct stat st;
	CLEANUP(close) int fd = open(path, READ_FLAGS);
	if (fd < 0 || fstat(fd, &st))
		return failed(errno, "opening", path);
	*text = NULL;
	*objection = distrust(&st);
	return *objection ? NULL : read_regular(keep_fd(&fd), path, max, text, len);
}

struct error *file_read_stream(FILE *in, const char *name, size_t max, char **text, size_t *len)
{
	return read_to_end(in, name, READ_MIN, max, text, len);
}

struct error *file_write_all(int fd, const char *name, const void *data, size_t len)
{
	for (const char *at = data; len > 0;) {
		ssize_t written = write(fd, at, len);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return failed(errno, "writing", name);
		at += written;
		len -= (size_t)written;
	}
	return NULL;
}

struct error *file_sync_folder(const char *path)
{
	CLEANUP(close) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd))
		return failed(errno, "syncing folder", path);
	return NULL;
}

/* The file that PATH stands for, a link or not. It need not exist, but a link's target must (else
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

const char *file_folder(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? arena_strndup(a, path, (size_t)(slash - path) + 1) : "./";
}

/* Errors name the target: nobody has asked for the temporary. */
static struct error *write_new(const char *temporary, const char *target, const void *data,
			       size_t len, mode_t mode)
{
	struct stat old;
	CLEANUP(close) int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return failed(errno, "writing", target);
	if (stat(target, &old) ? errno != ENOENT : fchmod(fd, old.st_mode & 07777))
		return failed(errno, "writing", target);
	TRY(file_write_all(fd, target, data, len));
	return fsync(fd) ? failed(errno, "syncing", target) : NULL;
}

/* A device, a pipe, a shell's >(...): its reader has it open, so it cannot be replaced. */
static struct error *write_special(const char *path, const void *data, size_t len)
{
	CLEANUP(close) int fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return failed(errno, "writing", path);
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
		return failed(errno, "replacing", path);
	const char *folder = file_folder(&a, target);
	const char *temporary = arena_printf(&a, "%s.%016" PRIx64 ".tmp", folder, random);
	struct error *error = write_new(temporary, target, data, len, mode);
	if (!error && rename(temporary, target))
		error = failed(errno, "replacing", path);
	if (error) {
		unlink(temporary);
		return error;
	}
	return file_sync_folder(folder);
}

struct error *file_write_beside(const char *name, const char *path, const void *data, size_t len)
{
	if (unlink(name) && errno != ENOENT)
		return failed(errno, "replacing", name);
	struct error *error = write_new(name, path, data, len, 0600);
	if (error)
		unlink(name);
	return error;
}

/* A folder that is there, or a link to one, will do. */
static struct error *make_folder(const char *path, mode_t mode)
{
	struct stat st;
	if (!mkdir(path, mode))
		return NULL;
	int number = errno;
	if (number == EEXIST && !stat(path, &st))
		number = S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
	return number ? failed(number, "creating folder", path) : NULL;
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

static struct error *make_file(const struct new_file *file)
{
	TRY(beneath_make_folders(file->path));
	return beneath_write(file->path, file->bytes, file->len, 0644);
}

struct error *file_make_all(const struct new_file_vec *files)
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
