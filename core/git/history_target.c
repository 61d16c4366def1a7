/* SPDX-License-Identifier: Apache-2.0 */
/* Where commits go: the branch, what is in its way, and whether they are to be signed. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "core/git/history_git.h"
#include "core/util/file.h"

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

struct error *history_locked(const char *file)
{
	return error_new(ERROR_LOCKED,
			 "%s is there: another git works in this repository, or one was killed "
			 "and left it; remove it when no git runs",
			 file);
}

/* Waits a little for a lock, as a living git holds it; one that stays is an error. */
static struct error *check_lock(struct arena *a, const char *folder, const char *name)
{
	const char *file = arena_printf(a, "%s%s.lock", folder, name);
	struct stat st;
	for (int i = 0; i < HISTORY_LOCK_TRIES; i++) {
		if (lstat(file, &st) && errno == ENOENT)
			return NULL;
		usleep(HISTORY_LOCK_WAIT_US);
	}
	return history_locked(file);
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
