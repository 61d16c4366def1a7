/* SPDX-License-Identifier: Apache-2.0 */
/* accepter.h - which edits a drift takes, and what they are meant to do: what the files that accept
 * drifts share; nobody else includes it.
 *
 * accept_grants.c and accept_accounts.c collect the edits of a drift, accept_documents.c writes the
 * documents that are new, and accept.c makes the edits and compares what they did with what they
 * were meant to do. */
#ifndef WRIT_ACCEPTER_H
#define WRIT_ACCEPTER_H

#include "core/edit/accept.h"

/* A line that says a grant. */
struct accept_line {
	uint64_t key;	    /* principal and entitlement, in numbers of accept.u */
	struct location at; /* the item; of a bundle the account's mention of it */
	struct location document;
	const char *bundle; /* NULL: the item itself says it */
	struct location bundle_at;
	bool expired;
};
VEC(accept_line_vec, struct accept_line);

enum effect_kind { EFFECT_RENAME, EFFECT_DROP, EFFECT_REMOVE, EFFECT_ADD };

/* What the wanted grants are meant to differ by; made in the order of the kinds. */
struct effect {
	enum effect_kind kind;
	uint64_t key;		 /* of a pair, under the principal's new name */
	uint32_t principal, now; /* of RENAME and DROP; `now` is its new number */
};
VEC(effect_vec, struct effect);

/* An account whose attributes are meant to change. */
struct accept_change {
	const struct account *declared, *live;
	const char *name; /* its name afterwards */
	unsigned attributes;
};
VEC(accept_change_vec, struct accept_change);

/* A document that is to be made for members of an entitlement that no document is about. */
struct accept_document {
	uint32_t entitlement;
	const struct entitlement *what;
	VEC(, struct principal) members;
};

struct accept {
	const struct accept_input *in;
	const struct edit_set *set;
	struct universe *u; /* what manifests and drifts say, in common numbers; not ranked */
	struct arena *arena;
	struct report *report;
	struct accept_line_vec lines; /* sorted by key */
	struct edit_vec edits;
	struct effect_vec effects;
	struct accept_change_vec changes;
	VEC(, struct accept_document) documents;
	VEC(, const struct account *) documented; /* live accounts that get a document */
	size_t dropped;				  /* documents of accounts that go */
};

void accept_begin(struct accept *s, const struct accept_input *in, const struct edit_set *set,
		  struct arena *a, struct report *report);
void accept_end(struct accept *s);

/* The first line of a pair and the next one of the same pair; NULL: there is none. */
const struct accept_line *accept_first_line(const struct accept *s, uint64_t key);
const struct accept_line *accept_next_line(const struct accept *s, const struct accept_line *l);

/* The declared account that is live under this name: it has the name, or the id that the
 * snapshot knows under another name, or tells this name as an earlier one. NULL. */
const struct account *accept_find_declared(const struct accept *s, const char *name);
/* What the manifests will call it. */
const char *accept_name_after(const struct accept *s, const struct account *declared);
/* Appends the live pairs of an account, in numbers of in->universe. */
void accept_live_pairs_of(const struct accept *s, const char *name, struct pair_vec *out);

/* Whether it is accepted that the account appeared, or that it holds this. */
bool accept_appears(const struct accept *s, const char *account, const struct entitlement *e);

/* Puts the reason into the report. */
enum accepted accept_refuse(struct accept *s, struct location at, const char *what,
			    const char *detail);
struct edit *accept_add_edit(struct accept *s, enum edit_kind kind, struct location document);
void accept_remove_item(struct accept *s, struct location document, struct location at);

/* ---- accept_grants.c, accept_accounts.c ---- */

/* Collect the edits and effects of one drift, of a grant and of an account itself; a refusal is in
 * the report. */
enum accepted accept_appeared(struct accept *s, const struct drift_item *d);
enum accepted accept_gone(struct accept *s, const struct drift_item *d);
enum accepted accept_changed(struct accept *s, const struct drift_item *d);
enum accepted accept_new_account(struct accept *s, const struct drift_item *d);
enum accepted accept_lost_account(struct accept *s, const struct drift_item *d);

/* ---- accept_documents.c ---- */

/* The account gets a document, once, with what of all that it holds is accepted. */
void accept_document_account(struct accept *s, const struct account *live);

/* Turns new documents into edits, when all drifts are collected. */
void accept_finish(struct accept *s);

#endif
