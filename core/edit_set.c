#include "core/edit_set.h"

#include <string.h>

#include "core/check.h"
#include "core/util/file.h"

static void parse(const struct manifest_reader *reader, struct edit_set *set)
{
	const char *first = set->files.len ? set->files.at[0].path : ".";
	manifest_parse(reader, NULL, &set->files, &set->model);
	check_model(&set->model, (struct location){first, 1, 1}, reader->report);
	if (reader->report->errors == 0)
		model_index(&set->model, reader->arena, &set->index);
}

struct error *edit_set_load(const struct manifest_reader *reader, char *const *paths, size_t count,
			    struct edit_set *out)
{
	*out = (struct edit_set){0};
	TRY(manifest_read_files(reader, paths, count, &out->files));
	parse(reader, out);
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
	*out = made;
	return NULL;
}

static bool is_equal(const struct stored_file *a, const struct stored_file *b)
{
	return a->len == b->len && !memcmp(a->bytes, b->bytes, a->len);
}

static struct error *check_unmoved(const struct stored_file *file)
{
	char *bytes;
	size_t len;
	TRY(file_read(file->path, MANIFEST_FILE_MAX, &bytes, &len));
	bool same = len == file->len && !memcmp(bytes, file->bytes, len);
	free(bytes);
	return same ? NULL : error_new(ERROR_REFUSED, "%s was changed in the meantime", file->path);
}

#define NEW_FILE_MODE 0644 /* unused: every file is there, and keeps its own */

/* What was written goes back to what it was; the first error says why. */
static void put_back(const struct edit_set *before, const struct edit_set *after, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct stored_file *f = &before->files.at[i];
		if (!is_equal(f, &after->files.at[i]))
			error_free(file_write_atomic(f->path, f->bytes, f->len, NEW_FILE_MODE));
	}
}

struct error *edit_set_write(const struct edit_set *before, const struct edit_set *after,
			     struct arena *a, struct text_vec *written)
{
	for (size_t i = 0; i < before->files.len; i++) {
		if (!is_equal(&before->files.at[i], &after->files.at[i]))
			TRY(check_unmoved(&before->files.at[i]));
	}
	for (size_t i = 0; i < before->files.len; i++) {
		const struct stored_file *f = &after->files.at[i];
		if (is_equal(&before->files.at[i], f))
			continue;
		struct error *error = file_write_atomic(f->path, f->bytes, f->len, NEW_FILE_MODE);
		if (error) {
			put_back(before, after, i);
			return error;
		}
		vec_push(a, written, (struct text_item){.text = f->path});
	}
	return NULL;
}
