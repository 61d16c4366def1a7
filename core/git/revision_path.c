/* SPDX-License-Identifier: Apache-2.0 */
#include "core/git/revision_path.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

bool revision_path_is(const char *text)
{
	const char *colon = strchr(text, ':');
	return colon && colon != text && access(text, F_OK) && errno == ENOENT;
}

static const char *from_root(struct arena *a, const char *path, const char *here)
{
	if (strncmp(path, "./", 2) != 0 && strcmp(path, ".") != 0)
		return arena_strdup(a, path);
	path += path[1] ? 2 : 1;
	return arena_printf(a, "%s%s%s", here, *here && *path ? "/" : "", path);
}

struct error *revision_path_find(struct arena *a, const char *text, const char *repository,
				 struct revision_path *out)
{
	const char *colon = strchr(text, ':'), *here = "";
	*out = (struct revision_path){.revision = arena_strndup(a, text, (size_t)(colon - text)),
				      .root = repository};
	if (!repository)
		TRY(history_find(a, ".", &out->root, &here));
	out->below = from_root(a, colon + 1, here ? here : "");
	return NULL;
}

struct error *revision_path_read(const struct revision_path *at, struct arena *a, size_t max,
				 struct stored_file_vec *out)
{
	CLEANUP(history_close) struct history *h = NULL;
	if (!at->root)
		return error_new(ERROR_INPUT, "\"%s:%s\": this folder is in no git repository",
				 at->revision, at->below);
	TRY(history_open(at->root, &h));
	return history_read_files(h, a, at->revision, at->below, max, out);
}

const char *revision_path_name(struct arena *a, const struct revision_path *at,
			       const struct stored_file *file, size_t count)
{
	size_t len = strlen(at->below), name = strlen(file->path);
	bool is_path = count == 1 && len >= name && !strcmp(at->below + len - name, file->path);
	return arena_printf(a, "%s:%s%s%s", at->revision, at->below,
			    *at->below && !is_path ? "/" : "", is_path ? "" : file->path);
}
