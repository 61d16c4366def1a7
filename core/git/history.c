/* SPDX-License-Identifier: Apache-2.0 */
#include "core/git/history.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <uthash.h>

#include "core/git/history_git.h"
#include "core/util/file_walk.h"
#include "core/util/str.h"
#include "core/util/unicode.h"

/* ---- failures ---- */

/* An object that is named and not there: damage, or a clone that was made to lack it. */
static bool is_missing_object(int code)
{
	const git_error *last = git_error_last();
	return code == GIT_ENOTFOUND && last && last->klass == GIT_ERROR_ODB;
}

static bool is_about_input(int code)
{
	return code == GIT_ENOTFOUND || code == GIT_EAMBIGUOUS || code == GIT_EINVALIDSPEC ||
	       code == GIT_EOWNER;
}

static enum error_code error_code_of(int code)
{
	if (is_missing_object(code))
		return ERROR_ABSENT;
	return is_about_input(code) ? ERROR_INPUT : ERROR_SYSTEM;
}

struct error *git_failed(int code, const char *fmt, ...)
{
	ARENA a = {0};
	struct str why = STR(&a);
	const git_error *last = git_error_last();
	va_list args;
	va_start(args, fmt);
	const char *what = arena_vprintf(&a, fmt, args);
	va_end(args);
	if (last && last->message)
		text_escape(&why, last->message, strlen(last->message), 500);
	else
		str_printf(&why, "git says %d", code);
	if (is_missing_object(code))
		str_add(&why, "; it is not here, as in a partial clone: git fetch --refetch "
			      "--no-filter brings it");
	return error_new(error_code_of(code), "%s: %s", what, str_text(&why));
}

/* ---- opening ---- */

static struct error *open_failed(int code, const char *path)
{
	if (code == GIT_ENOTFOUND)
		return error_new(ERROR_INPUT, "%s is no git repository", path);
	return git_failed(code, "opening repository %s", path);
}

struct error *git_start(void)
{
	if (git_libgit2_init() < 0)
		return error_new(ERROR_SYSTEM, "libgit2 does not start");
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0); /* history_is_trusted() knows more */
	return NULL;
}

struct error *history_open(const char *path, struct history **out)
{
	TRY(git_start());
	struct history *h = xmalloc(sizeof(*h));
	*h = (struct history){NULL, xstrdup(path)};
	int code =
		git_repository_open_ext(&h->repository, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
	struct error *error = code ? open_failed(code, path) : NULL;
	if (!error && !history_is_trusted(h))
		error = error_new(ERROR_INPUT,
				  "repository %s belongs to another user; if you trust it, run: "
				  "git config --global --add safe.directory %s",
				  path, path);
	if (error)
		history_close(h);
	else
		*out = h;
	return error;
}

void history_close(struct history *h)
{
	if (!h)
		return;
	git_repository_free(h->repository);
	git_libgit2_shutdown();
	free(h->path);
	free(h);
}

bool history_is_bare(const struct history *h)
{
	return git_repository_is_bare(h->repository);
}

struct error *history_find(struct arena *a, const char *path, const char **out_root,
			   const char **out_below)
{
	CLEANUP(free) char *real = realpath(path, NULL);
	struct stat st;
	*out_root = *out_below = NULL;
	if (!real)
		return error_errno(errno, "finding %s", path);
	char *root = arena_strdup(a, real);
	for (;;) {
		if (!stat(arena_printf(a, "%s/.git", root), &st))
			break;
		char *slash = strrchr(root, '/');
		if (!slash || slash == root)
			return NULL;
		*slash = '\0';
	}
	const char *below = real + strlen(root);
	*out_root = root;
	*out_below = arena_strdup(a, *below == '/' ? below + 1 : below);
	return NULL;
}

/* ---- revisions ---- */

static bool is_full_id(const char *text)
{
	return strlen(text) == HISTORY_ID - 1 && strspn(text, "0123456789abcdef") == HISTORY_ID - 1;
}

struct error *history_find_commit(struct history *h, const char *revision, git_commit **out)
{
	CLEANUP(git_object_free) git_object *object = NULL;
	if (strstr(revision, "@{"))
		return error_new(ERROR_INPUT,
				 "\"%.200s\" asks what this clone once had checked out, which "
				 "another clone does not know; for a day or moment of the history "
				 "write it plainly: 2026-03-31 or 2026-03-31T12:00:00Z",
				 revision);
	int code = git_revparse_single(&object, h->repository, revision);
	if (!code)
		code = git_object_peel((git_object **)out, object, GIT_OBJECT_COMMIT);
	if (code == GIT_ENOTFOUND || code == GIT_EPEEL || code == GIT_EINVALIDSPEC)
		return error_new(is_full_id(revision) ? ERROR_ABSENT : ERROR_INPUT,
				 "repository %s has no commit \"%.200s\"", h->path, revision);
	return code ? git_failed(code, "revision \"%.200s\"", revision) : NULL;
}

struct error *history_resolve(struct history *h, const char *revision, char out[static HISTORY_ID])
{
	CLEANUP(git_commit_free) git_commit *commit = NULL;
	TRY(history_find_commit(h, revision, &commit));
	git_oid_tostr(out, HISTORY_ID, git_commit_id(commit));
	return NULL;
}

struct error *history_tip(struct history *h, const char *branch, char out[static HISTORY_ID])
{
	CLEANUP(git_reference_free) git_reference *head = NULL;
	int code = branch ? git_branch_lookup(&head, h->repository, branch, GIT_BRANCH_LOCAL)
			  : git_repository_head(&head, h->repository);
	*out = '\0';
	if (code == GIT_ENOTFOUND || code == GIT_EUNBORNBRANCH)
		return NULL;
	if (code)
		return git_failed(code, "reading branch %s of %s", branch ? branch : "HEAD",
				  h->path);
	return history_resolve(h, git_reference_name(head), out);
}

static const char *id_text(struct arena *a, const git_oid *id)
{
	char text[HISTORY_ID];
	return arena_strdup(a, git_oid_tostr(text, sizeof(text), id));
}

/* ---- commits ---- */

static struct error *read_trailers(struct arena *a, const char *message, struct trailer_vec *out)
{
	git_message_trailer_array found;
	int code = git_message_trailers(&found, message);
	if (code)
		return git_failed(code, "reading a commit's trailers");
	for (size_t i = 0; i < found.count; i++)
		vec_push(a, out,
			 (struct trailer){arena_strdup(a, found.trailers[i].key),
					  arena_strdup(a, found.trailers[i].value)});
	git_message_trailer_array_free(&found);
	return NULL;
}

static struct error *read_commit(struct arena *a, const git_commit *from, struct commit *out)
{
	const git_signature *author = git_commit_author(from);
	const char *message = git_commit_message(from);
	message = message ? message : "";
	*out = (struct commit){.id = id_text(a, git_commit_id(from)),
			       .author_name = arena_strdup(a, author->name),
			       .author_email = arena_strdup(a, author->email),
			       .committer_name = arena_strdup(a, git_commit_committer(from)->name),
			       .subject = arena_strndup(a, message, strcspn(message, "\n")),
			       .message = arena_strdup(a, message),
			       .author_time = author->when.time,
			       .commit_time = git_commit_time(from),
			       .parents = git_commit_parentcount(from)};
	return read_trailers(a, message, &out->trailers);
}

struct error *history_read_commit(struct history *h, struct arena *a, const char *revision,
				  struct commit *out)
{
	CLEANUP(git_commit_free) git_commit *commit = NULL;
	TRY(history_find_commit(h, revision, &commit));
	return read_commit(a, commit, out);
}

struct error *history_read_signature(struct history *h, struct arena *a, const char *id,
				     const char **out_signature, const char **out_data)
{
	git_buf signature = {0}, data = {0};
	git_oid oid;
	*out_signature = *out_data = NULL;
	int code = git_oid_fromstr(&oid, id);
	if (!code)
		code = git_commit_extract_signature(&signature, &data, h->repository, &oid, NULL);
	if (!code) {
		*out_signature = arena_strndup(a, signature.ptr, signature.size);
		*out_data = arena_strndup(a, data.ptr, data.size);
	}
	git_buf_dispose(&signature);
	git_buf_dispose(&data);
	bool is_unsigned = code == GIT_ENOTFOUND && !is_missing_object(code);
	return code && !is_unsigned ? git_failed(code, "reading the signature of %s", id) : NULL;
}

const char *commit_trailer(const struct commit *commit, const char *key)
{
	for (size_t i = commit->trailers.len; i > 0; i--) {
		if (!ascii_casecmp(commit->trailers.at[i - 1].key, key))
			return commit->trailers.at[i - 1].value;
	}
	return NULL;
}

static bool is_root(const char *folder)
{
	return !folder || !*folder || !strcmp(folder, ".");
}

/* Whether a folder lacks what was looked for; not when git lacks the folder itself. */
static bool is_no_entry(int code)
{
	const git_error *last = git_error_last();
	return code == GIT_ENOTFOUND && last && last->klass == GIT_ERROR_TREE;
}

/* The id of what stands at a path of a commit; all zero when nothing does. */
static struct error *id_at(const git_commit *commit, const char *path, git_oid *out)
{
	CLEANUP(git_tree_free) git_tree *tree = NULL;
	CLEANUP(git_tree_entry_free) git_tree_entry *entry = NULL;
	*out = (git_oid){{0}};
	if (is_root(path)) {
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

/* ---- walks ---- */

struct followed {
	git_oid id;
	UT_hash_handle hh;
};

struct lister {
	struct history *h;
	struct arena *arena;
	const struct commit_query *query;
	struct commit_vec *out;
	struct followed *followed; /* commits that a simplified walk has to look at */
};

static void follow(struct lister *l, const git_oid *id)
{
	struct followed *found;
	HASH_FIND(hh, l->followed, id, sizeof(*id), found);
	if (found)
		return;
	found = arena_alloc(l->arena, sizeof(*found));
	found->id = *id;
	HASH_ADD(hh, l->followed, id, sizeof(found->id), found);
}

static bool is_followed(struct lister *l, const git_oid *id)
{
	struct followed *found;
	HASH_FIND(hh, l->followed, id, sizeof(*id), found);
	return !l->query->simplified || found;
}

/* The parents of a commit, as far as its folder is concerned. */
struct lineage {
	git_oid own;   /* id of the folder; all zero: absent */
	unsigned same; /* the first parent with the same folder; UINT_MAX: none */
	bool cut_off;
};

static struct error *compare_parents(struct lister *l, const git_commit *commit,
				     struct lineage *out)
{
	const char *folder = l->query->folder;
	TRY(id_at(commit, folder, &out->own));
	for (unsigned i = 0; i < git_commit_parentcount(commit); i++) {
		CLEANUP(git_commit_free) git_commit *parent = NULL;
		git_oid other = {0};
		int code = git_commit_parent(&parent, commit, i);
		if (history_is_cut_off(l->h, code)) {
			out->cut_off = true;
			continue;
		}
		if (code)
			return git_failed(code, "reading a parent");
		TRY(id_at(parent, folder, &other));
		if (out->same == UINT_MAX && !is_root(folder) && git_oid_equal(&out->own, &other))
			out->same = i;
	}
	return NULL;
}

static void follow_parents(struct lister *l, const git_commit *commit,
			   const struct lineage *lineage)
{
	unsigned count = git_commit_parentcount(commit);
	for (unsigned i = 0; i < count; i++) {
		if (lineage->same == UINT_MAX || lineage->same == i)
			follow(l, git_commit_parent_id(commit, i));
	}
}

static struct error *list_one(struct lister *l, const git_oid *id)
{
	CLEANUP(git_commit_free) git_commit *commit = NULL;
	struct lineage lineage = {.same = UINT_MAX};
	struct commit found;
	if (!is_followed(l, id))
		return NULL;
	int code = git_commit_lookup(&commit, l->h->repository, id);
	if (code)
		return git_failed(code, "reading a commit");
	TRY(compare_parents(l, commit, &lineage));
	if (l->query->simplified)
		follow_parents(l, commit, &lineage);
	bool absent = git_oid_is_zero(&lineage.own);
	if (lineage.same != UINT_MAX ||
	    (absent && (lineage.cut_off || git_commit_parentcount(commit) == 0)))
		return NULL;
	TRY(read_commit(l->arena, commit, &found));
	found.tree = absent ? NULL : id_text(l->arena, &lineage.own);
	found.cut_off = lineage.cut_off;
	vec_push(l->arena, l->out, found);
	return NULL;
}

static struct error *walk_from(struct history *h, const char *revision, git_revwalk **out)
{
	CLEANUP(git_commit_free) git_commit *from = NULL;
	TRY(history_find_commit(h, revision, &from));
	int code = git_revwalk_new(out, h->repository);
	if (!code)
		code = git_revwalk_sorting(*out, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
	if (!code)
		code = git_revwalk_push(*out, git_commit_id(from));
	return code ? git_failed(code, "walking from \"%.200s\"", revision) : NULL;
}

static struct error *list_shallow(struct lister *l, const git_oid *from)
{
	const size_t max = l->query->max, before = l->out->len;
	struct oid_vec ids = {0};
	TRY(history_walk_shallow(l->h, l->arena, from, &ids));
	for (size_t i = 0; i < ids.len && (!max || l->out->len - before < max); i++)
		TRY(list_one(l, &ids.at[i]));
	return NULL;
}

static struct error *list_all(struct lister *l)
{
	CLEANUP(git_revwalk_free) git_revwalk *walk = NULL;
	const size_t max = l->query->max, before = l->out->len;
	git_oid id;
	int code = 0;
	TRY(walk_from(l->h, l->query->from, &walk));
	while (!max || l->out->len - before < max) {
		code = git_revwalk_next(&id, walk);
		if (code)
			break;
		TRY(list_one(l, &id));
	}
	return code && code != GIT_ITEROVER ? git_failed(code, "walking %s", l->h->path) : NULL;
}

struct error *history_list(struct history *h, struct arena *a, const struct commit_query *query,
			   struct commit_vec *out)
{
	CLEANUP(git_commit_free) git_commit *from = NULL;
	struct lister l = {.h = h, .arena = a, .query = query, .out = out};
	TRY(history_find_commit(h, query->from, &from));
	if (query->simplified)
		follow(&l, git_commit_id(from));
	struct error *error =
		history_is_shallow(h) ? list_shallow(&l, git_commit_id(from)) : list_all(&l);
	HASH_CLEAR(hh, l.followed);
	return error;
}

/* ---- files ---- */

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
		 (struct stored_file){path, id_text(l->arena, git_tree_entry_id(entry)), NULL, 0});
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
	TRY(id_at(commit, folder, &id));
	if (git_oid_is_zero(&id))
		return error_new(ERROR_INPUT, "revision %.200s has no \"%.200s\"", revision,
				 folder);
	int code = git_object_lookup(&object, h->repository, &id, GIT_OBJECT_ANY);
	if (code)
		return git_failed(code, "reading %s at %.200s", folder, revision);
	if (git_object_type(object) == GIT_OBJECT_TREE)
		return list_tree(h, a, &id, out);
	const char *slash = strrchr(folder, '/');
	vec_push(a, out,
		 (struct stored_file){arena_strdup(a, slash ? slash + 1 : folder), id_text(a, &id),
				      NULL, 0});
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
	TRY(id_at(commit, path, &id));
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

/* ---- merges ---- */

/* The line of first parents, newest first, as far as it is here. */
static struct error *first_parents(struct history *h, struct arena *a, const char *revision,
				   struct oid_vec *out)
{
	git_commit *commit = NULL;
	TRY(history_find_commit(h, revision, &commit));
	while (commit) {
		git_commit *parent = NULL;
		vec_push(a, out, *git_commit_id(commit));
		int code =
			git_commit_parentcount(commit) ? git_commit_parent(&parent, commit, 0) : 0;
		git_commit_free(commit);
		if (history_is_cut_off(h, code))
			return NULL;
		if (code)
			return git_failed(code, "reading a parent");
		commit = parent;
	}
	return NULL;
}

static struct error *is_part_here(struct history *h, struct arena *a, const git_oid *in,
				  const git_oid *id, bool *out)
{
	struct oid_vec all = {0};
	TRY(history_walk_shallow(h, a, in, &all));
	for (size_t i = 0; i < all.len && !*out; i++)
		*out = git_oid_equal(&all.at[i], id);
	return NULL;
}

/* Whether `id` is part of `in`'s history. */
static struct error *is_part(struct history *h, struct arena *a, const git_oid *in,
			     const git_oid *id, bool *out)
{
	*out = git_oid_equal(in, id);
	if (*out)
		return NULL;
	if (history_is_shallow(h))
		return is_part_here(h, a, in, id, out);
	int code = git_graph_descendant_of(h->repository, in, id);
	*out = code == 1;
	return code < 0 ? git_failed(code, "comparing commits of %s", h->path) : NULL;
}

struct error *history_find_merge(struct history *h, struct arena *a, const char *revision,
				 const char *id, struct commit *out, bool *out_found)
{
	CLEANUP(git_commit_free) git_commit *commit = NULL;
	struct oid_vec line = {0};
	char merge[HISTORY_ID];
	TRY(history_find_commit(h, id, &commit));
	TRY(first_parents(h, a, revision, &line));
	const git_oid *wanted = git_commit_id(commit);
	/* Newest first: those in front contain the commit, those behind do not. */
	size_t low = 0, high = line.len;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		bool part;
		TRY(is_part(h, a, &line.at[middle], wanted, &part));
		if (part)
			low = middle + 1;
		else
			high = middle;
	}
	*out_found = low > 0 && !git_oid_equal(&line.at[low - 1], wanted);
	if (!*out_found)
		return NULL;
	git_oid_tostr(merge, sizeof(merge), &line.at[low - 1]);
	return history_read_commit(h, a, merge, out);
}
