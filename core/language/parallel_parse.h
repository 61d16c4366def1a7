/* SPDX-License-Identifier: Apache-2.0 */
/* parallel_parse.h - texts of manifests, parsed on all cores.
 *
 * Texts are read one after the other and cut at document boundaries, a piece at a time, as threads
 * ask for work: what is in memory does not grow with the files. The result is the same as parsing
 * them in order. */
#ifndef WRIT_PARALLEL_PARSE_H
#define WRIT_PARALLEL_PARSE_H

#include "core/language/manifest.h"
#include "core/util/manifest_walk.h"

/* A file to be opened, or a text that is in memory already. */
struct piece_input {
	const char *file;		/* as shown to the user; interned */
	const char *below;		/* the path below what was named; NULL: what was named */
	const struct found_file *found; /* NULL: the text */
	const char *text;
	size_t len;
	bool maybe; /* found below a folder: left out when it is no manifest */
};
VEC(piece_input_vec, struct piece_input);

/* Appends the documents of all inputs to `out`, in their order. Findings, also of files that cannot
 * be read, go to the reader's report. A `digest` (or NULL) gets the path of each input below
 * what was named, its length and bytes. */
void parallel_parse(const struct manifest_reader *reader, const struct piece_input_vec *inputs,
		    struct sha256 *digest, struct model *out);

#endif
