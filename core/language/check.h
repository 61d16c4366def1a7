/* SPDX-License-Identifier: Apache-2.0 */
/* check.h - rules across documents: names are unique, references resolve, nothing contradicts. */
#ifndef WRIT_CHECK_H
#define WRIT_CHECK_H

#include "core/model/model.h"
#include "core/util/report.h"

/* Reports every broken rule of writ-manifest(5), "DOCUMENTS", that needs more than one document.
 * `first` is the place of an error that has none, where the set has no document either; else it is
 * 1:1 of the set's first file. */
void check_model(const struct model *model, struct location first, struct report *report);

/* Reports, at `at`, that the files of a set hold no document at all. */
void check_presence(const struct model *model, struct location at, struct report *report);

/* What findings count as (writ-manifest(5), "RULES"). */
struct lint_options {
	const struct rules *operator_rules; /* NULL: none */
	const char *const *ignored;	    /* ids of warnings that are not told */
	size_t ignored_count;
	bool errors_and_rules; /* other warnings are not told */
};

/* Reports what the language allows and those who answer for the organisation want to know:
 * warnings, and what its rules make errors; `today` is a day since 1970. Only for a model
 * without errors. */
void lint_model(const struct model *model, struct arena *a, int32_t today, struct intern *strings,
		const struct lint_options *options, struct report *report);

#endif
