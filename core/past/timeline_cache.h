/* SPDX-License-Identifier: Apache-2.0 */
/* timeline_cache.h - a timeline as a file.
 *
 * Lines of fields with tabs between them, and a digest of all that stands before it at the end.
 * Whoever can write to the user's cache folder can make it say anything; so can he with the
 * repository's own objects. */
#ifndef WRIT_TIMELINE_CACHE_H
#define WRIT_TIMELINE_CACHE_H

#include "core/past/timeline.h"

/* Fills an empty timeline; leaves it empty when the file is absent, damaged or of
 * another version. */
void timeline_cache_read(const char *path, struct intern *strings, struct arena *a,
			 struct timeline *out);

/* Replaces the file in one step, its folder made when absent. */
MUST_CHECK struct error *timeline_cache_write(const char *path, struct arena *a,
					      const struct timeline *t);

#endif
