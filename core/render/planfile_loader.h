/* SPDX-License-Identifier: Apache-2.0 */
/* planfile_loader.h - what the files that read a saved plan share; nobody else includes it.
 *
 * planfile_change.c reads its changes, planfile_policy.c its limits, planfile.c all else. What a
 * function marked "for show" reads is printed, and nothing is decided by it: apply works it out
 * anew. */
#ifndef WRIT_PLANFILE_LOADER_H
#define WRIT_PLANFILE_LOADER_H

#include "core/plan/plan.h"
#include "core/util/json.h"

struct planfile_loader {
	const char *name; /* of the file */
	struct intern *strings;
	struct arena *arena;
	struct plan *plan;
};

/* ERROR_INPUT: not a sound plan, and why. */
MUST_CHECK struct error *loader_bad(const struct planfile_loader *l, const char *what);

bool loader_is_null(struct json_span s);

/* The text of a member, interned; NULL when it is absent, null or no text. */
const char *loader_text(const struct planfile_loader *l, struct json_span object, const char *key);

/* A text that is printed as it is, in `arena`: one that writ wrote is fit for it, any other is
 * escaped. */
const char *loader_printable(const struct planfile_loader *l, const char *text);

/* The index of `word` among names given by `name_of`; `count` when it is none of them. */
unsigned loader_word(const char *word, unsigned count, const char *(*name_of)(unsigned));

/* ---- planfile_change.c ---- */

/* Read a member of a change into it. ERROR_INPUT: it is not there, or is none. */
MUST_CHECK struct error *loader_read_principal(const struct planfile_loader *l,
					       struct json_span change, struct change *c);
MUST_CHECK struct error *loader_read_entitlement(const struct planfile_loader *l,
						 struct json_span change, struct change *c);
MUST_CHECK struct error *loader_read_location(const struct planfile_loader *l,
					      struct json_span object, struct change *c);
/* One side, "before" or "after", of what changes of an account; `name` when the side does not say
 * it. NULL: that side has none. Adds to `set` which attributes it says. */
const struct account *loader_read_side(const struct planfile_loader *l, struct json_span change,
				       const char *side, const char *name, unsigned *set);
/* Reads a project that a run made; false: it is none. */
bool loader_read_project(const struct planfile_loader *l, struct json_span object,
			 struct made_project *out);
/* After all changes: gives each account that is made the APIs that the plan grants it. */
void loader_join_apis(const struct planfile_loader *l);
/* Appends a change to the plan. */
MUST_CHECK struct error *loader_read_change(const struct planfile_loader *l,
					    struct json_span object);

/* ---- planfile_policy.c ---- */

/* Appends the texts of a list. */
void loader_read_lines(const struct planfile_loader *l, struct json_span object, const char *key,
		       struct line_vec *out);
/* The limits that were in force, with those that were loosened; and what the plan's maker agreed
 * to. */
void loader_read_policy(const struct planfile_loader *l, struct json_span root);
void loader_read_consent(const struct planfile_loader *l, struct json_span root);
/* After the policy, which no guard that a reviewer was shown may be looser than. */
void loader_read_guards(const struct planfile_loader *l, struct json_span root);

#endif
