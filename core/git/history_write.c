/* SPDX-License-Identifier: Apache-2.0 */
#include "core/git/history_write.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "core/git/history_git.h"
#include "core/util/failpoint.h"
#include "core/util/file.h"

/* New files of one commit; beyond, they go into a pack: one fsync instead of thousands. */
#define LOOSE_MAX 64
#define LOCK_TRIES 5 /* a lock is held for milliseconds by a living git */
#define LOCK_WAIT_US 200000
#define MEMORY_FIRST 1000 /* priority of the memory backend: before the loose files */

void history_write_start(void)
{
	struct error *failed = git_start();
	if (!failed)
		git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	error_free(failed); /* history_open() tells it again */
}

/* ---- the branch ---- */

struct error *history_branch_name(struct history *h, const char *branch, struct arena *a,
				  const char **out)
{
	CLEANUP(git_reference_free) git_reference *head = NULL;
	if (branch) {
		const char *name = arena_printf(a, "refs/heads/%s", branch);
		int valid = 0;
		if (git_reference_name_is_valid(&valid, name) || !valid)
			return error_new(ERROR_INPUT, "\"%.200s\" is no name for a branch", branch);
		*out = name;
		return NULL;
	}
	int code = git_reference_lookup(&head, h->repository, "HEAD");
	if (code)
		return git_failed(code, "reading HEAD of %s", h->path);
	if (git_reference_type(head) != GIT_REFERENCE_SYMBOLIC)
		return error_new(ERROR_INPUT,
				 "HEAD of %s is detached: no branch would keep the commit; check "
				 "one out, or name one in the configuration's snapshot.branch",
				 h->path);
	*out = arena_strdup(a, git_reference_symbolic_target(head));
	return NULL;
}

struct error *history_is_checked_out(struct history *h, const char *branch, bool *out)
{
	ARENA a = {0};
	CLEANUP(git_reference_free) git_reference *head = NULL;
	const char *name = "";
	*out = false;
	if (history_is_bare(h))
		return NULL;
	TRY(history_branch_name(h, branch, &a, &name));
	int code = git_reference_lookup(&head, h->repository, "HEAD");
	if (code)
		return git_failed(code, "reading HEAD of %s", h->path);
	*out = git_reference_type(head) == GIT_REFERENCE_SYMBOLIC &&
	       !strcmp(git_reference_symbolic_target(head), name);
	return NULL;
}

bool history_wants_signatures(struct history *h)
{
	git_config *config = NULL;
	int value = 0;
	if (git_repository_config_snapshot(&config, h->repository))
		return false;
	if (git_config_get_bool(&value, config, "commit.gpgsign"))
		value = 0;
	git_config_free(config);
	return value != 0;
}

static struct error *locked(const char *file)
{
	return error_new(ERROR_LOCKED,
			 "%s is there: another git works in this repository, or one was killed "
			 "and left it; remove it when no git runs",
			 file);
}

/* Waits a little for a lock that a living git holds. */
static struct error *check_lock(struct arena *a, const char *folder, const char *name)
{
	const char *file = arena_printf(a, "%s%s.lock", folder, name);
	struct stat st;
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (lstat(file, &st) && errno == ENOENT)
			return NULL;
		usleep(LOCK_WAIT_US);
	}
	return locked(file);
}

struct error *history_check_target(struct history *h, const struct history_target *t)
{
	ARENA a = {0};
	const char *common = git_repository_commondir(h->repository);
	const char *own = git_repository_path(h->repository), *name = "";
	bool here;
	TRY(history_branch_name(h, t->branch, &a, &name));
	TRY(history_is_checked_out(h, t->branch, &here));
	if (here && git_repository_state(h->repository) != GIT_REPOSITORY_STATE_NONE)
		return error_new(ERROR_INPUT,
				 "repository %s is in the middle of a merge, rebase or the like; "
				 "end it first",
				 h->path);
	TRY(file_check_place(arena_printf(&a, "%sobjects/new", common)));
	TRY(file_check_place(arena_printf(&a, "%s%s", common, name)));
	TRY(file_check_place(arena_printf(&a, "%slogs/%s", common, name)));
	TRY(check_lock(&a, common, name));
	if (!here)
		return NULL;
	TRY(file_check_place(arena_printf(&a, "%sindex", own)));
	return check_lock(&a, own, "index");
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

/* ---- trees ---- */

struct tree_writer {
	struct history *h;
	const struct history_target *target;
	const struct stored_file_vec *files;
	struct arena arena;
	git_odb *odb;
	bool packs; /* objects go to memory and from there into a pack, not to files each */
	VEC(, git_oid) made; /* what is new, for the pack */
	git_oid *ids;	     /* of the files' contents */
	bool *stored;	     /* by file: git has it */
};

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

/* The files "NAME/..." at files[*at ..), as one folder; moves *at behind them. */
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

/* The folder: what others keep in it, and the files. */
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

/* `old` with what is below `path` replaced. */
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

/* ---- objects that go into a pack ---- */

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

/* Objects of the repository go to memory until end_memory(). A backend cannot be taken from a
 * database again, and one that stayed would swallow the next commit: the database is another. */
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

static struct error *start_memory(struct tree_writer *w)
{
	size_t count;
	TRY(hash_files(w, &count));
	return count > LOOSE_MAX ? use_memory(w) : NULL;
}

static struct error *end_memory(struct tree_writer *w, git_odb *odb)
{
	if (!w->packs)
		return NULL;
	int code = git_repository_set_odb(w->h->repository, odb);
	if (!code)
		code = git_odb_refresh(odb); /* it has not seen the pack */
	return code ? git_failed(code, "reading the objects of %s", w->h->path) : NULL;
}

static inline void cleanup_git_packbuilder_free(git_packbuilder **at)
{
	git_packbuilder_free(*at);
}

static struct error *write_pack(struct tree_writer *w)
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

/* ---- the commit ---- */

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
	for (int i = 0; i < LOCK_TRIES && code == GIT_ELOCKED; i++) {
		if (i)
			usleep(LOCK_WAIT_US);
		code = from ? git_reference_create_matching(&moved, w->h->repository, name, to, 1,
							    git_commit_id(from), "writ: snapshot")
			    : git_reference_create(&moved, w->h->repository, name, to, 0,
						   "writ: snapshot");
	}
	if (code == GIT_ELOCKED)
		return locked(arena_printf(&w->arena, "%s%s.lock",
					   git_repository_commondir(w->h->repository), name));
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
	TRY(write_pack(w));
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
	TRY(start_memory(w));
	TRY(write_below(w, old, w->target->folder, &tree));
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
	error = error_first(error, end_memory(&w, odb));
	arena_done(&w.arena);
	return error;
}
