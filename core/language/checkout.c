/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/checkout.h"

#include <string.h>
#include <sys/stat.h>

#include "core/git/revision_path.h"
#include "core/language/foreign.h"
#include "core/language/manifest.h"

/* ---- where ---- */

static bool find_path(struct arena *a, const char *path, struct checkout_path *out,
		      const char **out_root)
{
	struct stat st;
	struct revision_path at;
	struct error *error;
	if (!strcmp(path, "-"))
		return false;
	if (revision_path_is(path)) {
		error = revision_path_find(a, path, NULL, &at);
		*out_root = at.root;
		out->revision = at.revision;
		out->below = at.below;
	} else {
		error = history_find(a, path, out_root, &out->below);
	}
	out->folder = !stat(path, &st) && S_ISDIR(st.st_mode);
	bool found = !error && *out_root;
	error_free(error);
	return found;
}

bool checkout_find(struct arena *a, const char *const *paths, size_t count, struct checkout *out)
{
	*out = (struct checkout){0};
	for (size_t i = 0; i < count; i++) {
		struct checkout_path path = {0};
		const char *root;
		if (!find_path(a, paths[i], &path, &root) ||
		    (out->root && strcmp(out->root, root) != 0))
			return false;
		out->root = root;
		vec_push(a, &out->paths, path);
	}
	return count > 0;
}

/* ---- what HEAD has there ---- */

/* Whether a file that stands alone below the PATH is the PATH itself. */
static bool is_itself(const char *below, const char *file)
{
	const char *slash = strrchr(below, '/');
	return !strcmp(slash ? slash + 1 : below, file);
}

static const char *name_below(struct arena *a, const struct checkout_path *path, const char *file)
{
	if (path->revision ? is_itself(path->below, file) : !path->folder)
		return path->below;
	return arena_printf(a, "%s%s%s", path->below, *path->below ? "/" : "", file);
}

/* What the commit has below the PATHs that are revisions, or below those of the work tree. */
static struct error *list_committed(struct history *h, struct arena *a, const char *commit,
				    const struct checkout *c, bool revisions,
				    struct stored_file_vec *out)
{
	for (size_t i = 0; i < c->paths.len; i++) {
		const struct checkout_path *path = &c->paths.at[i];
		size_t from = out->len;
		if (!path->revision == revisions)
			continue;
		TRY(history_list_files(h, a, commit, path->below, out));
		for (size_t k = from; k < out->len; k++)
			out->at[k].path = name_below(a, path, out->at[k].path);
	}
	return NULL;
}

/* ---- what was read ---- */

static bool list_read(struct arena *a, const char *root, const struct stored_file_vec *read,
		      struct stored_file_vec *out)
{
	size_t len = strlen(root);
	for (size_t i = 0; i < read->len; i++) {
		CLEANUP(free) char *real = realpath(read->at[i].path, NULL);
		if (!real || strncmp(real, root, len) != 0 || real[len] != '/')
			return false;
		vec_push(a, out,
			 (struct stored_file){.path = arena_strdup(a, real + len + 1),
					      .id = read->at[i].id});
	}
	return true;
}

static int by_path(const void *a, const void *b)
{
	const struct stored_file *x = a, *y = b;
	return strcmp(x->path, y->path);
}

/* Each path once: PATHs may overlap. */
static void sort_once(struct stored_file_vec *files)
{
	size_t kept = 0;
	vec_sort(files, by_path);
	for (size_t i = 0; i < files->len; i++) {
		if (!kept || strcmp(files->at[kept - 1].path, files->at[i].path) != 0)
			files->at[kept++] = files->at[i];
	}
	files->len = kept;
}

static bool are_equal(struct stored_file_vec *x, struct stored_file_vec *y)
{
	sort_once(x);
	sort_once(y);
	if (x->len != y->len)
		return false;
	for (size_t i = 0; i < x->len; i++) {
		if (strcmp(x->at[i].path, y->at[i].path) != 0 ||
		    strcmp(x->at[i].id, y->at[i].id) != 0)
			return false;
	}
	return true;
}

/* A checkout may have other line ends than its commit: then what git would commit counts. */
static void clean_ids(struct history *h, struct arena *a, struct stored_file_vec *here,
		      struct stored_file_vec *committed)
{
	char raw[HISTORY_ID], clean[HISTORY_ID];
	sort_once(here);
	sort_once(committed);
	for (size_t i = 0; i < here->len && here->len == committed->len; i++) {
		struct stored_file *f = &here->at[i];
		if (strcmp(f->path, committed->at[i].path) != 0 ||
		    !strcmp(f->id, committed->at[i].id))
			continue;
		struct error *error = history_hash_file(h, f->path, raw, clean);
		if (!error && !strcmp(raw, f->id))
			f->id = arena_strdup(a, clean);
		error_free(error); /* then it is not as the commit has it */
	}
}

/* ---- the commit ---- */

/* The one commit that all PATHs name; "" when they do not. */
static struct error *find_commit(struct history *h, const struct checkout *c,
				 char out[static HISTORY_ID])
{
	char id[HISTORY_ID];
	*out = '\0';
	for (size_t i = 0; i < c->paths.len; i++) {
		const char *revision = c->paths.at[i].revision;
		TRY(history_resolve(h, revision ? revision : "HEAD", id));
		if (i && strcmp(id, out) != 0) {
			*out = '\0';
			return NULL;
		}
		memcpy(out, id, sizeof(id));
	}
	return NULL;
}

static struct error *judge(const struct checkout *c, struct arena *a,
			   const struct stored_file_vec *read, const char **out)
{
	CLEANUP(history_close) struct history *h = NULL;
	struct stored_file_vec committed = {0}, here = {0};
	char commit[HISTORY_ID];
	TRY(history_open(c->root, &h));
	TRY(find_commit(h, c, commit));
	if (!*commit || !list_read(a, c->root, read, &here))
		return NULL;
	TRY(list_committed(h, a, commit, c, false, &committed));
	clean_ids(h, a, &here, &committed);
	if (are_equal(&here, &committed))
		*out = arena_strdup(a, commit);
	return NULL;
}

/* ---- what another commit had there ---- */

static bool is_read(const struct stored_file_vec *read, const struct stored_file *f)
{
	const struct stored_file *found = vec_find(read, f, by_path);
	return found && !strcmp(found->id, f->id);
}

static struct error *read_replaced(struct history *h, const struct checkout *c, struct arena *a,
				   const char *commit, bool revisions,
				   const struct stored_file_vec *here, struct stored_file_vec *out)
{
	struct stored_file_vec then = {0};
	TRY(list_committed(h, a, commit, c, revisions, &then));
	sort_once(&then);
	for (size_t i = 0; i < then.len; i++) {
		size_t from = out->len;
		if (is_read(here, &then.at[i]))
			continue;
		TRY(history_read_files(h, a, commit, then.at[i].path, MANIFEST_FILE_MAX, out));
		for (size_t k = from; k < out->len; k++)
			out->at[k].path = then.at[i].path;
	}
	return NULL;
}

static size_t count_revisions(const struct checkout *c)
{
	size_t count = 0;
	for (size_t i = 0; i < c->paths.len; i++)
		count += c->paths.at[i].revision != NULL;
	return count;
}

bool checkout_lacks_fork_point(const struct checkout *c)
{
	CLEANUP(history_close) struct history *h = NULL;
	if (!c->root || count_revisions(c))
		return false;
	struct error *error = history_open(c->root, &h);
	bool lacks = !error && history_lacks_fork_point(h);
	error_free(error); /* of a repository that cannot be read no commit is told */
	return lacks;
}

/* What was read, and of which commit that is; "" for the work tree. */
static struct error *list_here(struct history *h, const struct checkout *c, struct arena *a,
			       const struct stored_file_vec *read, char commit[static HISTORY_ID],
			       bool *known, struct stored_file_vec *out)
{
	size_t revisions = count_revisions(c);
	*commit = '\0';
	*known = !revisions && read->len && list_read(a, c->root, read, out);
	if (!revisions || revisions < c->paths.len)
		return NULL;
	TRY(find_commit(h, c, commit));
	*known = *commit;
	return *commit ? list_committed(h, a, commit, c, true, out) : NULL;
}

struct error *checkout_replaced(const struct checkout *c, struct arena *a, const char *at,
				const struct stored_file_vec *read, const char **out_commit,
				struct stored_file_vec *out)
{
	CLEANUP(history_close) struct history *h = NULL;
	struct stored_file_vec here = {0};
	char commit[HISTORY_ID], of[HISTORY_ID];
	bool known;
	*out_commit = NULL;
	if (!c->root)
		return NULL;
	TRY(history_open(c->root, &h));
	TRY(list_here(h, c, a, read, of, &known, &here));
	if (!known)
		return NULL;
	TRY(at ? history_resolve(h, at, commit) : history_fork_point(h, *of ? of : NULL, commit));
	if (!*commit)
		return NULL;
	sort_once(&here);
	TRY(read_replaced(h, c, a, commit, *of, &here, out));
	*out_commit = arena_strdup(a, commit);
	return NULL;
}

const char *checkout_commit(const struct checkout *checkout, struct arena *a,
			    const struct stored_file_vec *read)
{
	const char *commit = NULL;
	/* Where anything fails, the commit is not known. */
	error_free(judge(checkout, a, read, &commit));
	return commit;
}

static struct error *read_then(const char *root, struct arena *a, const char *commit,
			       const char *below, struct stored_file_vec *out)
{
	CLEANUP(history_close) struct history *h = NULL;
	TRY(history_open(root, &h));
	return history_read_files(h, a, commit, below, MANIFEST_FILE_MAX, out);
}

bool checkout_was_manifest(const struct checkout *checkout, struct arena *a, const char *commit,
			   const char *file)
{
	CLEANUP(free) char *real = checkout->root ? realpath(file, NULL) : NULL;
	size_t len = checkout->root ? strlen(checkout->root) : 0;
	struct stored_file_vec then = {0};
	if (!real || strncmp(real, checkout->root, len) != 0 || real[len] != '/')
		return false;
	/* Whatever fails: then it is not known. */
	error_free(read_then(checkout->root, a, commit, real + len + 1, &then));
	return then.len == 1 && foreign_judge(then.at[0].bytes, then.at[0].len) == FOREIGN_NOT;
}
