/* SPDX-License-Identifier: Apache-2.0 */
/* check.h - what every unit test begins with: cmocka, and what it lacks. */
#ifndef TEST_CHECK_H
#define TEST_CHECK_H

/* cmocka.h needs them in front of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/util/arena.h"
#include "core/util/error.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Fails with the text of a struct error that should not be there. */
#define assert_ok(error) check_ok((error), __FILE__, __LINE__)

static inline void check_ok(struct error *error, const char *file, int line)
{
	if (!error)
		return;
	if (error->where.file)
		print_error("%s:%u:%u: ", error->where.file, error->where.line,
			    error->where.column);
	for (const struct error *e = error; e; e = e->cause)
		print_error("%s%s", e->message, e->cause ? ": " : "\n");
	error_free(error);
	_fail(file, line);
}

/* Fails unless there is an error with this code, whose own message has these words. Frees it. */
#define assert_failed(error, code, words) check_failed((error), (code), (words), __FILE__, __LINE__)

static inline void check_failed(struct error *error, enum error_code code, const char *words,
				const char *file, int line)
{
	if (error && error->code == code && strstr(error->message, words)) {
		error_free(error);
		return;
	}
	print_error("code %d, \"%s\" for code %d, \"%s\"\n", error ? (int)error->code : -1,
		    error ? error->message : "no error", code, words);
	error_free(error);
	_fail(file, line);
}

/* Fails unless what row `i` of a table came to begins with these words. */
#define assert_begins(i, said, words) check_begins((i), (said), (words), __FILE__, __LINE__)

static inline void check_begins(size_t i, const char *said, const char *words, const char *file,
				int line)
{
	if (!strncmp(said, words, strlen(words)))
		return;
	print_error("row %zu: \"%s\", not \"%s\"\n", i, said, words);
	_fail(file, line);
}

/* A file of the tree, such as "tests/data/plans/rich.json". A test that is run by hand starts where
 * the tree begins. */
static inline const char *in_tree(struct arena *a, const char *path)
{
	const char *root = getenv("WRIT_ROOT");
	return arena_printf(a, "%s/%s", root ? root : ".", path);
}

#endif
