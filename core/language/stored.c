/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/stored.h"

#include <string.h>

#include "core/language/check.h"
#include "core/language/manifest.h"
#include "core/model/declaration.h"

static struct error *first_finding(const struct report *report)
{
	const struct diagnostic *d = &report->items.at[0];
	for (size_t i = 0; d->severity != SEVERITY_ERROR; i++)
		d = &report->items.at[i];
	if (report->errors == 1)
		return error_at(ERROR_INPUT, d->at, "%s [%s]", d->summary, d->id);
	return error_at(ERROR_INPUT, d->at, "%s [%s], and %zu more; see `writ validate`",
			d->summary, d->id, report->errors - 1);
}

static int by_id_then_place(const void *a, const void *b)
{
	const struct account *const *x = a, *const *y = b;
	int order = account_by_id(a, b);
	return order ? order : location_compare((*x)->meta.name_at, (*y)->meta.name_at);
}

/* An account is one with its id: of two that have the same one was copied, and what is planned for
 * the one would be taken for the other's. */
static void check_ids(const struct model *model, struct report *report)
{
	ARENA scratch = {0};
	VEC(, const struct account *) all = {0};
	for (size_t i = 0; i < model->accounts.len; i++) {
		if (model->accounts.at[i].id)
			vec_push(&scratch, &all, &model->accounts.at[i]);
	}
	vec_sort(&all, by_id_then_place);
	for (size_t i = 1; i < all.len; i++) {
		const struct account *first = all.at[i - 1], *second = all.at[i];
		if (!strcmp(first->id, second->id))
			report_add(report, SEVERITY_ERROR, "E0520", second->meta.name_at, 0,
				   "delete the one that is not there, or its id",
				   "account %s has the id of account %s",
				   quoted(report->arena, second->meta.name),
				   quoted(report->arena, first->meta.name));
	}
}

static struct error *check(struct model *model, const char *path, struct report *report)
{
	if (!model->organizations.len && !model->dropped && !report->errors)
		return error_at(ERROR_INPUT, (struct location){path, 1, 1},
				"no organisation is in it; the least is one document of kind "
				"Organization, and `writ import` and `writ snapshot` write whole "
				"ones [E0512]");
	check_model(model, (struct location){path, 1, 1}, report);
	report_sort(report);
	return report->errors ? first_finding(report) : NULL;
}

struct error *stored_parse_model(const char *place, const struct stored_file_vec *files,
				 struct intern *strings, struct arena *a, struct model *out)
{
	struct report report = {.arena = a};
	struct manifest_reader reader = {strings, a, &report};
	manifest_parse(&reader, NULL, files, out);
	return check(out, place, &report);
}

static struct error *load(const char *path, const char *repository, struct intern *strings,
			  struct arena *a, bool past, struct model *out)
{
	struct report report = {.arena = a};
	struct manifest_reader reader = {.strings = strings,
					 .arena = a,
					 .report = &report,
					 .repository = repository,
					 .strict = !past,
					 .past = past};
	TRY(manifest_load(&reader, &path, 1, out, NULL));
	return check(out, path, &report);
}

struct error *stored_load_model(const char *path, const char *repository, struct intern *strings,
				struct arena *a, struct model *out)
{
	return load(path, repository, strings, a, false, out);
}

struct error *stored_load_past(const char *path, const char *repository, struct intern *strings,
			       struct arena *a, struct model *out)
{
	return load(path, repository, strings, a, true, out);
}

/* What a snapshot says of itself as "attribute NAME". */
static unsigned unknown_attributes(const struct text_vec *unknown)
{
	static const char prefix[] = "attribute ";
	unsigned set = 0;
	for (size_t i = 0; i < unknown->len; i++) {
		const char *text = unknown->at[i].text;
		if (!strncmp(text, prefix, strlen(prefix)))
			set |= attribute_find(text + strlen(prefix));
	}
	return set;
}

void stored_of_model(struct model *model, unsigned what, struct arena *a, struct universe *u,
		     struct live *out)
{
	struct model_index index;
	const struct organization *o = &model->organizations.at[0];
	model_index(model, a, &index);
	out->organization = o->meta.name;
	out->org_id = o->org_id;
	out->document = o;
	out->source = "file";
	out->whole = true;
	if (what & COLLECT_CATALOGUE)
		out->catalogue = o->status;
	if (what & COLLECT_GRANTS)
		live_pairs(model, &index, u, a, &out->grants);
	if (what & COLLECT_ACCOUNTS)
		out->accounts = model->accounts; /* in place: they are a large part of all memory */
	live_drop_absent(&out->accounts);
	live_sort(&out->accounts);
	out->unknown = unknown_attributes(&o->snapshot.unknown);
	live_find_blind(out, &model->accounts, &o->unseen, a);
	out->unseen_groups = o->unseen_groups;
	live_sort_unseen_groups(out);
	out->products_unseen = live_lists_products(&o->unseen);
	out->all_seen = !out->products_unseen && out->blind.len + out->unseen_groups.len == 0;
}

struct error *stored_load(const char *path, unsigned what, struct intern *strings, struct arena *a,
			  struct universe *u, struct live *out)
{
	struct model *model = arena_zalloc(a, sizeof(*model));
	struct report report = {.arena = a};
	TRY(stored_load_model(path, NULL, strings, a, model));
	check_ids(model, &report);
	if (report.errors)
		return first_finding(&report);
	stored_of_model(model, what, a, u, out);
	return NULL;
}
