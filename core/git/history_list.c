/* SPDX-License-Identifier: Apache-2.0 */
/* Which commits changed a folder, newest first. */
#include <limits.h>
#include <uthash.h>

#include "core/git/history_git.h"

struct followed {
	git_oid id;
	UT_hash_handle hh;
};

struct lister {
	struct history *h;
	struct arena *arena;
	const struct commit_query *query;
	struct commit_vec *out;
	struct followed *followed; /* the commits that a simplified walk has reached */
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

/* A commit's folder beside that of its parents. */
struct lineage {
	git_oid own;   /* id of the folder; all zero: absent */
	unsigned same; /* the first parent with the same folder; UINT_MAX: none */
	bool cut_off;
};

static struct error *compare_parents(struct lister *l, const git_commit *commit,
				     struct lineage *out)
{
	const char *folder = l->query->folder;
	TRY(history_entry_id(commit, folder, &out->own));
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
		TRY(history_entry_id(parent, folder, &other));
		if (out->same == UINT_MAX && !history_is_root(folder) &&
		    git_oid_equal(&out->own, &other))
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
	TRY(history_copy_commit(l->arena, commit, &found));
	found.tree = absent ? NULL : history_id_text(l->arena, &lineage.own);
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
