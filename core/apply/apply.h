/* SPDX-License-Identifier: Apache-2.0 */
/* apply.h - carries out a plan, and knows at every moment what has been done.
 *
 * Order of a run: hold the ledger, read live again, judge the guards; then phase by phase and batch
 * by batch: intent on record, send; results travel with the next intent. Before anything is
 * removed, all that was made is read back. Killed anywhere, the ledger and a read of live tell what
 * is left (core/README.md, "Promises"). */
#ifndef WRIT_APPLY_H
#define WRIT_APPLY_H

#include <signal.h>

#include "core/ledger/hold.h"
#include "core/plan/plan.h"
#include "core/plan/planned.h"
#include "core/plan/result.h"

struct apply_input {
	const struct planned *planned;
	bool saved;    /* from a file: it may be used once, and expires */
	bool whole;    /* of all manifests, and of nothing else */
	bool expected; /* the operator named the digest: it may be used once */
	bool vouched;  /* it is signed, or expected: its limits are those that were reviewed */
	/* Why the plan is not carried out though no guard refuses it; NULL. */
	const char *objection;
	bool allow_older;	/* manifests may be older than those that were applied last */
	const char *repository; /* the one that has the manifests' commit; NULL: none at hand */
	const char *recorded;	/* a snapshot's commit that names this plan; NULL: none at hand */
	const char *untold;	/* why such a commit may be missing in a clone; NULL: none is */
	struct consent given;	/* beyond what the plan carries */
	/* The last snapshot, which live may not be far below; NULL: none. */
	const struct live *base;
	const struct provider_entry *provider;
	struct provider *session;
	struct intern *strings;
	const struct operator_policy *operator_policy; /* NULL: defaults, and nobody is required */
	struct ledger *ledger;
	const struct hold_request *hold;
	struct error *(*open_store)(void *context, struct store **out); /* for hold_take() */
	void *open_context;
	/* Makes the snapshot of an earlier run that has none, before anything is sent: that run
	 * stopped and this one takes its place, or its commit failed. *done is false where there
	 * is no place for a snapshot. NULL: no run has one. */
	struct error *(*record_earlier)(void *context, const char *run, bool *done);
	void *record_context;
	const char *late_folder; /* of this machine, for results that the ledger could not be told;
				    NULL: there is no place */
	int64_t now;
	volatile sig_atomic_t *stop; /* set by a signal: finish the batch in flight, record, stop */
	void (*note)(const char *line); /* progress for people; NULL: none */
	/* Told of changes[i] before it is sent, and when its answer is there; NULL: nobody. */
	void (*follow)(void *context, size_t i, bool answered);
	void *follow_context;
};

/* A run that still has the organisation for itself. */
struct applier;

/* ERROR_LOCKED, ERROR_REFUSED (stale, expired, already used) and ERROR_GUARD mean that nothing was
 * sent. *held (in `a`) is set when the ledger is held from here on, whether there is an error or
 * not: what the run did is to be recorded first, and then apply_close() is due. */
MUST_CHECK struct error *apply_run(const struct apply_input *input, struct arena *a,
				   struct result *out, struct applier **held);

/* What ties the ledger to the snapshot that was made of the run; NULL: there is none. */
struct apply_closing {
	const char *commit; /* id of the run's own commit */
	const char *tree;   /* of the snapshot's folder there, which no rebase changes */
	bool failed;	    /* the commit was due and failed: the next run makes it */
};

/* Ends the run, where nothing of it is left, and lets the organisation go; accepts NULL.
 * ERROR_RECORD when that could not be put on record. */
MUST_CHECK struct error *apply_close(struct applier *held, const struct apply_closing *closing);

#endif
