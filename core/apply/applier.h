/* SPDX-License-Identifier: Apache-2.0 */
/* applier.h - what the files that carry out a plan share; nobody else includes it.
 *
 * Who calls whom, in one direction: apply.c has the order of a run and sends; apply_fates.c
 * compares with live, before and after; apply_stopped.c looks for what was sent before;
 * apply_secrets.c hands over what is owed; apply_unasked.c finds what came beside; apply_guards.c
 * asks the guards at each step; apply_left_open.c says what the next plan is to know;
 * apply_record.c writes down this run; apply_earlier.c judges the plan by the runs before it;
 * apply_leave.c says for how long it may send; apply_recall.c reads what a run left; applier.c has
 * what all of them do. */
#ifndef WRIT_APPLIER_H
#define WRIT_APPLIER_H

#include "core/apply/apply.h"
#include "core/apply/reread.h"
#include "core/ledger/late_results.h"
#include "core/ledger/run_records.h"
#include "core/util/patience.h"

/* What this run and, when it is resumed, its records know of a change beside its fate. */
struct recalled {
	enum fate fate : 8; /* the last on record */
	bool sent;	    /* there is an intent of it */
	bool cut;	    /* the run died after its last intent, before it wrote the result */
	bool once;	    /* struct outcome */
	bool delivering, delivered;	 /* of the secret of an account */
	uint64_t meant_at;		 /* record of its last intent */
	const struct made_project *made; /* what came with it in this run; NULL */
};

struct applier {
	const struct apply_input *in;
	const struct plan *plan;
	struct arena *arena;
	struct result *out;
	struct ledger_view view; /* as it was when the run had the organisation for itself, */
	struct ledger_view told; /* and as it was told, before accounts had the plan's names */
	struct hold *hold;
	bool begun;		/* something is to be sent, or was before this run was resumed */
	bool on_record;		/* the ledger has its beginning */
	bool ends;		/* nothing of it is left */
	bool is_over;		/* its plan has expired: nothing new is sent */
	struct policy policy;	/* the strictest of the plan's and the operator's */
	struct consent consent; /* the plan's, and what was given with it */
	bool resumed;
	bool vouched; /* for its plan: the manifests are at hand, or somebody does; now, or when it
			 began */
	struct recalled *recalled; /* by change */
	bool *looked;		   /* by change: its message says what a look for it saw */
	unsigned waited_ms;	   /* so much of the operator's patience is used up */
	/* Addresses of what the plan's accounts held at the start, but for what it changes; sorted.
	 */
	struct line_vec held;
	bool compared; /* fates say what a look at live showed; until then, what is on record */
	bool judged;   /* guards know who holds what must be kept, and nothing was sent since */
	struct leave leave;	       /* what the provider asks */
	VEC(, const char *) meant;     /* bodies of the intent that is being carried out */
	struct late_result_vec untold; /* results that are not on record yet */
	bool fenced;		       /* nothing may be sent any more, and */
	struct error *fence;	       /* why, until somebody has taken it; owned */
};

void applier_init(struct applier *p); /* makes room, by its plan */
void applier_set_fate(struct applier *p, size_t i, enum fate fate, const char *message);
bool applier_is_stopped(struct applier *p);
/* Writes what was added to the ledger. ERROR_PARTIAL: another run took over. */
MUST_CHECK struct error *applier_write(struct applier *p);

/* The digest by which the plan counts as used: of its file where it was saved, else of what it
 * does. */
const char *applier_used_as(const struct applier *p);
/* The digest of the manifests, as the ledger has it; in the run's arena. */
const char *applier_manifests(const struct applier *p);
/* The limits that hold, as the next plan of all manifests is to know them; in the run's arena. */
const struct guards *applier_policy(struct applier *p);
/* Those of them that nobody but the manifests asked for; likewise. */
const struct guards *applier_set_by_manifests(struct applier *p);

#define APPLIER_ACCEPTED "accepted, waiting to see it"

/* What is left of the operator's patience, for what was accepted. */
struct patience applier_patience(const struct applier *p);
/* Takes what `t` has waited from what is left of that patience. */
void applier_has_waited(struct applier *p, const struct patience *t);

/* What a read of live is for. */
struct reread_input applier_look(const struct applier *p, bool kept);
/* Reads live. With `kept` only the holders of roles that somebody must keep are read anew. */
MUST_CHECK struct error *applier_read(struct applier *p, bool kept, struct reread *out);
/* The same in a loop, whose wait may be a day long: what the look before it read, in `look`, is let
 * go. Both are empty at first. */
MUST_CHECK struct error *applier_read_again(struct applier *p, struct arena *look,
					    struct reread *v);

/* ---- apply_leave.c ---- */

/* Makes ready what the provider asks before each request. */
void applier_begin_leave(struct applier *p);
void applier_end_leave(struct applier *p);
/* An intent begins; each of its bodies is added, and then it is written. ERROR_PARTIAL: another run
 * took over. */
void applier_begin_intent(struct applier *p);
void applier_add_intent(struct applier *p, const char *body);
/* Adds the member "within_ms" of an intent: for how long after it a request may still begin. */
void applier_put_within(const struct applier *p, struct str *body);
/* The reason why nothing more may be sent, or NULL while something may. It is told once: after
 * that the answer is NULL. */
MUST_CHECK struct error *applier_take_fence(struct applier *p);
/* The same reason; it is asked for before each call of the provider. */
MUST_CHECK struct error *applier_ask_leave(struct applier *p);
/* Waits as long as a run that was taken over may still begin a request. */
void applier_let_others_end(struct applier *p);

/* ---- apply_fates.c ---- */

/* Reads live, and gives a fate to each change that need not be sent. ERROR_REFUSED: live is another
 * organisation, or has moved since the plan was made. ERROR_GUARD: a guard refuses the plan. */
MUST_CHECK struct error *applier_check_start(struct applier *p);

/* Looks at live until it has caught up with changes[from .. to), and corrects the fates of those
 * that were said to be done or are unknown. *complete is false when one of them is not there. Where
 * no read can show a change, the service's answer to it counts. `next`, unless it is NULL, is then
 * called with the same look. */
MUST_CHECK struct error *
applier_verify(struct applier *p, size_t from, size_t to,
	       struct error *(*next)(struct applier *, const struct reread *), bool *complete);

/* ---- apply_unasked.c ---- */

/* Notes what the accounts of the plan hold before anything is sent. */
void applier_note_held(struct applier *p, const struct reread *v);
/* Finds what those accounts hold that was neither noted nor given by the plan, for
 * result.unasked. Such a grant is no error. */
MUST_CHECK struct error *applier_find_unasked(struct applier *p, const struct reread *v);

/* ---- apply_stopped.c ---- */

/* The body of a result is on record with the next write, or else kept on this machine. */
void applier_keep_result(struct applier *p, const char *body);
void applier_keep_late(struct applier *p);
/* Puts the results on record that were kept on this machine. */
MUST_CHECK struct error *applier_append_late(struct applier *p);

/* Reads live. Where a run that may have been alive was taken over, looks until all that it may have
 * sent is seen, or the operator's patience is over. */
MUST_CHECK struct error *applier_read_start(struct applier *p, struct reread *v);
/* Adds entries that say "unknown" of each change that may have been sent and that this look does
 * not show. */
void applier_record_doubts(struct applier *p, const struct reread *v);
/* Makes the snapshots of runs that have none yet. ERROR_INPUT: that failed, and nothing was
 * sent. */
MUST_CHECK struct error *applier_record_earlier(struct applier *p);
/* For each other run that stopped: looks for what it sent last, and puts on record what was
 * seen. */
MUST_CHECK struct error *applier_settle_others(struct applier *p);

/* ---- apply_recall.c ---- */

/* Takes over what the records of the run that goes on say of each change. */
void applier_recall(struct applier *p, const struct ledger_entry_vec *entries);
/* Whether it is on record that the service accepted change i. Such a change is not sent again. */
bool applier_is_accepted(const struct applier *p, size_t i);
/* Gives each change that was sent the fate that is on record. */
void applier_tell_recorded(struct applier *p);

/* An account whose secret a stopped run still owes, in `a`; NULL: none. */
const char *recall_owed(struct arena *a, const struct ledger_entry_vec *entries);

/* ---- apply_secrets.c ---- */

/* Hands over the secrets of the accounts that this run made, with an intent on record before
 * each and a result after it. Where the secret could not be handed over its account's fate is
 * failed, and where no read shows it yet the fate is late; in both cases *complete becomes false.
 * With `hurried` nothing is waited for. */
MUST_CHECK struct error *applier_deliver(struct applier *p, bool hurried, bool *complete);

/* ---- apply_guards.c ---- */

/* Judges all changes before the first request. settled[i] says that change i is done, or that
 * nobody will make it; NULL: none is. ERROR_GUARD: nothing may be sent. */
MUST_CHECK struct error *applier_judge(struct applier *p, const struct reread *v,
				       const bool *settled);

/* Judges the removals that are left, before the first removal and before one that takes a role
 * that somebody must keep. ERROR_REFUSED: a name has another account by now. */
MUST_CHECK struct error *applier_look_again(struct applier *p, const struct reread *v);

/* Reads who holds those roles and calls applier_look_again(), before these changes are sent. It
 * does nothing unless one of them takes a role that somebody must keep, and something was sent
 * since the guards last looked. */
MUST_CHECK struct error *applier_judge_batch(struct applier *p, const size_t *numbers, size_t len);

/* Why an account is not deleted that holds `unnamed`; in the run's arena. */
const char *applier_unnamed_words(const struct applier *p, const char *unnamed);

/* After a run that took a holder of a role that somebody must keep, asks once more who holds it.
 * ERROR_PARTIAL: somebody else took others meanwhile, and it now has fewer holders than it must. */
MUST_CHECK struct error *applier_judge_end(struct applier *p);

/* ---- apply_earlier.c ---- */

/* Looks at the runs before: the same plan goes on where it stopped. ERROR_REFUSED: it was used, it
 * is superseded, manifests of a later commit were applied, or a run that stopped owes somebody a
 * secret. ERROR_INPUT: that cannot be told. */
MUST_CHECK struct error *applier_settle_history(struct applier *p);
/* Adds the end of every other run that stopped. */
void applier_supersede(struct applier *p);
/* Holds a plan that nobody vouches for to the limits that manifests set at the last apply. */
void applier_keep_limits(struct applier *p);

/* ---- apply_record.c ---- */

/* Adds the plan and the beginning of the run. On an error there is no run to resume. */
MUST_CHECK struct error *applier_begin(struct applier *p);

/* Writes an intent of these changes, with all that was added before, ahead of their requests. */
MUST_CHECK struct error *applier_record_intent(struct applier *p, const size_t *numbers,
					       size_t len);

/* Adds the fates of these changes; applier_write() or the next intent takes them along. */
void applier_record_fates(struct applier *p, enum entry_type type, const size_t *numbers,
			  size_t len);

/* Adds the end of the run, with the snapshot's commit; NULL: none. */
void applier_end(struct applier *p, const struct apply_closing *closing);

/* ---- apply_left_open.c ---- */

/* Puts on record what the run withholds for want of consent, since a run that dies has withheld it
 * all the same. */
void applier_add_withheld(struct applier *p);
/* By change: whether it gives an account another name, and ends on record are not known under that
 * yet. With `done`, only what was done. */
const bool *applier_new_renames(const struct applier *p, bool done);
/* Puts what waits, and what was attested, under the names that the plan has for its accounts; and
 * back, where nothing was sent. */
void applier_follow_names(struct applier *p);
void applier_restore_names(struct applier *p);
/* Sets what the next plan is to know: what was withheld, what waits for a person, what was attested
 * of that, and, of all manifests, which ends have passed. */
void applier_keep_open(struct applier *p);

#endif
