/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in a commit: its manifests, and the ids of folders and files. */
#include <string.h>

#include "core/git/history_git.h"
#include "core/util/manifest_walk.h"

bool history_is_root(const char *folder)
{
	return !folder || !*folder || !strcmp(folder, ".");
}

/* Whether the call failed because a folder has no such entry, and not because git lacks the folder.
 */
static bool is_no_entry(int code)
{
	const git_error *last = git_error_last();
	return code == GIT_ENOTFOUND && last && last->klass == GIT_ERROR_TREE;
}

struct error *history_entry_id(const git_commit *commit, const char *path, git_oid *out)
{
	CLEANUP(git_tree_free) git_tree *tree = NULL;
	CLEANUP(git_tree_entry_free) git_tree_entry *entry = NULL;
	*out = (git_oid){{0}};
	if (history_is_root(path)) {
		*out = *git_commit_tree_id(commit);
		return NULL;
	}
	int code = git_commit_tree(&tree, commit);
	if (!code)
		code = git_tree_entry_bypath(&entry, tree, path);
	if (code && !is_no_entry(code))
		return git_failed(code, "reading %s", path);
	if (!code)
		*out = *git_tree_entry_id(entry);
	return NULL;
}

struct file_lister {
	struct arena *arena;
	struct stored_file_vec *out;
	struct error *error;
};

static int fail(struct file_lister *l, struct error *error)
{
	l->error = error;
	return -1; /* ends the walk */
}

static int list_entry(const char *root, const git_tree_entry *entry, void *context)
{
	struct file_lister *l = context;
	const char *name = git_tree_entry_name(entry);
	git_object_t type = git_tree_entry_type(entry);
	if (!*name ||
	    strchr(name, '/')) /* git makes no such name, but a tree may be made by hand */
		return fail(l, error_new(ERROR_INPUT, "a folder has a file whose name is a path"));
	if (name[0] == '.')
		return 1; /* skips what is below */
	if (type == GIT_OBJECT_TREE || !file_is_manifest(name))
		return 0;
	const char *path = arena_printf(l->arena, "%s%s", root, name);
	if (git_tree_entry_filemode(entry) == GIT_FILEMODE_LINK || type != GIT_OBJECT_BLOB)
		return fail(l, error_at(ERROR_INPUT, (struct location){path, 1, 1},
					"not a regular file but a link"));
	if (l->out->len == HISTORY_FILES_MAX)
		return fail(l, error_new(ERROR_INPUT, "more than %zu files", HISTORY_FILES_MAX));
	vec_push(l->arena, l->out,
		 (struct stored_file){path, history_id_text(l->arena, git_tree_entry_id(entry)),
				      NULL, 0});
	return 0;
}

static struct error *list_tree(struct history *h, struct arena *a, const git_oid *id,
			       struct stored_file_vec *out)
{
	CLEANUP(git_tree_free) git_tree *tree = NULL;
	struct file_lister lister = {a, out, NULL};
	int code = git_tree_lookup(&tree, h->repository, id);
	if (!code)
		code = git_tree_walk(tree, GIT_TREEWALK_PRE, list_entry, &lister);
	if (lister.error)
		return lister.error;
	return code ? git_failed(code, "listing files of %s", h->path) : NULL;
}

struct error *history_list_files(struct history *h, struct arena *a, const char *revision,
				 const char *folder, struct stored_file_vec *out)
{
	CLEANUP(git_commit_free) git_commit *commit = NULL;
	CLEANUP(git_object_free) git_object *object = NULL;
	git_oid id;
	TRY(history_find_commit(h, revision, &commit));
	TRY(history_entry_id(commit, folder, &id));
	if (git_oid_is_zero(&id))
		return error_new(ERROR_INPUT, "revision %.200s has no \"%.200s\"", revision,
				 folder);
	int code = git_object_lookup(&object, h->repository, &id, GIT_OBJECT_ANY);
	if (code)
		return git_failed(code, "reading %s at %.200s", folder, revision);
	if (git_object_type(object) == GIT_OBJECT_TREE)
		return list_tree(h, a, &id, out);
	if (git_object_type(object) != GIT_OBJECT_BLOB ||
	    git_oid_equal(&id, git_commit_tree_id(commit)))
		return error_new(ERROR_INPUT, "what stands in a commit is no folder: %.200s",
				 revision);
	const char *slash = strrchr(folder, '/');
	vec_push(a, out,
		 (struct stored_file){arena_strdup(a, slash ? slash + 1 : folder),
				      history_id_text(a, &id), NULL, 0});
	return NULL;
}

static struct error *read_file(struct history *h, struct arena *a, size_t max,
			       struct stored_file *file)
{
	CLEANUP(git_blob_free) git_blob *blob = NULL;
	git_oid id;
	int code = git_oid_fromstr(&id, file->id);
	if (!code)
		code = git_blob_lookup(&blob, h->repository, &id);
	if (code)
		return git_failed(code, "reading %s", file->path);
	size_t len = (size_t)git_blob_rawsize(blob);
	if (len > max)
		return error_at(ERROR_INPUT, (struct location){file->path, 1, 1},
				"larger than %zu bytes", max);
	char *bytes = arena_alloc(a, len + 1);
	memcpy(bytes, git_blob_rawcontent(blob), len);
	bytes[len] = '\0';
	file->bytes = bytes;
	file->len = len;
	return NULL;
}

struct error *history_read_files(struct history *h, struct arena *a, const char *revision,
				 const char *folder, size_t max, struct stored_file_vec *out)
{
	size_t from = out->len;
	struct error *error = history_list_files(h, a, revision, folder, out);
	for (size_t i = from; !error && i < out->len; i++)
		error = read_file(h, a, max, &out->at[i]);
	return history_judge_absence(h, error);
}

struct error *history_id_at(struct history *h, const char *revision, const char *path,
			    char out[static HISTORY_ID])
{
	CLEANUP(git_commit_free) git_commit *commit = NULL;
	git_oid id;
	TRY(history_find_commit(h, revision, &commit));
	TRY(history_entry_id(commit, path, &id));
	*out = '\0';
	if (!git_oid_is_zero(&id))
		git_oid_tostr(out, HISTORY_ID, &id);
	return NULL;
}

struct error *history_has(struct history *h, const char *revision, const char *path, bool *out)
{
	char id[HISTORY_ID];
	TRY(history_id_at(h, revision, path, id));
	*out = *id != '\0';
	return NULL;
}

struct error *history_hash_file(struct history *h, const char *path,
				char out_raw[static HISTORY_ID], char out_clean[static HISTORY_ID])
{
	ARENA a = {0};
	git_oid raw, clean;
	const char *root = git_repository_workdir(h->repository);
	if (!root)
		return error_new(ERROR_INPUT, "a bare repository has no work tree");
	int code = git_odb_hashfile(&raw, arena_printf(&a, "%s%s", root, path), GIT_OBJECT_BLOB);
	if (!code)
		code = git_repository_hashfile(&clean, h->repository, path, GIT_OBJECT_BLOB, NULL);
	if (code)
		return git_failed(code, "reading %s as git would", path);
	git_oid_tostr(out_raw, HISTORY_ID, &raw);
	git_oid_tostr(out_clean, HISTORY_ID, &clean);
	return NULL;
}
