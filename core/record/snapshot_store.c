/* SPDX-License-Identifier: Apache-2.0 */
#include "core/record/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "core/language/manifest.h"
#include "core/util/beneath.h"
#include "core/util/failpoint.h"
#include "core/util/file.h"
#include "core/util/manifest_walk.h"

/* Up to here each is synced by itself; beyond, one sync of the file system is quicker. */
#define FEW_FILES 16
#define DEPTH_MAX 8 /* levels of folders that are removed; a snapshot has two */

/* ---- reading ---- */

/* A checkout with core.autocrlf has CR LF where LF was written; no snapshot has a CR of its own.
 * Git turns them back when it compares, and so do we. */
static size_t drop_returns(char *text, size_t len)
{
	size_t kept = 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\r' || i + 1 == len || text[i + 1] != '\n')
			text[kept++] = text[i];
	}
	return kept;
}

static bool is_before(struct timespec a, struct timespec b)
{
	return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
}

/* The file as an earlier reading has it; NULL: it has no such file, or the file is another one
 * by now. A file that was changed in the very tick in which that reading began may have been
 * changed once more within the tick, so it counts as another one. *at moves along both lists,
 * which are sorted. */
static const struct stored_file *as_read(const struct snapshot *earlier, const struct found_file *f,
					 size_t *at)
{
	while (earlier && *at < earlier->found.len &&
	       strcmp(earlier->found.at[*at].below, f->below) < 0)
		++*at;
	if (!earlier || *at == earlier->found.len)
		return NULL;
	const struct found_file *e = &earlier->found.at[*at];
	bool same = !strcmp(e->below, f->below) && e->device == f->device && e->inode == f->inode &&
		    e->size == f->size && e->changed.tv_sec == f->changed.tv_sec &&
		    e->changed.tv_nsec == f->changed.tv_nsec;
	return same && is_before(e->changed, earlier->began) ? &earlier->files.at[*at] : NULL;
}

static struct error *load_file(struct arena *a, const struct found_file *f, struct snapshot *out)
{
	CLEANUP(free) char *text = NULL;
	size_t len;
	TRY(manifest_walk_read(f, MANIFEST_FILE_MAX, &text, &len));
	len = drop_returns(text, len);
	vec_push(a, &out->files,
		 (struct stored_file){f->below, NULL, arena_strndup(a, text, len), len});
	return NULL;
}

static struct error *load_files(struct arena *a, const struct found_file_vec *found,
				const struct snapshot *earlier, struct snapshot *out)
{
	size_t at = 0;
	for (size_t i = 0; i < found->len; i++) {
		const struct found_file *f = &found->at[i];
		if (f->kind == FOUND_REFUSED)
			return error_at(ERROR_INPUT, (struct location){f->path, 1, 1},
					"%s in a snapshot", f->what);
		if (f->kind == FOUND_OTHER_CASE)
			continue;
		const struct stored_file *read = as_read(earlier, f, &at);
		if (read)
			vec_push(a, &out->files, *read);
		else
			TRY(load_file(a, f, out));
		vec_push(a, &out->found, *f);
	}
	return NULL;
}

struct error *snapshot_read_folder(const char *folder, const struct snapshot *earlier,
				   struct arena *a, struct snapshot *out)
{
	struct found_file_vec found = {0};
	struct file_roots roots = {0};
	*out = (struct snapshot){.place = folder};
	clock_gettime(CLOCK_REALTIME_COARSE, &out->began); /* the clock of the files */
	if (earlier && strcmp(earlier->place, folder) != 0)
		earlier = NULL;
	struct error *error = manifest_walk(&roots, a, folder, &found);
	if (!error)
		error = load_files(a, &found, earlier, out);
	file_roots_done(&roots);
	return error;
}

struct error *snapshot_load(const char *folder, const struct snapshot *earlier, struct arena *a,
			    struct snapshot *out, bool *out_found)
{
	struct stat st;
	*out = (struct snapshot){.place = folder};
	*out_found = false;
	if (stat(folder, &st))
		return errno == ENOENT ? NULL : error_errno(errno, "reading snapshot %s", folder);
	if (!S_ISDIR(st.st_mode))
		return error_new(ERROR_INPUT, "%s is no folder; a snapshot is one", folder);
	TRY(snapshot_read_folder(folder, earlier, a, out));
	if (out->files.len == 0)
		return NULL;
	*out_found = true;
	return snapshot_parse(folder, a, out);
}

/* ---- writing ---- */

/* The place beside the folder in which the new one is made: PARENT/.NAME.writ. */
struct staging {
	const char *folder, *parent, *next, *last;
	int fd; /* of the staging folder; locked */
};

/* Removes a folder of ours with all that is in it; absent is fine. */
static struct error *remove_tree(int at, const char *name, int depth)
{
	CLEANUP(close) int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? NULL : error_errno(errno, "removing %s", name);
	if (depth > DEPTH_MAX)
		return error_new(ERROR_SYSTEM, "removing %s: folders nested too deeply", name);
	CLEANUP(closedir) DIR *dir = fdopendir(fd);
	if (!dir)
		return error_errno(errno, "removing %s", name);
	int folder = keep_fd(&fd); /* closed with the stream */
	for (const struct dirent *e;;) {
		TRY(file_next(dir, name, &e));
		if (!e)
			break;
		if (!unlinkat(folder, e->d_name, 0))
			continue;
		if (errno != EISDIR && errno != EPERM)
			return error_errno(errno, "removing %s", e->d_name);
		TRY(remove_tree(folder, e->d_name, depth + 1));
	}
	return unlinkat(at, name, AT_REMOVEDIR) ? error_errno(errno, "removing %s", name) : NULL;
}

static struct error *open_staging(const char *folder, struct arena *a, struct staging *s)
{
	char *clean = arena_strdup(a, folder);
	for (size_t len = strlen(clean); len > 1 && clean[len - 1] == '/'; len--)
		clean[len - 1] = '\0';
	const char *slash = strrchr(clean, '/'), *name = slash ? slash + 1 : clean;
	if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
		return error_new(ERROR_INPUT,
				 "\"%s\" cannot be a snapshot's folder: it is exchanged as a "
				 "whole; name one below",
				 folder);
	s->folder = clean;
	s->parent = slash ? arena_strndup(a, clean, (size_t)(slash - clean) + 1) : "./";
	const char *place = arena_printf(a, "%s.%s.writ", s->parent, name);
	const char *ignore = arena_printf(a, "%s/.gitignore", place);
	s->next = arena_printf(a, "%s/next", place);
	s->last = arena_printf(a, "%s/last", place);
	TRY(beneath_check(clean));
	TRY(beneath_make_folders(ignore));
	s->fd = open(place, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (s->fd < 0)
		return error_errno(errno, "opening %s", place);
	TRY(file_lock(s->fd, place));
	TRY(remove_tree(s->fd, "next", 0));
	TRY(remove_tree(s->fd, "last", 0));
	return faccessat(s->fd, ".gitignore", F_OK, 0) ? beneath_write(ignore, "*\n", 2, 0644)
						       : NULL;
}

static struct error *write_file(int at, const char *name, const struct stored_file *f, bool sync)
{
	CLEANUP(close)
	int fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return error_errno(errno, "creating %s", f->path);
	TRY(file_write_all(fd, f->path, f->bytes, f->len));
	return sync && fsync(fd) ? error_errno(errno, "syncing %s", f->path) : NULL;
}

/* The file of the old set with the same bytes gets a second name; *at moves along both lists, which
 * are sorted. */
static bool link_same(int next, int folder, const struct stored_file *f, const struct snapshot *old,
		      size_t *at)
{
	while (old && *at < old->files.len && strcmp(old->files.at[*at].path, f->path) < 0)
		++*at;
	if (!old || *at == old->files.len)
		return false;
	const struct stored_file *o = &old->files.at[*at];
	return !strcmp(o->path, f->path) && o->len == f->len &&
	       !memcmp(o->bytes, f->bytes, f->len) && !linkat(folder, f->path, next, f->path, 0);
}

static struct error *write_files(int at, int folder, const struct snapshot *s,
				 const struct snapshot *old)
{
	bool few = s->files.len <= FEW_FILES;
	size_t same = 0;
	ARENA a = {0};
	for (size_t i = 0; i < s->files.len; i++) {
		const struct stored_file *f = &s->files.at[i];
		const char *slash = strchr(f->path, '/');
		if (slash) {
			const char *below = arena_strndup(&a, f->path, (size_t)(slash - f->path));
			if (mkdirat(at, below, 0755) && errno != EEXIST)
				return error_errno(errno, "creating %s", below);
		}
		if (!link_same(at, folder, f, old, &same))
			TRY(write_file(at, f->path, f, few));
		arena_reset(&a);
	}
	if (!few && syncfs(at))
		return error_errno(errno, "syncing the snapshot");
	return NULL;
}

/* What others keep in the folder comes along: a README, .gitattributes. */
static struct error *keep_others(int next, const char *folder)
{
	CLEANUP(closedir) DIR *dir = opendir(folder);
	struct stat st;
	if (!dir)
		return errno == ENOENT ? NULL : error_errno(errno, "opening %s", folder);
	for (const struct dirent *e;;) {
		TRY(file_next(dir, folder, &e));
		if (!e)
			return NULL;
		const char *name = e->d_name;
		if (snapshot_owns(name) || !strcmp(name, "technical-accounts"))
			continue;
		if (fstatat(dirfd(dir), name, &st, AT_SYMLINK_NOFOLLOW))
			return error_errno(errno, "reading %s/%s", folder, name);
		if ((file_is_manifest(name) && name[0] != '.') || !S_ISREG(st.st_mode))
			return error_new(ERROR_INPUT,
					 "%s/%s is not the snapshot's; move it, or choose another "
					 "folder",
					 folder, name);
		if (linkat(dirfd(dir), name, next, name, 0))
			return error_errno(errno, "keeping %s/%s", folder, name);
	}
}

static struct error *exchange(const struct staging *s)
{
	FAILPOINT("snapshot-before-exchange");
	if (!renameat2(AT_FDCWD, s->next, AT_FDCWD, s->folder, RENAME_EXCHANGE)) {
		FAILPOINT("snapshot-after-exchange");
		if (rename(s->next, s->last))
			return error_errno(errno, "putting the old snapshot aside");
	} else if (errno == EINVAL || errno == ENOSYS) {
		return error_new(ERROR_SYSTEM,
				 "the file system of %s cannot exchange two folders, so a snapshot "
				 "there would not be whole at every moment; choose another place",
				 s->folder);
	} else if (errno != ENOENT || rename(s->next, s->folder)) {
		return error_errno(errno, "replacing snapshot %s", s->folder);
	}
	return file_sync_folder(s->parent);
}

static struct error *stage(const struct staging *s, const struct snapshot *snapshot,
			   const struct snapshot *old)
{
	struct stat st;
	bool replaces = !stat(s->folder, &st);
	if (mkdirat(s->fd, "next", replaces ? 0700 : 0755))
		return error_errno(errno, "creating %s", s->next);
	CLEANUP(close) int next = openat(s->fd, "next", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (next < 0)
		return error_errno(errno, "opening %s", s->next);
	TRY(keep_others(next, s->folder));
	CLEANUP(close) int folder = open(s->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	TRY(write_files(next, folder, snapshot, old));
	if (replaces && fchmod(next, st.st_mode & 07777))
		return error_errno(errno, "creating %s", s->next);
	return fsync(next) ? error_errno(errno, "syncing %s", s->next) : exchange(s);
}

struct error *snapshot_save(const char *folder, const struct snapshot *snapshot,
			    const struct snapshot *old)
{
	ARENA a = {0};
	struct staging s = {"", "", "", "", -1};
	struct error *error = open_staging(folder, &a, &s);
	if (!error)
		error = stage(&s, snapshot, old);
	if (error && s.fd >= 0) {
		struct error *left = remove_tree(s.fd, "next", 0);
		error_free(left);
	}
	if (s.fd >= 0)
		close(s.fd);
	return error;
}
