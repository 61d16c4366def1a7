/* SPDX-License-Identifier: Apache-2.0 */
/* Where a run's snapshot goes. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "core/record/recorder.h"
#include "core/util/beneath.h"

/* The deepest part of a path that exists, and what is left of it. */
static const char *existing_part(struct arena *a, const char *path, const char **rest)
{
	char *part = arena_strdup(a, path);
	struct stat st;
	for (size_t len = strlen(part); len > 1 && part[len - 1] == '/'; len--)
		part[len - 1] = '\0';
	*rest = "";
	while (lstat(part, &st) && errno == ENOENT) {
		char *slash = strrchr(part, '/');
		const char *last = slash ? slash + 1 : part;
		*rest = arena_printf(a, "%s%s%s", last, **rest ? "/" : "", *rest);
		if (!slash)
			return ".";
		*slash = '\0';
		if (slash == part)
			return "/";
	}
	return part;
}

static const char *join(struct arena *a, const char *folder, const char *name)
{
	return arena_printf(a, "%s%s%s", folder, *folder && *name ? "/" : "", name);
}

/* A snapshot may not leave its repository, nor lie where git commits nothing. */
static bool is_inside(const char *folder)
{
	for (const char *at = folder; *at;) {
		size_t len = strcspn(at, "/");
		if (len == 0 || (len == 1 && *at == '.') || (len == 2 && !strncmp(at, "..", 2)) ||
		    (len == 4 && !strncasecmp(at, ".git", 4)))
			return false;
		at += len + (at[len] == '/' && at[len + 1]);
	}
	return *folder != '\0';
}

static struct error *find_repository(struct arena *a, struct record_place *place)
{
	const char *rest, *below;
	const char *part = existing_part(a, place->folder, &rest);
	TRY(history_find(a, part, &place->repository, &below));
	if (place->repository)
		place->below = join(a, below, rest);
	if (place->repository && !*place->below)
		return error_new(ERROR_USAGE, "%s is the root of a repository; name a folder in it",
				 place->folder);
	if (place->repository && !is_inside(place->below))
		return error_new(ERROR_USAGE,
				 "%s is in a folder that is git's own; name another one",
				 place->folder);
	return NULL;
}

static struct error *configured_place(struct arena *a, const char *name, bool commit,
				      struct record_place *out)
{
	out->configured = true;
	out->repository = out->settings.repository;
	out->below = out->settings.folder ? out->settings.folder : name;
	out->folder = join(a, out->repository, out->below);
	out->commit = commit || out->settings.commit;
	if (!is_inside(out->below))
		return error_new(ERROR_INPUT,
				 "snapshot.folder \"%.200s\" is no folder inside the repository",
				 out->below);
	return NULL;
}

struct error *record_find_place(struct arena *a, const char *folder,
				const struct snapshot_settings *settings, const char *name,
				bool commit, struct record_place *out, bool *out_any)
{
	*out = (struct record_place){0};
	*out_any = folder || (settings && settings->repository);
	if (settings)
		out->settings = *settings;
	if (!*out_any)
		return NULL;
	if (!folder)
		return configured_place(a, name, commit, out);
	out->settings.branch = out->settings.push = NULL; /* of another repository */
	out->folder = folder;
	out->commit = commit;
	TRY(find_repository(a, out));
	if (commit && !out->repository)
		return error_new(ERROR_INPUT, "%s is in no git repository: nothing to commit to",
				 folder);
	return NULL;
}

/* ---- links ---- */

static struct error *refuse_link(const char *path)
{
	struct stat st;
	if (!lstat(path, &st) && S_ISLNK(st.st_mode))
		return error_new(ERROR_INPUT, "%s is a link: no snapshot is written through one",
				 path);
	return NULL;
}

struct error *record_check_links(const struct record_place *place, struct arena *a)
{
	if (!place->configured)
		TRY(refuse_link(place->folder));
	for (const char *at = place->configured ? place->below : ""; *at;) {
		at += strcspn(at, "/");
		const char *part = arena_strndup(a, place->below, (size_t)(at - place->below));
		TRY(refuse_link(join(a, place->repository, part)));
		at += strspn(at, "/");
	}
	return beneath_check(place->folder);
}
