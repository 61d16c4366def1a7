/* SPDX-License-Identifier: Apache-2.0 */
#include "core/git/history_write.h"

#include <string.h>

#include "core/git/history_tree.h"
#include "core/util/failpoint.h"
#include "core/util/file.h"

void history_write_start(void)
{
	struct error *failed = git_start();
	if (!failed)
		git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	error_free(failed); /* history_open() tells it again */
}

static struct error *find_tip(struct history *h, const char *name, git_commit **out)
{
	git_oid id;
	int code = git_reference_name_to_id(&id, h->repository, name);
	*out = NULL;
	if (code == GIT_ENOTFOUND)
		return NULL;
	if (!code)
		code = git_commit_lookup(out, h->repository, &id);
	return code ? git_failed(code, "reading branch %s of %s", name, h->path) : NULL;
}

static struct error *make_signature(struct tree_writer *w, git_signature **out)
{
	const struct history_target *t = w->target;
	int code;
	if (t->author_name)
		code = git_signature_new(out, t->author_name, t->author_email, t->time, 0);
	else
		code = git_signature_default(out, w->h->repository);
	if (code == GIT_ENOTFOUND)
		code = git_signature_new(out, "writ", "writ@localhost", t->time, 0);
	if (!code) {
		(*out)->when.time = t->time;
		(*out)->when.offset = 0;
	}
	return code ? git_failed(code, "naming the author") : NULL;
}

static inline void cleanup_git_buf_dispose(git_buf *at)
{
	git_buf_dispose(at);
}

struct error *history_store_commit(struct history *h, const struct history_target *t,
				   struct arena *a, const struct history_commit_text *text,
				   const git_tree *tree, const git_commit **parents, size_t count,
				   git_oid *out)
{
	CLEANUP(git_buf_dispose) git_buf buffer = {0};
	const char *signature = NULL;
	int code = git_commit_create_buffer(&buffer, h->repository, text->author, text->committer,
					    NULL, text->message, tree, count, parents);
	if (code)
		return git_failed(code, "making the commit");
	if (t->sign)
		TRY(t->sign(t->sign_context, buffer.ptr, buffer.size, a, &signature));
	code = git_commit_create_with_signature(out, h->repository, buffer.ptr, signature,
						signature ? "gpgsig" : NULL);
	return code ? git_failed(code, "storing the commit") : NULL;
}

static struct error *store_commit(struct tree_writer *w, const git_tree *tree,
				  const git_commit *parent, const char *message, git_oid *out)
{
	CLEANUP(git_signature_free) git_signature *who = NULL;
	TRY(make_signature(w, &who));
	git_repository_set_ident(w->h->repository, who->name, who->email);
	TRY(history_store_commit(w->h, w->target, &w->arena,
				 &(struct history_commit_text){who, who, message}, tree, &parent,
				 parent ? 1 : 0, out));
	vec_push(&w->arena, &w->made, *out);
	return NULL;
}

struct error *history_sync_objects(struct history *h)
{
	ARENA a = {0};
	return file_sync_folder(
		arena_printf(&a, "%sobjects", git_repository_commondir(h->repository)));
}

static struct error *move_branch(struct tree_writer *w, const char *name, const git_oid *to,
				 const git_commit *from)
{
	CLEANUP(git_reference_free) git_reference *moved = NULL;
	int code = GIT_ELOCKED;
	TRY(history_sync_objects(w->h));
	for (int i = 0; i < HISTORY_LOCK_TRIES && code == GIT_ELOCKED; i++) {
		if (i)
			usleep(HISTORY_LOCK_WAIT_US);
		code = from ? git_reference_create_matching(&moved, w->h->repository, name, to, 1,
							    git_commit_id(from), "writ: snapshot")
			    : git_reference_create(&moved, w->h->repository, name, to, 0,
						   "writ: snapshot");
	}
	if (code == GIT_ELOCKED)
		return history_locked(arena_printf(
			&w->arena, "%s%s.lock", git_repository_commondir(w->h->repository), name));
	if (code == GIT_EMODIFIED || code == GIT_EEXISTS)
		return error_new(ERROR_REFUSED,
				 "branch %s of %s has moved meanwhile: somebody committed to it",
				 name, w->h->path);
	return code ? git_failed(code, "moving branch %s of %s", name, w->h->path) : NULL;
}

static struct error *commit_tree(struct tree_writer *w, const git_oid *tree_id, const char *name,
				 const git_commit *parent, const char *message, git_oid *out)
{
	CLEANUP(git_tree_free) git_tree *tree = NULL;
	int code = git_tree_lookup(&tree, w->h->repository, tree_id);
	if (code)
		return git_failed(code, "reading the new tree");
	TRY(store_commit(w, tree, parent, message, out));
	FAILPOINT("history-before-pack");
	TRY(history_tree_pack(w));
	FAILPOINT("history-before-branch");
	TRY(move_branch(w, name, out, parent));
	FAILPOINT("history-after-branch");
	return NULL;
}

struct error *history_moved(const char *repository, const char *folder)
{
	return error_new(ERROR_REFUSED,
			 "snapshot %s of %s has changed since live was read: somebody recorded too",
			 folder, repository);
}

static struct error *check_expected(struct tree_writer *w, const git_commit *tip)
{
	char commit[HISTORY_ID], id[HISTORY_ID] = "";
	if (!w->target->expected)
		return NULL;
	if (tip) {
		git_oid_tostr(commit, sizeof(commit), git_commit_id(tip));
		TRY(history_id_at(w->h, commit, w->target->folder, id));
	}
	return strcmp(id, w->target->expected) ? history_moved(w->h->path, w->target->folder)
					       : NULL;
}

static struct error *commit_files(struct tree_writer *w, const char *message,
				  char out_id[static HISTORY_ID])
{
	CLEANUP(git_commit_free) git_commit *parent = NULL;
	CLEANUP(git_tree_free) git_tree *old = NULL;
	const char *name = "";
	git_oid tree, id;
	int code = 0;
	*out_id = '\0';
	TRY(history_branch_name(w->h, w->target->branch, &w->arena, &name));
	TRY(find_tip(w->h, name, &parent));
	TRY(check_expected(w, parent));
	if (parent)
		code = git_commit_tree(&old, parent);
	if (code)
		return git_failed(code, "reading the last commit");
	TRY(history_tree_write(w, old, &tree));
	if (old && git_oid_equal(&tree, git_tree_id(old)))
		return NULL;
	TRY(commit_tree(w, &tree, name, parent, message, &id));
	git_oid_tostr(out_id, HISTORY_ID, &id);
	return NULL;
}

struct error *history_commit(struct history *h, const struct history_target *t,
			     const struct stored_file_vec *files, const char *message,
			     char out_id[static HISTORY_ID])
{
	CLEANUP(git_odb_free) git_odb *odb = NULL;
	struct tree_writer w = {.h = h, .target = t, .files = files};
	int code = git_repository_odb(&odb, h->repository);
	if (code)
		return git_failed(code, "opening the objects of %s", h->path);
	w.odb = odb;
	struct error *error = commit_files(&w, message, out_id);
	error = error_first(error, history_tree_done(&w, odb));
	arena_done(&w.arena);
	return error;
}
