/* SPDX-License-Identifier: Apache-2.0 */
/* parse_cache.h - manifests that are parsed once, for sets that differ in a few documents from the
 * one before. */
#ifndef WRIT_PARSE_CACHE_H
#define WRIT_PARSE_CACHE_H

#include "core/language/manifest.h"

struct parse_cache;
struct parse_cache *parse_cache_new(void);
void parse_cache_free(struct parse_cache *memo); /* accepts NULL */

/* Appends the documents of `files` to `out`, as manifest_parse() does. A document that stood in
 * the last set of this memo is not parsed again; for a single set manifest_parse() is faster. So
 * `out` must not be changed, lives no longer than the memo, and has the places at which
 * documents were first seen. False when there are findings: they are not kept, and `out` is not
 * to be used. */
bool parse_cache_parse(struct parse_cache *memo, const struct manifest_reader *reader,
		       const struct stored_file_vec *files, struct model *out);

#endif
