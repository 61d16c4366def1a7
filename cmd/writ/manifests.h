/* SPDX-License-Identifier: Apache-2.0 */
/* manifests.h - the manifests that a command is about: loaded, checked, and of one organisation. */
#ifndef WRIT_CMD_MANIFESTS_H
#define WRIT_CMD_MANIFESTS_H

#include "cmd/writ/command.h"
#include "core/language/checkout.h"
#include "core/language/manifest.h"
#include "core/language/organizations.h"

/* A set of manifests, loaded and checked; findings are in the run's report. After errors the models
 * have what could be read. */
struct manifests {
	struct model_vec organizations; /* one model each, by name */
	/* Of the organisation that is chosen. */
	struct model model;
	struct model_index index;
	unsigned char digest[32];
	/* Of the whole set. */
	struct left_out_vec left_out; /* files below the PATHs that are no manifests */
	/* Filled where the set was loaded for a plan, else empty. */
	const char *commit; /* the commit that holds exactly these files; NULL: none does */
	struct checkout checkout;
	struct stored_file_vec read; /* in the checkout; empty where there is none */
};
/* Loads the set at these PATHs, or in the current folder where there are none. */
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

/* Adds to the run's report what the lints find in one organisation's documents that have no errors,
 * and what the rules of the Organization and of the operator (NULL: none) say of it. */
enum lints { LINTS_ALL, LINTS_ERRORS_AND_RULES };
void lint_manifests(struct run *run, const struct model *model, const struct rules *operator_rules,
		    enum lints which);

#endif
