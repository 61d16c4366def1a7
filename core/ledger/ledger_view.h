/* SPDX-License-Identifier: Apache-2.0 */
/* ledger_view.h - what a ledger's records come to: who holds it, and all that is open.
 *
 * Who releases the ledger writes the whole of it down, so that the next reader needs that record
 * and those behind it alone. */
#ifndef WRIT_LEDGER_VIEW_H
#define WRIT_LEDGER_VIEW_H

#include "core/ledger/attested.h"
#include "core/ledger/holder.h"
#include "core/ledger/ledger.h"
#include "core/model/model.h"
#include "core/plan/grant_ends.h"
#include "core/plan/plan.h"

#define USED_DAYS 30 /* for which used plans are remembered; a plan lives one */

/* A run without an end: it works, or stopped part-way. */
struct open_run {
	const char *name;
	const char *plan;   /* file digest of its plan, "sha256:..." */
	const char *by;	    /* the actor */
	const char *commit; /* of its manifests; NULL */
	uint64_t first;	    /* the record that begins its plan */
	int64_t begun;	    /* seconds since 1970 */
};
VEC(open_run_vec, struct open_run);

struct used_plan {
	const char *plan; /* file digest */
	const char *run;
	int64_t at;
};
VEC(used_plan_vec, struct used_plan);

struct waiting_change {
	const char *address;
	int64_t since;
};
VEC(waiting_change_vec, struct waiting_change);

/* The last time that manifests were applied; members are NULL or 0 when that never was. */
struct last_applied {
	const char *run;	     /* NULL: there was nothing to do */
	const char *manifests;	     /* their digest, "sha256:..." */
	const char *commit;	     /* the one that has just these manifests */
	uint64_t number;	     /* of the last record before it began */
	int64_t begun;		     /* seconds since 1970 */
	const struct guards *policy; /* the limits that held for it; NULL: not on record */
	const struct guards *set;    /* what of them manifests set; NULL likewise */
};

struct ledger_view {
	uint64_t number; /* of the last record */
	bool held;
	struct holder holder;
	const char *held_by; /* run of the holder; NULL until it has a plan */
	uint64_t hold_at;    /* record */
	/* For how long after the last record requests may still go out: those of the holder, and
	 * those of runs that were taken over, may have been alive then, and that nobody has waited
	 * for yet; 0: none. */
	int64_t sends_within_ms, others_within_ms;
	struct open_run_vec open;
	struct used_plan_vec used;
	int64_t used_since; /* older plans may have been used; 0: all used plans are known */
	VEC(, const char *)
	withheld; /* addresses, sorted: what needs consent until it is planned no
		     more */
	struct waiting_change_vec waiting; /* for a person; sorted by address */
	struct attestation_vec attested;   /* by people, of what no read shows; oldest first */
	VEC(, const char *) unrecorded; /* runs that ended, and whose snapshot was not committed */
	struct grant_end_vec ends;	/* of the last apply of all manifests; sorted by address */
	struct former_name_vec former;	/* what runs renamed, under the present names */
	struct made_project_vec projects; /* that runs made, and that none of them deleted */
	struct last_applied last;	  /* of all manifests */
	struct last_applied latest;	  /* of whatever part of them */
	const char *moved;		  /* where the ledger goes on; NULL */
};

/* Reads what is needed for it; all in `a`. */
MUST_CHECK struct error *ledger_view_read(struct ledger *l, struct arena *a,
					  struct ledger_view *out);

/* The same of records that were read already. */
MUST_CHECK struct error *ledger_view_of(const struct ledger_record_vec *records, struct arena *a,
					struct ledger_view *out);

/* Adds the whole of it as entries. Used plans of more than USED_DAYS before `now` are left out. */
void ledger_view_add(struct ledger *l, struct ledger_view *view, int64_t now);

/* Adds to entries of results, and takes from them, which projects they made and deleted:
 * ", \"projects\": [...]", ", \"projects_deleted\": [...]". */
void ledger_view_put_projects(struct str *out, const struct made_project_vec *made);
void ledger_view_put_deleted(struct str *out, const struct line_vec *ids);
void ledger_view_take_projects(struct ledger_view *view, struct arena *a, const char *run,
			       struct json_span body);

/* Puts what waits, and what was attested, under the names that the plan has for its accounts; all
 * in `a`. */
void ledger_view_follow(struct ledger_view *view, const struct plan *plan, struct arena *a);

/* ERROR_INPUT where the ledger goes on elsewhere, which names the place. */
MUST_CHECK struct error *ledger_view_check_here(const struct ledger_view *view);

struct open_run *ledger_view_find(const struct ledger_view *view, const char *run);
/* 0: not known to wait. */
int64_t ledger_view_waits_since(const struct ledger_view *view, const char *address);

#endif
