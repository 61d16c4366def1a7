/* SPDX-License-Identifier: Apache-2.0 */
/* render_result.h - what became of a plan, as text and as JSON (schemas/result.schema.json). */
#ifndef WRIT_RENDER_RESULT_H
#define WRIT_RENDER_RESULT_H

#include "core/plan/plan.h"
#include "core/plan/planned.h"
#include "core/plan/result.h"
#include "core/util/str.h"

/* What a run tells besides the fates of its changes. */
struct run_report {
	const struct planned *planned;
	const struct result *result; /* NULL: there was nothing to apply */
	const struct result_record *record;
	bool unresumed; /* no run was there to go on with: the plan is empty, and has no bytes */
	bool saved;	/* the plan came from a file */
	const char *resume; /* the command that goes on from here; NULL: nothing is left */
	const char *error;  /* what stopped the run; NULL */
	int status;	    /* the exit status */
};

/* For a person: each change that did not go well or that waits for somebody, then how many there
 * are of each fate. */
void render_result_text(struct str *out, const struct run_report *r);

/* "Apply: 3 done, 0 failed, 0 unknown, 0 not tried.", of a report with a result; in `a`. */
const char *render_result_summary(struct arena *a, const struct run_report *r);
/* The command that ends the run where a resume only looks. */
const char *render_result_close(struct arena *a, const struct run_report *r);

/* That no run had stopped part-way, of a report that says so; in `a`. */
const char *render_result_unresumed(struct arena *a, const struct run_report *r);

/* ", 2 not seen yet, 1 by hand, 3 withheld": how many changes of a run are left so; nothing where
 * none are. */
void render_fates_left(struct str *out, const size_t count[static FATE_COUNT]);

/* The snapshot and its commits, a line each. */
void render_record_text(struct str *out, const struct result_record *r);

/* One JSON document. */
void render_result_json(struct str *out, const struct run_report *r);

/* Its JSON Schema. */
void result_print_schema(struct str *out);

#endif
