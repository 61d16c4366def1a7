/* SPDX-License-Identifier: Apache-2.0 */
/* render_events.h - what a run does, as lines of JSON in the shape of Terraform's.
 *
 * Each line is one object with @level, @message, @module, @timestamp and type; a reader that does
 * not know a type shows its @message. The first line of a run has type "version", the last "end".
 * Of several organisations each line that is about one says which, and each has its own "end".
 * Lines are appended to `out` with their line feed. */
#ifndef WRIT_RENDER_EVENTS_H
#define WRIT_RENDER_EVENTS_H

#include "core/plan/drift.h"
#include "core/plan/plan.h"
#include "core/plan/planned.h"
#include "core/plan/result.h"
#include "core/util/progress.h"
#include "core/util/report.h"

#define EVENTS_VERSION "1.0" /* minor adds, major breaks */

struct event_from {
	int64_t now;		  /* seconds since 1970 */
	const char *organization; /* of several; NULL: the only one, or all of them */
};

void event_version(struct str *out, struct event_from from, const char *command);
void event_log(struct str *out, struct event_from from, bool debug, const char *text);
void event_diagnostic(struct str *out, struct event_from from, const struct diagnostic *d);
void event_drift(struct str *out, struct event_from from, const struct drift_item *d);
void event_drift_summary(struct str *out, struct event_from from, const struct drift_vec *all);
void event_import(struct str *out, struct event_from from, const char *organization,
		  size_t accounts, size_t grants);
/* Its drift, its changes, and the summary. */
void event_plan(struct str *out, struct event_from from, const struct planned *planned);
void event_start(struct str *out, struct event_from from, const struct plan *plan, size_t i);
void event_answer(struct str *out, struct event_from from, const struct plan *plan, size_t i,
		  int64_t elapsed_ms);
/* What became of each change, and the summary. */
void event_result(struct str *out, struct event_from from, const struct plan *plan,
		  const struct result *r);
void event_progress(struct str *out, struct event_from from, const struct progress *p);
void event_end(struct str *out, struct event_from from, int status);

/* Appends the JSON Schema (2020-12) of a line. */
void events_print_schema(struct str *out);

#endif
