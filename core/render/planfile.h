/* SPDX-License-Identifier: Apache-2.0 */
/* planfile.h - a saved plan, read back.
 *
 * A plan file may have passed through hands that nobody trusts: it goes through the JSON gate,
 * every name in it through the rules of the manifest language's vocabulary, and its guards are
 * judged again by apply. */
#ifndef WRIT_PLANFILE_H
#define WRIT_PLANFILE_H

#include "core/plan/plan.h"
#include "core/plan/planned.h"

#define PLANFILE_MAX ((size_t)1 << 30) /* a plan of 1,000,000 changes is under 700 MB */

/* True when the text looks like a plan: a JSON object with "format_version" and "changes". */
bool planfile_is(const char *text, size_t len);

/* Reads the plan in text[0 .. len) into `out`, in `a`, names interned. ERROR_INPUT when it is no
 * sound plan. */
MUST_CHECK struct error *planfile_parse(const char *name, const char *text, size_t len,
					struct intern *strings, struct arena *a, struct plan *out);

/* Of a plan that was parsed: whether its file says just what was read, in whatever order and white
 * space. A key that nobody reads, a number that does not count what it should, a word for another
 * one: ERROR_INPUT at its place. Files of other versions may fail this. */
MUST_CHECK struct error *planfile_check(const char *name, const char *text, size_t len,
					const struct plan *plan);

/* Makes a plan's bytes, in `a`, and what goes with them. */
void planfile_render(const struct plan *plan, struct arena *a, struct planned *out);

/* Says which bytes a plan has that was saved, and their digest. They stay the caller's; the plan
 * may still have to be parsed from them. */
void planfile_hold(const struct plan *plan, const char *bytes, size_t len, struct planned *out);
/* Once it was parsed: adds what the plan comes to. ERROR_INPUT when the file says something else,
 * since it was edited. */
MUST_CHECK struct error *planfile_know(struct planned *planned);

#endif
