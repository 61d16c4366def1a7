/* SPDX-License-Identifier: Apache-2.0 */
/* How two commits of a history stand to each other. */
#include "core/git/history_git.h"

static bool is_here(struct history *h, const char *id, git_oid *out)
{
	git_commit *commit = NULL;
	bool here = !git_oid_fromstr(out, id) && !git_commit_lookup(&commit, h->repository, out);
	git_commit_free(commit);
	return here;
}

struct error *history_order(struct history *h, const char *one, const char *two,
			    enum history_order *out)
{
	git_oid a, b;
	*out = HISTORY_UNTOLD;
	if (!is_here(h, one, &a) || !is_here(h, two, &b))
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

bool history_has_commit(struct history *h, const char *id)
{
	git_oid unused;
	return is_here(h, id, &unused);
}
