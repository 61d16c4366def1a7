/* SPDX-License-Identifier: Apache-2.0 */
/* declaration.h - every line that declares a grant: walked, numbered, or with all that goes with
 * it.
 *
 * A grant is declared in three places: in the account's own list, in a bundle that the account
 * names, and among the members of an AdminRole or ProductAssignment. A plan needs only one place
 * for a grant; whoever asks why it is there wants all of them. */
#ifndef WRIT_DECLARATION_H
#define WRIT_DECLARATION_H

#include "core/model/access.h"

/* One line. It is an account's or an assignment's, never both. */
struct declaration_line {
	const struct account *account;	     /* NULL: a member of the assignment */
	const struct text_item *mention;     /* where it names the bundle; NULL: its own list */
	const struct bundle *bundle;	     /* NULL with `mention` */
	const struct assignment *assignment; /* NULL: of the account */
	const struct entry *entry;	     /* in the account's list, the bundle or the members */
	enum kind kind;			     /* of the account's or assignment's document */
	bool is_api;			     /* `entry` names an API of the account's credential */
};

/* What a walk calls; NULL where nothing is wanted. */
struct declaration_walk {
	void (*account)(void *context, const struct account *a);       /* before its lines */
	void (*assignment)(void *context, const struct assignment *d); /* before its members */
	void (*line)(void *context, const struct declaration_line *line);
	void *context;
};

/* Walks all that a model declares, in the order of the files: accounts with their bundles, then the
 * members of AdminRoles, then those of ProductAssignments. Absent accounts and bundles that no
 * document defines are left out; what has expired is not. */
void declaration_walk(const struct model *model, const struct model_index *index,
		      const struct declaration_walk *walk);

/* What a line grants, and the place that says it: the item, or the account's mention of the bundle.
 * Names are borrowed. */
struct entitlement declaration_entitlement(const struct declaration_line *line);
const struct location *declaration_place(const struct declaration_line *line);

/* By which bundle, and by which item of it, an account's manifest grants `e` at that place; false:
 * by none. `place` is one that declaration_place() gave. */
bool declaration_find_bundle(const struct model_index *index, const struct account *account,
			     const struct location *place, const struct entitlement *e,
			     const struct bundle **bundle, const struct entry **item);

/* A grant as it is declared somewhere. Numbers, not ranks. */
struct declared {
	uint32_t principal, entitlement;
	const struct location *at;
	const struct words *words; /* NULL when none */
};
VEC(declared_vec, struct declared);

/* All grants that a model declares on `today` and, apart, those whose last day is over. */
struct wanted {
	struct declared_vec grants, expired;
};
void wanted_make(const struct model *model, const struct model_index *index, struct universe *u,
		 struct arena *a, int32_t today, struct wanted *out);

/* The same of a live model: dates are ignored, and users have the service's spelling. */
void live_pairs(const struct model *model, const struct model_index *index, struct universe *u,
		struct arena *a, struct pair_vec *out);

struct declaration {
	struct principal principal;
	struct entitlement entitlement;
	struct location at; /* as in a plan: the item, or the account's mention of the bundle */
	struct location bundle_at; /* the item in the bundle */
	const char *bundle;	   /* NULL: no bundle */
	const char *document;	   /* name of the document that `at` is in */
	const char *owner;	   /* of an account; NULL */
	const struct words *words; /* NULL when none */
	enum kind kind : 8;	   /* of the document */
	bool expired;		   /* counts as absent */
};
VEC(declaration_vec, struct declaration);

/* Appends all that a model says on `today`, absent accounts left out: in the order of principals
 * (accounts, groups, users; each by name), entitlements and places. Names are borrowed from the
 * model. */
void declaration_collect(const struct model *model, const struct model_index *index,
			 struct arena *a, int32_t today, struct declaration_vec *out);

/* Whether two declarations are of one grant. */
bool declaration_is_same_grant(const struct declaration *a, const struct declaration *b);

/* Order of principals: by kind, then by name, users folded. */
int principal_compare(const struct principal *a, const struct principal *b);

#endif
