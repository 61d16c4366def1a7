/* SPDX-License-Identifier: Apache-2.0 */
/* The matrix for a spreadsheet: a row a grant, with what was not seen among them. */
#include "core/language/schema_decode.h"
#include "core/past/reviewers.h"
#include "core/render/render.h"
#include "core/report/matrix.h"
#include "core/util/csv.h"

static const char *moment(struct arena *a, int64_t time)
{
	return time ? render_time(a, time) : "";
}

/* A date alone would say that it was not held before. */
static const char *held_since(struct arena *a, const struct matrix_cell *c)
{
	return c->since && c->since_unsure ? arena_printf(a, "%s or earlier", moment(a, c->since))
					   : moment(a, c->since);
}

/* "AccessBundle storage-access, TechnicalAccount asset-archiver": what says so, each once. */
static const char *ways(struct arena *a, const struct matrix *m, const struct matrix_cell *c)
{
	struct str out = STR(a);
	for (size_t i = c->fact; i < c->fact + c->facts; i++) {
		const struct declaration *d = m->facts.at[i].declaration;
		str_printf(&out, "%s%s %s", out.len ? ", " : "", kind_names[d->kind], d->document);
		if (d->bundle)
			str_printf(&out, " by AccessBundle %s", d->bundle);
	}
	return out.len ? str_text(&out) : "";
}

static void add_row(struct str *out, const struct matrix *m, const struct matrix_cell *c)
{
	struct arena *a = out->arena;
	const struct matrix_principal *p = matrix_principal_of(m, c);
	const struct entitlement *e = matrix_entitlement(m, c);
	const struct words *w = c->words;
	const struct declaration *d = c->facts ? m->facts.at[c->fact].declaration : NULL;
	const struct line_origin *o = matrix_origin(m, c);
	bool claimed;
	const char *const cells[] = {
		principal_kind_name(p->who->kind),
		*p->who->name ? p->who->name : "(all users)",
		p->owner,
		entitlement_title(a, e),
		entitlement_address(a, e),
		matrix_is_power(e) ? "true" : "false",
		matrix_state_name(c->state),
		c->expires == DATE_NONE ? "" : render_day(a, c->expires),
		held_since(a, c),
		o ? moment(a, o->commit.commit_time) : "",
		c->drift ? c->drift->since : NULL,
		w ? w->reason : NULL,
		w ? w->ticket : NULL,
		ways(a, m, c),
		d ? d->at.file : NULL,
		d ? arena_printf(a, "%u", d->at.line) : "",
		o ? o->commit.id : NULL,
		o ? o->commit.author_name : NULL,
		o && o->merged ? o->merge.author_name : NULL,
		o ? reviewers_approver(a, o, &claimed) : NULL,
	};
	csv_add_row(out, cells, sizeof(cells) / sizeof(*cells));
}

void matrix_print_csv(struct str *out, const struct matrix *m)
{
	static const char *const titles[] = {
		"principal_kind", "principal", "owner",	     "entitlement", "address",
		"administers",	  "state",     "expires",    "held_since",  "declared_since",
		"drift_since",	  "reason",    "ticket",     "ways",	    "file",
		"line",		  "commit",    "written_by", "merged_by",   "approved_by"};
	csv_add_row(out, titles, sizeof(titles) / sizeof(*titles));
	for (size_t i = 0; i < m->cells.len; i++)
		add_row(out, m, &m->cells.at[i]);
}
