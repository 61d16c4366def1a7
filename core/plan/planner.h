/* SPDX-License-Identifier: Apache-2.0 */
/* planner.h - what the files that make a plan share; nobody else includes it.
 *
 * plan.c has the order of things, and calls the others. plan_pairs.c sorts what is wanted and what
 * is live, plan_grants.c merges them, plan_ends.c knows until when a grant is wanted;
 * plan_accounts.c has the changes of accounts, plan_names.c and plan_moves.c who they were before;
 * plan_projects.c has the projects that runs made and left empty;
 * plan_base.c what the last snapshot adds, plan_unlisted.c what is left alone, unseen.c what no
 * read shows. plan_policy.c has the limits, plan_guards.c asks the guards, plan_carriers.c and
 * plan_rules.c what else stands against a change. plan_identity.c, plan_look_alikes.c and
 * plan_licences.c tell things besides the changes; plan_managed.c and plan_live_digest.c what it
 * was made from. planner.c has what they all ask: claims, and whether a read can show a grant. */
#ifndef WRIT_PLANNER_H
#define WRIT_PLANNER_H

#include "core/model/declaration.h"
#include "core/model/grantable.h"
#include "core/plan/plan.h"
#include "core/util/keys.h"

/* A declared grant at its place in the universe's order. */
struct wanted_pair {
	uint64_t key;
	const struct declared *declared;
};

VEC(wanted_vec, struct wanted_pair);

/* The strongest claim of an AdminRole, a ProductAssignment or an account on what it covers. */
struct claim {
	enum unlisted level;
	struct location at;
};

/* What one plan may add, in grants and in bytes of their names and words: a few lines of bundles
 * can mean more. A service that takes a hundred changes a minute takes three days for half a
 * million, and a plan lives for one. */
#define PLAN_ADDED_MAX 500000
#define PLAN_TEXT_MAX (32 << 20)

VEC(account_ids, const struct account *);

struct planner {
	const struct plan_input *in;
	struct universe *u;
	struct arena *arena;  /* of the plan */
	struct arena scratch; /* of the making */
	struct report *report;
	struct plan *plan;
	const struct organization *organization;
	struct wanted wanted;
	struct wanted_vec grants, expired;
	struct wanted_vec longer;  /* declared again, with a later end than in `grants`; by key */
	struct key_vec live, base; /* in ranks, under the accounts' declared names */
	const uint32_t *names;	   /* by principal rank: the rank of the name in manifests */
	struct drift_input three_way;
	struct claim *entitlement_claims; /* by entitlement rank */
	const struct account **declared;  /* by principal rank; NULL: no such manifest */
	const struct account **held;	  /* by principal rank; NULL: no such account is live */
	struct account_ids by_id;	  /* live ones that have an id; made when needed */
	struct account_ids wanted_by_id;  /* of a snapshot that is restored; likewise */
	const char **stuck; /* by principal rank: why the service cannot have this account as it is
			       wanted; nothing of it is changed; NULL */
	uint32_t *deleted;  /* by principal rank: index of the change + 1 */
	VEC(, const char *) followed; /* live names of accounts that manifests know by older ones */
	bool *renamed;		      /* by principal rank: a manifest knows it by another name */
	uint32_t *takers; /* by principal rank: the rank of the name that its account gets + 1 */
	const struct account **moved; /* by principal rank: the live account that an earlier name
					 or the snapshot leads to and that gets this name; NULL:
					 none */
	struct change_vec phases[PHASE_COUNT];
	const struct grant_end_vec *ends; /* planner_ends_before(); NULL: not asked for yet */
	struct grantable grantable;
	size_t nearest_steps; /* how much search for similar names is left */
};

static inline uint64_t make_key(const struct universe *u, uint32_t principal, uint32_t entitlement)
{
	return grant_key(universe_principal_rank(u, principal),
			 universe_entitlement_rank(u, entitlement));
}

/* Order of struct wanted_pair. */
static inline int planner_by_key(const void *a, const void *b)
{
	const struct wanted_pair *x = a, *y = b;
	return x->key < y->key ? -1 : x->key > y->key;
}

/* Order of the changes of one phase. */
static inline int planner_by_content(const void *a, const void *b)
{
	const struct change *x = a, *y = b;
	if (x->principal_rank != y->principal_rank)
		return x->principal_rank < y->principal_rank ? -1 : 1;
	return (x->entitlement_rank > y->entitlement_rank) -
	       (x->entitlement_rank < y->entitlement_rank);
}

/* The live account that the plan leaves under this name, which it may have under another one now;
 * NULL. Known once the moves are. */
static inline const struct account *planner_live(const struct planner *p, uint32_t rank)
{
	return p->moved[rank] ? p->moved[rank] : p->held[rank];
}

/* What is known of a principal that is an account: its manifest, else what is live, else NULL. */
static inline const struct account *planner_holder(const struct planner *p, uint32_t rank)
{
	return p->declared[rank] ? p->declared[rank] : p->held[rank];
}

/* Whose rules hold: the reader's, or those of the service that it stands in for. */
static inline const struct provider_reader *planner_service(const struct planner *p)
{
	return p->in->service ? p->in->service : p->in->reader;
}

/* Appends a change to its phase. The pointer is good until the next change is added. */
struct change *planner_add_change(struct planner *p, struct change change);

/* ---- plan_pairs.c ---- */

/* Fills p->grants and p->expired, each pair once, by its first declaration in byte order of places;
 * and p->longer. */
void planner_sort_declared(struct planner *p);
/* Fills p->live and p->base, and p->names: the grants of an account that is being renamed count as
 * those of its new name. Called when the renames are known. */
void planner_sort_live(struct planner *p, size_t principals);

/* ---- plan_grants.c ---- */

/* Adds the changes of all grants, and what is blocked and unlisted of them. */
void planner_add_grant_changes(struct planner *p);
/* Says of the changes by bundles whether all accounts of the bundle get the grant. */
void planner_find_whole_bundles(struct planner *p);
/* Adds the end of grants that no read shows: a person ends them and takes their lines out of the
 * manifest. */
void planner_add_unseen_ends(struct planner *p);

/* ---- plan_ends.c ---- */

/* The last day that a declaration is for; INT32_MAX: it has no end. */
int32_t planner_last_day(const struct wanted_pair *w);
/* The declaration that holds longest, where that is not the first one; NULL. */
const struct wanted_pair *planner_find_longest(const struct planner *p, uint64_t key);
/* Fills plan->ends: what the next plans are to know of these manifests' ends. */
void planner_find_ends(struct planner *p);
/* The ends that are on record, under the names that this plan gives; of the scratch arena. Called
 * when the changes of accounts are known. */
const struct grant_end_vec *planner_ends_before(struct planner *p);
/* Tells which grants hold longer than is on record. */
void planner_find_extended(struct planner *p);
/* Lets the plan expire with the first grant that it makes: who applies a saved plan later would
 * otherwise grant what has ended by then. */
void planner_shorten_life(struct planner *p);

/* ---- plan_names.c ---- */

/* Has the manifests name accounts as the service does now, where somebody gave one another name
 * since the snapshot, and nobody else has the old one. */
void planner_follow_names(struct planner *p);
/* Whether this is the live name of such an account. */
bool planner_is_followed(const struct planner *p, const char *name);
/* Whether one of the addresses, sorted, is that of the change when its account had an earlier name:
 * one that manifests say, or that the snapshot knows it by. */
bool planner_had_name(struct planner *p, const struct change *c, const char *const *addresses,
		      size_t count);
/* What the snapshot calls the live account; NULL: it does not know it by its id. */
const char *planner_base_name(const struct planner *p, const struct account *live);

/* ---- plan_moves.c ---- */

/* Fills p->moved: chains of names that move on, and circles of names that change places. */
void planner_find_moves(struct planner *p, size_t principals);
/* No two accounts have one name on the way: among the changes of accounts, in order of content, a
 * rename comes after the one that frees its name. */
void planner_order_renames(struct planner *p);

/* ---- plan_unlisted.c ---- */

struct unlisted_item *planner_add_unlisted(struct planner *p, uint32_t principal,
					   const struct entitlement *e, struct location at);
/* Tells a live grant that nobody wants and that stays, where the strongest claim on it says so, or
 * where it is a right over others that no document speaks of. */
void planner_tell_unlisted(struct planner *p, uint64_t key, const struct claim *claim);
void planner_sort_unlisted(struct planner *p);
/* Whether the account's own document says `keep`, which is also about what none of its keys claims.
 */
bool planner_is_kept(const struct planner *p, uint64_t key);

/* ---- plan_projects.c ---- */

/* Puts the projects that runs made into the universe. */
void planner_number_projects(struct planner *p);
/* Adds the deletion of those that have no credential and that no manifest wants, where what is not
 * declared is to go; else tells of them. Called before the changes are put in order. */
void planner_add_projects(struct planner *p);

/* The rank of an account's name, which must be in the universe. With `live` the name is spelled as
 * the service does, else as manifests do. */
uint32_t planner_account_rank(struct planner *p, const char *name, bool live);

/* Whether what holds the name of this rank is seen to have a grant by which it can hand out rights.
 */
bool planner_holds_admin(const struct planner *p, uint32_t rank);

/* Whether the plan may change what this principal holds. Where the input names a target, only that
 * account may be changed. */
bool planner_is_targeted(const struct planner *p, const struct principal *principal);

/* Notes what documents about entitlements claim of them. */
void planner_claim_assignments(struct planner *p, const struct assignment_vec *all);
/* The strongest claim that any document makes on a grant. Principals of the key have the names that
 * manifests give them. */
struct claim planner_claim(const struct planner *p, uint64_t key);

/* The first live account, by name, with the id of this one; more of them may follow it in p->by_id.
 * NULL: there is none. */
const struct account **planner_with_id(struct planner *p, const struct account *like);

/* Whether an account of the snapshot that is restored has the id of this one. */
bool planner_wants_id(struct planner *p, const struct account *like);

/* Fills p->declared and p->held. */
void planner_index_accounts(struct planner *p);

/* Adds the changes of all accounts, and what is unlisted of them. */
void planner_add_account_changes(struct planner *p, size_t principals);

/* Counts the licences that the plan's changes take and give back. It is called when it is known
 * which changes are withheld, for those give nothing back. */
void planner_count_licences(struct planner *p);

/* Withholds the removal of an API where no other API of the account carries a product profile that
 * stays. It is called after the guards, since a removal that they withhold is a profile that
 * stays. */
void planner_withhold_carriers(struct planner *p);

/* Compares with the last snapshot. Finds out for each change whether a manifest or somebody else
 * moved, fills the plan's drifts, and drops the changes that would take back an ignored drift. */
void planner_compare_base(struct planner *p);

/* Fills plan->managed; nothing where the snapshot stands for manifests. */
void planner_find_managed(struct planner *p);

/* The principal under the name that it has in the service until the plan is carried out. */
struct principal planner_principal_now(const struct planner *p, uint32_t rank);

/* Whether the provider's read would have shown this grant if it were there. */
bool planner_is_seen(const struct planner *p, uint64_t key);

/* ---- unseen.c ---- */

/* Puts roles into the universe that a complete list covers, though no manifest and no read names
 * them. */
void planner_number_roles(struct planner *p);
/* Counts a grant that no read shows: one that is wanted or, with `ended`, one whose last day is
 * over. */
void planner_tell_unseen(struct planner *p, uint64_t key, bool ended);
/* Counts the roles that no read shows and that lists cover, or nobody speaks of. */
void planner_find_unseen(struct planner *p, size_t principals);

/* Fills plan->accounts. */
void planner_collect_accounts(struct planner *p);

/* Notes each grant whose holder or object has a name that a reader can take for another one of the
 * manifests or of live, or that hides a letter. */
void planner_note_look_alikes(struct planner *p);

/* Reports each grant that a rule keeps apart from one that is live, stays and is in no manifest. It
 * is called when it is known which removals are withheld. */
void planner_check_rules(struct planner *p);

/* Once plan->accounts is filled: tells which accounts are not who their names say, and raises the
 * risk of what they get. */
void planner_tell_identities(struct planner *p);

/* Asks the guards of all changes, and marks those that they withhold. */
void planner_judge(struct planner *p);

/* Sets the policy that the plan is made under, its digest, and what of it was stricter before. */
void planner_set_policy(struct planner *p);
/* Digests the names of all live accounts and all live grants, in the plan's order. */
void planner_digest_live(struct planner *p);

#endif
