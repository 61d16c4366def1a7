/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/git/history_git.h"
#include "core/util/str.h"

#define CONFIG_FILES_MAX 3 /* the system's, and the user's two */

/* The files of configuration that no repository can write to: git(1), "GIT_CONFIG_...". */
struct trusted_files {
	const char *at[CONFIG_FILES_MAX];
	size_t len;
};

static void add_file(struct trusted_files *files, const char *path)
{
	struct stat st;
	if (path && *path && !stat(path, &st))
		files->at[files->len++] = path;
}

static bool is_true(const char *text)
{
	int value = 0;
	return text && !git_config_parse_bool(&value, text) && value;
}

static void find_trusted(struct arena *a, struct trusted_files *files)
{
	const char *home = getenv("HOME"), *xdg = getenv("XDG_CONFIG_HOME");
	const char *system = getenv("GIT_CONFIG_SYSTEM"), *global = getenv("GIT_CONFIG_GLOBAL");
	if (!is_true(getenv("GIT_CONFIG_NOSYSTEM")))
		add_file(files, system ? system : "/etc/gitconfig");
	if (global) {
		add_file(files, global);
		return;
	}
	if (xdg && *xdg)
		add_file(files, arena_printf(a, "%s/git/config", xdg));
	else if (home)
		add_file(files, arena_printf(a, "%s/.config/git/config", home));
	if (home)
		add_file(files, arena_printf(a, "%s/.gitconfig", home));
}

/* ---- safe.directory ---- */

struct safe {
	struct arena *arena;
	const char *path; /* of the repository, links resolved */
	bool listed;
};

static const char *real_path(struct arena *a, const char *path)
{
	CLEANUP(free) char *real = realpath(path, NULL);
	return real ? arena_strdup(a, real) : path;
}

static bool is_listed(struct safe *s, const char *value)
{
	const char *home = getenv("HOME");
	size_t len = strlen(value);
	if (!strcmp(value, "*"))
		return true;
	if (!strncmp(value, "~/", 2) && home)
		value = arena_printf(s->arena, "%s%s", home, value + 1);
	if (len > 2 && !strcmp(value + strlen(value) - 2, "/*")) {
		const char *base = arena_strndup(s->arena, value, strlen(value) - 2);
		base = real_path(s->arena, base);
		return !strncmp(s->path, base, strlen(base)) && s->path[strlen(base)] == '/';
	}
	return !strcmp(real_path(s->arena, value), s->path);
}

/* An empty value forgets those before it. */
static void take_value(struct safe *s, const char *value)
{
	s->listed = value && *value && (s->listed || is_listed(s, value));
}

static int on_value(const git_config_entry *entry, void *context)
{
	take_value(context, entry->value);
	return 0;
}

static void read_file(struct safe *s, const char *path)
{
	git_config *config = NULL;
	if (git_config_open_ondisk(&config, path))
		return; /* a file that is absent, or that git would refuse too, lists nothing */
	git_config_get_multivar_foreach(config, "safe.directory", NULL, on_value, s);
	git_config_free(config);
}

/* Reads the settings that `git -c` hands to programs it starts, and that CI systems set. */
static void read_environment(struct safe *s)
{
	const char *text = getenv("GIT_CONFIG_COUNT");
	unsigned long count = text ? strtoul(text, NULL, 10) : 0;
	for (unsigned long i = 0; i < count && i < INT_MAX; i++) {
		const char *key = getenv(arena_printf(s->arena, "GIT_CONFIG_KEY_%lu", i));
		const char *value = getenv(arena_printf(s->arena, "GIT_CONFIG_VALUE_%lu", i));
		if (!key || !value)
			return;
		if (!strcasecmp(key, "safe.directory"))
			take_value(s, value);
	}
}

static bool is_safe(const char *path)
{
	ARENA a = {0};
	struct trusted_files files = {0};
	struct safe s = {.arena = &a, .path = real_path(&a, path)};
	find_trusted(&a, &files);
	for (size_t i = 0; i < files.len; i++)
		read_file(&s, files.at[i]);
	read_environment(&s);
	return s.listed;
}

/* ---- owners ---- */

/* Whether the path belongs to this user, or to the one who called sudo. */
static bool is_own(const char *path)
{
	struct stat st;
	const char *sudo = geteuid() == 0 ? getenv("SUDO_UID") : NULL;
	char *end;
	if (!path || (lstat(path, &st) && errno == ENOENT))
		return true;
	if (lstat(path, &st))
		return false;
	if (st.st_uid == geteuid())
		return true;
	unsigned long uid = sudo ? strtoul(sudo, &end, 10) : 0;
	return sudo && *sudo && !*end && st.st_uid == (uid_t)uid;
}

bool history_is_trusted(struct history *h)
{
	ARENA a = {0};
	const char *root = git_repository_workdir(h->repository);
	const char *folder = git_repository_path(h->repository);
	const char *link = root ? arena_printf(&a, "%s.git", root) : NULL;
	if (is_own(root) && is_own(folder) && is_own(link))
		return true;
	return is_safe(root ? root : folder);
}
