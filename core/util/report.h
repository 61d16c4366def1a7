/* SPDX-License-Identifier: Apache-2.0 */
/* report.h - the findings of a run, all of them.
 *
 * Checks do not stop at the first mistake: each finding goes into a report, and the command fails
 * at the end with all of them, sorted by place. A report belongs to one thread; threads join
 * theirs. */
#ifndef WRIT_REPORT_H
#define WRIT_REPORT_H

#include <stdbool.h>

#include "core/util/error.h"
#include "core/util/vec.h"

#define REPORT_FAILED "E0001" /* the id of the error that a command ended with */

enum severity { SEVERITY_ERROR, SEVERITY_WARNING };

/* All text lives in the report's arena; file names are borrowed. */
struct diagnostic {
	enum severity severity;
	const char *id; /* "E0102": static, never reused for something else */
	struct location at;
	uint32_t end_line, end_column; /* just behind the token; the same as `at` when unknown */
	const char *summary;	       /* what is wrong, with the offending token quoted */
	const char *detail;	       /* what was expected or what to do; may be "" */
};
VEC(diagnostic_vec, struct diagnostic);

/* Of each severity. Nobody reads more, and a hostile file has millions. */
#define REPORT_ITEMS_MAX 10000

struct report {
	struct arena *arena;
	struct diagnostic_vec items;
	size_t errors, warnings; /* all that were found, kept or not */
	size_t left_out;	 /* those of them that were only counted */
};

/* Adds a finding whose end is `columns` code points behind `at` (0: unknown). `detail` may be NULL;
 * summary is made from `fmt`. */
void report_add(struct report *r, enum severity severity, const char *id, struct location at,
		uint32_t columns, const char *detail, const char *fmt, ...) PRINTF(7, 8);

/* Whether one more of this severity would only be counted: what costs much to say need not be. */
bool report_is_full(const struct report *r, enum severity severity);

/* Appends copies of `from`'s findings; their texts must live as long as `r` (see arena_join()). */
void report_join(struct report *r, const struct report *from);

/* Orders by file (bytes), line, column, errors first, id, summary; drops exact repetitions. */
void report_sort(struct report *r);

/* "file:line:col: error: summary; detail [E0102]", one finding a line, in the order they have, and
 * how many were only counted. */
void report_print(FILE *out, const struct report *r);

/* `token` in double quotes with everything unprintable escaped, cut to 32 bytes with "..." behind;
 * in arena `a`. */
const char *quote(struct arena *a, const char *token, size_t len);
/* The same of a name, which is never cut: people copy it. What is longer than the 1,000 bytes that
 * a name may have is cut there. */
const char *quoted(struct arena *a, const char *text);
/* The same of words that somebody wrote for people, cut to 256 bytes. */
const char *quoted_words(struct arena *a, const char *text);
/* A file's name in a message, with everything unprintable escaped: a proposal chooses it. */
const char *shown_file(struct arena *a, const char *file);

#endif
