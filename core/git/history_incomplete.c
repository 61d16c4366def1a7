/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/git/history_git.h"

struct reached {
	git_oid id;
	git_time_t time;
	bool listed;
};
VEC(reached_vec, struct reached);

bool history_is_shallow(struct history *h)
{
	return git_repository_is_shallow(h->repository) == 1;
}

bool history_is_cut_off(struct history *h, int code)
{
	return code == GIT_ENOTFOUND && history_is_shallow(h);
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), tail = strlen(end);
	return len > tail && !strcmp(text + len - tail, end);
}

/* Keys are compared here: libgit2 1.5 loses memory at each look-up by a pattern. */
static int on_setting(const git_config_entry *entry, void *context)
{
	bool promised = !strncmp(entry->name, "remote.", strlen("remote.")) &&
			ends_with(entry->name, ".promisor");
	*(bool *)context |= promised || !strcmp(entry->name, "extensions.partialclone");
	return 0;
}

static bool is_partial(struct history *h)
{
	git_config *config = NULL;
	bool found = false;
	if (git_repository_config_snapshot(&config, h->repository))
		return false;
	int code = git_config_foreach(config, on_setting, &found);
	git_config_free(config);
	return !code && found;
}

struct error *history_judge_absence(struct history *h, struct error *error)
{
	if (error && error->code == ERROR_ABSENT && !is_partial(h) && !history_is_shallow(h))
		error->code = ERROR_SYSTEM;
	return error;
}

static struct error *reach(struct history *h, struct arena *a, const git_oid *id,
			   struct reached_vec *all)
{
	CLEANUP(git_commit_free) git_commit *commit = NULL;
	for (size_t i = 0; i < all->len; i++) {
		if (git_oid_equal(&all->at[i].id, id))
			return NULL;
	}
	int code = git_commit_lookup(&commit, h->repository, id);
	if (history_is_cut_off(h, code))
		return NULL;
	if (code)
		return git_failed(code, "reading a commit");
	vec_push(a, all, (struct reached){*id, git_commit_time(commit), false});
	return NULL;
}

static struct reached *newest(struct reached_vec *all)
{
	struct reached *found = NULL;
	for (size_t i = 0; i < all->len; i++) {
		struct reached *r = &all->at[i];
		if (!r->listed && (!found || r->time > found->time))
			found = r;
	}
	return found;
}

static struct error *reach_parents(struct history *h, struct arena *a, const git_oid *id,
				   struct reached_vec *all)
{
	CLEANUP(git_commit_free) git_commit *commit = NULL;
	int code = git_commit_lookup(&commit, h->repository, id);
	if (code)
		return git_failed(code, "reading a commit");
	for (unsigned i = 0; i < git_commit_parentcount(commit); i++)
		TRY(reach(h, a, git_commit_parent_id(commit, i), all));
	return NULL;
}

struct error *history_walk_shallow(struct history *h, struct arena *a, const git_oid *from,
				   struct oid_vec *out)
{
	struct reached_vec all = {0};
	TRY(reach(h, a, from, &all));
	for (struct reached *next; (next = newest(&all));) {
		next->listed = true;
		vec_push(a, out, next->id);
		const git_oid id = next->id; /* the vector moves as it grows */
		TRY(reach_parents(h, a, &id, &all));
	}
	return NULL;
}
