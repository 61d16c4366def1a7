/* SPDX-License-Identifier: Apache-2.0 */
/* apply.h - carries out a plan, and knows at every moment what has been done.
 *
 * Order of a run: lock, read live again, judge the guards, journal; then phase by phase and batch
 * by batch: intent on disk, send, result on disk. Before anything is removed, all that was made is
 * read back. Killed anywhere, the journal and a read of live tell what is left
 * (core/README.md, "Promises"). */
#ifndef WRIT_APPLY_H
#define WRIT_APPLY_H

#include <signal.h>

#include "core/plan/plan.h"
#include "core/plan/planned.h"
#include "core/plan/result.h"

struct apply_input {
	const struct planned *planned;
	bool saved;	      /* from a file: it may be used once, and expires */
	struct consent given; /* beyond what the plan carries */
	const struct live
		*base; /* the last snapshot, which live may not be far below; NULL: none */
	const struct provider_entry *provider;
	struct provider *session;
	struct intern *strings;
	const struct operator_policy *operator_policy; /* NULL: defaults, and nobody is required */
	const char *state; /* folder of this organisation's lock and journals */
	int64_t now;
	volatile sig_atomic_t *stop; /* set by a signal: finish the batch in flight, record, stop */
	void (*note)(const char *line); /* progress for people; NULL: none */
};

/* ERROR_LOCKED, ERROR_REFUSED (stale, expired, already used) and ERROR_GUARD mean that nothing was
 * sent. */
MUST_CHECK struct error *apply_run(const struct apply_input *input, struct arena *a,
				   struct result *out);

/* ERROR_REFUSED when a run that stopped still owes the secret of an account that it made. It is
 * asked where there is nothing to apply, before that counts as done. */
MUST_CHECK struct error *apply_check_owed(struct arena *a, const char *state,
					  const struct provider_writer *writer,
					  struct provider *session);

/* The plan of the run that stopped part-way, for --resume: path of its saved bytes, or NULL when
 * every run ended, and the digest that they had when the run began, or "" when the journal does not
 * tell. */
MUST_CHECK struct error *apply_find_unfinished(struct arena *a, const char *state, const char **out,
					       const char **out_digest);

#endif
