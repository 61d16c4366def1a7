/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody has to read of errors and warnings. */
#include <string.h>

#include "core/render/render.h"
#include "core/render/review.h"

static bool is_same_file(const struct diagnostic *x, const struct diagnostic *y)
{
	return x->at.file == y->at.file ||
	       (x->at.file && y->at.file && !strcmp(x->at.file, y->at.file));
}

/* An address by which a finding is known run after run: without its line, which moves with each
 * line above it. A finding that stands twice in a file is told apart by a number. */
static const char *address_of(struct arena *a, const struct report *report, size_t i)
{
	const struct diagnostic *d = &report->items.at[i];
	size_t turn = 0;
	for (size_t k = i; k > 0 && is_same_file(&report->items.at[k - 1], d); k--)
		turn += !strcmp(report->items.at[k - 1].id, d->id) &&
			!strcmp(report->items.at[k - 1].summary, d->summary);
	return arena_printf(a, "%s %s %zu", d->at.file ? d->at.file : "", d->summary, turn);
}

/* The detail and the id that `writ validate --explain` takes, as a terminal shows it; the error
 * that the command failed needs no explanation. */
static const char *note_of(struct arena *a, const struct diagnostic *d)
{
	const char *detail = *d->detail ? d->detail : NULL;
	if (!strcmp(d->id, REPORT_FAILED))
		return detail;
	return arena_printf(a, "%s%s[%s]", detail ? detail : "", detail ? " " : "", d->id);
}

static struct review_item item_of(struct arena *a, const struct report *report, size_t i)
{
	const struct diagnostic *d = &report->items.at[i];
	struct review_item item = {
		.rule = d->id,
		.what = d->summary,
		.note = note_of(a, d),
		.address = address_of(a, report, i),
		.at = d->at,
		.end_line = d->end_line,
		.end_column = d->end_column,
		.level = d->severity == SEVERITY_ERROR ? LEVEL_ERROR : LEVEL_WARNING,
		.rank = (uint32_t)i,
	};
	if (item.at.file && *item.at.file)
		item.at.file = review_file(a, item.at.file);
	else
		item.at.file = NULL;
	return item;
}

/* Whether the section of refusals tells the finding already. The id alone says it, since each of
 * those is about the whole set. */
static bool is_told(const struct review *r, const struct diagnostic *d)
{
	for (size_t i = 0; i < r->sections.len; i++) {
		const struct review_section *s = &r->sections.at[i];
		for (size_t k = 0; k < s->items.len && !strcmp(s->rule, "refused"); k++) {
			if (!strcmp(s->items.at[k].rule, d->id))
				return true;
		}
	}
	return false;
}

static void add_part(struct review *out, struct arena *a, const struct report *report,
		     enum severity severity, const char *title)
{
	review_open(out, a, &(struct review_section){.rule = "finding", .title = title});
	for (size_t i = 0; i < report->items.len; i++) {
		if (report->items.at[i].severity != severity || is_told(out, &report->items.at[i]))
			continue;
		struct review_item item = item_of(a, report, i);
		review_add(out, a, &item);
	}
	review_close(out);
}

static const char *headline_of(struct arena *a, const struct report *report)
{
	if (report->errors == 0 && report->warnings == 0)
		return "The manifests are valid.";
	return arena_printf(a, "%zu error%s, %zu warning%s.", report->errors,
			    report->errors == 1 ? "" : "s", report->warnings,
			    report->warnings == 1 ? "" : "s");
}

void review_add_report(struct review *out, struct arena *a, const struct report *report)
{
	add_part(out, a, report, SEVERITY_ERROR, "Errors");
	add_part(out, a, report, SEVERITY_WARNING, "Warnings");
}

void review_of_report(struct review *out, struct arena *a, const struct report *report)
{
	*out = (struct review){
		.subject = "validate", .calm = "No errors", .headline = headline_of(a, report)};
	if (report->errors)
		out->alarm = arena_printf(a, "%zu error%s", report->errors,
					  report->errors == 1 ? "" : "s");
	review_add_report(out, a, report);
	vec_push(a, &out->outputs,
		 (struct review_fact){"valid", report->errors ? "false" : "true"});
	review_add_count(&out->outputs, a, "errors", report->errors);
	review_add_count(&out->outputs, a, "warnings", report->warnings);
}
