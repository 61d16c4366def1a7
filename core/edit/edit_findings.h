/* SPDX-License-Identifier: Apache-2.0 */
/* edit_findings.h - what is to be said of an edited set that was not to be said of it before. */
#ifndef WRIT_EDIT_FINDINGS_H
#define WRIT_EDIT_FINDINGS_H

#include "core/edit/edit_set.h"
#include "core/language/check.h"

/* Adds to `report` what lint_model() finds in `after` and did not find in `before`. A finding is an
 * old one where its line was not touched and had it, whatever number the line has by now; among
 * the touched lines, where one of them had it. */
void edit_findings(const struct edit_set *before, const struct edit_set *after, int32_t today,
		   struct intern *strings, const struct lint_options *options,
		   struct report *report);

#endif
