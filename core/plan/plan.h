/* SPDX-License-Identifier: Apache-2.0 */
/* plan.h - the difference between what is declared and what is live.
 *
 * D are the grants that are declared and have not ended, L those that are live, S and R those that
 * some `unlisted: remove` or `unlisted: report` covers. A plan adds D \ L, removes (L & S) \ D and
 * tells of (L & R) \ D; its changes stand in the order of execution. The last snapshot tells who
 * moved. A plan is made once, shown, and applied as it is: each change carries the state that it
 * was planned from. */
#ifndef WRIT_PLAN_H
#define WRIT_PLAN_H

#include "core/contract/provider.h"
#include "core/plan/attestation.h"
#include "core/plan/change.h"
#include "core/plan/drift.h"
#include "core/plan/former_names.h"
#include "core/plan/grant_ends.h"
#include "core/plan/guard.h"
#include "core/plan/unseen.h"
#include "core/util/digest.h"
#include "core/util/report.h"

/* Seconds at most until a plan expires (core/README.md, "Promises"). */
#define PLAN_LIFE (24 * 60 * 60)

/* Live, not wanted, and left alone. */
struct unlisted_item {
	const struct principal *principal;     /* NULL: `count` of them */
	const struct entitlement *entitlement; /* NULL: the account itself */
	struct location at;		       /* what reports it */
	bool was_known; /* an account that the last snapshot had, whether it was declared or not */
	size_t count;	/* of principals, where only their number is told; `principal` is NULL */
	const char *look_alike; /* which of its names a reader can take for another; NULL */
	const char *was_to_end; /* the last day that is on record of it, and that no manifest says
				   any more, "2027-03-31"; NULL */
};
VEC(unlisted_vec, struct unlisted_item);

/* Wanted, and not possible yet: something that writ does not make is not there, or the service
 * cannot have an account so. */
struct blocked_item {
	const struct principal *principal;
	const struct entitlement *entitlement; /* NULL: the account itself */
	struct location at;
	const char *message;
	const char *nearest; /* a name that is there; NULL: none is near */
};
VEC(blocked_vec, struct blocked_item);

/* What a reviewer cannot tell by an account's name. */
enum identity_kind {
	IDENTITY_MADE_ANEW,
	IDENTITY_CREDENTIAL,
	IDENTITY_PROJECT,
	IDENTITY_UNPROVEN, /* no record has its id */
	IDENTITY_COUNT
};
const char *identity_kind_name(enum identity_kind kind); /* "made-anew", ... */

struct identity_item {
	const char *account;
	enum identity_kind kind;
	const char *message; /* "is credential "x" of project "y""; safe to print */
};
VEC(identity_vec, struct identity_item);

struct summary {
	size_t add, change, remove, manual, withheld, unlisted, blocked;
	size_t unseen;	 /* pairs */
	size_t attested; /* changes, which are among `manual` and `unseen` */
};

/* A grant that is held and goes on: the manifests give it until a later day than is on record, or
 * have no end of it any more. */
struct extended_item {
	const struct principal *principal;
	const struct entitlement *entitlement;
	int32_t before, after; /* the last days; after DATE_NONE: no end */
	struct location at;    /* the line that says so */
};
VEC(extended_vec, struct extended_item);

struct plan {
	char digest[SHA256_TEXT]; /* of render_plan_digest(), of one that was read; "" in one just
				     made */
	const char *said_digest;  /* what its file says of that; NULL */
	const char *organization, *org_id, *provider, *source;
	const char *target; /* what changes[] was narrowed to, an account; NULL: nothing left out */
	bool whole;	    /* of all manifests, and of nothing else */
	uint64_t ledger_number; /* last record of the ledger when it was made; 0: none */
	int64_t created, expires, read_at;
	unsigned char manifest_digest[SHA256_SIZE], live_digest[SHA256_SIZE],
		policy_digest[SHA256_SIZE];
	const char *manifest_commit; /* the one with just these manifests; NULL: none, or unknown */
	struct consent consent;
	struct policy policy;
	const char *policy_before; /* what had stricter limits, for people; NULL: nothing */
	struct loosened_vec loosened;
	const char *rules_before; /* what had stricter rules, for people; NULL: nothing */
	struct line_vec lost_rules;
	bool empty_manifests;	   /* nothing at all is declared */
	struct change_vec changes; /* in the order of execution */
	struct unlisted_vec unlisted;
	struct blocked_vec blocked;
	struct identity_vec identities;	  /* of the accounts in changes[]; by name */
	struct diagnostic_vec warnings;	  /* of the manifests that it is made of; by place */
	struct line_vec left_out;	  /* files below the manifests that are none */
	struct made_project_vec projects; /* that runs made, without credentials, and that stay; by
					     id */
	struct unseen_vec unseen;	  /* what should have ended first */
	/* Addresses of the product profiles that its manifests claim as a whole, and of the
	 * grants of other profiles that they give to users and groups, or that have ended;
	 * without places. Empty in a plan of anything else than manifests. */
	struct text_vec managed;
	struct extended_vec extended; /* by name of principal */
	struct grant_end_vec ends;    /* ends of all that its manifests grant; by address */
	const char *restores;	      /* the snapshot that it leads back to; NULL: none */
	struct drift_vec drift;	      /* since the last snapshot; empty without one */
	const char *base;	      /* where that snapshot is; NULL: none at hand */
	const struct model *wanted;   /* what it was just made of, with the names of accounts that
					 are live; NULL: it was read */
	const struct live *base_live; /* the snapshot, likewise */
	const struct grant_end_vec *base_ends; /* ends that the last snapshot tells; NULL: none */
	int32_t live_shrink; /* by how many percent live is smaller than the last snapshot */
	struct guard_vec guards;
	struct summary summary;
	struct cost cost;
	size_t licences_used, licences_freed; /* of products, by accounts and users */
	/* The accounts that changes[] are about, old names included (`former`): name, credential,
	 * project, id, email. They let a saved plan find in the service what manifests call by
	 * another name. */
	VEC(, const struct account *) accounts;
};

/* What the manifests asked of their grants before. */
struct earlier_rules {
	const struct rules *rules; /* NULL: not known, or as they are now */
	const char *of;		   /* "commit 0123456789ab" */
};

struct plan_input {
	const struct model *wanted;
	const struct model_index *index;
	const struct live *live;
	const struct live *base; /* the last snapshot, its pairs in the same universe; NULL: none */
	const char *base_name;	 /* where it is */
	const struct drift_ignore_vec *left; /* drifts that stay as they are; NULL: what the
						manifests ignore */
	bool exact; /* what is not declared goes, whatever `unlisted` says; accounts only with
		       `prune`. What is wanted is a snapshot, whose ids tell who accounts were */
	const struct model_index *known_since; /* who they were known to be since then; NULL: as
						  the snapshot has it */
	const struct text_vec *unproven;       /* accounts of which no record says whether they
						  are those that are meant; NULL: none */
	const struct line_vec *left_out;       /* files that are no manifests, so that what is not
						  declared may be declared there; NULL: none */
	bool accepts; /* drift is taken over into the manifests, new names of accounts too */
	bool prune;   /* accounts that the snapshot has and no manifest declares are deleted, and
			 projects that runs made and that have no credential */
	const struct made_project_vec *projects; /* that runs made, and how they stand; NULL:
						  * nothing is to be said of them */
	struct universe *universe;		 /* holds live's pairs, not yet ranked */
	const struct provider_reader *reader;
	struct provider *session;
	/* When `reader` reads a snapshot, the service that the snapshot is of: that service's
	 * rules hold, and what the snapshot says of its APIs. NULL: `reader` stands for itself. */
	const struct provider_reader *service;
	const struct operator_policy *operator_policy; /* NULL: defaults, and nobody is required */
	const struct rules *operator_rules;	       /* NULL: none */
	const struct guards *guards_before; /* limits of the last apply, or what the manifests said
					       before; NULL: not known */
	const char *guards_of;		    /* "the last apply", "commit 0123456789ab" */
	struct earlier_rules rules_before[2]; /* of the last apply, and where the branch began */
	struct consent consent;
	const char *target;   /* only changes of this account; NULL: all */
	const char *restores; /* as in the plan */
	/* Addresses, sorted, of what was withheld before and still needs consent. */
	const char *const *withheld_before;
	size_t withheld_count;
	const struct grant_end_vec *ends_before; /* ends that are on record; NULL: none */
	/* What earlier runs renamed: names of before, under the present ones; NULL: nothing. */
	const struct former_name_vec *former;
	int64_t now;
};

/* Makes a plan, in `a`. What makes it impossible (another organisation, a grant to or of a name the
 * service refuses) goes to `report`; then the plan must not be used. */
void plan_make(const struct plan_input *input, struct arena *a, struct report *report,
	       struct plan *out);

/* Warnings that are about the whole plan: apply refuses it as it is. */
#define PLAN_WARNS_OLDER "W0906"
#define PLAN_WARNS_UNTOLD "W0907"
#define PLAN_WARNS_OTHER_LEDGER "W0908"
/* Something that the service has stands in no grant, and in no change. */
#define PLAN_WARNS_LEFT_OUT "W0910"
bool plan_is_refused_for(const struct diagnostic *d);
/* Whether the plan has one of these warnings. */
bool plan_will_be_refused(const struct plan *plan);
/* Whether the read could say all that the service has. */
bool plan_says_all(const struct plan *plan);

/* By name, as plan_email() needs them. */
void plan_sort_accounts(struct plan *plan);

/* The e-mail under which the service knows a change's principal; NULL while it has none. */
const char *plan_email(const struct plan *plan, const struct change *change);
/* The service's id of the account that a change is about; NULL: of none, or not known. */
const char *plan_account_id(const struct plan *plan, const struct change *change);

/* Gives each change of a plan that was just made what somebody attested of it; `all` is borrowed.
 */
void plan_attest(struct plan *plan, const struct attestation_vec *all);

/* Counts changes[] again, after `withheld` has moved. */
void plan_summarize(struct plan *plan);

/* Once the plan's drift says which of it runs made that nobody recorded: what takes that back is
 * the manifests' wish alone, for nobody else moved. */
void plan_credit_runs(struct plan *plan);

/* Gives the changes of a plan that was read from a file the ranks that order them by content. */
void plan_rank(struct plan *plan, struct intern *strings);

/* How many changes wait to be made: all that are not idle. */
size_t plan_pending(const struct plan *plan);

#endif
