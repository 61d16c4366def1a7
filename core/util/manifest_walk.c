/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/manifest_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "core/util/beneath.h"
#include "core/util/file.h"
#include "core/util/nearest.h"

/* Far more than any repository of manifests has; a loop of mounts reaches it. */
#define FILES_MAX 1000000
#define DEPTH_MAX 256 /* far deeper than people nest folders; a loop of mounts reaches it */

bool file_is_manifest(const char *name)
{
	const char *dot = strrchr(name, '.');
	return dot && (!strcmp(dot, ".yaml") || !strcmp(dot, ".yml") || !strcmp(dot, ".json"));
}

/* Whether a name ends like a manifest's in any letter case. */
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

/* A walk through folders. Those that were found wait in a queue, so that only one is open however
 * deep the tree is. */
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
			 .what = regular ? NULL : file_type_name(st->st_mode),
			 .root = w->root,
			 .device = st->st_dev,
			 .inode = st->st_ino,
			 .size = (size_t)st->st_size,
			 .changed = st->st_ctim,
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
		return errno == ENOENT ? NULL : file_failed(errno, "reading", in->path);
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

static struct error *walk_folder(struct folder_walk *w, const struct folder *in)
{
	CLEANUP(close)
	int fd = beneath_open(w->root, *in->below ? in->below : ".", O_RDONLY | O_DIRECTORY);
	CLEANUP(closedir) DIR *entries = fd < 0 ? NULL : fdopendir(fd);
	if (!entries)
		return file_failed(errno, "reading folder", in->path);
	int folder = keep_fd(&fd); /* fdopendir() takes it over */
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

struct error *manifest_walk(struct file_roots *roots, struct arena *a, const char *path,
			    struct found_file_vec *out)
{
	struct stat st;
	if (stat(path, &st))
		return nearest_path(path, file_failed(errno, "reading", path));
	struct folder_walk w = {.roots = roots, .arena = a, .root = -1, .out = out};
	if (!S_ISDIR(st.st_mode))
		return add_file(&w, arena_strdup(a, path), NULL, &st);
	w.root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (w.root < 0)
		return file_failed(errno, "reading folder", path);
	vec_push(a, &roots->fds, w.root);
	return walk_root(&w, path);
}

/* The real path of what may not be there yet; NULL when its folder is not there either. */
static const char *real_path(struct arena *a, const char *path)
{
	CLEANUP(free) char *real = realpath(path, NULL);
	if (real)
		return arena_strdup(a, real);
	const char *slash = strrchr(path, '/');
	CLEANUP(free) char *folder = realpath(file_folder(a, path), NULL);
	return folder ? arena_printf(a, "%s/%s", folder, slash ? slash + 1 : path) : NULL;
}

bool manifest_walk_finds(struct arena *a, const char *root, const char *path)
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

struct error *manifest_walk_open(const struct found_file *file, size_t max, int *out, size_t *size)
{
	CLEANUP(close)
	int fd = file->root < 0 ? open(file->path, FILE_READ_FLAGS)
				: beneath_open(file->root, file->below, FILE_READ_FLAGS);
	if (fd < 0)
		return error_at(ERROR_INPUT, (struct location){file->path, 1, 1},
				"cannot be read: %s", strerrordesc_np(errno));
	TRY(file_check_regular(fd, file->path, max, size));
	*out = keep_fd(&fd);
	return NULL;
}

struct error *manifest_walk_read(const struct found_file *file, size_t max, char **text,
				 size_t *len)
{
	int fd = -1;
	size_t size;
	TRY(manifest_walk_open(file, max, &fd, &size));
	return file_read_regular(fd, file->path, max, text, len);
}
