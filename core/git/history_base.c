/* SPDX-License-Identifier: Apache-2.0 */
/* Where a line began: the last commit that it shares with the branch it goes back to. */
#include <string.h>

#include "core/git/history_git.h"

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
