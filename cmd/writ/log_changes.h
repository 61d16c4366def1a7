/* SPDX-License-Identifier: Apache-2.0 */
/* log_changes.h - the changes of a period, by ledgers, snapshots and manifests. */
#ifndef WRIT_CMD_LOG_CHANGES_H
#define WRIT_CMD_LOG_CHANGES_H

#include "cmd/writ/command.h"
#include "core/past/past_changes.h"

/* The first and the last moment, as seconds since 1970; INT64_MIN and INT64_MAX where one is
 * open. */
struct period {
	int64_t since, until;
	const char *manifests; /* the file or folder whose lines the changes are told with */
};

/* The period of --since and --until, each a moment, or a date, which is that whole day in UTC.
 * ERROR_USAGE: one of them is neither, or the period ends before it begins. */
MUST_CHECK struct error *log_changes_period(const struct run *run, struct period *out);

/* Reads all that is at hand of a period, in the run's arena. */
MUST_CHECK struct error *log_changes_load(struct run *run, const struct period *period,
					  struct past_changes *out);

/* `writ log --changes`. */
MUST_CHECK struct error *log_changes_answer(struct run *run, int *status);

#endif
