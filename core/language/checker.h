/* SPDX-License-Identifier: Apache-2.0 */
/* checker.h - what the rules across documents share; for check*.c only. */
#ifndef WRIT_CHECKER_H
#define WRIT_CHECKER_H

#include "core/language/check.h"

struct checker {
	const struct model *model; /* documents with errors are in it too: see model.h */
	struct model_index index;
	struct arena *arena;
	struct report *report;
	size_t nearest_steps; /* how much search for similar names is left */
	struct checker_names {
		const char **at; /* NULL: not asked for yet */
		size_t len;
		struct checker_answer *answers; /* to wrong names, in a table by their hash */
	} organizations /* each once, in order */, bundles, accounts;
};

void checker_finding(struct checker *c, const char *id, struct location at, const char *detail,
		     const char *fmt, ...) PRINTF(5, 6);

/* A text for messages, and "FILE:LINE:COLUMN"; in the checker's arena, and empty once findings are
 * only counted. */
const char *checker_quoted(struct checker *c, const char *text);
const char *checker_place(struct checker *c, struct location at);

/* Whether the set has all of a kind that was in its files: what refers to a document that could not
 * be read would look wrong. */
bool checker_has_all(const struct checker *c, enum kind kind);

/* What to say instead of an organisation's name that the set does not have, or where none is
 * named (NULL): the nearest, or which there are. */
const char *checker_organizations(struct checker *c, const char *name);

/* What to say of a bundle's or account's name that the set does not have: the nearest, or else
 * `none`. */
const char *checker_nearest_bundle(struct checker *c, const char *name, const char *none);
const char *checker_nearest_account(struct checker *c, const char *name, const char *none);

/* Reports what stands twice in one list: a bundle, an API, a grant, a member. */
void check_lists(struct checker *c);

/* Reports more grants than a run should hold once bundles are expanded; they are counted without
 * expanding anything. */
void check_expansion(struct checker *c);

#endif
