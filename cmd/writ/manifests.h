/* SPDX-License-Identifier: Apache-2.0 */
/* manifests.h - the manifests that a command is about: loaded, checked, and of one organisation. */
#ifndef WRIT_CMD_MANIFESTS_H
#define WRIT_CMD_MANIFESTS_H

#include "cmd/writ/command.h"
#include "core/language/checkout.h"
#include "core/language/manifest.h"
#include "core/language/organizations.h"

/* A set of manifests, loaded and checked; findings are in the run's report. With errors the model
 * has what could be read. */
struct manifests {
	struct model_vec organizations; /* one model each, by name */
	/* That of the one that is chosen. */
	struct model model;
	struct model_index index;
	unsigned char digest[32];
	/* Of the whole set. */
	struct left_out_vec left_out; /* files below the PATHs that are no manifests */
	/* Where it was loaded for a plan, else empty. */
	const char *commit; /* that holds exactly these files; NULL: none */
	struct checkout checkout;
	struct stored_file_vec read; /* in the checkout; empty where there is none */
};
/* Of these PATHs; none: of the current folder. */
MUST_CHECK struct error *load_set(struct run *run, const char *const *paths, size_t count,
				  bool planned, struct manifests *out);
/* Chooses the organisation that --org names, or the only one: ERROR_USAGE when there are several,
 * and nothing says which. */
MUST_CHECK struct error *choose_organization(struct run *run, struct manifests *m);
/* Loads the set and chooses its organisation. */
MUST_CHECK struct error *load_manifests(struct run *run, const char *const *paths, size_t count,
					struct manifests *out);
/* The same with their digest and the commit that holds just these. */
MUST_CHECK struct error *load_manifests_of_commit(struct run *run, const char *const *paths,
						  size_t count, struct manifests *out);

/* Adds what the lints find in one organisation's documents without errors, and what the rules of
 * the Organization and of the operator (NULL: none) say of it, to the run's report. */
enum lints { LINTS_ALL, LINTS_ERRORS_AND_RULES };
void lint_manifests(struct run *run, const struct model *model, const struct rules *operator_rules,
		    enum lints which);

#endif
