/* SPDX-License-Identifier: Apache-2.0 */
/* past_changes.h - what changed in a period, one row a change, with who, why and on whose word.
 *
 * Three sources are joined. A ledger says what its runs sent, when and for whom. The history of
 * snapshots says what came and went besides: what drifted, and what runs did that no ledger at hand
 * has. The manifests' repository says which line a run acted on, who wrote it, which merge brought
 * it in and who is said to have reviewed it - as it stood then, not as it stands now.
 *
 * What is not known is told as such, in the row or among `gaps`. No row says of a grant that was
 * not seen that it was given or taken. */
#ifndef WRIT_PAST_CHANGES_H
#define WRIT_PAST_CHANGES_H

#include "core/past/line_origin.h"
#include "core/past/run_list.h"
#include "core/past/timeline.h"
#include "core/plan/unseen.h"

enum past_verb {
	PAST_GIVEN,
	PAST_TAKEN,
	PAST_CREATED, /* an account; so are the two below */
	PAST_CHANGED,
	PAST_DELETED,
	PAST_VERB_COUNT
};
const char *past_verb_name(enum past_verb verb); /* "given", ... */

enum past_source {
	PAST_RUN,     /* a run of writ made it */
	PAST_DRIFT,   /* somebody made it past writ; a run or `writ snapshot` found it */
	PAST_UNNAMED, /* a commit of the snapshots has it, and names neither */
	PAST_SOURCE_COUNT
};
const char *past_source_name(enum past_source source); /* "run", "drift", "unnamed" */

/* How sure it is that it happened. */
enum past_proof {
	PAST_DONE,    /* the run read it back, or a snapshot shows it */
	PAST_LATE,    /* the service took it, and no read of the run showed it */
	PAST_UNKNOWN, /* it was sent, and no answer came */
	PAST_PROOF_COUNT
};
const char *past_proof_name(enum past_proof proof); /* "done", "not seen yet", "unknown" */

struct past_change {
	struct principal principal;
	struct entitlement entitlement; /* unused of an account's own rows */
	int64_t time; /* seconds since 1970: when it was sent, else of the snapshot's commit */
	const char *latest; /* why it may have happened earlier; NULL: it happened at `time` */
	const char *organization; /* "" when unknown */
	const char *run;	  /* name; of drift, NULL */
	const char *plan;	  /* digest of the run's plan; NULL */
	const char *actor;	  /* who ran it, as claimed; NULL: not known, as of drift */
	const char *found_by;	  /* of drift: the run that found it, or "snapshot"; NULL */
	const char *snapshot;	  /* commit of the first snapshot that shows it; NULL: none here */
	const char *cause;	  /* reason_name(); NULL when no plan at hand says it */
	const char *reason, *ticket; /* of the grant; NULL */
	int32_t expires;	     /* its last day; DATE_NONE */
	struct location at;	   /* the manifest's line, below the root; file NULL: none known */
	const char *bundle;	   /* through which the line grants it; NULL */
	const char *manifests;	   /* their commit; NULL */
	struct line_origin origin; /* who wrote the line, or took it away */
	const char *unknown;	   /* why the line or its origin is not known; NULL */
	const char *with_account;  /* of a grant: the account that it went with; of a renamed
				      account: its earlier name; NULL */
	bool has_entitlement;
	bool line_gone; /* `at` is where the line was, and `origin` what took it away */
	enum past_verb verb : 8;
	enum past_source source : 8;
	enum past_proof proof : 8;
};
VEC(past_change_vec, struct past_change);

struct past_changes_input {
	int64_t since, until; /* seconds since 1970, both in the period */
	const struct known_run_vec *runs;
	struct history *snapshots;	      /* NULL: there is no history of snapshots */
	const struct timeline *timeline;      /* of it; NULL likewise */
	const struct timeline_source *source; /* which it is of; NULL: accounts that somebody
						 renamed are told as one that lost what another
						 got */
	const char *manifests; /* a folder or file in the work tree that has them now; NULL: no
				  lines are told */
	const struct signers *signers; /* whose signature of a merge counts; NULL: nobody's */
	struct intern *strings;
};

struct past_changes {
	struct past_change_vec rows; /* oldest first; of one moment by principal and entitlement */
	VEC(, const char *) gaps;    /* what may be missing: a sentence each, without its stop */
	struct unseen_vec unseen;    /* what the snapshots of the period did not show */
	bool failed;		     /* something is at hand, and reading it failed */
};

/* Makes the table, in `a`; texts are borrowed from the input, too. Whatever cannot be read is one
 * of the gaps. The timeline's universe gets the runs' names too, and must not be ranked. */
void past_changes_make(const struct past_changes_input *input, struct arena *a,
		       struct past_changes *out);

/* Who stands for a change besides the writer of its line, in `a`: the reviewers, or else whoever
 * merged it, when that is another person. NULL: nobody does, or it is not known; *out_known
 * tells which. *out_claimed: no signed merge says so. */
const char *past_change_approver(struct arena *a, const struct past_change *change,
				 bool *out_claimed, bool *out_known);

/* Keeps the rows that give something and have no approver, or none that is known. */
void past_changes_keep_unapproved(struct past_changes *changes, struct arena *a);

#endif
