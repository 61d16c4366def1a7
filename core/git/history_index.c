/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/stat.h>

#include "core/git/history_git.h"
#include "core/git/history_write.h"
#include "core/util/failpoint.h"

/* Fills in the times and numbers that git notes of a file when it checks it out. */
static void describe_file(struct history *h, const char *path, git_index_entry *entry)
{
	ARENA a = {0};
	struct stat st;
	const char *root = git_repository_workdir(h->repository);
	if (!root || lstat(arena_printf(&a, "%s%s", root, path), &st))
		return;
	entry->ctime = (git_index_time){(int32_t)st.st_ctim.tv_sec, (uint32_t)st.st_ctim.tv_nsec};
	entry->mtime = (git_index_time){(int32_t)st.st_mtim.tv_sec, (uint32_t)st.st_mtim.tv_nsec};
	entry->dev = (uint32_t)st.st_dev;
	entry->ino = (uint32_t)st.st_ino;
	entry->uid = (uint32_t)st.st_uid;
	entry->gid = (uint32_t)st.st_gid;
	entry->file_size = (uint32_t)st.st_size;
}

struct index_walk {
	struct history *h;
	git_index *index;
	const char *folder;
	bool (*owns)(const char *name);
	struct arena arena;
	ptrdiff_t left; /* entries of the index that are ours and were not met in the folder yet */
};

/* Whether a path below the folder is ours, by its first part. */
static bool owns_path(struct index_walk *w, const char *below)
{
	size_t len = strcspn(below, "/");
	return w->owns(arena_strndup(&w->arena, below, len));
}

static int add_entry(const char *root, const git_tree_entry *from, void *context)
{
	struct index_walk *w = context;
	const char *below = arena_printf(&w->arena, "%s%s", root, git_tree_entry_name(from));
	if (git_tree_entry_type(from) != GIT_OBJECT_BLOB || !owns_path(w, below))
		return 0;
	const char *path = arena_printf(&w->arena, "%s/%s", w->folder, below);
	git_index_entry entry = {.mode = git_tree_entry_filemode(from),
				 .id = *git_tree_entry_id(from),
				 .path = path};
	describe_file(w->h, path, &entry);
	return git_index_add(w->index, &entry);
}

static int drop_entries(struct index_walk *w)
{
	size_t len = strlen(w->folder);
	for (size_t i = git_index_entrycount(w->index); i > 0; i--) {
		const git_index_entry *e = git_index_get_byindex(w->index, i - 1);
		if (strncmp(e->path, w->folder, len) != 0 || e->path[len] != '/' ||
		    !owns_path(w, e->path + len + 1))
			continue;
		const char *path = arena_strdup(&w->arena, e->path);
		int code = git_index_remove(w->index, path, git_index_entry_stage(e));
		if (code)
			return code;
	}
	return 0;
}

static int compare_entry(const char *root, const git_tree_entry *from, void *context)
{
	struct index_walk *w = context;
	const char *below = arena_printf(&w->arena, "%s%s", root, git_tree_entry_name(from));
	if (git_tree_entry_type(from) != GIT_OBJECT_BLOB || !owns_path(w, below))
		return 0;
	const char *path = arena_printf(&w->arena, "%s/%s", w->folder, below);
	const git_index_entry *entry = git_index_get_bypath(w->index, path, 0);
	w->left--;
	return entry && git_oid_equal(&entry->id, git_tree_entry_id(from)) ? 0 : -1;
}

/* Whether the index has exactly the files of the folder that are ours. */
static bool is_current(struct index_walk *w, const git_tree *folder)
{
	size_t len = strlen(w->folder);
	w->left = 0;
	for (size_t i = 0; i < git_index_entrycount(w->index); i++) {
		const git_index_entry *e = git_index_get_byindex(w->index, i);
		w->left += !strncmp(e->path, w->folder, len) && e->path[len] == '/' &&
			   owns_path(w, e->path + len + 1);
	}
	return !git_tree_walk(folder, GIT_TREEWALK_PRE, compare_entry, w) && w->left == 0;
}

static int write_index(struct index_walk *w, const git_tree *folder)
{
	if (is_current(w, folder))
		return 0;
	int code = drop_entries(w);
	if (!code)
		code = git_tree_walk(folder, GIT_TREEWALK_PRE, add_entry, w);
	FAILPOINT("history-before-index");
	return code ? code : git_index_write(w->index);
}

static struct error *find_folder(struct history *h, const struct history_target *t, git_tree **out)
{
	CLEANUP(git_object_free) git_object *object = NULL;
	ARENA a = {0};
	int code =
		git_revparse_single(&object, h->repository, arena_printf(&a, "HEAD:%s", t->folder));
	if (!code)
		code = git_object_peel((git_object **)out, object, GIT_OBJECT_TREE);
	return code ? git_failed(code, "reading %s of the last commit", t->folder) : NULL;
}

struct error *history_update_index(struct history *h, const struct history_target *t)
{
	CLEANUP(git_index_free) git_index *index = NULL;
	CLEANUP(git_tree_free) git_tree *folder = NULL;
	TRY(find_folder(h, t, &folder));
	int code = git_repository_index(&index, h->repository);
	struct index_walk w = {.h = h, .index = index, .folder = t->folder, .owns = t->owns};
	if (!code)
		code = write_index(&w, folder);
	arena_done(&w.arena);
	return code ? git_failed(code, "writing the index of %s", h->path) : NULL;
}
