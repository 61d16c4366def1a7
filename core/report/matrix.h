/* SPDX-License-Identifier: Apache-2.0 */
/* matrix.h - who has what: each grant that manifests declare, or that a snapshot saw, with what is
 * known of it.
 *
 * One model that text, JSON, CSV and the page print. A grant is declared or not, as far as there
 * are manifests; and it is held, not held or not seen, as far as there is a snapshot. What was not
 * seen has cells of its own, so that nobody takes it for what is not held. All of it is in the
 * arena that it is made in, or borrowed from what it is made of. */
#ifndef WRIT_MATRIX_H
#define WRIT_MATRIX_H

#include "core/model/live.h"
#include "core/past/grant_answer.h"
#include "core/past/past_changes_print.h"
#include "core/past/timeline.h"
#include "core/util/str.h"

/* What the snapshot says of a grant. */
enum matrix_held {
	HELD_UNASKED, /* there is no snapshot */
	HELD_YES,
	HELD_NO,
	HELD_UNSEEN, /* no read showed whether it is held */
};

/* What it all comes to for who reads one line. */
enum matrix_state {
	MATRIX_DECLARED,     /* by manifests, and nothing live was looked at */
	MATRIX_HELD,	     /* and declared where there are manifests */
	MATRIX_PENDING,	     /* declared, and not held */
	MATRIX_NOT_DECLARED, /* held, and no manifest says so */
	MATRIX_ENDED,	     /* its last day is over, and it is not held, or not known to be */
	MATRIX_OVERDUE,	     /* its last day is over, and it is held */
	MATRIX_LINGERING,    /* its last day is over, and it is not seen */
	MATRIX_NOT_SEEN,
	MATRIX_STATE_COUNT,
};
const char *matrix_state_name(enum matrix_state state); /* "held, not declared" */

struct matrix_cell {
	uint32_t principal, entitlement; /* ranks in the universe */
	size_t fact, facts;		 /* its lines: the first of matrix.facts, and how many */
	const struct words *words; /* of the line that holds longest, else of the snapshot; NULL */
	const struct open_drift *drift; /* that nobody has decided on; NULL */
	int32_t expires;		/* the last day, of that; DATE_NONE */
	int64_t since;	      /* held since this moment, without a break seen; 0: not known */
	bool since_unsure;    /* it may have come earlier */
	bool declared, ended; /* by a line that holds; only by lines whose day is over */
	enum matrix_held held : 8;
	enum matrix_state state : 8;
};
VEC(matrix_cell_vec, struct matrix_cell);

struct matrix_principal {
	const struct principal *who;	       /* a user without a name stands for all users */
	const struct account *declared, *live; /* of an account; NULL */
	const char *owner;		       /* NULL */
	size_t cell, cells;		       /* the first of matrix.cells, and how many */
	size_t powers;	/* of those, what administers and is in force, or may be */
	size_t awaited; /* what administers, is declared and not held */
	size_t unsure;	/* of `powers`, what is not seen to be held */
};
VEC(matrix_principal_vec, struct matrix_principal);

/* What one administrative entitlement comes to. */
struct matrix_count {
	size_t held, declared, unseen; /* declared: not held, or not known to be */
	bool anybody;		       /* users whom nothing lists are among the unseen */
};

struct matrix {
	const char *organization, *org_id; /* org_id may be NULL */
	const char *manifests;		   /* where they are; NULL: none were read */
	const char *commit;		   /* that holds just these; NULL: not known */
	const char *snapshot;		   /* where it is; NULL: none was read */
	const char *snapshot_note;	   /* which one it is, in a few words; NULL */
	/* Why moments since which something is held are not known; NULL. */
	const char *history_lost;
	const char *lines_lost;		    /* the same of commits of lines; NULL */
	const struct change_table *changes; /* of a period; NULL: none was asked for */
	int64_t now;
	const struct universe *universe;	/* ranked */
	struct matrix_principal_vec principals; /* by rank, those that were once there too */
	struct matrix_cell_vec cells;		/* by principal, then entitlement */
	struct fact_vec facts;
	size_t known;	       /* principals that are there */
	size_t administrators; /* principals who hold what administers, or are declared to where
				  nothing live was looked at */
	size_t unsure;	       /* of these, who are not seen to hold any of it */
	size_t pending;	       /* who hold none of it, and are declared to */
	size_t unseen;	       /* cells that are not seen; all users count as one */
};

struct matrix_input {
	const struct model *wanted;	 /* manifests; NULL: none */
	const struct model_index *index; /* theirs */
	const struct model *seen; /* the snapshot, as stored_of_model() left it; NULL: none */
	const struct live *live;  /* the same, in numbers; NULL */
	const struct timeline *timeline; /* of the snapshots; NULL */
	size_t moment;			 /* of it, at which this snapshot was taken */
	struct universe *universe; /* of live's numbers, not ranked yet; outlives the matrix */
	struct intern *strings;
	int64_t now;
};

/* Makes all but the texts that say where it is from, and the origins of lines (matrix_trace()). */
void matrix_make(const struct matrix_input *input, struct arena *a, struct matrix *out);

/* Finds since which commit each line stands there. */
void matrix_trace(struct matrix *m, struct arena *a, const struct signers *signers);

/* ---- for who prints it ---- */

const struct entitlement *matrix_entitlement(const struct matrix *m, const struct matrix_cell *c);
const struct matrix_principal *matrix_principal_of(const struct matrix *m,
						   const struct matrix_cell *c);
/* Whether it is there: declared, live or with a cell. */
bool matrix_has(const struct matrix_principal *p);
/* Whether who holds it can hand out rights: an admin role, or an API that does. */
bool matrix_is_power(const struct entitlement *e);
/* "asset-archiver", "group Designers", "all users"; in `a`, as render_words() has names. */
const char *matrix_name(struct arena *a, const struct principal *who);
/* The commit since which the first of its lines that hold stands there; NULL: not known. */
const struct line_origin *matrix_origin(const struct matrix *m, const struct matrix_cell *c);

/* The cells of what administers, the most powerful entitlement first, in each what is held, then
 * what is declared; what was only not seen is counted, not listed. In `a`. */
struct matrix_power {
	const struct entitlement *entitlement;
	struct matrix_count count;
	VEC(, const struct matrix_cell *) cells;
};
VEC(matrix_power_vec, struct matrix_power);
void matrix_powers(const struct matrix *m, struct arena *a, struct matrix_power_vec *out);

/* "3 hold it, 1 is declared, not seen of 12 accounts"; in `a`. */
const char *matrix_count_text(struct arena *a, const struct matrix_count *count);
/* What can be said in one line: how many can administer, and what was not seen; in `a`. */
const char *matrix_headline(struct arena *a, const struct matrix *m);
/* What live was looked at, and which manifests, in a sentence each; in `a`. */
const char *matrix_sources(struct arena *a, const struct matrix *m);

/* Text may improve; JSON and CSV are contracts (writ-report(1), schemas/report.schema.json). */
void matrix_print_text(struct str *out, const struct matrix *m);
void matrix_print_json(struct str *out, const struct matrix *m);
void matrix_print_csv(struct str *out, const struct matrix *m);

#endif
