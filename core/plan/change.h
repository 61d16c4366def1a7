/* SPDX-License-Identifier: Apache-2.0 */
/* change.h - one difference between what is wanted and what is live, and how it is called. */
#ifndef WRIT_CHANGE_H
#define WRIT_CHANGE_H

#include "core/contract/provider.h"

enum action { ACTION_CREATE, ACTION_UPDATE, ACTION_DELETE };
/* A project is only ever deleted: it is made with its first account. */
enum change_type { CHANGE_ACCOUNT, CHANGE_GRANT, CHANGE_PROJECT };

enum reason {
	REASON_ADDED,
	REASON_NOT_LISTED,
	REASON_EXPIRED,
	REASON_STATE_ABSENT,
	REASON_UNDECLARED,
	REASON_RENAMED,
	REASON_CHANGED,
	REASON_COUNT,
};

/* In the order of display. */
enum risk {
	RISK_ADMIN_GRANT,
	RISK_ADMIN_REMOVAL,
	RISK_ACCOUNT_DELETE,
	RISK_REMOVAL,
	RISK_ORDINARY,
	RISK_COUNT
};

/* Who moved since the last snapshot. */
enum mover {
	MOVER_UNKNOWN,	/* there is no snapshot at hand */
	MOVER_PENDING,	/* the manifests */
	MOVER_DRIFT,	/* the organisation */
	MOVER_CONFLICT, /* both, and not to the same */
	MOVER_COUNT
};

/* Why a removal is not carried out. */
enum withheld {
	WITHHELD_NOT,
	WITHHELD_CONSENT,     /* it needs consent, which was not given */
	WITHHELD_HOLDERS,     /* too few would hold the role, or it cannot be seen who does */
	WITHHELD_OWN,	      /* writ needs it itself */
	WITHHELD_REPLACEMENT, /* what is to come in its place is not there */
	WITHHELD_CARRIER,     /* it carries a product profile that stays */
	WITHHELD_COUNT
};
const char *withheld_name(enum withheld why); /* "consent", ...; NULL for not */

/* A change in the numbers of a universe. */
struct change_rank {
	uint32_t principal, entitlement;
};

/* Phases of execution; nothing of one starts before the one before it is done. A barrier, at which
 * all that was made is read back, stands before PHASE_REMOVE. */
enum phase { PHASE_ACCOUNTS, PHASE_GRANT, PHASE_REMOVE, PHASE_DELETE, PHASE_COUNT };

VEC(entitlement_ref_vec, const struct entitlement *);

struct attestation;

/* The bundle by which an account's manifest says a grant. */
struct change_bundle {
	const char *name;
	struct location at;	 /* its item */
	const struct bundle *of; /* NULL in a plan that was read */
	bool whole; /* all accounts of the bundle, and several, get the grant: so the item is new */
};

struct change {
	const struct principal *principal;     /* for an account: its new name */
	const struct entitlement *entitlement; /* of CHANGE_GRANT; else NULL */
	const struct account *before, *after;  /* for CHANGE_ACCOUNT; NULL for create, delete */
	const struct made_project *project;    /* of CHANGE_PROJECT; else NULL */
	const struct words *words;	       /* of a created grant; NULL when none */
	struct location at;		       /* the manifest's place that causes it */
	struct change_bundle *bundle;	       /* by which that place says it; NULL: itself */
	uint32_t principal_rank, entitlement_rank;
	uint32_t lost_roles, lost_products; /* live grants that go with a deleted account */
	struct entitlement_ref_vec *lost;   /* which these are; NULL: none */
	unsigned attributes : 8; /* of an update: which differ, a set of enum attribute */
	enum action action : 8;
	enum change_type type : 8;
	enum reason reason : 8;
	enum risk risk : 8;
	enum capability via : 8;
	enum mover mover : 8;
	enum withheld withheld : 8; /* of a removal: not applied */
	bool unseen; /* no read can show whether it is so already: only a person knows */
	bool idle; /* unseen, and nobody would gain by it now: sent by each apply, never pending */
	const char *steps; /* of a manual change: what a person does, one step a line */
	const char *note;  /* what else there is to say of it; NULL: nothing */
	const struct attestation *attested; /* what somebody said of it; NULL: nothing */
	int64_t since; /* of a manual change: when an apply first left it waiting; 0: never */
};
VEC(change_vec, struct change);

/* Whether a person has to make it. */
bool change_is_manual(const struct change *change);

/* Whether it gives an account's name, and so its rights, to another credential. */
bool change_moves_identity(const struct change *change);

/* The place that somebody has to read: of a grant by a bundle that all its accounts get, the item
 * of the bundle, for that is what is new; else its own. */
struct location change_cause(const struct change *change);

/* How much power it gives or takes, as entitlement_power() has it: of a deleted account that of its
 * greatest right, of one that gets another's rights more than any. */
uint8_t change_power(const struct change *change);

/* The phase of a change; changes[] is sorted by it. */
enum phase change_phase(const struct change *change);

/* By change: whether its address is among these, which are sorted, or the one that it has under the
 * name of which these changes rename its account; NULL when there are none. In `a`. */
const bool *change_find_all(const struct change_vec *changes, const char *const *addresses,
			    size_t count, struct arena *a);

/* Reads "c3" (from 2 to 3) or "c3-c9" (from 2 to 9), the changes [from .. to) of a plan; false, and
 * nothing is written, when it is neither. NULL is neither. */
bool change_range_parse(const char *text, size_t *from, size_t *to);

/* "grant/user/jane%40example.com/role/support-administrator", in `a`. Entitlement NULL: the
 * account. */
const char *change_address(struct arena *a, const struct principal *principal,
			   const struct entitlement *entitlement);
/* An address as it is compared where a service folds the case of names (universe_fold_names()):
 * equal to that of every other spelling. In `a`. */
const char *address_fold(struct arena *a, const char *address);
/* Its tail: "role/support-administrator", "product/Adobe%20Express/Default". */
const char *entitlement_address(struct arena *a, const struct entitlement *e);

/* As people say it: "Support administrator", "Product administrator of Adobe Express", "Adobe
 * Express / Default", "API User Management API"; names as they are, for a table. In `a`. */
const char *entitlement_title(struct arena *a, const struct entitlement *e);

const char *action_name(enum action action);
const char *reason_name(enum reason reason);
const char *risk_name(enum risk risk);
const char *mover_name(enum mover mover);	  /* "pending", ...; NULL for unknown */
const char *capability_name(enum capability via); /* "api", "command", "manual" */

/* Which attributes it has no value of, where manifests could say one: they cannot say that there is
 * to be none, as a key that is missing leaves it what it is. */
unsigned account_unsaid(const struct account *account);

/* Which attributes differ, as a set; only `compared` are looked at, and of them only what `after`
 * says. */
unsigned account_difference(const struct account *before, const struct account *after,
			    unsigned compared);

/* Gives `to` a set of the attributes of `from`. */
void account_copy(struct account *to, const struct account *from, unsigned set);

#endif
