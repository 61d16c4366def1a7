/* SPDX-License-Identifier: Apache-2.0 */
/* Which merge brought a commit into a branch. */
#include <stdlib.h>
#include <uthash.h>

#include "core/git/history_git.h"

#define SKEW (30 * 24 * 60 * 60) /* seconds by which the clocks of committers may differ */

/* Appends the line of first parents from the revision on, newest first, down to the first commit
 * that is older than `since`, or as far as the clone has it. */
static struct error *first_parents(struct history *h, struct arena *a, const char *revision,
				   int64_t since, struct oid_vec *out)
{
	git_commit *commit = NULL;
	TRY(history_find_commit(h, revision, &commit));
	while (commit) {
		git_commit *parent = NULL;
		vec_push(a, out, *git_commit_id(commit));
		bool more = git_commit_parentcount(commit) && git_commit_time(commit) >= since;
		int code = more ? git_commit_parent(&parent, commit, 0) : 0;
		git_commit_free(commit);
		if (history_is_cut_off(h, code))
			return NULL;
		if (code)
			return git_failed(code, "reading a parent");
		commit = parent;
	}
	return NULL;
}

struct merged {
	git_oid id;
	uint32_t at; /* in the line of first parents */
	UT_hash_handle hh;
};

struct merge_index {
	struct arena arena;
	struct history *h;
	int64_t since;
	struct oid_vec line;
	struct merged *all;
};

static bool add(struct merge_index *m, const git_oid *id, uint32_t at)
{
	struct merged *found;
	HASH_FIND(hh, m->all, id, sizeof(*id), found);
	if (found)
		return false;
	found = arena_zalloc(&m->arena, sizeof(*found));
	found->id = *id;
	found->at = at;
	HASH_ADD(hh, m->all, id, sizeof(found->id), found);
	return true;
}

static struct error *add_parents(struct merge_index *m, uint32_t at, const git_oid *id,
				 struct oid_vec *next)
{
	CLEANUP(git_commit_free) git_commit *commit = NULL;
	int code = git_commit_lookup(&commit, m->h->repository, id);
	if (history_is_cut_off(m->h, code))
		return NULL;
	if (code)
		return git_failed(code, "reading a parent");
	bool old = git_commit_time(commit) < m->since;
	for (unsigned i = 0; !old && i < git_commit_parentcount(commit); i++) {
		const git_oid *parent = git_commit_parent_id(commit, i);
		if (add(m, parent, at))
			vec_push(&m->arena, next, *parent);
	}
	return NULL;
}

/* Goes along the line from its oldest commit: a commit that no merge before it brought came with
 * this one. */
static struct error *fill(struct merge_index *m)
{
	struct oid_vec next = {0};
	for (size_t i = m->line.len; i-- > 0;) {
		add(m, &m->line.at[i], (uint32_t)i);
		vec_push(&m->arena, &next, m->line.at[i]);
		while (next.len) {
			const git_oid id = next.at[--next.len];
			TRY(add_parents(m, (uint32_t)i, &id, &next));
		}
	}
	return NULL;
}

struct error *history_index_merges(struct history *h, const char *revision, int64_t since,
				   struct merge_index **out)
{
	struct merge_index *m = xmalloc(sizeof(*m));
	*m = (struct merge_index){.h = h,
				  .since = since > INT64_MIN + SKEW ? since - SKEW : INT64_MIN};
	struct error *error = first_parents(h, &m->arena, revision, m->since, &m->line);
	if (!error)
		error = fill(m);
	if (error)
		history_merges_free(m);
	else
		*out = m;
	return error;
}

void history_merges_free(struct merge_index *m)
{
	if (!m)
		return;
	HASH_CLEAR(hh, m->all);
	arena_done(&m->arena);
	free(m);
}

struct error *history_find_merge(const struct merge_index *m, struct arena *a, const char *id,
				 struct commit *out, bool *out_found)
{
	CLEANUP(git_commit_free) git_commit *commit = NULL;
	char merge[HISTORY_ID];
	struct merged *found;
	TRY(history_find_commit(m->h, id, &commit));
	const git_oid *wanted = git_commit_id(commit);
	HASH_FIND(hh, m->all, wanted, sizeof(*wanted), found);
	*out_found = found && !git_oid_equal(&m->line.at[found->at], wanted);
	if (!*out_found)
		return NULL;
	git_oid_tostr(merge, sizeof(merge), &m->line.at[found->at]);
	return history_read_commit(m->h, a, merge, out);
}
