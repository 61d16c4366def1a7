/* SPDX-License-Identifier: Apache-2.0 */
/* applier.h - what the files that carry out a plan share; nobody else includes it.
 *
 * apply.c has the order of a run and sends; apply_live.c compares with live, before and after;
 * apply_guards.c asks the guards at each step; apply_intents.c knows earlier runs and writes down
 * this one. */
#ifndef WRIT_APPLIER_H
#define WRIT_APPLIER_H

#include "core/apply/apply.h"
#include "core/apply/reread.h"
#include "core/ledger/journal.h"
#include "core/util/patience.h"

/* What this run and, when it is resumed, its journal know of a change beside its fate. */
struct recalled {
	enum fate fate : 8;	    /* the last on record */
	bool sent;		    /* there is an intent of it */
	bool cut;		    /* and nothing behind the last one */
	bool once;		    /* struct outcome */
	bool delivering, delivered; /* of the secret of an account */
};

struct applier {
	const struct apply_input *in;
	const struct plan *plan;
	struct arena *arena;
	struct result *out;
	struct journal *journal; /* NULL until something is to be sent */
	struct policy policy;	 /* the strictest of the plan's and the operator's */
	struct consent consent;	 /* the plan's, and what was given with it */
	bool resumed;
	struct recalled *recalled; /* by change */
	unsigned waited_ms;	   /* of the operator's patience */
	bool judged; /* the guards know live as it is: nothing was sent since they looked */
};

void applier_set_fate(struct applier *p, size_t i, enum fate fate, const char *message);
bool applier_is_stopped(struct applier *p);

/* ---- apply_live.c ---- */

/* Reads live, and gives each change that needs no sending its fate. ERROR_REFUSED: another
 * organisation, or the plan is stale; ERROR_GUARD. */
MUST_CHECK struct error *applier_check_start(struct applier *p);

/* Corrects the fates of changes[from .. to) that were believed done or unknown by what is live,
 * once it has caught up. *complete is false when something is not there. Where no read can show a
 * change, who made it is believed. `next` (NULL: nobody) is asked with the same look. */
MUST_CHECK struct error *
applier_verify(struct applier *p, size_t from, size_t to,
	       struct error *(*next)(struct applier *, const struct reread *), bool *complete);

MUST_CHECK struct error *applier_save_waiting(struct applier *p);

/* ---- apply_recall.c ---- */

/* Reads back what the journal of the run that goes on says of each change. */
MUST_CHECK struct error *applier_recall(struct applier *p, const char *path);
/* The service has accepted it on record: it is not sent again. */
bool applier_is_accepted(const struct applier *p, size_t i);
/* Writes down what was found on resuming, where it is not what the journal says. */
MUST_CHECK struct error *applier_record_found(struct applier *p);
/* An account whose secret a stopped run still owes, in `a`; NULL: none. */
MUST_CHECK struct error *recall_owed(struct arena *a, const char *path, const char **out);

/* ---- apply_secrets.c ---- */

/* Hands over the secrets of the accounts that this run made: each an intent, a try, a result. What
 * could not be is failed, what is not shown yet is late, and then *complete is false. `hurried`:
 * without patience. */
MUST_CHECK struct error *applier_deliver(struct applier *p, bool hurried, bool *complete);

/* What is left of the operator's patience. */
struct patience applier_patience(const struct applier *p);
void applier_has_waited(struct applier *p, const struct patience *t);

/* Reads live; `kept`: only who holds the roles that somebody must keep. */
MUST_CHECK struct error *applier_read(struct applier *p, bool kept, struct reread *out);

/* ---- apply_guards.c ---- */

/* Judges the whole before the first request; `settled` (NULL: none) are changes that are done, or
 * that nobody will make. ERROR_GUARD: nothing may be sent. */
MUST_CHECK struct error *applier_judge(struct applier *p, const struct reread *v,
				       const bool *settled);

/* Judges what is left to be removed, with live as it is by now: what would go below a guard is
 * withheld from here on. */
MUST_CHECK struct error *applier_judge_rest(struct applier *p, const struct reread *v);

/* The same before these changes are sent, where they take from who must be kept and something was
 * sent since the guards looked. */
MUST_CHECK struct error *applier_judge_batch(struct applier *p, const size_t *numbers, size_t len);

/* After the last read. ERROR_PARTIAL: a role of which this run took a holder has fewer than it must
 * keep, for somebody else took some too. */
MUST_CHECK struct error *applier_judge_end(struct applier *p, const struct reread *v);

/* ---- apply_intents.c ---- */

/* Looks at earlier runs: the same plan goes on where it stopped, or was used; others are closed. */
MUST_CHECK struct error *applier_settle_history(struct applier *p);

/* Saves the plan and begins its journal. On an error there is no run to resume. */
MUST_CHECK struct error *applier_begin(struct applier *p);

/* On disk before anything of it is sent. */
MUST_CHECK struct error *applier_record_intent(struct applier *p, const size_t *numbers,
					       size_t len);

/* Appends the fate of change i; the caller syncs. */
MUST_CHECK struct error *applier_record_fate(struct applier *p, enum record_type type, size_t i);

MUST_CHECK struct error *applier_end(struct applier *p);

#endif
