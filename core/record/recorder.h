/* SPDX-License-Identifier: Apache-2.0 */
/* recorder.h - what the files that record a run share; nobody else includes it.
 *
 * record.c has the order of things, and what is agreed and stays open; record_base.c finds the
 * snapshot that the new one follows. */
#ifndef WRIT_RECORDER_H
#define WRIT_RECORDER_H

#include "core/record/record.h"

struct recorder {
	const struct record_input *in;
	struct arena *arena;
	struct record_result *out;
	struct universe *u;
	struct live live;
	struct snapshot base, on_disk; /* as the branch has it; as the folder has it */
	struct model agreed_model;
	struct model last_model;	 /* what the base says, with its open drift */
	struct live *last, *agreed;	 /* as it was seen; as it was agreed. NULL: there is none */
	bool again;			 /* the branch has a commit of this run */
	struct snapshot_restore restore; /* that is under way; from is NULL without one */
	bool *made; /* by change of the run: it made it, in an earlier record or since */
	const struct guards *policy; /* limits to record; NULL: not known */
	bool limits;		     /* they are all that is new */
	bool told;		     /* what is open, and what is closed */
	bool has_base, has_disk;
	bool files;	       /* the folder's files are ours to write */
	char seen[HISTORY_ID]; /* what the branch had of the folder before live was read */
};

static inline void recorder_note(const struct recorder *r, const char *line)
{
	if (r->in->note)
		r->in->note(line);
}

/* ---- record_place.c ---- */

/* Refuses links on the way to the folder: it is exchanged as a whole, and a commit knows it by
 * its path in the repository. */
MUST_CHECK struct error *record_check_links(const struct record_place *place, struct arena *a);

/* ---- record_base.c ---- */

/* Fills `base` and `on_disk`, and finds out whose the folder's files are. */
MUST_CHECK struct error *recorder_load_base(struct recorder *r);
/* Tells that what this snapshot has was edited by hand, where it was. */
void recorder_tell_edited(struct recorder *r, const struct snapshot *s);
/* What the branch has of the folder now; "": nothing. */
MUST_CHECK struct error *recorder_look_at_folder(const struct recorder *r,
						 char out[static HISTORY_ID]);
/* ERROR_REFUSED: it has something else than before live was read. */
MUST_CHECK struct error *recorder_check_unmoved(const struct recorder *r);

#endif
