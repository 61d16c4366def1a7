/* SPDX-License-Identifier: Apache-2.0 */
/* Which merge brought a commit into a branch. */
#include "core/git/history_git.h"

/* The line of first parents, newest first, as far as it is here. */
static struct error *first_parents(struct history *h, struct arena *a, const char *revision,
				   struct oid_vec *out)
{
	git_commit *commit = NULL;
	TRY(history_find_commit(h, revision, &commit));
	while (commit) {
		git_commit *parent = NULL;
		vec_push(a, out, *git_commit_id(commit));
		int code =
			git_commit_parentcount(commit) ? git_commit_parent(&parent, commit, 0) : 0;
		git_commit_free(commit);
		if (history_is_cut_off(h, code))
			return NULL;
		if (code)
			return git_failed(code, "reading a parent");
		commit = parent;
	}
	return NULL;
}

static struct error *is_part_here(struct history *h, struct arena *a, const git_oid *in,
				  const git_oid *id, bool *out)
{
	struct oid_vec all = {0};
	TRY(history_walk_shallow(h, a, in, &all));
	for (size_t i = 0; i < all.len && !*out; i++)
		*out = git_oid_equal(&all.at[i], id);
	return NULL;
}

/* Whether `id` is part of `in`'s history. */
static struct error *is_part(struct history *h, struct arena *a, const git_oid *in,
			     const git_oid *id, bool *out)
{
	*out = git_oid_equal(in, id);
	if (*out)
		return NULL;
	if (history_is_shallow(h))
		return is_part_here(h, a, in, id, out);
	int code = git_graph_descendant_of(h->repository, in, id);
	*out = code == 1;
	return code < 0 ? git_failed(code, "comparing commits of %s", h->path) : NULL;
}

struct error *history_find_merge(struct history *h, struct arena *a, const char *revision,
				 const char *id, struct commit *out, bool *out_found)
{
	CLEANUP(git_commit_free) git_commit *commit = NULL;
	struct oid_vec line = {0};
	char merge[HISTORY_ID];
	TRY(history_find_commit(h, id, &commit));
	TRY(first_parents(h, a, revision, &line));
	const git_oid *wanted = git_commit_id(commit);
	/* Newest first: those in front contain the commit, those behind do not. */
	size_t low = 0, high = line.len;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		bool part;
		TRY(is_part(h, a, &line.at[middle], wanted, &part));
		if (part)
			low = middle + 1;
		else
			high = middle;
	}
	*out_found = low > 0 && !git_oid_equal(&line.at[low - 1], wanted);
	if (!*out_found)
		return NULL;
	git_oid_tostr(merge, sizeof(merge), &line.at[low - 1]);
	return history_read_commit(h, a, merge, out);
}
