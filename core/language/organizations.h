/* SPDX-License-Identifier: Apache-2.0 */
/* organizations.h - a set that is about several organisations, taken apart.
 *
 * What is checked, planned and applied is about one organisation. So a set is cut into one model
 * for each before anything looks across its documents: no name, reference or count of one can
 * touch another's. */
#ifndef WRIT_ORGANIZATIONS_H
#define WRIT_ORGANIZATIONS_H

#include "core/model/model.h"
#include "core/util/digest.h"
#include "core/util/report.h"

VEC(model_vec, struct model);

/* Of one set, which has a session of each: more than anybody runs from one place. */
#define ORGANIZATIONS_MAX 1000

/* Appends to `out` a model of each organisation of the set, in the order of their names, with its
 * documents in the order of the files; lists are in `a`. A set with one Organization, or none, is
 * one model: itself. Where it has several, each other document says with metadata.organization
 * whose it is; what is wrong with that is in the report, and the document is in no model, whose
 * `dropped` say so; where there are too many organisations, `out` gets none. Each model is checked,
 * as check_model() does with `first`. */
void organizations_check(const struct model *set, struct location first, struct arena *a,
			 struct report *report, struct model_vec *out);

/* SHA-256 over what the documents of one of several say, each with its path below what was named:
 * those of the others do not count. */
void organizations_digest(const struct model *model, unsigned char out[static SHA256_SIZE]);

/* The one of this name; NULL: the only one. ERROR_USAGE, which names them, when there are several
 * and nothing says which; ERROR_INPUT when there is none of this name. */
MUST_CHECK struct error *organizations_choose(const struct model_vec *models, struct arena *a,
					      const char *name, struct model *out);

#endif
