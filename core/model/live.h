/* SPDX-License-Identifier: Apache-2.0 */
/* live.h - an organisation as it is: its accounts, who holds what, and what there is to hold. */
#ifndef WRIT_LIVE_H
#define WRIT_LIVE_H

#include "core/model/access.h"
#include "core/util/vec.h"

/* Collections, to be asked for together; never one call a grant. */
enum collection {
	COLLECT_ACCOUNTS = 1,  /* technical accounts and their attributes */
	COLLECT_GRANTS = 2,    /* who holds what */
	COLLECT_CATALOGUE = 4, /* which products, profiles, users and groups exist */
	COLLECT_ALL = 7,
};

VEC(line_vec, const char *);

/* What was said of a grant: its reason, ticket and end. No service keeps them. */
struct grant_words {
	uint64_t key; /* grant_key() of the numbers of its pair */
	const struct words *words;
};
VEC(grant_words_vec, struct grant_words); /* sorted by key, each once */

/* An admin role of the whole organisation, and of how many accounts or users a read could not show
 * whether they hold it. */
struct blind_spot {
	const char *source; /* that would show it; NULL: none that is known */
	size_t count;	    /* 0: of users that nothing lists */
	enum role role : 8;
	enum principal_kind kind : 8; /* accounts or users */
};
VEC(blind_vec, struct blind_spot);

/* What became of a project that a run made. */
enum project_standing {
	PROJECT_UNSEEN, /* no read told */
	PROJECT_GONE,
	PROJECT_EMPTY, /* as it was made, and no credential is in it */
	PROJECT_USED,  /* somebody has a credential in it, or did something with it */
	PROJECT_STANDING_COUNT
};

/* A project of the service that a run made for an account. */
struct made_project {
	const char *id; /* interned where it is the object of a change */
	const char *title;
	const char *account; /* NULL: not on record */
	const char *run;
	enum project_standing standing;
};
VEC(made_project_vec, struct made_project);

/* The live organisation. Names are interned in the run's strings; accounts carry attributes only,
 * their lists are in `grants`. What a provider cannot read of an account is NULL or has its flag
 * off. */
struct live {
	const char *organization, *org_id; /* org_id may be NULL */
	bool is_one_of_several;	     /* in a set of manifests: what is written says whose it is */
	struct account_vec accounts; /* sorted by name, each once */
	struct pair_vec grants;
	const struct grant_words_vec *words; /* of some of them; NULL: of none */
	struct catalogue catalogue;
	/* What else the organisation says of itself; may be NULL. */
	const struct organization *document;
	const char *source; /* "file", ...: named in the plan */
	/* What is there and no manifest can name, each in words ("user group ..."), sorted: what is
	 * about these is not in `grants`. */
	struct line_vec left_out;
	struct blind_vec blind; /* by kind, then role; what a read shows of it is in `grants` */
	/* Each a user group, as the entry's name, and a product profile of which the read did not
	 * show if the group holds it; without a profile: any. Sorted by live_sort_unseen_groups().
	 */
	struct entry_vec unseen_groups;
	bool products_unseen; /* no read showed which users and user groups hold product profiles */
	unsigned unknown; /* attributes that a snapshot's service does not tell, as a set of enum
			     attribute: they are not compared */
	bool all_seen;	  /* no grant is hidden: a pair that is not here is not held */
	bool whole;	 /* every account was read with its details, and every grant that a read can
			    show */
	const char *own; /* the account whose credential writ itself uses; NULL: none, or unknown */
	const char *own_user; /* the person whose session writ was lent; NULL: none, or unknown */
	/* Those grants of these two without which writ could not do its work; NULL: any role may
	 * be needed. */
	const struct pair_vec *own_needs;
};

/* In a list of what a read could not show of users: which of them, and of user groups, hold product
 * profiles. */
#define UNSEEN_PRODUCTS "products"

/* Of the roles that `unseen` lists, whether this is one. */
bool live_lists_role(const struct text_vec *unseen, enum role role);

bool live_lists_products(const struct text_vec *unseen);
/* Of `unseen_groups`, whether this group and profile are among them, in whatever letter case: a
 * service may have spelled them otherwise by then. */
bool live_lists_group(const struct entry_vec *unseen_groups, const char *group,
		      const struct entitlement *e);

/* Whether the read did not show if this principal held the entitlement. */
bool live_hides(const struct live *live, const struct principal *who, const struct entitlement *e);

/* Fills `blind` from what documents say: each account of itself, the organisation of its users. */
void live_find_blind(struct live *live, const struct account_vec *accounts,
		     const struct text_vec *of_users, struct arena *a);

/* Leaves out accounts whose state is absent. */
void live_drop_absent(struct account_vec *accounts);

/* Sorts by name, which is free when they are sorted. */
void live_sort(struct account_vec *accounts);

void live_sort_unseen_groups(struct live *live);
/* How many groups there are in sorted ones. */
size_t live_count_unseen_groups(const struct live *live);

/* How much smaller `live` is than the snapshot `base`, in percent: of its accounts, or of its
 * grants where all were read, whichever shrank more. 0 when neither shrank. */
int32_t live_shrink(const struct live *base, const struct live *live);

/* What is said of the grant with these numbers; NULL: nothing. */
const struct words *live_words(const struct live *live, uint32_t principal, uint32_t entitlement);

/* The account of this name, of sorted ones; NULL. */
const struct account *live_find(const struct live *live, const char *name);

#endif
