/* SPDX-License-Identifier: Apache-2.0 */
#include "core/git/history.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "core/git/history_git.h"
#include "core/util/nearest.h"
#include "core/util/str.h"
#include "core/util/text_escape.h"
#include "core/util/unicode.h"

/* ---- failures ---- */

/* Whether the call failed because an object is named and not there: that is damage, or a clone that
 * was made to lack it. */
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
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION,
			 0); /* history_is_trusted() judges owners in place of libgit2 */
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
		return nearest_path(path, error_errno(errno, "finding %s", path));
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

bool history_is_id(const char *text)
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
		return error_new(history_is_id(revision) ? ERROR_ABSENT : ERROR_INPUT,
				 "repository %s has no commit \"%.200s\"%s", h->path, revision,
				 git_repository_is_shallow(h->repository) == 1
					 ? " here: " HISTORY_CUT_OFF
					 : "");
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

const char *history_id_text(struct arena *a, const git_oid *id)
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

struct error *history_copy_commit(struct arena *a, const git_commit *from, struct commit *out)
{
	const git_signature *author = git_commit_author(from);
	const char *message = git_commit_message(from);
	message = message ? message : "";
	*out = (struct commit){.id = history_id_text(a, git_commit_id(from)),
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
	return history_copy_commit(a, commit, out);
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
