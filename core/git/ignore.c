/* SPDX-License-Identifier: Apache-2.0 */
#include "core/git/ignore.h"

#include <assert.h>
#include <string.h>

#include "core/git/history_git.h"
#include "core/util/arena.h"

struct ignore {
	struct history *history;
	git_index *index;
	const char *folder; /* below the root, with a slash behind; "" for the root */
	struct arena scratch;
};

static bool is_tracked(const struct ignore *i, const char *path)
{
	size_t len = strlen(path), at;
	if (len && path[len - 1] == '/')
		return !git_index_find_prefix(&at, i->index, path);
	return git_index_get_bypath(i->index, path, GIT_INDEX_STAGE_NORMAL) ||
	       !git_index_find(&at, i->index, path);
}

static bool is_ignored(const struct ignore *i, const char *path)
{
	int ignored = 0;
	assert(path); /* of an open folder */
	return *path && !git_ignore_path_is_ignored(&ignored, i->history->repository, path) &&
	       ignored && !is_tracked(i, path);
}

bool ignore_has(void *ignore, const char *below)
{
	struct ignore *i = ignore;
	bool found = is_ignored(i, arena_printf(&i->scratch, "%s%s", i->folder, below));
	arena_reset(&i->scratch);
	return found;
}

static struct error *open_folder(struct arena *a, const char *folder, struct ignore *out)
{
	const char *root, *below;
	TRY(history_find(a, folder, &root, &below));
	if (!root)
		return error_new(ERROR_INPUT, "in no work tree");
	TRY(history_open(root, &out->history));
	int code = git_repository_index(&out->index, out->history->repository);
	if (code)
		return git_failed(code, "reading the index of %s", root);
	out->folder = *below ? arena_printf(a, "%s/", below) : "";
	return NULL;
}

struct ignore *ignore_open(struct arena *a, const char *folder)
{
	struct ignore *i = xmalloc(sizeof(*i));
	*i = (struct ignore){0};
	struct error *error = open_folder(a, folder, i);
	if (!error && !is_ignored(i, i->folder))
		return i;
	error_free(error);
	ignore_close(i);
	return NULL;
}

void ignore_close(struct ignore *i)
{
	if (!i)
		return;
	git_index_free(i->index);
	history_close(i->history);
	arena_done(&i->scratch);
	free(i);
}
