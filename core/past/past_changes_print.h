/* SPDX-License-Identifier: Apache-2.0 */
/* past_changes_print.h - the changes of a period for people, programs, spreadsheets and browsers.
 *
 * Text and HTML may improve; JSON (schemas/changes.schema.json) and CSV are contracts
 * (writ-log(1)). */
#ifndef WRIT_PAST_CHANGES_PRINT_H
#define WRIT_PAST_CHANGES_PRINT_H

#include "core/past/past_changes.h"
#include "core/util/str.h"

struct change_table {
	const struct past_changes *changes;
	const char *organization; /* as asked; NULL: all */
	int64_t since, until;	  /* seconds since 1970; INT64_MIN, INT64_MAX: open */
	bool unapproved;	  /* only what nobody else stands for */
};

void past_changes_print_text(struct str *out, const struct change_table *t);
void past_changes_print_json(struct str *out, const struct change_table *t);
void past_changes_print_csv(struct str *out, const struct change_table *t);
void past_changes_print_html(struct str *out, const struct change_table *t);

/* Its parts, for other pages: the table itself, and what is not known. */
void past_changes_add_rows(struct str *out, const struct past_changes *changes);
void past_changes_add_gaps(struct str *out, const struct past_changes *changes);

/* "5 changes from 2026-11-01 to 2026-11-30: 3 given, 2 taken; 1 by drift; 2 that nobody else stands
 * for", in `a`. */
const char *past_changes_summary(struct arena *a, const struct change_table *t);

#endif
