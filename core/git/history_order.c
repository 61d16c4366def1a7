/* SPDX-License-Identifier: Apache-2.0 */
/* How two commits of a history stand to each other, and where a line of commits left the branch
 * that it goes back to. */
#include "core/git/history_git.h"

static struct error *find(struct history *h, const char *id, git_oid *out, bool *here)
{
	git_commit *commit = NULL;
	int code = git_oid_fromstr(out, id);
	*here = false;
	if (!code)
		code = git_commit_lookup(&commit, h->repository, out);
	git_commit_free(commit);
	*here = !code;
	return code && code != GIT_ENOTFOUND
		       ? git_failed(code, "reading commit %.12s of %s", id, h->path)
		       : NULL;
}

struct error *history_order(struct history *h, const char *one, const char *two,
			    enum history_order *out)
{
	git_oid a, b;
	bool has_one, has_two;
	*out = HISTORY_UNTOLD;
	TRY(find(h, one, &a, &has_one));
	TRY(find(h, two, &b, &has_two));
	if (!has_one || !has_two)
		return NULL;
	if (git_oid_equal(&a, &b)) {
		*out = HISTORY_SAME;
		return NULL;
	}
	int before = git_graph_descendant_of(h->repository, &b, &a);
	int after = before ? 0 : git_graph_descendant_of(h->repository, &a, &b);
	if (before < 0 || after < 0)
		return git_failed(before < 0 ? before : after, "comparing commits of %s", h->path);
	if (before || after)
		*out = before ? HISTORY_BEFORE : HISTORY_AFTER;
	else if (!history_is_shallow(h))
		*out = HISTORY_APART;
	return NULL;
}

struct error *history_has_commit(struct history *h, const char *id, bool *out)
{
	git_oid unused;
	return find(h, id, &unused, out);
}

/* In this order; the first that is there is taken for the branch that changes are merged into. */
static const char *const trunks[] = {
	"refs/remotes/origin/HEAD",   "refs/remotes/origin/main", "refs/remotes/origin/master",
	"refs/remotes/upstream/HEAD", "refs/heads/main",	  "refs/heads/master",
};

static bool find_trunk(struct history *h, git_oid *out)
{
	for (size_t i = 0; i < sizeof(trunks) / sizeof(*trunks); i++) {
		if (!git_reference_name_to_id(out, h->repository, trunks[i]))
			return true;
	}
	return false;
}

struct error *history_fork_point(struct history *h, const char *commit, char out[static HISTORY_ID])
{
	git_oid head, trunk, base;
	*out = '\0';
	int code = commit ? git_oid_fromstr(&head, commit)
			  : git_reference_name_to_id(&head, h->repository, "HEAD");
	if (code == GIT_ENOTFOUND)
		return NULL;
	if (code)
		return git_failed(code, "reading HEAD of %s", h->path);
	if (!find_trunk(h, &trunk))
		trunk = head;
	code = git_merge_base(&base, h->repository, &head, &trunk);
	if (code == GIT_ENOTFOUND) /* a shallow clone, or lines of their own */
		return NULL;
	if (code)
		return git_failed(code, "looking where a line of %s began", h->path);
	git_oid_tostr(out, HISTORY_ID, &base);
	return NULL;
}

bool history_lacks_fork_point(struct history *h)
{
	git_oid head, trunk, base;
	if (git_reference_name_to_id(&head, h->repository, "HEAD"))
		return false; /* nothing is committed yet */
	if (!find_trunk(h, &trunk))
		return git_repository_head_detached(h->repository) == 1 || history_is_shallow(h);
	return git_merge_base(&base, h->repository, &head, &trunk) == GIT_ENOTFOUND;
}
