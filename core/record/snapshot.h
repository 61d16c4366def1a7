/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot.h - the organisation as it was seen, as manifests that people read and git compares.
 *
 * A snapshot is a folder in the manifest language, one file a kind: organization.yaml,
 * technical-accounts.yaml, admin-roles.yaml, product-assignments.yaml. Above SNAPSHOT_SMALL
 * accounts the second is a folder technical-accounts/ of 256 files 00.yaml to ff.yaml, above
 * SNAPSHOT_MEDIUM of 4,096 files 000.yaml to fff.yaml: an account stands in the file that the first
 * digits of its name's SHA-256 tell, so that a change costs git a few kilobytes, not the whole.
 * While drift is open there is open-drift.yaml too. Its header is status.snapshot of the
 * Organization document, which every other reader ignores. The same organisation gives the same
 * bytes; only the serial tells how often it had changed before. */
#ifndef WRIT_SNAPSHOT_H
#define WRIT_SNAPSHOT_H

#include "core/contract/provider.h"
#include "core/git/history.h"
#include "core/util/manifest_walk.h"
#include "core/util/str.h"

#define SNAPSHOT_FORMAT 1
/* One file up to here: 1.3 MB, which editors and reviews still bear. */
#define SNAPSHOT_SMALL 4096
/* 256 files up to here: 16 to 64 accounts each. */
#define SNAPSHOT_MEDIUM 16384

struct snapshot {
	struct stored_file_vec files; /* in byte order of path; ids are NULL when not from git */
	struct found_file_vec found; /* each file's, as it was opened; empty when not of a folder */
	struct timespec began;	     /* before the first of them was looked at */
	const char *place;	     /* for messages: a folder, or REV:FOLDER */
	const char *organization;    /* its name, as far as told; NULL */
	const char *lineage;
	int32_t serial;
};

/* A restore that is under way: the snapshot that it leads back to, which is agreed since. */
struct snapshot_restore {
	const char *from, *since, *run; /* the moment and the run of its first apply */
};

/* What a snapshot is made from. */
struct snapshot_input {
	const struct live *live;
	const struct universe *u; /* ranked; knows every account's name */
	const struct provider_reader *reader;
	struct provider *session;
	const char *roles_from;	      /* where roles were read beside the service; NULL */
	const struct snapshot *base;  /* the one before; NULL */
	const struct str *open_drift; /* OpenDrift documents (open_drift.h); NULL or empty: none */
	const struct guards *policy;  /* limits of the last apply, all said; NULL: not known */
	const struct snapshot_restore *restore; /* NULL: none */
	const struct text_vec *managed;		/* as in struct plan; NULL: nothing */
};

/* Makes the snapshot in `a`. Its serial is the base's when nothing differs, else one more. */
void snapshot_make(const struct snapshot_input *input, struct arena *a, struct snapshot *out);

/* Reads the header of out->files, which are in byte order; `place` is for messages. ERROR_INPUT: a
 * merge conflict is left in a file, there is no header, or it is of a newer program. */
MUST_CHECK struct error *snapshot_parse(const char *place, struct arena *a, struct snapshot *out);

/* The same for files that may be other manifests, which is no error. *out_edited is what
 * snapshot_find_edited() says of a snapshot; NULL for other manifests. */
MUST_CHECK struct error *snapshot_examine(const char *place, struct arena *a, struct snapshot *s,
					  const char **out_edited);

/* ERROR_INPUT when the snapshot is of another organisation. */
MUST_CHECK struct error *snapshot_check_organization(const struct snapshot *s,
						     const char *organization, const char *org_id);

/* The first file that is not as it was written: somebody edited it by hand. NULL: none. */
const char *snapshot_find_edited(const struct snapshot *s, struct arena *a);

/* The same files with the same bytes. */
bool snapshot_is_equal(const struct snapshot *a, const struct snapshot *b);

/* Whether a file of this path below the folder is the snapshot's own. */
bool snapshot_owns(const char *path);

/* Reads the files of a folder, whatever they are; CR LF is read as LF. Those that `earlier` read
 * and nobody touched since are not opened again (NULL: none were read). */
MUST_CHECK struct error *snapshot_read_folder(const char *folder, const struct snapshot *earlier,
					      struct arena *a, struct snapshot *out);

/* Reads the snapshot of a folder, like that. *out_found is false when the folder does not exist or
 * is empty. */
MUST_CHECK struct error *snapshot_load(const char *folder, const struct snapshot *earlier,
				       struct arena *a, struct snapshot *out, bool *out_found);

/* Writes the snapshot's files as a set: a reader of the folder sees all of the old ones or all of
 * the new ones, also after a kill. The folder is made beside the old one and exchanged with it in
 * one step; the old one is kept for readers that are in the middle of it, until the next time, in
 * PARENT/.NAME.writ, which git ignores. Files of others in the folder move over; those that `old`,
 * as it was loaded from the folder (NULL: nothing), has with the same bytes are not written again;
 * ERROR_INPUT when one is a manifest, which would change what the snapshot says. */
MUST_CHECK struct error *snapshot_save(const char *folder, const struct snapshot *s,
				       const struct snapshot *old);

#endif
