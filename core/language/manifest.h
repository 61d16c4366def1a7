/* SPDX-License-Identifier: Apache-2.0 */
/* manifest.h - a set of manifest files to a model.
 *
 * Which files a set has, and that each is read once; parallel_parse.h parses them. */
#ifndef WRIT_MANIFEST_H
#define WRIT_MANIFEST_H

#include "core/git/history.h"
#include "core/model/model.h"
#include "core/util/digest.h"
#include "core/util/report.h"

/* Bytes of a file: twice the largest organisation in one file that we know. */
#define MANIFEST_FILE_MAX ((size_t)64 << 20)
/* Bytes of a set: one beyond this is a mistake, not an organisation. */
#define MANIFEST_RUN_MAX ((size_t)2 << 30)

/* A file below a PATH that is no manifest; nothing in it was looked at further. */
struct left_out {
	const char *file; /* as shown to the user; interned or in the reader's arena */
	const char *why;  /* static */
};
VEC(left_out_vec, struct left_out);

/* What a run shares between all that it reads. */
struct manifest_reader {
	struct intern *strings;
	struct arena *arena;
	struct report *report;
	const char *repository; /* of REV:PATH; NULL: the current folder's */
	/* Gets path and git's id of each file below a PATH; NULL: nobody asks. */
	struct stored_file_vec *read;
	/* Gets the files that are no manifests, in order; NULL: nobody asks. */
	struct left_out_vec *left_out;
	const char *apart; /* --live, which must not be one of the files by another name; NULL */
	bool past;	   /* of REV:PATH: a snapshot's folder below it is left out, untold */
	bool strict;	   /* all files are read: of a folder that is written anew as a whole */
};

/* Reads all PATHs ("-": standard input; "REV:PATH": as git keeps it, revision_path.h), each file
 * once; below a folder not what git ignores and does not track, unless it ignores the folder, and
 * not what is no manifest. Appends documents to `out` in the order of PATHs and of files below
 * them. Findings go to the report; the error is for what is not in a file: a PATH that does not
 * exist. `digest` gets SHA-256 over the paths and bytes of the files; it may be NULL. */
MUST_CHECK struct error *manifest_load(const struct manifest_reader *reader,
				       const char *const *paths, size_t count, struct model *out,
				       unsigned char digest[SHA256_SIZE]);

/* Reads the same files without parsing them, for those who will write them: neither standard input
 * nor a revision nor a link can be, and is an error. Bytes are in the reader's arena. */
MUST_CHECK struct error *manifest_read_files(const struct manifest_reader *reader,
					     const char *const *paths, size_t count,
					     struct stored_file_vec *out);

/* Files that were read already, such as a snapshot's, "PLACE/" in front of their paths in findings;
 * NULL: nothing. */
void manifest_parse(const struct manifest_reader *reader, const char *place,
		    const struct stored_file_vec *files, struct model *out);

#endif
