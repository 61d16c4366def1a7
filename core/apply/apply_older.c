/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the manifests are older than those that were applied last, by the history that they are
 * of. */
#include "core/apply/applier.h"
#include "core/git/history.h"
#include "core/util/clock.h"

static struct error *is_older(const struct applier *p)
{
	const struct last_applied *last = &p->view.last;
	char moment[TIME_TEXT];
	time_format(last->begun, moment);
	return error_new(ERROR_REFUSED,
			 "the manifests are older than those that were applied last: commit %.12s "
			 "comes before %.12s, which was applied at %s%s%s; take the newer ones, or "
			 "insist with --allow-older",
			 p->plan->manifest_commit, last->commit, moment, last->run ? ", run " : "",
			 last->run ? last->run : "");
}

static struct error *is_untold(const struct applier *p, bool here)
{
	return error_new(ERROR_INPUT,
			 "whether the manifests are older than those that were applied last cannot "
			 "be told: %s %.12s; `git -C %s fetch %s` brings it, and --allow-older "
			 "insists; nothing was sent",
			 here ? "the history here ends before commit" : "there is no commit",
			 p->view.last.commit, p->in->repository, here ? "--unshallow" : "--all");
}

struct error *applier_check_older(const struct applier *p)
{
	CLEANUP(history_close) struct history *h = NULL;
	const char *own = p->plan->manifest_commit, *last = p->view.last.commit;
	enum history_order order;
	if (p->resumed || p->in->allow_older || !own || !last || !p->in->repository)
		return NULL;
	TRY(history_open(p->in->repository, &h));
	if (!history_has_commit(h, own)) /* a saved plan of manifests from elsewhere */
		return NULL;
	TRY(history_order(h, own, last, &order));
	if (order == HISTORY_BEFORE)
		return is_older(p);
	return order == HISTORY_UNTOLD ? is_untold(p, history_has_commit(h, last)) : NULL;
}
