/* SPDX-License-Identifier: Apache-2.0 */
#include "core/edit/edit_set.h"

#include <string.h>

#include "core/edit/edit_write.h"
#include "core/language/check.h"
#include "core/util/str.h"

static void parse(const struct manifest_reader *reader, struct edit_set *set)
{
	const char *first = set->files.len ? set->files.at[0].path : ".";
	struct model all = {0};
	manifest_parse(reader, NULL, &set->files, &all);
	organizations_check(&all, (struct location){first, 1, 1}, reader->arena, reader->report,
			    &set->organizations);
}

/* The organisation that the edits are about. */
static struct error *choose(const char *name, struct arena *a, struct edit_set *set)
{
	TRY(organizations_choose(&set->organizations, a, name, &set->model));
	model_index(&set->model, a, &set->index);
	return NULL;
}

static bool is_concerned(const struct stored_file *f, const struct edit_vec *edits)
{
	for (size_t i = 0; i < edits->len; i++) {
		if (!strcmp(edits->at[i].document.file, f->path))
			return true;
	}
	return false;
}

static struct error *edit_files(const struct edit_set *set, const struct edit_vec *edits,
				struct arena *a, struct edit_set *out)
{
	for (size_t i = 0; i < set->files.len; i++) {
		struct stored_file f = set->files.at[i];
		if (is_concerned(&f, edits)) {
			struct str text = STR(a);
			TRY(edit_text(f.path, f.bytes, f.len, edits, &text));
			f.bytes = str_text(&text);
			f.len = text.len;
		}
		vec_push(a, &out->files, f);
	}
	return NULL;
}

struct error *edit_set_apply(const struct edit_set *set, const struct edit_vec *edits,
			     struct intern *strings, struct arena *a, struct edit_set *out)
{
	struct edit_set made = {0};
	struct report report = {.arena = a};
	struct manifest_reader reader = {strings, a, &report};
	TRY(edit_files(set, edits, a, &made));
	parse(&reader, &made);
	report_sort(&report);
	for (size_t i = 0; i < report.items.len; i++) {
		const struct diagnostic *d = &report.items.at[i];
		if (d->severity == SEVERITY_ERROR)
			return error_at(ERROR_INPUT, d->at,
					"the edited manifests have an error: %s [%s]", d->summary,
					d->id);
	}
	TRY(choose(set->model.organizations.at[0].meta.name, a, &made));
	*out = made;
	return NULL;
}

struct error *edit_set_read(const struct manifest_reader *reader, const char *const *paths,
			    size_t count, struct edit_set *out)
{
	*out = (struct edit_set){0};
	TRY(manifest_read_files(reader, paths, count, &out->files));
	return edit_write_check(&out->files, reader->arena);
}

struct error *edit_set_load(const struct manifest_reader *reader, const char *const *paths,
			    size_t count, const char *organization, struct edit_set *out)
{
	TRY(edit_set_read(reader, paths, count, out));
	parse(reader, out);
	return reader->report->errors ? NULL : choose(organization, reader->arena, out);
}
