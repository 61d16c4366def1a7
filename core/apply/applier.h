/* SPDX-License-Identifier: Apache-2.0 */
/* applier.h - what the files that carry out a plan share; nobody else includes it.
 *
 * apply.c has the order of a run and sends; apply_live.c compares with live, before and after;
 * apply_journal.c knows earlier runs and writes down this one. */
#ifndef WRIT_APPLIER_H
#define WRIT_APPLIER_H

#include "core/apply/apply.h"
#include "core/ledger/journal.h"

struct applier {
	const struct apply_input *in;
	struct arena *arena;
	struct apply_result *out;
	struct journal *journal; /* NULL until something is to be sent */
	char digest[SHA256_TEXT];
	bool resumed;
};

void applier_set_fate(struct applier *p, size_t i, enum fate fate, const char *message);
bool applier_is_stopped(struct applier *p);

/* ---- apply_live.c ---- */

/* Reads live, and gives each change that needs no sending its fate. ERROR_REFUSED: another
 * organisation, or the plan is stale; ERROR_GUARD. */
MUST_CHECK struct error *applier_check_start(struct applier *p);

/* Corrects the fates of changes[from .. to) that were believed done or unknown by what is live,
 * once it has caught up. *complete is false when something is not there. Where no read can show a
 * change, who made it is believed. */
MUST_CHECK struct error *applier_verify(struct applier *p, size_t from, size_t to, bool *complete);

MUST_CHECK struct error *applier_save_waiting(struct applier *p);

/* ---- apply_journal.c ---- */

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
