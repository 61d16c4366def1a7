/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a merge brought two histories of a folder together. */
#include "core/git/history_git.h"

#define LOOKED_AT 10000 /* commits behind the tip that left the folder alone */

/* The folder's id in a commit and in its first parent, and whether the parents' differ. */
struct sides {
	git_oid own, first;
	bool differ;
};

static struct error *look(const git_commit *commit, const char *folder, struct sides *out)
{
	unsigned count = git_commit_parentcount(commit);
	*out = (struct sides){0};
	TRY(history_entry_id(commit, folder, &out->own));
	for (unsigned i = 0; i < count; i++) {
		CLEANUP(git_commit_free) git_commit *parent = NULL;
		git_oid id;
		int code = git_commit_parent(&parent, commit, i);
		if (code)
			return git_failed(code, "reading a parent");
		TRY(history_entry_id(parent, folder, &id));
		if (i == 0)
			out->first = id;
		else
			out->differ |= !git_oid_equal(&out->first, &id);
	}
	return NULL;
}

static struct error *folder_at(struct history *h, const git_oid *id, const char *folder,
			       git_oid *out)
{
	CLEANUP(git_commit_free) git_commit *commit = NULL;
	int code = git_commit_lookup(&commit, h->repository, id);
	return code ? git_failed(code, "reading a commit") : history_entry_id(commit, folder, out);
}

/* Fills in the merge if both sides changed the folder since their base. */
static struct error *take_merge(struct history *h, const git_commit *merge, const char *folder,
				struct united *out)
{
	const git_oid *one = git_commit_parent_id(merge, 0), *two = git_commit_parent_id(merge, 1);
	git_oid base, ids[3];
	int code = git_merge_base(&base, h->repository, one, two);
	if (code == GIT_ENOTFOUND)
		return NULL;
	if (code)
		return git_failed(code, "finding where two branches part");
	const git_oid *const commits[] = {&base, one, two};
	for (int i = 0; i < 3; i++)
		TRY(folder_at(h, commits[i], folder, &ids[i]));
	if (git_oid_is_zero(&ids[0]) || git_oid_is_zero(&ids[1]) || git_oid_is_zero(&ids[2]) ||
	    git_oid_equal(&ids[0], &ids[1]) || git_oid_equal(&ids[0], &ids[2]))
		return NULL;
	git_oid_tostr(out->base, sizeof(out->base), &base);
	git_oid_tostr(out->one, sizeof(out->one), one);
	git_oid_tostr(out->two, sizeof(out->two), two);
	return NULL;
}

/* *next is NULL where the search ends. */
static struct error *step(struct history *h, const git_commit *commit, const char *folder,
			  struct united *out, git_commit **next)
{
	struct sides s;
	unsigned count = git_commit_parentcount(commit);
	*next = NULL;
	TRY(look(commit, folder, &s));
	if (count == 2 && s.differ)
		return take_merge(h, commit, folder, out);
	if (count == 0 || s.differ || !git_oid_equal(&s.own, &s.first))
		return NULL;
	int code = git_commit_parent(next, commit, 0);
	return code ? git_failed(code, "reading a parent") : NULL;
}

struct error *history_find_united(struct history *h, const char *revision, const char *folder,
				  struct united *out)
{
	git_commit *commit = NULL;
	*out = (struct united){0};
	if (history_is_shallow(h))
		return NULL;
	TRY(history_find_commit(h, revision, &commit));
	for (int i = 0; commit && i < LOOKED_AT; i++) {
		git_commit *next;
		struct error *error = step(h, commit, folder, out, &next);
		git_commit_free(commit);
		commit = next;
		if (error)
			return error;
	}
	git_commit_free(commit);
	return NULL;
}
