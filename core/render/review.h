/* SPDX-License-Identifier: Apache-2.0 */
/* review.h - what somebody has to read of a plan, of a run, of drift or of findings, in the order
 * in which it matters.
 *
 * Every format for reviewers walks the same sections: what is dangerous first, then other changes,
 * what is not possible, not seen, stopped by a guard, and what is left alone. Names and reasons are
 * as render_words() gives them; each format escapes them in its own syntax (escape.h). All of it is
 * in the arena that a review is made in, or borrowed from what it is made of. */
#ifndef WRIT_REVIEW_H
#define WRIT_REVIEW_H

#include "core/plan/drift.h"
#include "core/plan/plan.h"
#include "core/plan/planned.h"
#include "core/plan/unseen.h"
#include "core/util/report.h"
#include "core/util/str.h"

enum review_level { LEVEL_NOTE, LEVEL_WARNING, LEVEL_ERROR, LEVEL_COUNT };

/* One thing that happens, or that was found. Texts may be NULL, but for `rule` and `what`. */
struct review_item {
	const char *rule; /* "admin-grant", "E0203": the same in every version */
	const char *sign; /* "+", "-", "~" */
	const char *what; /* "storage-administrator" */
	const char *who;
	const char *reason, *ticket;
	const char *marks;	     /* "not-listed, withheld" */
	const char *note;	     /* a sentence */
	const char *steps;	     /* what a person does, one step a line */
	const char *address;	     /* for review_address() */
	const struct change *change; /* in place of an address, which few formats ask for */
	const char *of;		     /* its organisation, where the review is of several */
	bool about;		     /* who is told first: it is the account itself that changes */
	bool borrowed;		     /* the place is of something near: only programs need one */
	struct location at;	     /* file NULL: none */
	uint32_t end_line, end_column; /* 0: unknown */
	enum review_level level;
	uint8_t power;	/* that it gives or takes: the smaller, the more (entitlement_power()) */
	uint32_t rank;	/* of who it is about, in the order of names */
	uint32_t group; /* from 1: those that say the same of several; 0: it stands alone */
	size_t serial;	/* its place before it was arranged */
};
VEC(review_item_vec, struct review_item);

struct review_section {
	const char *rule, *title;
	const char *of;		 /* the organisation of its items, where there are several */
	enum review_level level; /* of the worst of its items */
	bool kept;	   /* no budget takes away what stands alone; of a group of many, its names
			      go after all else */
	size_t least;	   /* of a kept one: so many that stand alone at least; 0: all */
	bool again;	   /* items that another section has too, told from another side */
	bool aside;	   /* no line of a manifest is to blame for its items */
	size_t group_from; /* so many that say the same become one line with names below it */
	struct review_item_vec items;
	size_t shown; /* of items, from the front: the others are counted alone */
};
VEC(review_section_vec, struct review_section);

struct review_fact {
	const char *name, *value;
};
VEC(review_fact_vec, struct review_fact);

struct review {
	const char *subject;	  /* "plan", "apply", "drift", "validate", "verify" */
	const char *organization; /* NULL: not known */
	const char *alarm;	  /* the worst, in a few words; NULL: nothing of the kind */
	const char *calm;	  /* what stands in its place then */
	const char *headline;	  /* one sentence */
	bool foreign;		  /* the headline names what somebody chose */
	struct review_section_vec sections;
	struct review_fact_vec facts;	/* for people: what it is of, its digest */
	struct review_fact_vec outputs; /* for programs: counts, the digest */
	struct location at;		/* of what has no place of its own; file NULL: none */
	size_t budget;			/* bytes that it was cut to; 0: nothing was */
};

/* Make the whole review, in `a`. */
void review_of_plan(struct review *out, struct arena *a, const struct planned *planned);
/* The plan's summary and, where there is anything to be feared, that: for who sees one line of it;
 * in `a`. */
const char *review_plan_line(struct arena *a, const struct plan *plan);
/* What a look for drift came to. */
struct drift_told {
	const struct drift_vec *all;
	const struct unseen_vec *unseen;
	const char *organization, *from; /* from: the snapshot */
	struct location at;		 /* of its organisation's document */
	bool partial;			 /* the service has something that no manifest can say */
};
void review_of_drift(struct review *out, struct arena *a, const struct drift_told *told);
void review_of_report(struct review *out, struct arena *a, const struct report *report);
/* What became of a plan; what it is made of outlives it. */
struct run_report;
void review_of_result(struct review *out, struct arena *a, const struct run_report *report);

/* Adds findings to a review of something else. */
void review_add_report(struct review *out, struct arena *a, const struct report *report);

/* ---- for who makes one ---- */

/* Opens a section; its items come next. */
struct review_section *review_open(struct review *r, struct arena *a,
				   const struct review_section *section);
void review_add(struct review *r, struct arena *a, const struct review_item *item);
/* What is to be read of one change, but for its rule, its level and its place. */
struct review_item review_change(struct arena *a, const struct change *c);
/* "owner \"a\" → \"b\", project nothing → \"c\"". */
const char *review_difference(struct arena *a, const struct account *from, const struct account *to,
			      unsigned attributes);
/* Adds items for what nobody could see. */
void review_add_unseen(struct review *out, struct arena *a, const struct unseen_vec *all,
		       enum review_level level);
/* Adds items for what guards say of a plan, each on the line that it stops first; and for what is
 * not possible yet. */
void review_add_guards(struct review *out, struct arena *a, const struct guard_vec *guards,
		       const struct plan *plan);
void review_add_blocked(struct review *out, struct arena *a, const struct blocked_vec *all,
			enum review_level level);
/* Closes the last section: arranges its items, or takes it away when it has none. What gives or
 * takes most power is first, and then the order is that of names; what stands alone comes before
 * the groups of a kept section, and behind those of others. */
void review_close(struct review *r);
void review_add_count(struct review_fact_vec *facts, struct arena *a, const char *name,
		      size_t count);

/* "manifests/team.yaml": a location's file as it is called in the repository, in `a`: without a
 * revision and without "./". */
const char *review_file(struct arena *a, const char *file);

/* ---- for formats ---- */

/* How many items from `i` on are one group; 1 for what stands alone. */
size_t review_run(const struct review_section *s, size_t i);
/* Where the lines of a section begin, with one for each group, or with one for each item: those
 * with most power first, whether they stand alone or not. Returns how many; in `a`. */
size_t review_lines(const struct review_section *s, bool groups, struct arena *a, size_t **out);
/* Its title, with the organisation where there are several; in `a`. */
const char *review_title(struct arena *a, const struct review_section *s);
/* Whether a format that folds sections leaves it in the open: it is short, and of the plan itself
 * or never cut. */
bool review_is_short(const struct review_section *s);
/* Whether that group has one reason and one ticket: they are told once. */
bool review_has_one_reason(const struct review_section *s, size_t i, size_t run);
/* Where that group is: "manifests/team.yaml:12 and 59 more", or one place of all; NULL: it has none
 * of its own. In `a`. */
const char *review_group_place(struct arena *a, const struct review_section *s, size_t i,
			       size_t run);
/* "manifests/team.yaml:12", for people; NULL: it has none of its own. In `a`. */
const char *review_place(struct arena *a, const struct review_item *item);
/* Its own place, or that of the review. */
struct location review_at(const struct review *r, const struct review_item *item);
/* What stands between what and whom: "→", "from" or "·". */
const char *review_joint(const struct review_item *item);
/* "+ storage-administrator → asset-archiver: "reason", OPS-1, until 2026-03-31", behind "acme: "
 * where there are several organisations; in `a`. */
const char *review_sentence(struct arena *a, const struct review_item *item);
/* What tells it from all others of its rule, run after run; NULL: only what it says. In `a`. */
const char *review_address(struct arena *a, const struct review_item *item);
/* 16 bytes in hexadecimal digits that are the same as long as it is the same finding; in `a`. */
const char *review_fingerprint(struct arena *a, const struct review_item *item);
/* "12 of Changes, 3 of Drift": what a budget took away; NULL: nothing; in `a`. */
const char *review_left_out(const struct review *r, struct arena *a);
const char *review_level_name(enum review_level level); /* "note", "warning", "error" */
/* What a rule is about, in a sentence. */
const char *review_rule_text(const char *rule);

/* Cuts names away until `render` makes at most `most` bytes (0: any number), from the last section
 * up, kept ones after all others, in each from the end; the result is appended to `out`.
 * ERROR_INPUT: what is never left out takes more. */
typedef void review_renderer(struct str *out, const struct review *r);
MUST_CHECK struct error *review_fit(struct review *r, review_renderer *render, size_t most,
				    struct str *out);

#endif
