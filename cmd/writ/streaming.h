/* SPDX-License-Identifier: Apache-2.0 */
/* streaming.h - --json and --json-into: what a run does, as it does it, a line of JSON each.
 *
 * With --json the lines go to standard output in place of results; with --json-into to a file
 * beside them. Without either, all of these do nothing. */
#ifndef WRIT_CMD_STREAMING_H
#define WRIT_CMD_STREAMING_H

#include "cmd/writ/command.h"
#include "core/plan/drift.h"
#include "core/plan/result.h"
#include "core/util/progress.h"

/* Once, before the command: opens the stream, writes its first line, and shows progress where
 * somebody may wait. */
MUST_CHECK struct error *stream_open(const struct run *run);
/* Whether anybody follows. */
bool stream_is_open(void);
/* To be called in a member's process: its lines name the organisation and go to `fd`, where the
 * process that started it reads them; -1: nobody follows. */
void stream_take_part(const char *organization, int fd);
/* In the process that started members: passes a member's lines on, and says how it ended where it
 * could not say so itself. */
void stream_pass(const char *lines, size_t len);
void stream_end(const char *organization, int status);
/* Whether the lines stand in for results. */
bool stream_is_result(const struct options *options);

struct planned;
void stream_plan(const struct planned *planned);
void stream_drift(const struct drift_vec *all);
void stream_import(const char *organization, size_t accounts, size_t grants);
/* For struct apply_input; the context is the plan. */
void stream_follow(void *context, size_t i, bool answered);
void stream_result(const struct plan *plan, const struct result *result);
void stream_report(const struct report *report);
/* The last line; progress is over. An error when a line could not be written. */
MUST_CHECK struct error *stream_close(int status);

#endif
