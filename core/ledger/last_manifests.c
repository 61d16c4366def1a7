/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/last_manifests.h"

#include <string.h>

#include "core/git/history.h"
#include "core/util/clock.h"
#include "core/util/digest.h"

bool last_manifests_are(const struct last_applied *last, const unsigned char *digest)
{
	char text[SHA256_TEXT];
	sha256_text(digest, text);
	return last->manifests && !strcmp(last->manifests, text);
}

static const char *older(struct arena *a, const struct last_applied *last, const char *own)
{
	char moment[TIME_TEXT];
	time_format(last->begun, moment);
	return arena_printf(a, "commit %.12s comes before %.12s, which was applied at %s%s%s", own,
			    last->commit, moment, last->run ? ", run " : "",
			    last->run ? last->run : "");
}

/* A fetch of all branches brings nothing of what a clone of some depth cuts off. */
static const char *untold(struct arena *a, const struct last_applied *last, const char *repository,
			  bool here, bool shallow)
{
	return arena_printf(a, "%s %.12s; `git -C %s fetch %s` brings %s",
			    here ? "the history here ends before commit" : "there is no commit",
			    last->commit, repository, here || shallow ? "--unshallow" : "--all",
			    here      ? "it"
			    : shallow ? "it where it is behind this one"
				      : "it where a branch has it");
}

struct error *last_manifests_compare(const struct last_applied *last, const char *own,
				     const char *repository, struct arena *a,
				     enum manifests_age *out, const char **out_why)
{
	CLEANUP(history_close) struct history *h = NULL;
	enum history_order order;
	bool here = false;
	*out = MANIFESTS_UNJUDGED;
	*out_why = NULL;
	if (!own || !last->commit || !repository)
		return NULL;
	TRY(history_open(repository, &h));
	TRY(history_has_commit(h, own, &here));
	if (!here) /* a saved plan of manifests from elsewhere */
		return NULL;
	TRY(history_order(h, own, last->commit, &order));
	*out = MANIFESTS_FINE;
	if (order == HISTORY_BEFORE) {
		*out = MANIFESTS_OLDER;
		*out_why = older(a, last, own);
	} else if (order == HISTORY_UNTOLD) {
		TRY(history_has_commit(h, last->commit, &here));
		*out = MANIFESTS_UNTOLD;
		*out_why = untold(a, last, repository, here, history_is_shallow(h));
	}
	return NULL;
}
