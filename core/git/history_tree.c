/* SPDX-License-Identifier: Apache-2.0 */
#include "core/git/history_tree.h"

#include <string.h>

/* New files of one commit; beyond, they go into a pack: one fsync instead of thousands. */
#define LOOSE_MAX 64
#define MEMORY_FIRST 1000 /* priority of the memory backend: before the loose files */

static struct error *add_blob(struct tree_writer *w, size_t i, git_oid *out)
{
	const struct stored_file *f = &w->files->at[i];
	*out = w->ids[i];
	if (w->stored[i])
		return NULL;
	int code = git_odb_write(out, w->odb, f->bytes, f->len, GIT_OBJECT_BLOB);
	if (code)
		return git_failed(code, "storing %s", f->path);
	vec_push(&w->arena, &w->made, *out);
	return NULL;
}

static struct error *write_tree(struct tree_writer *w, git_treebuilder *builder, git_oid *out)
{
	int code = git_treebuilder_write(out, builder);
	if (code)
		return git_failed(code, "storing a folder");
	vec_push(&w->arena, &w->made, *out);
	return NULL;
}

static struct error *insert(git_treebuilder *builder, const char *name, const git_oid *id,
			    git_filemode_t mode)
{
	int code = git_treebuilder_insert(NULL, builder, name, id, mode);
	return code ? git_failed(code, "adding %s", name) : NULL;
}

static struct error *new_builder(struct tree_writer *w, const git_tree *from, git_treebuilder **out)
{
	int code = git_treebuilder_new(out, w->h->repository, from);
	return code ? git_failed(code, "starting a folder") : NULL;
}

/* Stores the files "NAME/..." from files[*at] on as one folder, and moves *at behind them. */
static struct error *write_subfolder(struct tree_writer *w, size_t *at, size_t name_len,
				     git_oid *out)
{
	CLEANUP(git_treebuilder_free) git_treebuilder *builder = NULL;
	const char *name = w->files->at[*at].path;
	TRY(new_builder(w, NULL, &builder));
	for (; *at < w->files->len; ++*at) {
		const struct stored_file *f = &w->files->at[*at];
		git_oid id;
		if (strncmp(f->path, name, name_len + 1) != 0)
			break;
		TRY(add_blob(w, *at, &id));
		TRY(insert(builder, f->path + name_len + 1, &id, GIT_FILEMODE_BLOB));
	}
	return write_tree(w, builder, out);
}

static int is_ours(const git_tree_entry *entry, void *context)
{
	const struct history_target *t = context;
	return t->owns(git_tree_entry_name(entry));
}

/* Stores the folder: the files, and what others keep beside them. */
static struct error *write_folder(struct tree_writer *w, const git_tree *old, git_oid *out)
{
	CLEANUP(git_treebuilder_free) git_treebuilder *builder = NULL;
	struct history_target ours = *w->target;
	TRY(new_builder(w, old, &builder));
	git_treebuilder_filter(builder, is_ours, &ours);
	for (size_t i = 0; i < w->files->len;) {
		const struct stored_file *f = &w->files->at[i];
		const char *slash = strchr(f->path, '/');
		git_oid id;
		if (slash) {
			size_t len = (size_t)(slash - f->path);
			TRY(write_subfolder(w, &i, len, &id));
			TRY(insert(builder, arena_strndup(&w->arena, f->path, len), &id,
				   GIT_FILEMODE_TREE));
			continue;
		}
		TRY(add_blob(w, i, &id));
		TRY(insert(builder, f->path, &id, GIT_FILEMODE_BLOB));
		i++;
	}
	return write_tree(w, builder, out);
}

/* The tree at an entry of `parent`; *out is NULL when it is absent. */
static struct error *find_subtree(struct tree_writer *w, const git_tree *parent, const char *name,
				  git_tree **out)
{
	*out = NULL;
	const git_tree_entry *entry = parent ? git_tree_entry_byname(parent, name) : NULL;
	if (!entry)
		return NULL;
	if (git_tree_entry_type(entry) != GIT_OBJECT_TREE)
		return error_new(ERROR_INPUT, "\"%s\" is no folder in repository %s", name,
				 w->h->path);
	int code = git_tree_lookup(out, w->h->repository, git_tree_entry_id(entry));
	return code ? git_failed(code, "reading folder %s", name) : NULL;
}

/* Stores `old` with the folder at `path` replaced; what is beside it stays. */
static struct error *write_below(struct tree_writer *w, const git_tree *old, const char *path,
				 git_oid *out)
{
	CLEANUP(git_treebuilder_free) git_treebuilder *builder = NULL;
	CLEANUP(git_tree_free) git_tree *below = NULL;
	size_t len = strcspn(path, "/");
	git_oid id;
	if (!*path)
		return write_folder(w, old, out);
	const char *name = arena_strndup(&w->arena, path, len);
	TRY(find_subtree(w, old, name, &below));
	TRY(write_below(w, below, path + len + strspn(path + len, "/"), &id));
	TRY(new_builder(w, old, &builder));
	TRY(insert(builder, name, &id, GIT_FILEMODE_TREE));
	return write_tree(w, builder, out);
}

static struct error *hash_files(struct tree_writer *w, size_t *count)
{
	*count = 0;
	w->ids = arena_alloc(&w->arena, w->files->len * sizeof(*w->ids));
	w->stored = arena_alloc(&w->arena, w->files->len);
	for (size_t i = 0; i < w->files->len; i++) {
		const struct stored_file *f = &w->files->at[i];
		int code = git_odb_hash(&w->ids[i], f->bytes, f->len, GIT_OBJECT_BLOB);
		if (code)
			return git_failed(code, "hashing %s", f->path);
		w->stored[i] = git_odb_exists_ext(w->odb, &w->ids[i], GIT_ODB_LOOKUP_NO_REFRESH);
		*count += !w->stored[i];
	}
	return NULL;
}

/* Has objects go to memory until history_tree_done(). A backend cannot be taken from a database
 * again, and one that stayed would swallow the next commit, so the repository gets another
 * database. */
static struct error *use_memory(struct tree_writer *w)
{
	CLEANUP(git_odb_free) git_odb *own = NULL;
	git_odb_backend *memory = NULL;
	const char *objects =
		arena_printf(&w->arena, "%sobjects", git_repository_commondir(w->h->repository));
	int code = git_odb_open(&own, objects);
	if (!code)
		code = git_mempack_new(&memory);
	if (!code)
		code = git_odb_add_backend(own, memory, MEMORY_FIRST);
	if (!code)
		code = git_repository_set_odb(w->h->repository, own);
	if (code)
		return git_failed(code, "making room for objects");
	w->odb = own; /* the repository keeps it */
	w->packs = true;
	return NULL;
}

struct error *history_tree_write(struct tree_writer *w, const git_tree *old, git_oid *out)
{
	size_t count;
	TRY(hash_files(w, &count));
	if (count > LOOSE_MAX)
		TRY(use_memory(w));
	return write_below(w, old, w->target->folder, out);
}

static inline void cleanup_git_packbuilder_free(git_packbuilder **at)
{
	git_packbuilder_free(*at);
}

struct error *history_tree_pack(struct tree_writer *w)
{
	CLEANUP(git_packbuilder_free) git_packbuilder *pack = NULL;
	if (!w->packs)
		return NULL;
	int code = git_packbuilder_new(&pack, w->h->repository);
	if (!code)
		git_packbuilder_set_threads(pack, 1);
	for (size_t i = 0; i < w->made.len && !code; i++)
		code = git_packbuilder_insert(pack, &w->made.at[i], NULL);
	if (!code)
		code = git_packbuilder_write(pack, NULL, 0444, NULL, NULL);
	return code ? git_failed(code, "storing a pack in %s", w->h->path) : NULL;
}

struct error *history_tree_done(struct tree_writer *w, git_odb *odb)
{
	if (!w->packs)
		return NULL;
	int code = git_repository_set_odb(w->h->repository, odb);
	if (!code)
		code = git_odb_refresh(odb); /* it has not seen the pack */
	return code ? git_failed(code, "reading the objects of %s", w->h->path) : NULL;
}
