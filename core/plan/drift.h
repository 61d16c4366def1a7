/* SPDX-License-Identifier: Apache-2.0 */
/* drift.h - what somebody changed in the organisation since the last snapshot.
 *
 * The snapshot is the third leg of the diff. What it has and live does not, or live has and it does
 * not, nobody applied: that is drift. What manifests and the snapshot disagree on is pending. Where
 * both moved, and not to the same, is a conflict. Accounts are the same when the service's ids are,
 * whatever they are called. */
#ifndef WRIT_DRIFT_H
#define WRIT_DRIFT_H

#include "core/contract/provider.h"

/* What a plan does about it. */
enum drift_fate {
	DRIFT_LEFT,	/* nothing: no manifest says anything of it */
	DRIFT_REVERTED, /* a change takes it back */
	DRIFT_AGREED,	/* the manifests say the same by now */
	DRIFT_CONFLICT, /* the manifests moved too, elsewhere */
	DRIFT_IGNORED,	/* a manifest says to ignore it, until a day */
	DRIFT_FATE_COUNT
};

/* Hexadecimal digits; 64 bits tell the drifts of one organisation apart. */
#define DRIFT_FINGERPRINT 16

struct drift_item {
	/* Named as live has it; as the snapshot has it when it is gone. */
	const struct principal *principal;
	const struct entitlement *entitlement; /* NULL: the account itself */
	const struct account *before,
		*after; /* of an account: in the snapshot, live; NULL when not there */
	uint32_t principal_rank, entitlement_rank;
	enum drift_kind kind : 8;
	enum drift_fate fate : 8;
	unsigned attributes : 8; /* of DRIFT_CHANGED: which differ, a set of enum attribute */
	bool admin;		 /* of a grant: its holder can hand out rights */
	bool remade;		 /* of DRIFT_CHANGED: another account under the old name */
	bool unseen;		 /* of DRIFT_GONE: no read shows whether it has gone */
	bool unsure; /* of DRIFT_APPEARED: the snapshot's read could not have shown it */
	const char *since, *run; /* when and by which run it was found; NULL: not recorded yet */
	const char *made_by;	 /* the run that did just this; NULL: none is known */
	bool unrecorded; /* it is agreed as that run made it: nobody recorded anything since */
	char fingerprint[DRIFT_FINGERPRINT + 1]; /* the same as long as the drift is the same */
	const char *base_name; /* of an account: what the snapshot calls it, if otherwise; NULL */
	const struct drift_ignore *ignore; /* what ignores it; NULL */
	const char *open_because; /* something ignores it, and why that does not count; NULL */
	const char *look_alike;	  /* which of its names a reader can take for another; NULL */
};
VEC(drift_vec, struct drift_item);

/* Whether somebody has to decide on it. */
static inline bool drift_is_open(const struct drift_item *d)
{
	return d->fate != DRIFT_IGNORED && !d->unrecorded;
}

/* Whether a run made it, and it is only not on record. */
static inline bool drift_is_unrecorded(const struct drift_item *d)
{
	return d->fate != DRIFT_IGNORED && d->unrecorded;
}

/* An account that got another name by a run, and that no id tells. */
struct drift_rename {
	const char *from, *to;
};
VEC(drift_rename_vec, struct drift_rename);
int drift_rename_compare(const void *a, const void *b); /* by `from` */

struct drift_input {
	struct universe *universe;	/* ranked; numbers the pairs of both */
	const struct live *base, *live; /* the snapshot, and what is live now; accounts sorted */
	const struct provider_reader *reader;
	struct provider *session; /* of the live read; what it does not see has not gone */
	bool unseen;		  /* what it does not see is told all the same, as unseen */
	const struct drift_rename_vec *renames; /* since the base, sorted; NULL: none */
};

/* Appends every drift in `a`, by principal in the order of names, an account before its grants. */
void drift_find(const struct drift_input *in, struct arena *a, struct drift_vec *out);

/* Says of each in `a`, whatever the names of the snapshot and of live are, which of its names a
 * reader can take for another. What a plan is made of is so noted by it. */
void drift_note_look_alikes(const struct drift_input *in, struct arena *a, struct drift_vec *all);

/* By principal rank: of an account that was renamed in the service, the rank of its live name;
 * of every other principal, its own rank. In `a`. */
const uint32_t *drift_names(const struct drift_input *in, struct arena *a);

/* Whether somebody got what makes others' rights by it: an admin role, or an API that hands out
 * rights. */
bool drift_gives_rights(const struct drift_item *d);

/* The fingerprint that an item has, or would have if its principal were called `name`. */
void drift_fingerprint(struct arena *scratch, const struct drift_item *item, const char *name,
		       char out[static DRIFT_FINGERPRINT + 1]);

/* The snapshot's account of the same id, or else of the same name; NULL. */
const struct account *drift_base_of(const struct live *base, const struct account *live);

const char *drift_kind_name(enum drift_kind kind);
const char *drift_fate_name(enum drift_fate fate);

#endif
