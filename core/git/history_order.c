/* SPDX-License-Identifier: Apache-2.0 */
/* How two commits of a history stand to each other. */
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
