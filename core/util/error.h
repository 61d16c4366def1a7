/* SPDX-License-Identifier: Apache-2.0 */
/* error.h - a failure is a value.
 *
 * A function that can fail returns `struct error *`: NULL is success; anything else belongs to the
 * caller, who returns it, wraps it, reports it or frees it. Only cmd/ prints errors. */
#ifndef WRIT_ERROR_H
#define WRIT_ERROR_H

#include <stdint.h>

#include "core/util/cleanup.h"

/* What callers act on: the exit status of the program follows from it. */
enum error_code {
	ERROR_INPUT,   /* something the user wrote is wrong */
	ERROR_USAGE,   /* the command line is wrong */
	ERROR_SYSTEM,  /* the operating system refused */
	ERROR_ABSENT,  /* a part of a git repository is not in this clone of it */
	ERROR_REMOTE,  /* the service failed or answered nonsense */
	ERROR_DENIED,  /* the service refused the credentials */
	ERROR_REFUSED, /* a plan that must not be applied: stale, expired, wrong digest, used */
	ERROR_GUARD,   /* a guard refused */
	ERROR_LOCKED,  /* another run has the organisation (core/ledger/hold.h) */
	ERROR_PARTIAL, /* stopped part-way; a resume goes on from the ledger */
	ERROR_RECORD,  /* the organisation is converged, but recording it failed */
};

/* A place in a file that the user gave. Lines and columns count from 1, columns in code points;
 * line 0 means the file as a whole. `file` is borrowed and may be NULL: no place. */
struct location {
	const char *file;
	uint32_t line, column;
};

/* Appends "FILE:LINE:COL", "FILE" for line 0, "writ" for no place, with the name escaped. */
struct str;
void location_add(struct str *out, struct location at);

/* Order of places: file bytes, line, column. */
int location_compare(struct location a, struct location b);

struct error {
	enum error_code code;
	/* The deepest place of its causes; file is a copy owned by the error. */
	struct location where;
	struct error *cause; /* owned; NULL at the root */
	char message[];	     /* one line, no newline, no secret; names in it are escaped */
};

/* `fmt` makes the message. error_errno appends ": " and the text of `number`, code ERROR_SYSTEM. */
MUST_CHECK NOT_NULL struct error *error_new(enum error_code code, const char *fmt, ...)
	PRINTF(2, 3);
MUST_CHECK NOT_NULL struct error *error_at(enum error_code code, struct location at,
					   const char *fmt, ...) PRINTF(3, 4);
MUST_CHECK NOT_NULL struct error *error_errno(int number, const char *fmt, ...) PRINTF(2, 3);

/* Adds what the caller knows: keeps the code and the deepest place. Takes over `cause`. */
MUST_CHECK NOT_NULL struct error *error_wrap(struct error *cause, const char *fmt, ...)
	PRINTF(2, 3);

/* Prints "FILE:LINE:COL: error: outermost: ...: innermost\n", or "writ: error: ..." without a
 * place. */
void error_print(FILE *out, const struct error *error);

/* "outermost: ...: innermost", in `a`. */
struct arena;
const char *error_text(struct arena *a, const struct error *error);

void error_free(struct error *error); /* with its causes; accepts NULL */

/* The first of two errors, either of which may be NULL; what followed from it is freed. */
MUST_CHECK struct error *error_first(struct error *error, struct error *next);

static inline void cleanup_error_free(struct error **error)
{
	error_free(*error);
}

#define TRY(expr)                                                                                  \
	do {                                                                                       \
		struct error *err_ = (expr);                                                       \
		if (err_)                                                                          \
			return err_;                                                               \
	} while (0)

#endif
